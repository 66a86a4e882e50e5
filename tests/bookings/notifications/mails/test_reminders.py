"""Reminders: computed from the booking when they are sent, once for each time, and only to who wants them."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from django.db import IntegrityError, transaction

from bookings import actions
from bookings.models import Booking, Mail, Seat, Service
from bookings.notifications.mails import delivery, reminders, unsubscribe
from practice.models import Practice as PracticeRow
from tests.bookings.practice import HOUR
from tests.factories import NOW, BookingFactory, ClientFactory, MailFactory, UserFactory

DAY = timedelta(days=1)
MADE = NOW - 2 * DAY
START = NOW + 10 * DAY  # a Thursday at 9:00 in Berlin
DUE = START - 48 * HOUR
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def winter() -> PracticeRow:
    return PracticeRow.objects.create(name="Praxis Winter", time_zone="Europe/Berlin", country="GB")


def booked(**given: Any) -> Booking:
    booking = BookingFactory(start=START, **given)
    Booking.objects.update(created_at=MADE)
    return booking


def reminded(now: Any) -> list[str]:
    reminders.write_due(now)
    delivery.send_due(now)
    return [one.to[0] for one in mail.outbox if one.subject.startswith("Reminder")]


def test_a_client_is_reminded_once_two_days_before() -> None:
    client = booked().client
    assert [len(reminded(moment)) for moment in (DUE - HOUR, DUE, DUE + HOUR)] == [0, 1, 1]
    assert mail.outbox[0].to == [client.email]


@pytest.mark.time_machine(DUE, tick=False)  # the link is signed with the second in which it was made
def test_a_reminder_names_the_deadline_and_how_to_stop_reminders() -> None:
    seat = booked().seat
    reminded(DUE)
    message = mail.outbox[0]
    assert "You can change or cancel online until Wed 09:00." in str(message.body)
    assert (message.extra_headers["List-Unsubscribe"], message.extra_headers["List-Unsubscribe-Post"]) == (
        f"<{unsubscribe.url(seat)}>",
        "List-Unsubscribe=One-Click",
    )


@pytest.mark.parametrize(
    ("hours", "cancel_minutes", "due"),
    [
        (24, 0, START - 24 * HOUR),
        (24, 1440, START - 36 * HOUR - timedelta(minutes=15)),  # twelve hours before the deadline are in the night
        (168, 0, START - 168 * HOUR),
    ],
)
def test_each_service_says_how_long_before_its_clients_are_reminded(hours: int, cancel_minutes: int, due: Any) -> None:
    booked()
    Service.objects.update(reminder_hours=hours, cancel_minutes=cancel_minutes)
    assert [len(reminded(moment)) for moment in (due - timedelta(minutes=1), due)] == [0, 1]


def test_nobody_is_reminded_of_a_service_without_reminders() -> None:
    booked()
    reminders.write_due(DUE)
    Service.objects.update(reminder_hours=None)
    assert [len(reminded(DUE + hours * HOUR)) for hours in (0, 1, 24)] == [0, 0, 0]
    assert list(reminders.upcoming(NOW, until=START + DAY)) == []


def test_a_reminder_follows_a_move_and_is_sent_again_for_the_new_time() -> None:
    booking = booked()
    assert len(reminded(DUE)) == 1
    Booking.objects.update(start=START + 5 * DAY, end=START + 5 * DAY + HOUR)
    assert [len(reminded(DUE + days * DAY)) for days in (1, 4, 5, 6)] == [1, 1, 2, 2]
    assert Seat.objects.get(booking=booking).sequence == 0


def test_a_reminder_that_was_written_is_not_sent_when_the_booking_moves_meanwhile() -> None:
    booked()
    reminders.write_due(DUE)
    Booking.objects.update(start=START + DAY, end=START + DAY + HOUR)
    delivery.send_due(DUE)
    assert (mail.outbox, Mail.objects.get().state) == ([], "dropped")


@pytest.mark.parametrize("given", [{"status": "pending"}, {"status": "cancelled"}])
def test_what_does_not_stand_is_not_reminded_of(given: dict[str, Any]) -> None:
    booked(**given)
    assert reminded(DUE) == []


@pytest.mark.parametrize(
    ("country", "answer", "expected"),
    [
        ("DE", None, 0),
        ("DE", True, 1),
        ("DE", False, 0),
        ("GB", None, 1),
        ("GB", False, 0),
        ("AT", None, 0),
        ("CH", None, 0),
    ],
)
def test_only_who_wants_reminders_gets_them(
    winter: PracticeRow, country: str, answer: bool | None, expected: int
) -> None:
    PracticeRow.objects.update(country=country)
    booked()
    Seat.objects.update(reminders=answer)
    assert len(reminded(DUE)) == expected


def test_a_reminder_is_given_up_half_an_hour_before_the_start(settings: Any) -> None:
    booked()
    settings.EMAIL_BACKEND, settings.EMAIL_HOST, settings.EMAIL_PORT = (
        "django.core.mail.backends.smtp.EmailBackend",
        "127.0.0.1",
        1,
    )
    reminders.write_due(DUE)
    delivery.send_due(START - timedelta(minutes=31))
    assert Mail.objects.get().state == "failed"


def test_the_database_keeps_one_reminder_for_each_time() -> None:
    made = MailFactory(kind="reminder")
    with pytest.raises(IntegrityError), transaction.atomic():
        MailFactory(kind="reminder", seat=made.seat)
    Mail.objects.update(state="dropped")
    MailFactory(kind="reminder", seat=made.seat)
    assert Mail.objects.filter(kind="reminder").count() == 2


def test_two_workers_write_one_reminder(monkeypatch: pytest.MonkeyPatch) -> None:
    booked()
    seats = list(reminders.upcoming(DUE))
    monkeypatch.setattr(reminders, "upcoming", lambda _now: iter(seats))
    assert [reminders.write_due(DUE) for _worker in range(2)] == [1, 0]


def test_a_client_who_is_cancelled_gets_no_reminder_that_waits() -> None:
    booking = booked(staff=UserFactory())
    reminders.write_due(DUE)
    actions.cancel(booking, now=DUE)
    assert Mail.objects.get(kind="reminder").state == "dropped"


def test_who_has_no_address_is_to_be_called() -> None:
    booked(client=ClientFactory(email=""))
    reminders.write_due(DUE)
    assert Mail.objects.values_list("kind", "state", "recipient").get() == ("reminder", "due", "")
