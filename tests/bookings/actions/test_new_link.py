"""A new link to a client's page: the old one stops working, and the client learns the new one once."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core import mail
from django.test import Client

from bookings import actions
from bookings.models import Booking, Mail, Seat
from bookings.notifications.mails import calls, delivery
from practice.models import Practice as PracticeRow
from practice.models import User
from soak.mails.itip import ItipReceiver
from tests.bookings.practice import HOUR
from tests.factories import NOW, START, BookingFactory, ClientFactory, MailFactory, UserFactory, cancelled

MINUTE = timedelta(minutes=1)
pytestmark = [pytest.mark.django_db, pytest.mark.time_machine(NOW, tick=False)]


@pytest.fixture(autouse=True)
def winter(db: None) -> None:
    PracticeRow.objects.create(
        name="Praxis Winter", phone="030 123456", email="praxis@winter.example", time_zone="Europe/Berlin", country="DE"
    )


@pytest.fixture
def anna() -> User:
    return UserFactory(username="anna")


def known(anna: User) -> Booking:
    """A booking that its client was told an hour ago."""
    booking = BookingFactory(staff=anna, client=ClientFactory(name="Clara", email="clara@example.org"))
    MailFactory(seat=booking.seat, state="sent", sent_at=NOW - HOUR, created_at=NOW - HOUR)
    return booking


def silent(anna: User) -> Booking:
    """A booking of a client without an address, who was told an hour ago."""
    booking = BookingFactory(staff=anna, client=ClientFactory(name="Kim", email="", phone="+49301"))
    MailFactory(seat=booking.seat, recipient="", state="sent", sent_at=NOW - HOUR, created_at=NOW - HOUR)
    return booking


def path(seat: Seat) -> str:
    return seat.link.removeprefix("http://127.0.0.1:8000")


def sent(now: object = NOW) -> list[str]:
    """The subjects of what is sent now."""
    before = len(mail.outbox)
    delivery.send_due(now)  # type: ignore[arg-type]
    return [str(one.subject) for one in mail.outbox[before:]]


def in_the_calendar() -> list[tuple[object, bool]]:
    """The start of each event in the client's calendar after all mails, and whether it has the present link."""
    calendar, texts = ItipReceiver("clara@example.org"), {}
    for message in mail.outbox:
        for content, kind in message.alternatives:  # type: ignore[attr-defined]
            if kind.startswith("text/calendar"):
                calendar.receive(str(content), kind.rpartition("=")[2])
                texts[max(calendar.versions.values())] = str(content).replace("\r\n ", "")
    has_link = path(Seat.objects.get()) in texts.get(max(calendar.versions.values(), default=None), "")  # type: ignore[type-var,call-overload]
    return [(one.start, has_link) for one in calendar.appointments.values()]


def waiting(anna: User, now: object = NOW) -> list[str]:
    """What the client is to be told by phone."""
    return [one.kind for one in calls.to_call(anna, now)]  # type: ignore[arg-type]


def test_the_old_link_leads_nowhere_and_the_mail_has_the_new_one(client: Client, anna: User) -> None:
    booking = known(anna)
    old = path(booking.seat)
    actions.send_new_link(booking, now=NOW)
    new = path(Seat.objects.get())
    assert [client.get(old).status_code, client.get(new).status_code] == [404, 200]
    assert sent() == ["New link for your appointment on Tue 1 December, 10:00 · Praxis Winter"]
    assert [(new in mail.outbox[0].body, old in mail.outbox[0].body, mail.outbox[0].to)] == [
        (True, False, ["clara@example.org"])
    ]
    assert sent(NOW + HOUR) == []


def test_the_event_in_the_clients_calendar_gets_the_new_link(anna: User) -> None:
    booking = known(anna)
    actions.send_new_link(booking, now=NOW)
    sent()
    assert in_the_calendar() == [(START, True)]
    actions.reschedule(booking, start=START + HOUR, now=NOW + MINUTE, anyway=True)
    sent(NOW + MINUTE)
    assert in_the_calendar() == [(START + HOUR, True)]


def test_while_a_move_can_be_undone_the_mail_says_the_time_that_the_client_knows(anna: User) -> None:
    booking = known(anna)
    actions.move(
        Booking.objects.with_details().get(),
        START + HOUR,
        START + 2 * HOUR,
        now=NOW,
        source="phone",  # type: ignore[arg-type]
        undo_until=NOW + 10 * MINUTE,
    )
    actions.send_new_link(booking, now=NOW + MINUTE)
    assert sent(NOW + MINUTE) == ["New link for your appointment on Tue 1 December, 10:00 · Praxis Winter"]
    assert in_the_calendar() == []
    assert sent(NOW + 10 * MINUTE) == ["Your appointment has been moved to Tue 1 December, 11:00 · Praxis Winter"]
    assert in_the_calendar() == [(START + HOUR, True)]


def test_a_mail_that_waits_has_the_new_link_itself(anna: User) -> None:
    booking = BookingFactory(staff=anna, client=ClientFactory(email="clara@example.org"))
    MailFactory(seat=booking.seat)
    actions.send_new_link(booking, now=NOW)
    assert sent(NOW + MINUTE) == ["Your appointment on Tue 1 December, 10:00 · Praxis Winter"]
    assert in_the_calendar() == [(START, True)]


def test_only_the_last_of_several_new_links_is_mailed(anna: User) -> None:
    booking = known(anna)
    for _ in range(2):
        actions.send_new_link(booking, now=NOW)
    assert len(sent()) == 1
    assert path(Seat.objects.get()) in str(mail.outbox[0].body)


def test_whoever_has_no_address_is_called_with_the_new_link(anna: User) -> None:
    made = actions.send_new_link(silent(anna), now=NOW)
    assert (sent(), waiting(anna)) == ([], ["new_link"])
    calls.note_told(made, anna, NOW)
    made.refresh_from_db()
    assert (waiting(anna), made.kind, made.state, made.told_by) == ([], "new_link", "sent", anna)


def test_whoever_is_to_be_called_anyway_is_called_once(anna: User) -> None:
    booking = silent(anna)
    Mail.objects.update(state="due", sent_at=None)
    actions.send_new_link(booking, now=NOW)
    assert waiting(anna) == ["confirmation"]
    calls.note_told(Mail.objects.get(kind="confirmation"), anna, NOW + MINUTE)
    assert waiting(anna, NOW + MINUTE) == []


def test_a_booking_that_is_cancelled_over_or_not_confirmed_by_its_client_gets_no_new_link(anna: User) -> None:
    refused = []
    for booking, now in (
        (cancelled(known(anna)), NOW),
        (known(anna), START + HOUR),
        (BookingFactory(status="pending", address_due_at=NOW + HOUR, start=START + 5 * HOUR), NOW),
    ):
        with pytest.raises(actions.Refused) as error:
            actions.send_new_link(booking, now=now)
        refused.append(str(error.value))
    assert refused == [
        "This booking is cancelled.",
        "This booking is over.",
        "The client has not confirmed their e-mail address yet.",
    ]
    assert {seat.link_generation for seat in Seat.objects.all()} == {1}
