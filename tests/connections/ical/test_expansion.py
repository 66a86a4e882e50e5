"""Expanding a resource: recurrence, overrides, travel time, identities."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from tests.connections.ical.museum import WINDOW, calendar, expanded, local, reasons

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


def test_events_of_several_uids_in_one_resource_all_block():
    one, two = (
        f"UID:{uid}\nDTSTART:20261201T{hour}0000Z\nDURATION:PT1H\nRRULE:FREQ=DAILY;COUNT=2"
        for uid, hour in (("a", "09"), ("b", "12"))
    )
    moved = "UID:b\nRECURRENCE-ID:20261202T120000Z\nDTSTART:20261202T150000Z\nDURATION:PT1H"
    result = expanded(calendar(one, two, moved))

    assert [f"{instance.start:%d %H}" for instance in result.instances] == ["01 09", "01 12", "02 09", "02 15"]


def test_of_two_masters_the_higher_sequence_replaces_the_lower():
    old = "UID:x\nSEQUENCE:1\nDTSTART:20261201T090000Z\nDURATION:PT1H\nRRULE:FREQ=DAILY;COUNT=2"
    new = "UID:x\nSEQUENCE:2\nDTSTART:20261201T120000Z\nDURATION:PT1H"

    for events in ((old, new), (new, old)):
        assert local(expanded(calendar(*events))) == ["2026-12-01 13:00 - 14:00"]


@pytest.mark.parametrize(
    ("rule", "days"),
    [
        ("FREQ=WEEKLY;BYDAY=XX", [2, 9, 16, 23, 30]),
        ("FREQ=WEEKLY;INTERVAL=2;BYDAY=XX;UNTIL=20261220T000000Z", [9]),
        ("RSCALE=GREGORIAN;FREQ=MONTHLY;SKIP=BACKWARD;BYMONTHDAY=-31", [1]),
        ("FREQ=WEEKLY;INTERVAL=0;COUNT=8", [2, 9, 16, 23, 30]),
        ("FREQ=FORTNIGHTLY", list(range(1, 32))),
        ("WEEKLY", [2, 9, 16, 23, 30]),
    ],
)
def test_a_rule_that_makes_no_sense_blocks_by_its_frequency_alone(rule, days):
    master = "UID:x\nDTSTART:20261014T090000Z\nDURATION:PT1H\nTRANSP:TRANSPARENT\nRRULE:" + rule
    december = (WINDOW[0].replace(month=12), WINDOW[0].replace(year=2027, month=1))
    result = expanded(calendar(master), window=december)

    assert [instance.start.day for instance in result.instances] == days
    assert (set(reasons(result)), result.problem) == ({"unreadable"}, "unreadable")


LAST = "20271202T100000Z"  # a day and ten hours after the window, which ends at midnight


FROM = "UID:x\nDTSTART:20270107T100000Z\nDURATION:PT1H\n"


@pytest.mark.parametrize(
    "events",
    [
        [FROM + f"RRULE:FREQ=WEEKLY;UNTIL={LAST}"],
        [FROM + "RRULE:FREQ=WEEKLY;COUNT=48"],
        [FROM + f"RDATE:{LAST}"],
        [FROM + f"RRULE:WEEKLY\nRDATE:{LAST}"],
        [FROM + f"RRULE:FREQ=MINUTELY\nRDATE:{LAST}"],
        [FROM + "RRULE:FREQ=WEEKLY;UNTIL=20271125T100000Z", f"UID:x\nRECURRENCE-ID:20271125T100000Z\nDTSTART:{LAST}"],
        [
            FROM + "RRULE:FREQ=WEEKLY;UNTIL=20271125T100000Z",
            "UID:x\nRECURRENCE-ID;RANGE=THISANDFUTURE:20270121T100000Z\nDTSTART:20270131T100000Z\nDURATION:PT1H",
        ],
    ],
)
def test_a_series_whose_last_time_lies_behind_the_window_is_to_be_looked_at_again(events):
    assert expanded(calendar(*events)).endless


@pytest.mark.parametrize(
    "events",
    [
        [FROM + "RRULE:FREQ=WEEKLY;UNTIL=20271125T100000Z\nRDATE:20271130T220000Z"],
        [
            FROM + "RRULE:FREQ=WEEKLY;UNTIL=20271125T100000Z",
            "UID:x\nRECURRENCE-ID;RANGE=THISANDFUTURE:20270121T100000Z\nDTSTART:20270122T100000Z\nDURATION:PT1H",
        ],
    ],
)
def test_a_series_that_ends_inside_the_window_is_not_looked_at_again(events):
    assert not expanded(calendar(*events)).endless


WORKDAY = (datetime(2026, 12, 1, 9, tzinfo=UTC), datetime(2026, 12, 1, 17, tzinfo=UTC))


@pytest.mark.parametrize(
    ("times", "counts"),
    [
        ("DTSTART:20261201T080000Z\nDTEND:20261201T090000Z", False),
        ("DTSTART:20261201T080000Z\nDTEND:20261201T090001Z", True),
        ("DTSTART:20261201T165959Z\nDTEND:20261201T180000Z", True),
        ("DTSTART:20261201T170000Z\nDTEND:20261201T180000Z", False),
        ("DTSTART:20250101T000000Z\nDTEND:20280101T000000Z", True),
        ("DTSTART:20261201T090000Z\nDTEND:20261201T090000Z", True),
        ("DTSTART:20261201T170000Z\nDTEND:20261201T170000Z", False),
        ("DTSTART:20261201T080000Z\nDTEND:20261201T083000Z\nX-APPLE-TRAVEL-RETURN-DURATION:PT31M", True),
        ("DTSTART:20261201T173000Z\nDTEND:20261201T180000Z\nX-APPLE-TRAVEL-DURATION:PT31M", True),
    ],
)
@pytest.mark.parametrize("rule", ["", "\nRRULE:FREQ=YEARLY"])
def test_an_instance_counts_if_it_overlaps_the_half_open_window(times, counts, rule):
    assert bool(expanded(calendar("UID:x\n" + times + rule), window=WORKDAY).instances) == counts


def test_a_long_event_that_repeats_reaches_into_the_window_from_far_before():
    event = "UID:x\nDTSTART:20260101T000000Z\nDTEND:20260301T000000Z\nRRULE:FREQ=MONTHLY"

    starts = [f"{i.start:%Y-%m-%d}" for i in expanded(calendar(event), window=WORKDAY).instances]

    assert starts == ["2026-11-01", "2026-12-01"]


@pytest.mark.parametrize(("start", "endless"), [("20261201T160000Z", False), ("20261201T170000Z", True)])
def test_an_event_after_the_window_is_to_be_looked_at_again(start, endless):
    assert expanded(calendar(f"UID:x\nDTSTART:{start}\nDURATION:PT1H"), window=WORKDAY).endless == endless
