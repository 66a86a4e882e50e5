"""Clients who have not booked for long are erased, a month after the owners were told."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.core import mail
from django.test import Client as Browser
from pytest_django import Settings

from bookings import tasks
from bookings.models import Booking, Client
from bookings.records.erase import erase_client
from bookings.records.retention import due_clients, erase_expired
from practice.models import Practice as PracticeSettings
from practice.models import User
from tests.bookings.practice import Practice
from tests.factories import NOW, BookingFactory, ClientFactory, UserFactory
from tests.pages import texts
from tests.shell import ask, shown

pytestmark = pytest.mark.django_db
LONG_AGO = datetime(2025, 11, 30, 7, 0, tzinfo=UTC)  # an hour more than twelve months before NOW
DAY = timedelta(days=1)


def entered(at: datetime, **given: object) -> Client:
    client = ClientFactory.create(**given)
    Client.objects.filter(pk=client.pk).update(created_at=at)
    return client


@pytest.fixture
def old() -> Client:
    """Somebody whose last booking ended exactly twelve months before NOW."""
    client = entered(LONG_AGO - 300 * DAY, name="Olga Alt")
    BookingFactory.create(client=client, start=LONG_AGO)
    return client


@pytest.fixture
def owner() -> User:
    return UserFactory.create(username="ida", role=User.Role.OWNER, email="ida@example.com")


def test_who_is_due_is_counted_from_the_last_booking_or_else_from_the_entry(old: Client) -> None:
    never_booked = entered(LONG_AGO)
    later = entered(LONG_AGO - 300 * DAY)
    BookingFactory.create(client=later, start=LONG_AGO)
    BookingFactory.create(client=later, start=LONG_AGO + DAY)
    entered(LONG_AGO + DAY)
    assert list(due_clients(NOW)) == [old, never_booked]
    assert list(due_clients(NOW - timedelta(seconds=1))) == [never_booked]
    assert list(due_clients(NOW + DAY).values_list("pk", flat=True))[:3] == [old.pk, never_booked.pk, later.pk]


def test_who_has_a_booking_to_come_is_never_due(old: Client) -> None:
    BookingFactory.create(client=old, start=NOW + DAY)
    assert list(due_clients(NOW)) == []


def test_the_setting_says_how_many_months(old: Client, settings: Settings) -> None:
    settings.CLIENT_RETENTION_MONTHS = 13
    assert (list(due_clients(NOW)), list(due_clients(NOW + 31 * DAY))) == ([], [old])


def test_what_the_practice_chose_counts_whatever_the_setting_says(old: Client, settings: Settings) -> None:
    settings.CLIENT_RETENTION_MONTHS = 1
    PracticeSettings.objects.create(retention_months=13)
    assert (list(due_clients(NOW)), list(due_clients(NOW + 31 * DAY))) == ([], [old])


def test_owners_are_told_again_before_clients_are_kept_for_less_long(old: Client, owner: User, client: Browser) -> None:
    page = {"time_zone": "UTC", "colour": "#27489b"}
    erase_expired(NOW)
    client.force_login(owner)
    client.post("/team/settings/", page | {"retention_months": "24"})
    assert PracticeSettings.current().retention_announced_at == NOW
    client.post("/team/settings/", page | {"retention_months": "6"})
    assert (PracticeSettings.current().retention_announced_at, len(mail.outbox)) == (None, 1)
    assert (erase_expired(NOW + 31 * DAY).erased, len(mail.outbox)) == ([], 2)
    assert "for 6 months" in mail.outbox[1].body
    assert mail.outbox[1].body.endswith("/team/settings/")


def test_owners_are_told_once_a_month_before_the_first_run(old: Client, owner: User) -> None:
    UserFactory.create(email="staff@example.com")
    first = erase_expired(NOW)
    assert (first.due, first.erased, first.first_run) == ([old.pk], [], NOW + 30 * DAY)
    [message] = mail.outbox
    assert (message.to, message.subject) == (["ida@example.com"], "Old clients will be erased")
    assert message.body.startswith(
        "From Wed 30 Dec 2026 on, clients who have not booked for 12 months are erased every night: 1 client by then."
    )
    assert erase_expired(NOW + 29 * DAY).erased == []
    assert (erase_expired(NOW + 30 * DAY).erased, len(mail.outbox)) == ([old.pk], 1)
    old.refresh_from_db()
    assert (old.erased_at, old.name) == (NOW + 30 * DAY, f"Erased client {old.pk}")


def test_owners_are_told_when_somebody_will_be_due_at_the_first_run(owner: User) -> None:
    entered(LONG_AGO + 20 * DAY)
    assert (erase_expired(NOW - 15 * DAY).first_run, mail.outbox) == (None, [])
    assert (erase_expired(NOW).first_run, len(mail.outbox)) == (NOW + 30 * DAY, 1)


def test_a_dry_run_only_lists(old: Client, owner: User) -> None:
    answer = ask("apply_retention", "--dry-run")
    assert answer.json == {"due": [old.pk], "erased": [], "first_run": None, "dry_run": True}
    assert (mail.outbox, Client.objects.known().count()) == ([], 1)
    assert shown("apply_retention", "--dry-run") == f"1 client is due: {old.pk}.\n"


def test_the_command_waits_for_the_notice_unless_told_not_to(old: Client, owner: User) -> None:
    assert ask("apply_retention").json == {
        "due": [old.pk],
        "erased": [],
        "first_run": "2026-12-30T08:00:00Z",
        "dry_run": False,
    }
    assert ask("apply_retention", "--now").json["erased"] == [old.pk]
    assert ask("apply_retention", "--now").json["due"] == []


@pytest.mark.time_machine(NOW, tick=False)
def test_the_workers_do_it_every_night(old: Client, owner: User) -> None:
    tasks.apply_retention()
    assert [message.to for message in mail.outbox] == [["ida@example.com"]]


@pytest.mark.time_machine(NOW, tick=False)
def test_the_owners_page_says_from_when_on(old: Client, owner: User, client: Browser) -> None:
    erase_expired(NOW)
    client.force_login(owner)
    assert texts(client.get("/clients/"), "//*[@id='retention']//p") == [
        "From Wed 30 Dec 2026 on, clients who have not booked for 12 months are erased every night."
    ]


def test_who_was_erased_is_not_due(old: Client) -> None:
    erase_client(old, now=NOW)
    assert list(due_clients(NOW)) == []


def test_past_events_lose_the_name_then(practice: Practice) -> None:
    booking = practice.booked()
    practice.later(timedelta(days=400))
    assert erase_expired(practice.now, at_once=True).erased == [booking.client.pk]
    assert practice.push() == ["pushed"]
    assert ("arla" in practice.text(booking), Booking.objects.count()) == (False, 1)


def test_owners_are_told_in_their_own_language(old: Client, owner: User) -> None:
    User.objects.update(language="de")
    erase_expired(NOW)
    [message] = mail.outbox
    assert message.subject == "Frühere Kunden werden gelöscht"
    assert message.body.startswith(
        "Ab Mi., 30. Dez. 2026 werden jede Nacht Kunden gelöscht, die seit 12 Monaten nicht gebucht haben: bis dahin 1"
    )
