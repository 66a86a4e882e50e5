"""Cancelling a booking."""

from __future__ import annotations

import pytest

from bookings import actions
from bookings.models import Booking, BookingChange
from tests.bookings.practice import Practice


def test_cancelling_opens_the_time_and_removes_the_event(practice: Practice) -> None:
    booking = practice.booked()
    actions.cancel(booking, now=practice.now)
    again = practice.book()
    assert again.status == "confirmed"
    assert practice.push() == ["pushed", "pushed"]
    assert practice.events() == [practice.href(again)]


def test_cancelling_twice_tells_once(practice: Practice) -> None:
    booking = practice.booked()
    actions.cancel(booking, now=practice.now)
    actions.cancel(booking, now=practice.now)
    kinds = BookingChange.objects.filter(booking=booking).order_by("pk").values_list("kind", flat=True)
    assert list(kinds) == ["made", "cancelled"]


def test_a_refused_booking_gives_its_time_back_and_keeps_the_reason(practice: Practice) -> None:
    booking = practice.book()
    practice.mails()
    booking.status, booking.approval_due_at = Booking.Status.PENDING, practice.now
    booking.save()
    refused = actions.refuse(booking, now=practice.now, actor=practice.user, reason="On\nholiday")
    assert (refused.status, refused.approval_due_at) == ("cancelled", None)
    change = refused.changes.all()[0]
    assert (change.kind, change.source, change.actor, change.reason) == (
        "refused",
        "staff",
        practice.user,
        "On holiday",
    )
    assert practice.client_mails()[1:] == ["Could not be confirmed: your appointment on Tue 1 December, 10:00"]
    assert practice.book().status == "confirmed"


def test_only_what_waits_for_approval_is_refused(practice: Practice) -> None:
    booking = practice.book()
    with pytest.raises(actions.Refused, match=r"^This booking does not wait for approval\.$"):
        actions.refuse(booking, now=practice.now)
    booking.refresh_from_db()
    assert booking.status == "confirmed"
