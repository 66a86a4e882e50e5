"""How the soak test reads calendar text."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from soak import calendar_text
from tests.ics_text import event

TEN, ELEVEN = datetime(2026, 12, 1, 10, tzinfo=UTC), datetime(2026, 12, 1, 11, tzinfo=UTC)


def test_a_plain_event_is_read() -> None:
    data = event("UID-1")
    assert (calendar_text.uid_of(data), calendar_text.single_occurrence(data)) == ("UID-1", (TEN, ELEVEN, True))
    assert calendar_text.blocking(data, TEN - timedelta(days=1), ELEVEN) == [(TEN, ELEVEN)]
    assert calendar_text.blocking(data, ELEVEN, ELEVEN + timedelta(days=9)) == []


def test_a_series_is_no_single_occurrence_and_a_free_event_blocks_nothing() -> None:
    weekly = event("UID-1").replace(b"SUMMARY", b"RRULE:FREQ=WEEKLY;COUNT=2\r\nSUMMARY")
    week = timedelta(days=7)
    assert calendar_text.single_occurrence(weekly) is None
    assert calendar_text.blocking(weekly, TEN, ELEVEN + week) == [(TEN, ELEVEN), (TEN + week, ELEVEN + week)]
    free = event("UID-1").replace(b"SUMMARY", b"TRANSP:TRANSPARENT\r\nSUMMARY")
    assert calendar_text.blocking(free, TEN, ELEVEN) == []


def test_travel_time_is_part_of_what_blocks() -> None:
    travel = event("UID-1").replace(b"SUMMARY", b"X-APPLE-TRAVEL-DURATION;VALUE=DURATION:PT30M\r\nSUMMARY")
    assert calendar_text.blocking(travel, TEN, ELEVEN) == [(TEN - timedelta(minutes=30), ELEVEN)]
