"""Changing and merging clients, what of it is recorded, and who is told."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.core import mail

from bookings import actions
from bookings.models import Booking, Client, ClientChange
from bookings.notifications.address_mail import tell_former_addresses
from practice.models import Practice, User
from tests.bookings.practice import Practice as Anna
from tests.factories import NOW, START, BookingFactory, ClientFactory

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture
def clara() -> Client:
    return ClientFactory(name="Clara Winter", email="clara@example.org", phone="")


def change(client: Client, actor: User | None = None, **values: str) -> None:
    for field, value in values.items():
        setattr(client, field, value)
    actions.change_client(client, now=NOW, actor=actor)


def mails() -> list[tuple[list[str], str]]:
    return [(one.to, str(one.body)) for one in mail.outbox]


def test_a_change_is_recorded_and_the_former_address_told_once(anna: User, clara: Client) -> None:
    Practice.objects.create(name="Praxis Winter", phone="+49301234567", country="DE")
    change(clara, anna, email="new@example.org")
    row = clara.changes.get()
    assert (row.before, row.after, row.actor) == ({"email": "clara@example.org"}, {"email": "new@example.org"}, anna)
    assert [tell_former_addresses(NOW), tell_former_addresses(NOW + DAY)] == [1, 0]
    body = (
        "Hello,\n\nThe e-mail address for your appointments at Praxis Winter was changed.\n\n"
        "If this was not you, call 030 1234567.\n\nPraxis Winter"
    )
    assert mails() == [(["clara@example.org"], body)]


@pytest.mark.parametrize(
    "values", [{"email": "CLARA@example.org"}, {"phone": "+49301234567"}, {"name": "Clara Sommer"}]
)
def test_who_keeps_the_address_is_told_nothing(clara: Client, values: dict[str, str]) -> None:
    change(clara, **values)
    assert (clara.changes.count(), tell_former_addresses(NOW)) == (1, 0)


def test_what_is_no_contact_data_is_stored_without_a_record(clara: Client) -> None:
    change(clara, time_zone="Asia/Tokyo")
    clara.refresh_from_db()
    assert (clara.time_zone, clara.changes.count()) == ("Asia/Tokyo", 0)


def test_an_address_that_is_back_before_the_mail_is_told_nothing(clara: Client) -> None:
    change(clara, email="typo@example.org")
    change(clara, email="clara@example.org")
    assert (tell_former_addresses(NOW), [to for to, _body in mails()]) == (1, [["typo@example.org"]])


def test_a_mail_that_fails_is_sent_later_and_given_up_after_days(clara: Client, settings: Any) -> None:
    change(clara, email="new@example.org")
    settings.EMAIL_BACKEND = "tests.bookings.actions.test_clients.Down"
    assert tell_former_addresses(NOW) == 0
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    assert [tell_former_addresses(NOW), tell_former_addresses(NOW + 4 * DAY), tell_former_addresses(NOW + DAY)] == [
        0,
        0,
        1,
    ]


class Down:
    """A mail server that does not answer."""

    def __init__(self, **options: object) -> None:
        pass

    def send_messages(self, messages: object) -> int:
        raise ConnectionRefusedError


def test_merging_moves_bookings_and_history_and_tells_the_address_that_is_dropped(anna: User, clara: Client) -> None:
    double = ClientFactory(name="Clara Wintr", email="old@example.org", phone="+49301234567", time_zone="Asia/Tokyo")
    BookingFactory(client=double)
    BookingFactory(client=clara, start=START + DAY)
    change(double, phone="+49307654321")
    done = actions.merge_clients(clara, [double], now=NOW, actor=anna)
    clara.refresh_from_db()
    assert (done.client, done.merged, done.bookings) == (clara, [double.pk], 1)
    assert (clara.email, clara.phone, clara.time_zone) == ("clara@example.org", "+49307654321", "Asia/Tokyo")
    assert (list(Client.objects.all()), Booking.objects.filter(seats__client=clara).count()) == ([clara], 2)
    row = clara.changes.get(kind=ClientChange.Kind.MERGED)
    assert (row.before, row.actor) == (
        {"name": "Clara Wintr", "email": "old@example.org", "phone": "+49307654321"},
        anna,
    )
    assert clara.changes.count() == 2
    assert (tell_former_addresses(NOW), [to for to, _body in mails()]) == (1, [["old@example.org"]])


def test_a_client_is_not_merged_with_themselves_or_with_one_who_is_gone(clara: Client) -> None:
    gone = ClientFactory()
    Client.objects.filter(pk=gone.pk).delete()
    with pytest.raises(actions.Refused, match="Choose another client"):
        actions.merge_clients(clara, [clara], now=NOW)
    with pytest.raises(actions.Refused, match="Somebody else has just merged"):
        actions.merge_clients(clara, [gone], now=NOW)


def test_the_event_on_the_iphone_has_the_new_name(practice: Anna) -> None:
    booking = practice.booked()
    change(booking.client, name="Clara Sommer")
    practice.push()
    assert "SUMMARY:Clara Sommer" in practice.text(booking)


def test_changes_are_deleted_with_their_client(clara: Client) -> None:
    change(clara, email="new@example.org")
    clara.delete()
    assert ClientChange.objects.count() == 0


def test_a_former_address_without_a_language_is_told_in_that_of_the_practice(clara: Client) -> None:
    Practice.objects.create(name="Praxis Winter", language="de")
    Client.objects.update(language="")
    clara.refresh_from_db()
    change(clara, email="new@example.org")
    tell_former_addresses(NOW)
    assert mail.outbox[0].subject == "Ihre E-Mail-Adresse wurde geändert"
    assert mails()[0][1] == (
        "Guten Tag,\n\nDie E-Mail-Adresse für Ihre Termine bei Praxis Winter wurde geändert.\n\n"
        "Wenn Sie das nicht waren, sagen Sie uns bitte Bescheid.\n\nPraxis Winter"
    )
