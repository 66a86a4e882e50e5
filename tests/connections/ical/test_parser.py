"""What the lines of an event mean, and what becomes of those that cannot be read."""

from __future__ import annotations

import pytest

from connections.ical import reduce
from connections.ical.types import Rules
from tests.connections.ical.museum import calendar, expanded, local


def test_a_title_is_plain_text():
    event = "UID:x\nDTSTART:20261201T090000Z\nDURATION:PT1H\nSUMMARY;LANGUAGE=de:Zoë\\, Max\\; a\\\\b\\nc\x07"

    assert expanded(calendar(event)).summary == "Zoë, Max; a\\b\nc"


def test_a_long_title_is_cut():
    event = f"UID:x\nDTSTART:20261201T090000Z\nDURATION:PT1H\nSUMMARY:{'a' * 5000}"

    assert expanded(calendar(event)).summary == "a" * 1000


TIMED = "DTSTART:20261201T090000Z\nDTEND:20261201T100000Z"
TWO_DAYS = ["2026-12-02 10:00 - 11:00", "2026-12-03 10:00 - 11:00"]
KINDS = [
    # an event, its instances in Berlin, and its problem
    ("DTSTART:20261201T090000Z\nDURATION:-PT1H", ["2026-12-01 10:00 - 01:00"], "unreadable"),
    ("DTSTART;VALUE=DATE:20261202\nDTEND;VALUE=DATE:20261201", ["2026-12-02 00:00 - 00:00"], "unreadable"),
    (f"{TIMED}\nDTEND:20261201T110000Z", ["2026-12-01 10:00 - 12:00"], "unreadable"),
    (f"{TIMED}\nDTSTART:20261201T090000Z", ["2026-12-01 10:00 - 11:00"], ""),
    (f"{TIMED}\nTRANSP:TRANSPARENT\nTRANSP:OPAQUE", ["2026-12-01 10:00 - 11:00"], ""),
    (f"{TIMED}\nSTATUS:CANCELLED\nSTATUS:CONFIRMED", ["2026-12-01 10:00 - 11:00"], ""),
    ("DTSTART; TZID = Europe/Berlin :20261201T100000\nDURATION:PT1H", ["2026-12-01 10:00 - 11:00"], ""),
    (
        f"{TIMED}\nRDATE;VALUE=PERIOD:20261203T090000Z/20261203T120000",
        ["2026-12-01 10:00 - 11:00", "2026-12-03 10:00 - 13:00"],
        "",
    ),
    *(
        (f"{start}\nDURATION:PT1H", ["2026-12-01 10:00 - 11:00"], "")
        for start in (
            "item1.DTSTART:20261201T090000Z",
            "item1.DTSTART;TZID=Europe/Berlin:20261201T100000",
            "DTSTART=20261201T090000Z",
            "DTSTART = 2026-12-01T10:00:00",
            "DTSTART;TZID=Asia/Tokyo=20261201T180000",
            "DTSTART:01.12.2026 10:00",
            "DTSTART;TZID=Europe/Berlin:01.12.2026 10:00",
            "DTSTART:2026-12-01T10.00.00",
            "DTSTART:２０２６-１２-０１T１０:００:００",
            "DTSTART:Tue, 01 Dec 2026 10:00:00 +0100",
            "DTSTART;TZID=UTC+01:00 Berlin:20261201T100000",
            "DTSTART;VALUE=DATE-TIME:01 Dec 2026 10:00:00 +0100",
        )
    ),
    (f"{TIMED}\nRRULE=FREQ=DAILY;COUNT=2", ["2026-12-01 10:00 - 11:00", "2026-12-02 10:00 - 11:00"], ""),
    ("RDATE:20261202T090000Z,20261203T090000Z\nDURATION:PT1H", TWO_DAYS, "unreadable"),
    ("RDATE;VALUE=PERIOD:20261202T090000Z/PT1H,20261203T090000Z/PT1H", TWO_DAYS, "unreadable"),
    ("DTSTART;VALUE=DATE:20261201T100000\nDURATION:PT1H", ["2026-12-01 10:00 - 11:00"], "unreadable"),
    ("DTSTART;VALUE=DATE:20261201T100000", ["2026-12-01 10:00 - 00:00"], "unreadable"),
    ("DTSTART;VALUE=DATE:2026-12-01T10:00+01:00", ["2026-12-01 10:00 - 01:00"], "unreadable"),
    ("DTSTART;VALUE=DATE;TZID=Asia/Tokyo:20261202T060000", ["2026-12-01 22:00 - 16:00"], "unreadable"),
    ("DTSTART:20261201T090000Z\nDTEND;VALUE=DATE:20261201T100000Z", ["2026-12-01 10:00 - 11:00"], "unreadable"),
    (
        f"{TIMED}\nRDATE;VALUE=DATE;TZID=Asia/Tokyo:20261203T000000",
        ["2026-12-01 10:00 - 11:00", "2026-12-02 16:00 - 17:00"],
        "unreadable",
    ),
    *(
        (f"DTSTART:{start}\nDURATION:PT1H", ["2026-12-01 00:00 - 00:00"], "unreadable")
        for start in ("Tue Dec 01 2026 10:00:00 GMT+0100 (CET)", "1 December 2026 10:00", "Dec 1, 2026 10:00 AM")
    ),
    ("DTSTART:2026-12-01T10:00-05\nDURATION:PT1H", ["2026-12-01 16:00 - 17:00"], ""),
    ("DTSTART;TZID=Europe/Berlin:20261130T240000\nDURATION:PT1H", ["2026-12-01 00:00 - 01:00"], ""),
    ("DTSTART:20261201T090000Z\nDURATION:PT", ["2026-12-01 10:00 - 01:00"], "unreadable"),
    (
        "DTSTART;TZID=Asia/Tokyo;TZID=Europe/Berlin:20261201T100000\nDURATION:PT1H",
        ["2026-12-01 10:00 - 11:00"],
        "zone_unknown",
    ),
    (f"{TIMED}\nRDATE:20261202Tnoon", ["2026-12-01 10:00 - 11:00", "2026-12-02 10:00 - 11:00"], "unreadable"),
]


@pytest.mark.parametrize(("lines", "spans", "problem"), KINDS)
def test_what_can_be_read_blocks_and_what_was_not_understood_is_a_problem(lines, spans, problem) -> None:
    result = expanded(calendar("UID:x\n" + lines))

    kept = expanded(reduce(calendar("UID:x\n" + lines), titles=False))

    assert (local(result), {instance.blocks for instance in result.instances}, result.problem) == (
        spans,
        {True},
        problem,
    )
    assert (kept.instances, kept.problem) == (result.instances, problem)


def test_a_time_under_the_name_of_a_date_is_no_all_day_event() -> None:
    event = calendar("UID:x\nDTSTART;VALUE=DATE:20261201T100000\nDURATION:PT1H")
    result = expanded(event, rules=Rules(all_day="never"))

    assert [(i.blocks, i.reason, i.all_day) for i in result.instances] == [(True, "unreadable", False)]


@pytest.mark.parametrize(
    ("excluded", "hours", "problem"),
    [
        ("EXDATE;VALUE=DATE:20261202T150000", [9, 14, 9], "unreadable"),
        ("EXDATE;VALUE=DATE:20261202T000000", [9, 14], ""),
        ("EXDATE;VALUE=DATE:20261202", [9, 14], ""),
    ],
)
def test_a_time_under_the_name_of_a_date_excludes_that_time_alone(excluded, hours, problem) -> None:
    rule = "RRULE:FREQ=DAILY;BYHOUR=10,15;COUNT=4"
    result = expanded(calendar(f"UID:x\nDTSTART;TZID=Europe/Berlin:20261201T100000\nDURATION:PT1H\n{rule}\n{excluded}"))

    assert ([instance.start.hour for instance in result.instances], result.problem) == (hours, problem)


@pytest.mark.parametrize("lines", ["RRULE:", "RRULE: ", "RRULE:\nRRULE:FREQ=DAILY;COUNT=1"])
def test_an_empty_rule_is_a_problem(lines: str) -> None:
    result = expanded(calendar(f"UID:x\nDTSTART;VALUE=DATE:20261201\n{lines}"))

    assert ([instance.start.day for instance in result.instances], result.problem) == ([30], "unreadable")
