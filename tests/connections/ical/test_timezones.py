"""Zones that are not IANA's: VTIMEZONEs as programs write them, names that hint at an offset, and nothing at all."""

from __future__ import annotations

import pytest

from connections.ical import reduce
from tests.connections.ical.museum import ANNA, calendar, expanded, local

ZONE = """BEGIN:VTIMEZONE
TZID:{tzid}
BEGIN:STANDARD
DTSTART:20071104T020000
TZOFFSETFROM:-0400
TZOFFSETTO:-0500
RRULE:{rule}
END:STANDARD
BEGIN:DAYLIGHT
DTSTART:20070311T020000
TZOFFSETFROM:-0500
TZOFFSETTO:-0400
RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=2SU
END:DAYLIGHT
END:VTIMEZONE"""
FIXED = """BEGIN:VTIMEZONE
TZID:{tzid}
BEGIN:STANDARD
DTSTART:19700101T000000
TZOFFSETFROM:{offset}
TZOFFSETTO:{offset}
END:STANDARD
END:VTIMEZONE"""
PLAIN = "FREQ=YEARLY;BYMONTH=11;BYDAY=1SU"


def read(tzid: str, zones: str = "", time: str = "20261201T100000") -> tuple[list[str], str]:
    """Start in Berlin and problem of an event at ten in that zone, read whole and from what is kept of it."""
    data = calendar(f"UID:x\nDTSTART;TZID={tzid}:{time}\nDURATION:PT1H", zones=zones)
    whole, kept = expanded(data), expanded(reduce(data, titles=True, addresses=ANNA))
    assert kept == whole
    return [span[11:16] for span in local(whole)], whole.problem


@pytest.mark.parametrize(
    "rule",
    [
        PLAIN,
        "FREQ=YEARLY;BYMINUTE=0;BYHOUR=2;BYDAY=1SU;BYMONTH=11",
        "FREQ=YEARLY;BYMONTH=11;BYDAY=SU;BYSETPOS=1",
        "FREQ=MONTHLY;INTERVAL=12;BYDAY=1SU",
        "FREQ=YEARLY;BYYEARDAY=305",
        "FREQ=YEARLY; BYMONTH=11; BYDAY=1SU",
        "BYMONTH=11;BYDAY=1SU;FREQ=YEARLY;",
        "FREQ=YEARLY;BYMONTH=11",
    ],
)
def test_a_rule_of_a_vtimezone_is_understood_in_every_form_that_programs_write(rule):
    assert read("Praxis", ZONE.format(tzid="Praxis", rule=rule)) == (["16:00"], "")


@pytest.mark.parametrize(
    ("line", "instead"),
    [
        ("TZOFFSETFROM:-0500", "TZOFFSETFROM:-05:00"),
        ("TZOFFSETTO:-0500", "TZOFFSETTO:-05:00"),
        ("TZOFFSETFROM:-0500\n", ""),
        ("TZOFFSETFROM:-0500", "TZOFFSETFROM:-0500\nRDATE;VALUE=PERIOD:20201101T020000/20211101T020000"),
        ("TZID:Praxis", "TZID:PRAXIS"),
        ("TZID:Praxis", "TZID: Praxis "),
    ],
)
def test_an_odd_line_of_a_vtimezone_does_not_lose_it(line, instead):
    assert read("Praxis", FIXED.format(tzid="Praxis", offset="-0500").replace(line, instead)) == (["16:00"], "")


@pytest.mark.parametrize(
    "again", [FIXED.format(tzid="Praxis", offset="+0900"), "BEGIN:VTIMEZONE\nTZID:Praxis\nEND:VTIMEZONE"]
)
def test_of_several_vtimezones_of_one_name_the_first_that_can_be_read_counts(again):
    zone = ZONE.format(tzid="Praxis", rule=PLAIN)
    empty = "BEGIN:VTIMEZONE\nTZID:Praxis\nEND:VTIMEZONE"

    assert (read("Praxis", f"{zone}\n{again}"), read("Praxis", f"{empty}\n{zone}")) == (
        (["16:00"], ""),
        (["16:00"], ""),
    )


@pytest.mark.parametrize("tzid", ["Town\\, Home", "Town, Home"])
@pytest.mark.parametrize("param", ['"Town, Home"', '"Town\\, Home"', "Town\\, Home", '"TOWN, HOME"'])
def test_a_zone_is_found_by_its_name_however_that_is_escaped(tzid, param):
    assert read(param, ZONE.format(tzid=tzid, rule=PLAIN)) == (["16:00"], "")


@pytest.mark.parametrize(
    ("tzid", "start"),
    [
        ("GMT-0500", "16:00"),
        ("UTC-05:00", "16:00"),
        ("UTC-5", "16:00"),
        ("GMT+1", "10:00"),
        ("-0500", "16:00"),
        ("Z", "11:00"),
        ("Kamchatka Standard Time", "23:00"),
        ("Mid-Atlantic Standard Time", "13:00"),
        ('"(UTC-05:00) Eastern Time (US & Canada)"', "16:00"),
        ('"(GMT-05.00) Eastern Time (US & Canada)"', "16:00"),
        ("(GMT-0500) New York", "16:00"),
        ('"(UTC) Dublin, Edinburgh, Lisbon, London"', "11:00"),
        ('"(UTC-07:00) Arizona"', "18:00"),
    ],
)
def test_a_name_that_tells_its_offset_or_place_needs_no_vtimezone(tzid, start):
    assert read(tzid) == ([start], "")


def test_a_place_in_a_name_has_its_summer_time():
    assert read('"(UTC-05:00) Eastern Time (US & Canada)"', time="20270317T100000") == (["15:00"], "")


@pytest.mark.parametrize(
    ("tzid", "zones", "start"),
    [
        ("Praxis", "", "10:00"),
        ("Praxis", FIXED.format(tzid="Praxis", offset="-0500").replace("END:S", "RRULE:FREQ=HOURLY\nEND:S"), "10:00"),
        ("Praxis", FIXED.format(tzid="Praxis", offset="-0500").replace("DTSTART", "X-LOST"), "10:00"),
        ("Praxis", FIXED.format(tzid="Praxis", offset="5 hours"), "10:00"),
        ("GMT-9900", "", "10:00"),
        ("(UTC-05:00) Praxis", "", "16:00"),  # the offset of the winter, and in summer nobody knows
        ("Office/EST", FIXED.format(tzid="Office/EST", offset="lost"), "16:00"),
    ],
)
def test_a_zone_that_nobody_knows_is_named_as_a_problem(tzid, zones, start):
    assert read(f'"{tzid}"', zones) == ([start], "zone_unknown")


@pytest.mark.parametrize("times", ["DTSTART;TZID=Praxis:20261201T100000Z", "DTSTART;TZID=Praxis;VALUE=DATE:20261201"])
def test_a_zone_that_decides_nothing_is_no_problem(times):
    assert expanded(calendar(f"UID:x\n{times}")).problem == ""


def test_an_unknown_zone_of_a_slot_left_out_is_a_problem_too():
    event = "UID:x\nDTSTART:20261201T100000Z\nRRULE:FREQ=DAILY;COUNT=3\nEXDATE;TZID=Praxis:20261202T100000"

    assert expanded(calendar(event)).problem == "zone_unknown"


def test_what_is_free_or_cancelled_does_not_block_because_its_zone_is_unknown():
    event = "UID:x\nDTSTART;TZID=Praxis:20261201T100000\nDURATION:PT1H\n"
    found = [expanded(calendar(event + line)) for line in ("TRANSP:TRANSPARENT", "STATUS:CANCELLED")]

    assert [(result.instances[0].reason, result.problem) for result in found] == [
        ("free", "zone_unknown"),
        ("cancelled", "zone_unknown"),
    ]


@pytest.mark.parametrize(
    ("tzid", "offset", "start"),
    [
        ("Office/EST", "+0200", "09:00"),
        ("tzone://Microsoft/Utc", "+0200", "09:00"),
        ("/mozilla.org/20050126_1/America/New_York", "+0200", "16:00"),
        ("/freeassociation.sourceforge.net/Tzfile/Europe/Berlin", "+0200", "10:00"),
    ],
)
def test_the_vtimezone_of_the_file_counts_more_than_the_last_part_of_a_vendors_name(tzid, offset, start):
    """The old rules that Mozilla and libical wrote beside Area/City count less than what is known of that place."""
    assert read(tzid, FIXED.format(tzid=tzid, offset=offset)) == ([start], "")


def test_without_a_vtimezone_the_last_part_of_a_vendors_name_counts():
    assert (read("Office/EST"), read("tzone://Microsoft/Utc")) == ((["16:00"], ""), (["11:00"], ""))
