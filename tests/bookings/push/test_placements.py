"""Another calendar is linked and upcoming bookings go there: what the phone did to their events is not lost."""

from __future__ import annotations

from datetime import datetime

from django.http import QueryDict

from bookings import actions
from bookings.models import Booking
from bookings.pages.configuration.choice import Choice
from bookings.push import placements
from connections import accounts
from connections.models import Calendar, CalendarConfiguration
from tests.bookings.practice import HOUR, Practice
from tests.factories import START


def called(name: str) -> Calendar:
    return Calendar.objects.get(name=name)


def relink(practice: Practice) -> None:
    """Link Work on the page, and move upcoming bookings there."""
    data = QueryDict(mutable=True)
    data.update(
        {"time_zone": "Europe/Berlin", "stale_policy": "pending", "detail": "name", "when_moved": "follow"}
        | {"when_deleted": "ask", "linked_calendar": str(called("Work").pk), "add_upcoming": "on"}
    )
    data.setlist("conflict_calendars", [str(called(name).pk) for name in ("Home", "Work")])
    choice = Choice(practice.user, CalendarConfiguration.objects.get(user=practice.user), practice.now, data)
    assert choice.is_valid(), choice.form.errors
    choice.save()


def stands(practice: Practice, booking: Booking) -> tuple[datetime, list[str]]:
    """When it is in Kalends, and what staff are asked, after all was pushed and read."""
    practice.push()
    practice.poll_later(4)
    practice.push()
    booking.refresh_from_db()
    return booking.start, [kind for kind, _reason in practice.proposals()]


def test_a_move_that_no_sync_has_read_is_followed_before_the_booking_goes_to_another_calendar(
    practice: Practice,
) -> None:
    booking = practice.booked()
    practice.phone.move(practice.href(booking), START + 2 * HOUR)
    practice.later()
    relink(practice)
    assert stands(practice, booking) == (START + 2 * HOUR, [])
    assert practice.events() == [practice.href(booking)]
    assert practice.href(booking).startswith(called("Work").path)


def test_a_deletion_that_no_sync_has_read_is_asked_about_all_the_same(practice: Practice) -> None:
    booking = practice.booked()
    practice.phone.delete(practice.href(booking))
    practice.later()
    relink(practice)
    assert (stands(practice, booking), practice.events()) == ((START, ["deleted"]), [])
    actions.decide(booking.proposals.open().get(), choice="put_back", now=practice.now)
    assert stands(practice, booking) == (START, [])
    assert practice.events() == [practice.href(booking)]
    assert practice.href(booking).startswith(called("Work").path)


def test_a_move_that_is_asked_about_can_still_be_decided_after_another_calendar_was_linked(practice: Practice) -> None:
    CalendarConfiguration.objects.update(when_moved="ask")
    booking = practice.booked()
    other = practice.booked(START + 4 * HOUR)
    practice.phone.move(practice.href(booking), START + 2 * HOUR)
    practice.poll_later()
    accounts.configure(
        practice.user, linked=called("Work"), conflicts=[called("Home"), called("Work")], now=practice.now
    )
    assert placements.place_upcoming(practice.user, practice.now) == 1
    assert stands(practice, booking) == (START, ["moved"])
    assert practice.href(other).startswith(called("Work").path)
    actions.decide(booking.proposals.open().get(), choice="accept", now=practice.now)
    assert stands(practice, booking) == (START + 2 * HOUR, [])
    assert practice.there(booking).start == START + 2 * HOUR
    assert placements.place_upcoming(practice.user, practice.now) == 1  # and now it may go as well
    assert stands(practice, booking) == (START + 2 * HOUR, [])
    assert practice.events() == sorted([practice.href(booking), practice.href(other)])
