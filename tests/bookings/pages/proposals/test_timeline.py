"""The timeline of a proposal: two bars above one row of hours."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from bookings.models import Booking, Proposal
from bookings.pages.proposals.timeline import Bar, Timeline, timeline_of

BERLIN = ZoneInfo("Europe/Berlin")
TEN = datetime(2026, 12, 1, 10, tzinfo=BERLIN)
HOUR = timedelta(hours=1)


def line(start: datetime = TEN, *, length: timedelta = HOUR, new: tuple[datetime, datetime] | None = None) -> Any:
    asked = Proposal(booking=Booking(start=start, end=start + length))
    asked.new_start, asked.new_end = new or (None, None)
    with timezone.override(BERLIN):
        return timeline_of(asked)


def test_both_times_stand_above_the_same_hours() -> None:
    assert line(new=(TEN + HOUR, TEN + 2 * HOUR)) == Timeline(
        before=Bar(250, 250), after=Bar(500, 250), first=time(9), last=time(13), hours=[250, 500, 750]
    )


def test_another_day_stands_on_the_same_hours_of_its_own_day() -> None:
    shown = line(new=(TEN + timedelta(days=3, hours=1), TEN + timedelta(days=3, hours=2)))
    assert (shown.before, shown.after) == (Bar(250, 250), Bar(500, 250))


def test_without_a_time_on_the_iphone_there_is_one_bar() -> None:
    assert (line().before, line().after) == (Bar(333, 333), None)


@pytest.mark.parametrize(("hour", "first", "last"), [(0, time(0), time(2)), (23, time(22), time(0))])
def test_the_hours_end_with_the_day(hour: int, first: time, last: time) -> None:
    shown = line(TEN.replace(hour=hour))
    assert (shown.first, shown.last) == (first, last)


def test_what_goes_on_past_midnight_has_no_timeline() -> None:
    assert line(TEN.replace(hour=23), length=2 * HOUR) is None
    assert line(new=(TEN, TEN + timedelta(days=1))) is None


@pytest.mark.parametrize("day", [datetime(2026, 3, 29, 1, tzinfo=BERLIN), datetime(2026, 10, 25, 1, tzinfo=BERLIN)])
def test_on_the_nights_on_which_the_clock_changes_the_bar_follows_the_clock(day: datetime) -> None:
    start, until = day.astimezone(UTC), day.replace(hour=5).astimezone(UTC)
    shown = line(start, length=until - start)
    assert (shown.first, shown.last, shown.before) == (time(0), time(6), Bar(166, 667))
