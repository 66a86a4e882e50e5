"""Times as people write and say them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone, translation

from practice import time_format

BERLIN = ZoneInfo("Europe/Berlin")
MOMENT = datetime(2026, 12, 1, 9, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
CLOCKS_GO_BACK = datetime(2026, 10, 25, 0, 30, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _in_berlin() -> Iterator[None]:
    with timezone.override(BERLIN):
        yield


def test_an_instant_is_written_in_the_active_zone() -> None:
    assert time_format.clock(MOMENT) == "10:00"
    assert time_format.day_name(MOMENT) == "Tue 1 Dec 2026"
    assert time_format.day_and_clock(MOMENT) == "Tue 1 Dec 2026, 10:00"
    assert time_format.short_day_and_clock(MOMENT) == "Tue 1 Dec, 10:00"
    assert time_format.day_clock_and_zone(MOMENT) == "Tue 1 Dec 2026, 10:00 CET"


def test_a_period_is_written_as_on_the_clock() -> None:
    assert time_format.period(time(9), time(0)) == "09:00–00:00"


def test_a_span_is_written_with_its_day() -> None:
    assert time_format.clocks((MOMENT, MOMENT + HOUR)) == "10:00–11:00"
    assert time_format.day_and_clocks((MOMENT, MOMENT + HOUR)) == "Tue 1 Dec 2026, 10:00–11:00"
    night = MOMENT + 12 * HOUR, MOMENT + 16 * HOUR
    assert time_format.day_and_clocks(night) == "Tue 1 Dec 2026, 22:00 – Wed 2 Dec 2026, 02:00"


def test_a_span_over_the_change_of_clocks_names_both_times() -> None:
    assert time_format.clocks((CLOCKS_GO_BACK, CLOCKS_GO_BACK + HOUR)) == "02:30 CEST – 02:30 CET"


@pytest.mark.parametrize(
    ("zone", "written"),
    [
        ("Europe/Berlin", "Tue 1 Dec 2026, 10:00 (Berlin time)"),
        ("America/New_York", "Tue 1 Dec 2026, 04:00 (New York time)"),
        ("America/Argentina/Buenos_Aires", "Tue 1 Dec 2026, 06:00 (Buenos Aires time)"),
        ("UTC", "Tue 1 Dec 2026, 09:00 (UTC)"),
    ],
)
def test_a_zone_is_named_by_its_place(zone: str, written: str) -> None:
    assert time_format.day_and_clock_in(ZoneInfo(zone), MOMENT) == written


@pytest.mark.parametrize(
    ("offset", "said"),
    [
        (timedelta(0), "just now"),
        (timedelta(seconds=-59), "just now"),
        (timedelta(seconds=59), "in a moment"),
        (timedelta(seconds=-60), "1 minute ago"),
        (timedelta(minutes=-59, seconds=-59), "59 minutes ago"),
        (timedelta(hours=1), "in 1 hour"),
        (timedelta(hours=-23, minutes=-59), "23 hours ago"),
        (timedelta(days=2, hours=5), "in 2 days"),
    ],
)
def test_a_moment_is_said_in_one_unit(offset: timedelta, said: str) -> None:
    assert time_format.relative(MOMENT + offset, MOMENT) == said


@pytest.mark.parametrize(
    ("minutes", "english", "german"),
    [
        (1, "1 minute", "1 Minute"),
        (90, "90 minutes", "90 Minuten"),
        (60, "1 hour", "1 Stunde"),
        (24 * 60, "24 hours", "24 Stunden"),
        (36 * 60, "36 hours", "36 Stunden"),
        (48 * 60, "2 days", "2 Tage"),
    ],
)
def test_a_length_is_said_exactly_in_the_largest_unit_that_fits(minutes: int, english: str, german: str) -> None:
    assert time_format.length(timedelta(minutes=minutes)) == english
    with translation.override("de"):
        assert time_format.length(timedelta(minutes=minutes)) == german


TUESDAY = datetime(2026, 12, 8, 9, 0, tzinfo=UTC)
FORTY_MINUTES_LATER = TUESDAY + timedelta(minutes=40)


def test_a_moment_is_written_for_clients_without_a_year() -> None:
    assert time_format.weekday_day_and_clock(TUESDAY) == "Tue 8 December, 10:00"
    assert time_format.full_day_and_clocks((TUESDAY, FORTY_MINUTES_LATER)) == "Tuesday 8 December 2026, 10:00–10:40"


@pytest.mark.parametrize(
    ("days_before", "written"),
    [(0, "Tue 10:00"), (6, "Tue 10:00"), (7, "Tue 8 December, 10:00"), (-7, "Tue 8 December, 10:00")],
)
def test_the_weekday_alone_is_enough_within_a_week(days_before: int, written: str) -> None:
    assert time_format.near_day_and_clock(TUESDAY, TUESDAY - timedelta(days=days_before)) == written


def test_times_are_written_in_german() -> None:
    with translation.override("de"):
        assert time_format.weekday_day_and_clock(TUESDAY) == "Di., 8. Dezember, 10:00 Uhr"
        assert time_format.near_day_and_clock(TUESDAY, TUESDAY) == "Di., 10:00 Uhr"
        assert time_format.full_day_and_clocks((TUESDAY, FORTY_MINUTES_LATER)) == (
            "Dienstag, 8. Dezember 2026, 10:00–10:40 Uhr"
        )
        assert time_format.day_and_clock(TUESDAY) == "Di., 8. Dez. 2026, 10:00 Uhr"


@pytest.mark.parametrize(
    ("zone", "written"),
    [
        ("Europe/Berlin", "Ortszeit Berlin"),
        ("Europe/Vienna", "Ortszeit Wien"),
        ("America/New_York", "Ortszeit New York"),
    ],
)
def test_a_zone_is_named_in_german(zone: str, written: str) -> None:
    with translation.override("de"):
        assert time_format.zone_time(ZoneInfo(zone)) == written


@pytest.mark.parametrize(
    ("zone", "written"),
    [("Europe/Kiev", "Kyiv time"), ("Asia/Calcutta", "Kolkata time"), ("Asia/Saigon", "Ho Chi Minh time")],
)
def test_a_zone_with_an_old_name_is_called_by_the_name_of_today(zone: str, written: str) -> None:
    assert time_format.zone_time(ZoneInfo(zone)) == written


@pytest.mark.parametrize(
    ("language", "written"),
    [
        (
            "en-us",
            ("3:05 PM", "Tue 1 Dec 2026, 3:05 PM", "Tue 1 Dec, 3:05 PM", "Tue 1 December, 3:05 PM", "Tue 3:05 PM"),
        ),
        (
            "de-us",
            (
                "3:05 nachm.",
                "Di., 1. Dez. 2026, 3:05 nachm.",
                "Di., 1. Dez., 3:05 nachm.",
                "Di., 1. Dezember, 3:05 nachm.",
                "Di., 3:05 nachm.",
            ),
        ),
    ],
)
def test_whoever_wants_it_reads_a_clock_of_12_hours(language: str, written: tuple[str, ...]) -> None:
    moment = datetime(2026, 12, 1, 14, 5, tzinfo=UTC)
    with translation.override(language):
        assert (
            time_format.clock(moment),
            time_format.day_and_clock(moment),
            time_format.short_day_and_clock(moment),
            time_format.weekday_day_and_clock(moment),
            time_format.near_day_and_clock(moment, moment),
        ) == written
