"""Taking a file apart: quickly where it is written as everybody writes it, and never to another end."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connections.ical import content_lines, reduce
from connections.ical.parser import RawEvent, read_file, split_zones
from connections.ical.types import Rules
from tests.connections.ical.museum import calendar, expanded, local
from tests.ics_text import event

ZONE = "BEGIN:VTIMEZONE\nTZID:Here\nBEGIN:STANDARD\nTZOFFSETTO:+0100\nEND:STANDARD\nEND:VTIMEZONE\n"


EVENT = "BEGIN:VEVENT\nUID:A\nDTSTART;TZID=Here:20261201T100000\nEND:VEVENT\n"


ODD = (
    "BEGIN:VTIMEZONE\n",
    "END:VTIMEZONE\n",
    "begin:vtimezone\n",
    "END:VTIMEZONE \n",
    "BEGIN:VTIME\n ZONE\n",
    "END:VTIMEZONE\n\n \n",
    " \n",
    "\n",
    "BEGIN:VTIMEZONE\nEND:VTIMEZONE\n",
    ZONE.replace("Here", "VTIMEZONE"),
    ZONE.replace("TZID:Here", "TZID:He\n re"),
)


def taken_apart(data: bytes) -> tuple[list[list[bytes]], list[bytes]]:
    """The lines of its events and its zones."""
    file = read_file(data)
    return [event.lines for event in file.events], list(file.zones)


def without(data: bytes) -> tuple[bytes, list[bytes]]:
    return split_zones(content_lines.unfold_all(content_lines.normalise(data)))


@given(st.lists(st.sampled_from([ZONE, EVENT, *ODD]), max_size=7))
def test_zones_are_told_apart_from_events_however_they_are_written(pieces: list[str]) -> None:
    data = "".join(["BEGIN:VCALENDAR\n", *pieces, "END:VCALENDAR\n"]).encode()
    rest, zones = without(data)
    events, found = taken_apart(data)
    assert (len(events), found) == (rest.count(b"BEGIN:VEVENT\n"), zones)


@pytest.mark.parametrize("data", [b"", b"\nEND:VTIMEZONE\n", b"\nBEGIN:VTIMEZONE\n", b"BEGIN:VTIMEZONE\nEND:VTIMEZONE"])
def test_remains_of_a_zone_are_no_events(data: bytes) -> None:
    assert taken_apart(data) == ([], without(data)[1])


def test_an_event_between_a_zone_left_open_and_one_written_well_is_found() -> None:
    text = f"BEGIN:VCALENDAR\nBEGIN:VTIMEZONE\n{EVENT}{ZONE}{EVENT}END:VTIMEZONE\nEND:VCALENDAR\n"
    assert len(taken_apart(text.encode())[0]) == 2


def test_a_file_is_read_once_by_all_who_ask_for_it_in_turn() -> None:
    one, other = event("A"), event("B")
    file = read_file(one)
    assert read_file(bytes(bytearray(one))) is file
    assert (read_file(other).uid, read_file(one).uid) == ("B", "A")


def test_lines_of_an_event_are_taken_apart_once() -> None:
    block = RawEvent([b"UID:A"])
    assert block.content is block.content


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


@pytest.mark.parametrize("begin", ["BEGIN:VEVEN", "BEGIN VEVENT", "BEGIN:VTODO"])
def test_an_event_whose_begin_is_broken_blocks_all_the_same(begin: str) -> None:
    data = calendar("UID:x\n" + TIMED).replace(b"BEGIN:VEVENT", begin.encode())

    assert (local(expanded(data)), expanded(data).problem) == (["2026-12-01 10:00 - 11:00"], "unreadable")


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
