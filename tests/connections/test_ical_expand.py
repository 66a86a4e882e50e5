"""Expanding a resource: recurrence, overrides, travel time, identities."""

from __future__ import annotations

import pytest

from tests.connections.ical_files import calendar, expanded, local, reasons

WEEKLY = """
UID:series
DTSTART;TZID=Europe/Berlin:20261201T100000
DTEND;TZID=Europe/Berlin:20261201T110000
RRULE:FREQ=WEEKLY;COUNT=3
SUMMARY:Physio
"""


def test_a_single_event_has_one_instance_without_recurrence_id():
    result = expanded(calendar("UID:x\nDTSTART:20261201T090000Z\nDTEND:20261201T100000Z\nSUMMARY:Dentist"))

    assert (result.uid, result.summary, result.recurring, result.endless, result.problem) == (
        "x",
        "Dentist",
        False,
        False,
        "",
    )
    assert local(result) == ["2026-12-01 10:00 - 11:00"]
    assert [instance.recurrence_id for instance in result.instances] == [""]


def test_a_series_names_its_slots_by_their_original_start_in_utc():
    result = expanded(calendar(WEEKLY))

    assert [instance.recurrence_id for instance in result.instances] == [
        "2026-12-01T09:00:00Z",
        "2026-12-08T09:00:00Z",
        "2026-12-15T09:00:00Z",
    ]
    assert (result.recurring, result.endless) == (True, False)


def test_apple_travel_time_extends_the_span_on_both_sides():
    event = WEEKLY + "X-APPLE-TRAVEL-DURATION;VALUE=DURATION:PT30M\nX-APPLE-TRAVEL-RETURN-DURATION:PT45M"

    assert local(expanded(calendar(event)))[0] == "2026-12-01 09:30 - 11:45"


def test_an_override_moves_its_slot_and_keeps_its_name():
    moved = """
UID:series
RECURRENCE-ID;TZID=Europe/Berlin:20261208T100000
DTSTART;TZID=Europe/Berlin:20261209T150000
DTEND;TZID=Europe/Berlin:20261209T160000
"""
    result = expanded(calendar(WEEKLY, moved))

    assert local(result) == ["2026-12-01 10:00 - 11:00", "2026-12-09 15:00 - 16:00", "2026-12-15 10:00 - 11:00"]
    assert result.instances[1].recurrence_id == "2026-12-08T09:00:00Z"


@pytest.mark.parametrize(
    "rule",
    [
        "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30",
        "FREQ=DAILY;BYWEEKNO=53;BYMONTH=6",
        "FREQ=HOURLY;INTERVAL=168;BYDAY=MO",
        "FREQ=MINUTELY;COUNT=1000000",
    ],
)
def test_a_rule_without_matches_in_the_window_ends_quickly_and_gives_nothing(rule):
    event = f"UID:x\nDTSTART:20140101T100000Z\nDURATION:PT1H\nRRULE:{rule}"

    assert expanded(calendar(event)).instances == ()


@pytest.mark.parametrize("rule", ["FREQ=SECONDLY", "FREQ=MINUTELY", "FREQ=SECONDLY;BYSETPOS=2"])
def test_too_many_occurrences_block_as_one(rule):
    result = expanded(calendar(f"UID:x\nDTSTART:20261203T000000Z\nDURATION:PT1M\nRRULE:{rule}"))

    assert local(result) == ["2026-12-03 01:00 - 01:00"]
    assert (reasons(result), result.problem) == (["unreadable"], "too_many_occurrences")
