"""Dates, times and durations as files write them."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from connections.ical.moments import Length, Moment, find_day, midnight_before, next_day, parse_length, parse_moment

BERLIN = ZoneInfo("Europe/Berlin")


def wall(*parts: int) -> datetime:
    return datetime(*parts)  # type: ignore[arg-type,misc] # noqa: DTZ001 - a wall clock


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("20261201", Moment(wall(2026, 12, 1), None, is_date=True)),
        ("20261201T100000", Moment(wall(2026, 12, 1, 10), BERLIN)),
        ("20261201T100000Z", Moment(wall(2026, 12, 1, 10), UTC)),
        ("20261201t100000z", Moment(wall(2026, 12, 1, 10), UTC)),
        ("2026-12-01T10:00:00", Moment(wall(2026, 12, 1, 10), BERLIN)),
        ("20261201T1000", Moment(wall(2026, 12, 1, 10), BERLIN)),
        ("2026-12-01T10:00:00.000Z", Moment(wall(2026, 12, 1, 10), UTC)),
        ("2026-12-01T10:00:00,5", Moment(wall(2026, 12, 1, 10), BERLIN)),
        ("2026-12-01T10:00:00+01:00", Moment(wall(2026, 12, 1, 9), UTC)),
        ("20261201T100000-0530", Moment(wall(2026, 12, 1, 15, 30), UTC)),
        ("2026-12-01T10:00+01", Moment(wall(2026, 12, 1, 9), UTC)),
        ("2026-12-01T10:00-05", Moment(wall(2026, 12, 1, 15), UTC)),
        ("20261201T1000-05", Moment(wall(2026, 12, 1, 15), UTC)),
        ("20261130T240000", Moment(wall(2026, 12, 1), BERLIN)),
        ("2026-11-30T24:00Z", Moment(wall(2026, 12, 1), UTC)),
        ("2026-12-01 10:00", Moment(wall(2026, 12, 1, 10), BERLIN)),
        ("20261201 100000 Z", Moment(wall(2026, 12, 1, 10), UTC)),
        ("2026/12/1 9:30", Moment(wall(2026, 12, 1, 9, 30), BERLIN)),
        ("2026.12.01", Moment(wall(2026, 12, 1), None, is_date=True)),
        ("01.12.2026 10:00", Moment(wall(2026, 12, 1, 10), BERLIN)),
        ("1. 12. 2026 9:30", Moment(wall(2026, 12, 1, 9, 30), BERLIN)),
        ("01.12.2026", Moment(wall(2026, 12, 1), None, is_date=True)),
        ("2026-12-01T10.00.00", Moment(wall(2026, 12, 1, 10), BERLIN)),
        ("2026-12-01 9.30", Moment(wall(2026, 12, 1, 9, 30), BERLIN)),
        ("２０２６１２０１Ｔ１０００００Ｚ", Moment(wall(2026, 12, 1, 10), UTC)),
        ("Tue, 01 Dec 2026 10:00:00 +0100", Moment(wall(2026, 12, 1, 9), UTC)),
        ("1 Dec 2026 10:00 GMT", Moment(wall(2026, 12, 1, 10), UTC)),
        ("Tue, 1 Dec 2026 10:00:00", Moment(wall(2026, 12, 1, 10), BERLIN)),
        ("00010101T090000Z", Moment(wall(1, 1, 1, 9), UTC)),
        ("20261231T235960Z", Moment(wall(2026, 12, 31, 23, 59, 59), UTC)),
    ],
)
def test_a_time_is_read_by_its_form(text: str, moment: Moment) -> None:
    assert parse_moment(text, BERLIN) == moment


@pytest.mark.parametrize(
    "text",
    [
        "",
        "soon",
        "20261301",
        "20261201T250000",
        "20261201T240001",
        "2026120",
        "01.13.2026 10:00",
        "Tue, 32 Dec 2026 10:00",
    ],
)
def test_what_is_no_time_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"date|month|hour"):
        parse_moment(text, BERLIN)


@pytest.mark.parametrize(
    ("text", "length"),
    [
        ("PT1H30M", Length(0, 5400)),
        ("P1DT1S", Length(1, 1)),
        ("P2W", Length(14, 0)),
        ("-PT15M", Length(0, -900)),
        ("+P1D", Length(1, 0)),
    ],
)
def test_a_duration_has_days_and_seconds(text: str, length: Length) -> None:
    assert parse_length(text) == length
    assert length.elapsed == timedelta(days=length.days, seconds=length.seconds)


def test_a_day_is_found_in_a_value_that_is_no_date() -> None:
    written = ["about 20261201!", "2026-12-01T10h", "01.12.2026 at noon", "２０２６１２０１Tnoon"]
    assert {find_day(text) for text in written} == {Moment(wall(2026, 12, 1), None, is_date=True)}
    assert (find_day("soon"), find_day("20269901")) == (None, None)


@pytest.mark.parametrize(
    "text",
    [
        "Mon Dec 07 2026 09:00:00 GMT+0100",
        "7 December 2026 09:00",
        "Dec 7, 2026 9:00 AM",
        "07-Dec-2026",
        "7 Dec 2026 9h",
    ],
)
def test_a_day_is_found_by_the_name_of_its_month(text: str) -> None:
    assert find_day(text) == Moment(wall(2026, 12, 7), None, is_date=True)


@pytest.mark.parametrize("text", ["7 Foo 2026", "Dec 32, 2026", "Room 7, 2026"])
def test_what_only_looks_like_a_day_with_the_name_of_a_month_is_none(text: str) -> None:
    assert find_day(text) is None


@pytest.mark.parametrize("text", ["P", "PT", "P1", "1D", "PT1", "-PT"])
def test_a_duration_without_a_number_or_a_unit_is_none(text: str) -> None:
    with pytest.raises(ValueError, match="duration"):
        parse_length(text)


def test_a_lone_end_gives_the_midnight_before_it_and_a_lone_day_the_midnight_after_it() -> None:
    assert midnight_before(Moment(wall(2026, 12, 1, 10), BERLIN)) == Moment(wall(2026, 12, 1), BERLIN)
    assert midnight_before(Moment(wall(2026, 12, 2), None, is_date=True)) == Moment(
        wall(2026, 12, 1), None, is_date=True
    )
    assert next_day(Moment(wall(2026, 12, 1), None, is_date=True)) == Moment(wall(2026, 12, 2), None, is_date=True)
    assert (midnight_before(None), next_day(None)) == (None, None)


def test_a_time_with_very_many_blanks_costs_no_more_than_its_length() -> None:
    """Where two parts of a pattern may take the same blanks, 40,000 of them cost 18 seconds."""
    begin = time.process_time()
    with pytest.raises(ValueError, match="neither a date nor"):
        parse_moment("2026-12-01" + " " * 200_000 + "x", BERLIN)
    assert time.process_time() - begin < 1
