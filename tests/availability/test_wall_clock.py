from __future__ import annotations

from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

import pytest

from availability.wall_clock import end_of, exists, instant, next_hour, start_of

WALLS = [
    # zone, wall, instant, shown by the clock
    ("Europe/Berlin", "2026-01-15 09:00", "2026-01-15 08:00", True),
    ("Europe/Berlin", "2026-03-29 01:59", "2026-03-29 00:59", True),
    ("Europe/Berlin", "2026-03-29 02:00", "2026-03-29 01:00", False),
    ("Europe/Berlin", "2026-03-29 02:30", "2026-03-29 01:00", False),
    ("Europe/Berlin", "2026-03-29 03:00", "2026-03-29 01:00", True),
    ("Europe/Berlin", "2026-10-25 02:30", "2026-10-25 00:30", True),
    ("Europe/Berlin", "2026-10-25 03:00", "2026-10-25 02:00", True),
    ("America/New_York", "2026-03-08 02:15", "2026-03-08 07:00", False),
    ("America/New_York", "2026-11-01 01:30", "2026-11-01 05:30", True),
    ("Australia/Lord_Howe", "2026-10-04 02:15", "2026-10-03 15:30", False),
    ("Australia/Lord_Howe", "2026-10-04 02:30", "2026-10-03 15:30", True),
    ("Australia/Lord_Howe", "2026-04-05 01:45", "2026-04-04 14:45", True),
    ("Asia/Kathmandu", "2026-03-29 02:30", "2026-03-28 20:45", True),
    ("America/Santiago", "2026-09-06 00:00", "2026-09-06 04:00", False),
    ("Pacific/Apia", "2011-12-30 12:00", "2011-12-30 10:00", False),
]


@pytest.mark.parametrize(("zone", "wall", "moment", "shown"), WALLS)
def test_a_wall_time_is_the_first_instant_at_which_the_clock_is_that_far(
    zone: str, wall: str, moment: str, shown: bool
) -> None:
    naive = datetime.fromisoformat(wall)
    assert instant(naive, ZoneInfo(zone)) == datetime.fromisoformat(moment).replace(tzinfo=UTC)
    assert exists(naive, ZoneInfo(zone)) is shown


def test_a_period_ending_at_midnight_ends_with_its_day() -> None:
    berlin = ZoneInfo("Europe/Berlin")
    assert start_of(date(2026, 3, 29), time(0), berlin) == datetime(2026, 3, 28, 23, tzinfo=UTC)
    assert end_of(date(2026, 3, 29), time(0), berlin) == datetime(2026, 3, 29, 22, tzinfo=UTC)
    assert end_of(date(2026, 3, 29), time(12), berlin) == datetime(2026, 3, 29, 10, tzinfo=UTC)


@pytest.mark.parametrize(
    ("zone", "now", "hour"),
    [
        ("Europe/Berlin", "2026-12-01 08:00", "2026-12-01 09:00"),
        ("Europe/Berlin", "2026-12-01 08:59", "2026-12-01 09:00"),
        ("Europe/Berlin", "2026-10-25 01:30", "2026-10-25 02:00"),
        ("Asia/Kathmandu", "2026-12-01 08:00", "2026-12-01 08:15"),
    ],
)
def test_the_next_hour_is_a_full_one_on_the_clock(zone: str, now: str, hour: str) -> None:
    moment = datetime.fromisoformat(now).replace(tzinfo=UTC)
    assert next_hour(moment, ZoneInfo(zone)) == datetime.fromisoformat(hour).replace(tzinfo=UTC)
