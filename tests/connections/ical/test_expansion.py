"""Expanding a resource: recurrence, overrides, travel time, identities."""

from __future__ import annotations

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


@pytest.mark.parametrize("rule", ["FREQ=SECONDLY", "FREQ=MINUTELY", "FREQ=SECONDLY;BYSETPOS=2"])
def test_too_many_occurrences_block_as_one(rule):
    result = expanded(calendar(f"UID:x\nDTSTART:20261203T000000Z\nDURATION:PT1M\nRRULE:{rule}"))

    assert local(result) == ["2026-12-03 01:00 - 01:00"]
    assert (reasons(result), result.problem) == (["unreadable"], "too_many_occurrences")


DAILY = """
UID:series
DTSTART;TZID=Europe/Berlin:20261201T100000
DTEND;TZID=Europe/Berlin:20261201T110000
RRULE:FREQ=DAILY;COUNT=5
"""


def override(slot: str, start: str, *more: str) -> str:
    zone = "TZID=Europe/Berlin"
    return "\n".join(["UID:series", f"RECURRENCE-ID;{slot}", f"DTSTART;{zone}:{start}", *(more or ["DURATION:PT1H"])])


def test_this_and_future_moves_what_follows_until_the_next_one():
    later = override("RANGE=THISANDFUTURE;TZID=Europe/Berlin:20261202T100000", "20261202T120000")
    earlier = override("RANGE=THISANDFUTURE;TZID=Europe/Berlin:20261204T100000", "20261203T230000", "DURATION:PT30M")

    assert local(expanded(calendar(DAILY, later, earlier))) == [
        "2026-12-01 10:00 - 11:00",
        "2026-12-02 12:00 - 13:00",
        "2026-12-03 12:00 - 13:00",
        "2026-12-03 23:00 - 23:30",
        "2026-12-04 23:00 - 23:30",
    ]


def test_this_and_future_can_cancel_the_rest_and_single_overrides_still_stand():
    rest = override(
        "RANGE=THISANDFUTURE;TZID=Europe/Berlin:20261203T100000", "20261203T100000", "STATUS:CANCELLED", "DURATION:PT1H"
    )
    one = override("TZID=Europe/Berlin:20261204T100000", "20261204T140000")

    result = expanded(calendar(DAILY, rest, one))

    assert list(zip(local(result), reasons(result), strict=True)) == [
        ("2026-12-01 10:00 - 11:00", "busy"),
        ("2026-12-02 10:00 - 11:00", "busy"),
        ("2026-12-03 10:00 - 11:00", "cancelled"),
        ("2026-12-04 14:00 - 15:00", "busy"),
        ("2026-12-05 10:00 - 11:00", "cancelled"),
    ]


def test_this_and_future_far_in_the_past_moves_what_is_in_the_window():
    master = DAILY.replace("20261201", "20200101").replace(";COUNT=5", ";UNTIL=20261102T235959Z")
    future = override("RANGE=THISANDFUTURE;TZID=Europe/Berlin:20200110T100000", "20200110T200000")

    assert local(expanded(calendar(master, future))) == ["2026-11-01 20:00 - 21:00", "2026-11-02 20:00 - 21:00"]


def test_an_override_may_turn_an_all_day_slot_into_a_timed_one_and_back():
    days = "UID:series\nDTSTART;VALUE=DATE:20261201\nRRULE:FREQ=DAILY;COUNT=2"
    timed = override("VALUE=DATE:20261202", "20261202T100000")
    day = "UID:series\nRECURRENCE-ID;TZID=Europe/Berlin:20261203T100000\nDTSTART;VALUE=DATE:20261203"

    first, second = expanded(calendar(days, timed)), expanded(calendar(DAILY, day))

    assert [(i.recurrence_id, i.all_day) for i in first.instances] == [("2026-12-01", True), ("2026-12-02", False)]
    assert [(span, i.all_day) for span, i in zip(local(second), second.instances, strict=True)][2:4] == [
        ("2026-12-03 00:00 - 00:00", True),
        ("2026-12-04 10:00 - 11:00", False),
    ]


def test_an_exdate_of_an_all_day_series_may_be_written_as_an_instant():
    event = "UID:x\nDTSTART;VALUE=DATE:20261201\nRRULE:FREQ=DAILY;COUNT=4\n"

    for exdate in ("EXDATE:20261202T000000Z", "EXDATE;TZID=Europe/Berlin:20261202T000000", "EXDATE:20261201T230000Z"):
        ids = [instance.recurrence_id for instance in expanded(calendar(event + exdate)).instances]
        assert ids == ["2026-12-01", "2026-12-03", "2026-12-04"]


def test_rdates_alone_make_a_series_with_its_start():
    event = "UID:x\nDTSTART:20261201T090000Z\nDURATION:PT1H\nRDATE:20261203T090000Z,20261201T090000Z"
    result = expanded(calendar(event))

    assert (local(result), result.recurring) == (["2026-12-01 10:00 - 11:00", "2026-12-03 10:00 - 11:00"], True)


def test_several_rules_are_united():
    event = "UID:x\nDTSTART:20261201T090000Z\nDURATION:PT1H\nRRULE:FREQ=DAILY;COUNT=2\nRRULE:FREQ=WEEKLY;COUNT=2"

    assert [span[:10] for span in local(expanded(calendar(event)))] == ["2026-12-01", "2026-12-02", "2026-12-08"]


def test_events_of_several_uids_in_one_resource_all_block():
    one, two = (
        f"UID:{uid}\nDTSTART:20261201T{hour}0000Z\nDURATION:PT1H\nRRULE:FREQ=DAILY;COUNT=2"
        for uid, hour in (("a", "09"), ("b", "12"))
    )
    moved = "UID:b\nRECURRENCE-ID:20261202T120000Z\nDTSTART:20261202T150000Z\nDURATION:PT1H"
    result = expanded(calendar(one, two, moved))

    assert [f"{instance.start:%d %H}" for instance in result.instances] == ["01 09", "01 12", "02 09", "02 15"]


def test_an_unreadable_override_blocks_beside_its_slot():
    broken = override("TZID=Europe/Berlin:20261202T100000", "lost", "DTEND;TZID=Europe/Berlin:20261202T180000")
    result = expanded(calendar(DAILY, broken))

    assert [(span, i.reason, i.recurrence_id) for span, i in zip(local(result), result.instances, strict=True)][
        1:3
    ] == [
        ("2026-12-02 00:00 - 18:00", "unreadable", "2026-12-02T09:00:00Z"),
        ("2026-12-02 10:00 - 11:00", "busy", "2026-12-02T09:00:00Z#2"),
    ]
    assert (len(result.instances), result.problem) == (6, "unreadable")


def test_an_override_without_any_time_leaves_its_slot_blocked():
    result = expanded(calendar(DAILY, "UID:series\nRECURRENCE-ID;TZID=Europe/Berlin:20261202T100000\nSTATUS:CANCELLED"))

    assert (len(result.instances), set(reasons(result)), result.problem) == (5, {"busy"}, "unreadable")


def test_a_title_is_plain_text():
    event = "UID:x\nDTSTART:20261201T090000Z\nDURATION:PT1H\nSUMMARY;LANGUAGE=de:Zoë\\, Max\\; a\\\\b\\nc\x07"

    assert expanded(calendar(event)).summary == "Zoë, Max; a\\b\nc"


def test_a_long_title_is_cut():
    event = f"UID:x\nDTSTART:20261201T090000Z\nDURATION:PT1H\nSUMMARY:{'a' * 5000}"

    assert expanded(calendar(event)).summary == "a" * 1000


def test_of_two_masters_the_higher_sequence_replaces_the_lower():
    old = "UID:x\nSEQUENCE:1\nDTSTART:20261201T090000Z\nDURATION:PT1H\nRRULE:FREQ=DAILY;COUNT=2"
    new = "UID:x\nSEQUENCE:2\nDTSTART:20261201T120000Z\nDURATION:PT1H"

    for events in ((old, new), (new, old)):
        assert local(expanded(calendar(*events))) == ["2026-12-01 13:00 - 14:00"]


def test_a_floating_series_may_name_its_slots_with_z():
    master = "UID:x\nDTSTART:20261201T100000\nDURATION:PT1H\nRRULE:FREQ=DAILY;COUNT=3\nEXDATE:20261202T100000Z"
    moved = "UID:x\nRECURRENCE-ID:20261203T100000Z\nDTSTART:20261203T150000\nDURATION:PT1H"

    assert local(expanded(calendar(master, moved))) == ["2026-12-01 10:00 - 11:00", "2026-12-03 15:00 - 16:00"]


@pytest.mark.parametrize(
    ("rule", "days"),
    [
        ("FREQ=WEEKLY;BYDAY=XX", [2, 9, 16, 23, 30]),
        ("FREQ=WEEKLY;INTERVAL=2;BYDAY=XX;UNTIL=20261220T000000Z", [9]),
        ("RSCALE=GREGORIAN;FREQ=MONTHLY;SKIP=BACKWARD;BYMONTHDAY=31", [14]),
        ("FREQ=WEEKLY;INTERVAL=0;COUNT=8", [2]),
        ("FREQ=FORTNIGHTLY", []),
        ("WEEKLY", []),
    ],
)
def test_a_rule_that_makes_no_sense_blocks_by_its_frequency_alone(rule, days):
    master = "UID:x\nDTSTART:20261014T090000Z\nDURATION:PT1H\nTRANSP:TRANSPARENT\nRRULE:" + rule
    december = (WINDOW[0].replace(month=12), WINDOW[0].replace(year=2027, month=1))
    result = expanded(calendar(master), window=december)

    assert [instance.start.day for instance in result.instances] == days
    assert (set(reasons(result)), result.problem) == ({"unreadable"} if days else set(), "unreadable")


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
