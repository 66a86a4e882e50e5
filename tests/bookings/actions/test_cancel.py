"""Cancelling a booking."""

from __future__ import annotations

from bookings import actions
from bookings.models import BookingChange
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
