"""The slots of a series: rules, RDATE, EXDATE, overrides and RANGE=THISANDFUTURE together."""

from __future__ import annotations

import pytest

from tests.connections.ical.museum import calendar, expanded, local, reasons

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


def test_of_several_periods_with_one_start_the_latest_end_counts():
    event = "UID:x\nDTSTART:20261201T090000Z\nDURATION:PT1H\nRDATE;VALUE=PERIOD:"
    periods = ["20261203T090000Z/PT2H", "20261203T090000Z/20261203T120000Z", "20261203T090000Z/PT30M"]

    for listed in (periods, periods[::-1]):
        assert local(expanded(calendar(event + ",".join(listed)))) == [
            "2026-12-01 10:00 - 11:00",
            "2026-12-03 10:00 - 13:00",
        ]


def test_several_rules_are_united():
    event = "UID:x\nDTSTART:20261201T090000Z\nDURATION:PT1H\nRRULE:FREQ=DAILY;COUNT=2\nRRULE:FREQ=WEEKLY;COUNT=2"

    assert [span[:10] for span in local(expanded(calendar(event)))] == ["2026-12-01", "2026-12-02", "2026-12-08"]


def test_a_floating_series_may_name_its_slots_with_z():
    master = "UID:x\nDTSTART:20261201T100000\nDURATION:PT1H\nRRULE:FREQ=DAILY;COUNT=3\nEXDATE:20261202T100000Z"
    moved = "UID:x\nRECURRENCE-ID:20261203T100000Z\nDTSTART:20261203T150000\nDURATION:PT1H"

    assert local(expanded(calendar(master, moved))) == ["2026-12-01 10:00 - 11:00", "2026-12-03 15:00 - 16:00"]


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


@pytest.mark.parametrize(
    ("start", "master", "beside"),
    [
        ("", DAILY, ["02 10:00 - 11:00"]),
        ("DTSTART:noon\n", DAILY, ["02 10:00 - 11:00"]),
        ("", DAILY + "EXDATE;TZID=Europe/Berlin:20261202T100000", []),
        ("DTSTART:noon\n", DAILY + "EXDATE;TZID=Europe/Berlin:20261202T100000", []),
    ],
)
def test_an_override_without_any_time_blocks_from_its_slot_until_midnight(start, master, beside):
    """Also if the slot is excluded by EXDATE: nobody knows how long the override lasts."""
    lost = f"UID:series\nRECURRENCE-ID;TZID=Europe/Berlin:20261202T100000\n{start}STATUS:CANCELLED"
    result = expanded(calendar(master, lost))

    rest = ["03 10:00 - 11:00", "04 10:00 - 11:00", "05 10:00 - 11:00"]
    assert (december(result), {instance.blocks for instance in result.instances}, result.problem) == (
        ["01 10:00 - 11:00", *beside, "02 10:00 - 00:00", *rest],
        {True},
        "unreadable",
    )


def test_an_override_without_any_time_that_comes_alone_blocks_from_its_slot():
    result = expanded(calendar("UID:series\nRECURRENCE-ID;TZID=Europe/Berlin:20261202T100000\nSUMMARY:Lost"))

    assert (december(result), reasons(result), result.problem) == (["02 10:00 - 00:00"], ["unreadable"], "unreadable")


def december(expansion) -> list[str]:
    """The instances of the first ten days of December, as `02 10:00 - 11:00`."""
    return [span[8:] for span in local(expansion) if span < "2026-12-11"]


def test_the_rule_of_an_override_blocks_too_and_is_a_problem():
    repeated = override(
        "TZID=Europe/Berlin:20261202T100000", "20261202T150000", "DURATION:PT1H", "RRULE:FREQ=DAILY;COUNT=3"
    )
    result = expanded(calendar(DAILY, repeated))

    assert (december(result), set(reasons(result)), result.problem) == (
        [
            "01 10:00 - 11:00",
            "02 15:00 - 16:00",
            "03 10:00 - 11:00",
            "03 15:00 - 16:00",
            "04 10:00 - 11:00",
            "04 15:00 - 16:00",
            "05 10:00 - 11:00",
        ],
        {"busy"},
        "unreadable",
    )


def test_the_rdates_of_an_override_block_too_and_are_a_problem():
    repeated = override(
        "TZID=Europe/Berlin:20261202T100000", "20261202T150000", "DURATION:PT1H", "RDATE:20261207T120000Z"
    )
    result = expanded(calendar(DAILY, repeated))

    assert (december(result)[1], december(result)[-1], len(result.instances), result.problem) == (
        "02 15:00 - 16:00",
        "07 13:00 - 14:00",
        6,
        "unreadable",
    )


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        ("RRULE:FREQ=WEEKLY;COUNT=2", ["02 15:00 - 16:00", "09 15:00 - 16:00"]),
        ("RRULE:FREQ=WEEKLY;BYDAY=WE,XX;COUNT=2", ["02 15:00 - 16:00", "09 15:00 - 16:00"]),
        ("RDATE:20261204T120000Z", ["02 15:00 - 16:00", "04 13:00 - 14:00"]),
    ],
)
def test_an_override_that_comes_alone_repeats_by_its_own_rule(rule, expected):
    alone = override("TZID=Europe/Berlin:20261202T100000", "20261202T150000", "DURATION:PT1H", rule)
    result = expanded(calendar(alone))

    assert (december(result), result.problem) == (expected, "unreadable")


def test_a_rule_of_an_override_that_costs_too_much_blocks_from_its_start():
    alone = override("TZID=Europe/Berlin:20261202T100000", "20261202T150000", "DURATION:PT1H", "RRULE:FREQ=SECONDLY")
    result = expanded(calendar(alone))

    assert [(f"{i.start:%Y-%m-%d %H:%M}", f"{i.end:%Y-%m-%d}", i.blocks) for i in result.instances] == [
        ("2026-12-02 14:00", "2026-12-02", True),
        ("2026-12-02 14:00", "2027-12-01", True),
    ]
    assert result.problem == "too_many_occurrences"
