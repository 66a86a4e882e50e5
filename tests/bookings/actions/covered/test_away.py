"""Being away needs no event: the day is blocked, and its bookings are asked about until the day is free again."""

from __future__ import annotations

from datetime import date, datetime

import pytest

from availability.models import BlockedSlot
from bookings import actions, tasks
from bookings.models import Booking, CoveredDay, Proposal
from bookings.openings import search
from practice.models import User
from tests.factories import (
    NOW,
    START,
    BlockedSlotFactory,
    BookingFactory,
    ServiceFactory,
    UserFactory,
    office_hours,
)

pytestmark = [pytest.mark.django_db, pytest.mark.time_machine(NOW, tick=False)]
TUESDAY = date(2026, 12, 1)


@pytest.fixture
def anna() -> User:
    """She works without any calendar."""
    anna = UserFactory.create(username="anna")
    office_hours(anna)
    return anna


def bookings(anna: User, *hours: int) -> list[Booking]:
    service = ServiceFactory.create(staff=[anna])
    return [BookingFactory.create(staff=anna, service=service, start=START.replace(hour=hour)) for hour in hours]


def asked() -> int:
    return Proposal.objects.open().count()


def starts(anna: User) -> list[datetime]:
    service = ServiceFactory.create(staff=[anna])
    day = START.replace(hour=0)
    return [one.start for one in search.find(service, [anna], day, day.replace(hour=23), now=NOW).openings]


def test_nobody_can_book_the_day_and_its_bookings_are_asked_about(anna: User) -> None:
    bookings(anna, 8, 12)
    day = actions.note_away(anna, TUESDAY, now=NOW)
    assert day is not None
    assert (day.is_away, day.date, day.title, asked(), starts(anna)) == (True, TUESDAY, "", 2, [])


def test_one_booking_is_asked_about_as_well(anna: User) -> None:
    bookings(anna, 8)
    assert (actions.note_away(anna, TUESDAY, now=NOW), asked()) == (CoveredDay.objects.get(), 1)


def test_without_bookings_there_is_nothing_to_decide(anna: User) -> None:
    assert (actions.note_away(anna, TUESDAY, now=NOW), asked(), starts(anna)) == (None, 0, [])


def test_noted_twice_it_stays_as_it_is(anna: User) -> None:
    bookings(anna, 8, 12)
    first, second = (actions.note_away(anna, TUESDAY, now=NOW) for _ in range(2))
    assert (first, BlockedSlot.objects.count(), asked()) == (second, 1, 2)


def test_who_is_there_after_all_can_be_booked_and_is_not_asked(anna: User) -> None:
    bookings(anna, 8, 12)
    actions.note_away(anna, TUESDAY, now=NOW)
    actions.note_back(anna, TUESDAY, now=NOW)
    assert (BlockedSlot.objects.count(), asked(), bool(starts(anna))) == (0, 0, True)


def test_a_slot_with_a_note_stays(anna: User) -> None:
    day = START.replace(hour=0)
    slot = BlockedSlotFactory.create(
        user=anna, start=day.replace(day=30, month=11, hour=23), end=day.replace(hour=23), note="Trip"
    )
    actions.note_away(anna, TUESDAY, now=NOW)
    slot.refresh_from_db()
    assert slot.is_away is True
    actions.note_back(anna, TUESDAY, now=NOW)
    slot.refresh_from_db()
    assert slot.is_away is False


def test_a_slot_that_is_removed_elsewhere_ends_the_question(anna: User) -> None:
    bookings(anna, 8)
    actions.note_away(anna, TUESDAY, now=NOW)
    tasks.push_events()
    before = asked()
    BlockedSlot.objects.all().delete()
    tasks.push_events()
    assert (before, asked()) == (1, 0)


def test_keeping_the_bookings_of_the_day_acknowledges_that_one_is_away(anna: User) -> None:
    bookings(anna, 8, 12)
    actions.note_away(anna, TUESDAY, now=NOW)
    actions.decide_day(list(Proposal.objects.open().with_details()), choice="keep_all", now=NOW)
    actions.note_away(anna, TUESDAY, now=NOW)
    assert asked() == 0


def test_somebody_without_a_configuration_gets_one() -> None:
    nobody = UserFactory.create(configuration=None)
    assert actions.note_away(nobody, TUESDAY, now=NOW) is None
