"""Days and weeks that have as many bookings as they may have."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from availability.limits import Count, counts, day_span, full_spans, week_span
from practice.limits import BookingLimits

HOUR = timedelta(hours=1)
BERLIN = ZoneInfo("Europe/Berlin")


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("moment", "day", "week"),
    [
        (
            "2026-12-06T22:59",
            ("2026-12-05T23:00", "2026-12-06T23:00"),
            ("2026-11-29T23:00", "2026-12-06T23:00"),
        ),
        (
            "2026-12-06T23:00",
            ("2026-12-06T23:00", "2026-12-07T23:00"),
            ("2026-12-06T23:00", "2026-12-13T23:00"),
        ),
        (  # the day on which clocks go forward has 23 hours
            "2026-03-29T12:00",
            ("2026-03-28T23:00", "2026-03-29T22:00"),
            ("2026-03-22T23:00", "2026-03-29T22:00"),
        ),
        (  # the first days of a year may belong to the last week of the year before
            "2027-01-01T12:00",
            ("2026-12-31T23:00", "2027-01-01T23:00"),
            ("2026-12-27T23:00", "2027-01-03T23:00"),
        ),
    ],
)
def test_days_and_iso_weeks_are_those_of_the_zone(moment: str, day: tuple[str, str], week: tuple[str, str]) -> None:
    assert day_span(utc(moment), BERLIN) == (utc(day[0]), utc(day[1]))
    assert week_span(utc(moment), BERLIN) == (utc(week[0]), utc(week[1]))


def test_only_days_and_weeks_with_a_limit_are_counted() -> None:
    starts = [utc("2026-12-01T09:00"), utc("2026-12-01T10:00"), utc("2026-12-02T09:00")]
    tuesday, wednesday = day_span(starts[0], BERLIN), day_span(starts[2], BERLIN)
    assert list(counts(starts, BookingLimits(), BERLIN)) == []
    assert list(counts(starts, BookingLimits(per_day=2), BERLIN)) == [
        Count(tuesday, False, 2, 2),
        Count(wednesday, False, 1, 2),
    ]
    assert full_spans(starts, BookingLimits(per_day=2), BERLIN) == [tuesday]
    assert full_spans(starts, BookingLimits(per_day=2, per_week=3), BERLIN) == [tuesday, week_span(starts[0], BERLIN)]
    assert full_spans(starts, BookingLimits(per_week=4), BERLIN) == []


ZONES = st.sampled_from(
    [ZoneInfo(name) for name in ("Europe/Berlin", "Pacific/Kiritimati", "America/Havana", "Asia/Beirut")]
)
HOURS = st.integers(0, 24 * 400).map(lambda number: utc("2026-01-01T00:00") + number * HOUR)


@given(st.lists(HOURS, max_size=12), HOURS, ZONES, st.integers(1, 3), st.integers(1, 4))
def test_full_spans_agree_with_comparing_dates(
    starts: list[datetime], at: datetime, zone: ZoneInfo, per_day: int, per_week: int
) -> None:
    dates = [start.astimezone(zone).date() for start in starts]
    day = at.astimezone(zone).date()
    weeks = [one.isocalendar()[:2] for one in dates]
    expected = dates.count(day) >= per_day or weeks.count(day.isocalendar()[:2]) >= per_week
    found = full_spans(starts, BookingLimits(per_day, per_week), zone)
    assert any(start <= at < end for start, end in found) == expected
