"""What a client hears depends on what they were told; each version of the event has its own SEQUENCE."""

from __future__ import annotations

import itertools
import random
from datetime import timedelta
from typing import Any

import pytest
from django.core import mail

from bookings import actions
from bookings.models import Booking, Mail
from bookings.notifications.mails import delivery
from practice.models import Practice as PracticeRow
from soak.mails.itip import ItipReceiver
from tests.bookings.practice import CARLA, HOUR, Practice, berlin
from tests.factories import NOW, START

MINUTE = timedelta(minutes=1)
pytestmark = pytest.mark.time_machine(NOW, tick=False)


@pytest.fixture(autouse=True)
def winter(db: None) -> None:
    PracticeRow.objects.create(
        name="Praxis Winter", phone="030 123456", email="praxis@winter.example", time_zone="Europe/Berlin", country="DE"
    )


def rows() -> list[tuple[str, str, int]]:
    return [(row.kind, row.state, row.sequence) for row in Mail.objects.all()]


def parts() -> list[tuple[str, str]]:
    """Calendar part and method of each mail to the client, in the order of sending."""
    found = []
    for message in mail.outbox:
        for content, kind in message.alternatives:  # type: ignore[attr-defined]
            if kind.startswith("text/calendar"):
                found.append((str(content), kind.rpartition("=")[2]))
    return found


def send(practice: Practice) -> None:
    practice.later(MINUTE)
    delivery.send_due(practice.now)


def test_book_move_and_cancel_are_three_versions_of_one_event(practice: Practice) -> None:
    booking = practice.book()
    send(practice)
    actions.reschedule(booking, start=START + HOUR, now=practice.now)
    send(practice)
    actions.cancel(booking, now=practice.now)
    send(practice)
    assert rows() == [("confirmation", "sent", 0), ("change", "sent", 1), ("cancellation", "sent", 2)]
    assert {row.uid for row in Mail.objects.all()} == {booking.seat.uid}
    assert booking.linked_events.get().uid != booking.seat.uid
    assert [one.subject for one in mail.outbox] == [
        "Your appointment on Tue 1 December, 10:00 · Praxis Winter",
        "Your appointment has been moved to Tue 1 December, 11:00 · Praxis Winter",
        "Cancelled: your appointment on Tue 1 December, 11:00 · Praxis Winter",
    ]
    assert {one.from_email for one in mail.outbox} == {"Praxis Winter <praxis@winter.example>"}


def test_the_clients_calendar_agrees_with_kalends_in_whatever_order_mails_arrive(practice: Practice) -> None:
    """Booked, moved, moved back, moved on the iPhone; each mail delivered twice, in every order."""
    booking = practice.booked()
    send(practice)
    for start in (START + HOUR, START):
        actions.reschedule(booking, start=start, now=practice.now)
        practice.push()
        practice.sync()
        send(practice)
    practice.phone.move(practice.href(booking), berlin(1, 14))
    practice.later()
    practice.sync()
    practice.later(11 * MINUTE)
    delivery.send_due(practice.now)
    standing = Booking.objects.get()
    sent = parts()
    assert (len(sent), standing.start) == (4, berlin(1, 14))
    for order in itertools.permutations(sent):
        calendar = received([*order, *order])
        assert [(one.start, one.end) for one in calendar.appointments.values()] == [(standing.start, standing.end)]
    actions.cancel(booking, now=practice.now)
    send(practice)
    shuffled = parts() * 2
    for seed in range(20):
        random.Random(seed).shuffle(shuffled)
        assert received(shuffled).appointments == {}


def received(sent: list[tuple[str, str]]) -> ItipReceiver:
    calendar = ItipReceiver(CARLA.email)
    for part, method in sent:
        calendar.receive(part, method)
    return calendar


def test_newer_news_drops_what_was_not_sent_and_is_the_confirmation(practice: Practice) -> None:
    booking = practice.book()
    actions.reschedule(booking, start=START + HOUR, now=practice.now)
    send(practice)
    assert rows() == [("confirmation", "dropped", 0), ("confirmation", "sent", 1)]


def test_a_cancellation_of_what_was_never_told_sends_nothing(practice: Practice) -> None:
    actions.cancel(practice.book(), now=practice.now)
    send(practice)
    assert (rows(), mail.outbox) == ([("confirmation", "dropped", 0)], [])


def test_who_booked_online_is_told_of_a_cancellation_that_comes_before_any_mail(practice: Practice) -> None:
    booking = practice.book()
    booking.changes.update(source="client")
    actions.cancel(booking, now=practice.now)
    send(practice)
    assert rows() == [("confirmation", "dropped", 0), ("cancellation", "sent", 1)]


def test_a_refused_request_is_told_as_one_and_not_as_a_cancellation(practice: Practice) -> None:
    practice.icloud.faults.status(503, method="PROPFIND")
    practice.later(2 * HOUR)
    booking = practice.book()
    send(practice)
    Booking.objects.update(approval_due_at=practice.now)
    actions.refuse(Booking.objects.get(pk=booking.pk), now=practice.now)
    send(practice)
    assert (rows(), parts()) == ([("pending", "sent", 0), ("not_confirmed", "sent", 1)], [])
    assert mail.outbox[-1].subject == (
        "Could not be confirmed: your appointment on Tue 1 December, 10:00 · Praxis Winter"
    )


def test_a_cancellation_after_a_confirmation_that_failed_is_told_all_the_same(practice: Practice) -> None:
    booking = practice.book()
    Mail.objects.update(state="failed")
    actions.cancel(booking, now=practice.now)
    assert rows() == [("confirmation", "failed", 0), ("cancellation", "due", 1)]


def test_a_mail_that_may_have_been_sent_counts_as_told(practice: Practice) -> None:
    """Its worker was killed: a cancellation must follow, and the confirmation is not repeated."""
    booking = practice.book()
    Mail.objects.update(claimed_until=practice.now)
    actions.cancel(booking, now=practice.now)
    send(practice)
    assert rows() == [("confirmation", "dropped", 0), ("cancellation", "sent", 1)]


def test_a_request_and_its_confirmation(practice: Practice) -> None:
    practice.icloud.faults.status(503, method="PROPFIND")
    practice.later(2 * HOUR)
    practice.book()
    send(practice)
    practice.icloud.faults.clear()
    practice.poll_later(2)
    send(practice)
    assert rows() == [("pending", "sent", 0), ("confirmed_after_pending", "sent", 1)]
    assert [method for _part, method in parts()] == ["REQUEST"]


def test_a_german_client_reads_german(practice: Practice) -> None:
    practice.book(seat=actions.SeatDetails(language="de"))
    send(practice)
    assert [one.subject for one in mail.outbox] == ["Ihr Termin am Di., 1. Dezember, 10:00 Uhr · Praxis Winter"]


TOLD = ["confirmation", "cancellation"]


@pytest.mark.parametrize(("start", "expected"), [(START, [*TOLD, "staff_cancelled"]), (berlin(3, 10), TOLD)])
def test_staff_hear_at_once_of_what_a_client_does_within_a_day_of_the_start(
    practice: Practice, start: Any, expected: list[str]
) -> None:
    practice.later(2 * HOUR)
    practice.sync()
    booking = practice.book(start)
    send(practice)
    actions.cancel(booking, now=practice.now, source="client", reason="I am ill")
    send(practice)
    assert [kind for kind, _state, _sequence in rows()] == expected
    assert [one.subject for one in mail.outbox if one.to == [practice.user.email]] == (
        ["Carla Client has cancelled Tue 1 Dec, 10:00."] if len(expected) == 3 else []
    )
