"""Commands that decide on bookings which wait for approval: approve and refuse."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bookings.models import Booking, Service
from practice.models import User
from tests.factories import NOW, BookingFactory
from tests.shell import Answer, ask, refusal, shown

pytestmark = pytest.mark.django_db
NOT_WAITING = refusal("This booking does not wait for approval.")


@pytest.fixture
def asked(talk: Service, anna: User) -> Booking:
    """A booking that waits for nothing but approval."""
    due = NOW + timedelta(days=1)
    pending = Booking.Status.PENDING
    return BookingFactory.create(
        staff=anna, service=talk, status=pending, calendar_unread_since=None, approval_due_at=due
    )


def described(booking: Booking, status: str, cause: str = "") -> Answer:
    return Answer(
        0,
        {
            "id": booking.pk,
            "status": status,
            "cause": cause,
            "uid": None,
            "start": "2026-12-01T09:00:00Z",
            "end": "2026-12-01T10:00:00Z",
            "push": "no_linked_calendar",
            "link": booking.seat.link,
            "staff": "anna",
            "why_staff": "",
        },
    )


def history(booking: Booking) -> list[tuple[str, str]]:
    return list(booking.changes.values_list("kind", "source"))


def test_an_approved_booking_is_confirmed(asked: Booking) -> None:
    assert ask("approve", "--booking", asked.pk) == described(asked, "confirmed")
    assert history(asked) == [("confirmed", "staff")]


def test_an_approved_booking_may_wait_for_something_else(asked: Booking) -> None:
    Booking.objects.update(calendar_unread_since=NOW)
    assert ask("approve", "--booking", asked.pk) == described(asked, "pending", "calendar_unreadable")
    assert history(asked) == []


def test_a_refused_booking_is_cancelled_and_its_history_says_that_it_was_refused(asked: Booking) -> None:
    assert ask("refuse", "--booking", asked.pk) == described(asked, "cancelled")
    assert history(asked) == [("refused", "staff")]


@pytest.mark.parametrize("command", ["approve", "refuse"])
def test_what_was_decided_or_never_asked_is_not_decided_again(asked: Booking, command: str) -> None:
    Booking.objects.update(status=Booking.Status.CONFIRMED, approval_due_at=None)
    assert ask(command, "--booking", asked.pk) == NOT_WAITING
    assert (Booking.objects.get().status, history(asked)) == ("confirmed", [])


@pytest.mark.parametrize("command", ["approve", "refuse"])
def test_a_cancelled_or_unknown_booking_is_no_booking_to_decide_on(asked: Booking, command: str) -> None:
    ask("cancel", "--booking", asked.pk)
    assert ask(command, "--booking", asked.pk) == refusal("This booking is cancelled.")
    assert ask(command, "--booking", 4711) == refusal("There is no booking 4711.")


def test_people_read_what_was_decided(asked: Booking) -> None:
    assert shown("approve", "--booking", asked.pk) == f"Booking {asked.pk} is approved: confirmed.\n"


def test_people_read_that_a_booking_is_refused(asked: Booking) -> None:
    assert shown("refuse", "--booking", asked.pk) == f"Booking {asked.pk} is refused.\n"
