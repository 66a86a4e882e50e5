from __future__ import annotations

from datetime import timedelta

import pytest

from connections.models import Event
from operations.restored.later_events import later_events, proposed_name, set_aside
from practice.models import Restore
from tests.factories import NOW, START, BookingFactory, CalendarFactory, EventFactory, FeedFactory, LinkedEventFactory
from tests.factories import OccurrenceFactory as Occurrences

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


@pytest.fixture
def restore() -> Restore:
    return Restore.objects.create(made_at=NOW - timedelta(hours=12), restored_at=NOW)


def _event(**values: object) -> Event:
    event = EventFactory.create(**{"own_mark": "-", **values})
    Occurrences.create(event=event, calendar=event.calendar)
    return event


def test_events_of_ours_with_an_unknown_uid_are_listed(restore: Restore) -> None:
    unknown = _event(summary="Dora Later")
    _event(own_mark="")
    known = LinkedEventFactory.create()
    _event(uid=known.uid)
    _event(uid=known.booking.seat.uid)
    found = later_events(restore)
    assert [(one.events, one.start, one.end, one.title) for one in found] == [
        ([unknown], START, START + HOUR, "Dora Later")
    ]


def test_one_event_in_the_calendars_of_two_people_is_one(restore: Restore) -> None:
    first, second = _event(uid="SHARED"), _event(uid="SHARED", calendar=CalendarFactory.create())
    assert [one.events for one in later_events(restore)] == [[first, second]]


def test_an_event_in_a_file_at_a_web_address_is_not_listed_because_nobody_can_take_it_over(restore: Restore) -> None:
    _event(uid="COPY", calendar=FeedFactory.create())
    there = _event(uid="SHARED")
    _event(uid="SHARED", calendar=FeedFactory.create())
    assert [one.events for one in later_events(restore)] == [[there]]


def test_a_link_to_a_booking_that_is_known_says_so(restore: Restore) -> None:
    booking = BookingFactory.create()
    _event(own_mark=f"/bookings/{booking.pk}/", uid="A")
    _event(own_mark=f"/bookings/{booking.pk + 10_000}/", uid="B")
    _event(own_mark="/no/such/page", uid="C")
    assert {one.uid: one.same_link for one in later_events(restore)} == {"A": booking, "B": None, "C": None}


def test_what_is_no_booking_is_not_listed_any_more(restore: Restore) -> None:
    event = _event()
    set_aside(restore, event.uid)
    restore.refresh_from_db()
    assert (later_events(restore), Event.objects.filter(pk=event.pk).exists()) == ([], True)


@pytest.mark.parametrize(
    ("title", "name"), [("Dora Later · Talk", "Dora Later"), ("Dora", "Dora"), ("Booked", ""), ("Busy", "")]
)
def test_the_title_proposes_a_name(title: str, name: str) -> None:
    assert proposed_name(title) == name
