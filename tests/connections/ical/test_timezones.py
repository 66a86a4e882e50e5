"""Zones that are not IANA's: VTIMEZONEs as programs write them, names that hint at an offset, and nothing at all."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from connections.ical import EventDraft, reduce
from connections.ical.compose import vtimezone_lines
from connections.ical.timezones import zone_from_vtimezone
from tests.connections.ical.museum import ANNA, calendar, expanded, local, utc

YEAR = datetime(2026, 1, 1, tzinfo=UTC)
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
        "FREQ=YEARLY;BYMONTH=11;X-ODD=1;BYDAY=1SU",
    ],
)
def test_a_rule_of_a_vtimezone_is_understood_in_every_form_that_programs_write(rule):
    assert read("Praxis", ZONE.format(tzid="Praxis", rule=rule)) == (["16:00"], "")


@pytest.mark.parametrize(
    ("line", "instead"),
    [
        ("TZOFFSETFROM:-0500", "TZOFFSETFROM:-05:00"),
        ("TZOFFSETTO:-0500", "TZOFFSETTO:-05:00"),
        ("TZOFFSETTO:-0500", "TZOFFSETTO:-05"),
        ("TZOFFSETTO:-0500", "TZOFFSETTO:-5"),
        ("TZOFFSETTO:-0500", "TZOFFSETTO:−0500"),
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


CUSTOM = """BEGIN:VTIMEZONE
TZID:{tzid}
BEGIN:STANDARD
DTSTART:19700101T000000
TZOFFSETFROM:{offset}
TZOFFSETTO:{offset}
END:STANDARD
END:VTIMEZONE"""


@pytest.mark.parametrize(
    ("tzid", "start"),
    [
        ("Europe/Berlin", "09:00"),
        ("europe/berlin", "09:00"),
        (" Europe/Berlin ", "09:00"),
        ("America/New York", "15:00"),
        ("US/Eastern", "15:00"),
        ("GB", "10:00"),
        ("UTC", "10:00"),
        ("GMT", "10:00"),
        ("Etc/GMT+2", "12:00"),
        ("/citadel.org/20190914_1/Europe/Berlin", "09:00"),
        ("tzone://Microsoft/Utc", "10:00"),
        ("W. Europe Standard Time", "09:00"),
        ("w. europe standard time", "09:00"),
        ("India Standard Time", "04:30"),
        ("Nowhere/Land", "01:00"),
        ("localtime", "01:00"),
        ("../../etc/passwd", "01:00"),
        ("Europe", "01:00"),
        ("", "01:00"),
        ("x" * 5000, "01:00"),
    ],
)
def test_a_tzid_is_an_iana_zone_or_a_windows_zone_or_the_zone_of_the_person(tzid, start):
    event = f"UID:x\nDTSTART;TZID={tzid}:20261201T100000\nDURATION:PT1H"

    instances = expanded(calendar(event), zone=ZoneInfo("Asia/Tokyo")).instances

    assert [f"{instance.start:%H:%M}" for instance in instances] == [start]


def test_an_iana_name_counts_more_than_the_vtimezone_beside_it():
    zone = CUSTOM.format(tzid="Europe/Berlin", offset="+0900")

    assert utc(expanded(calendar("UID:x\nDTSTART;TZID=Europe/Berlin:20261201T100000\nDURATION:PT1H", zones=zone))) == [
        "2026-12-01T09:00 2026-12-01T10:00"
    ]


def test_one_files_own_zone_does_not_answer_for_anothers_of_the_same_name():
    event = "UID:x\nDTSTART;TZID=Custom:20261201T100000\nDURATION:PT1H"

    found = [
        utc(expanded(calendar(event, zones=CUSTOM.format(tzid="Custom", offset=offset))))
        for offset in ("+0500", "-0330")
    ]

    assert found == [["2026-12-01T05:00 2026-12-01T06:00"], ["2026-12-01T13:30 2026-12-01T14:30"]]


@pytest.mark.parametrize("rule", ["FREQ=SECONDLY", "FREQ=YEARLY;INTERVAL=0", "FREQ=YEARLY;BYSETPOS=9", "FREQ=DAILY"])
def test_a_zone_that_would_take_for_ever_is_not_computed(rule):
    zone = CUSTOM.format(tzid="Custom", offset="+0500").replace("TZOFFSETFROM", f"RRULE:{rule}\nTZOFFSETFROM")

    assert utc(expanded(calendar("UID:x\nDTSTART;TZID=Custom:20261201T100000\nDURATION:PT1H", zones=zone))) == [
        "2026-12-01T09:00 2026-12-01T10:00"
    ]


def test_a_vtimezone_with_private_properties_dates_and_seconds_is_understood():
    zone = """BEGIN:VTIMEZONE
TZID:Own
X-LIC-LOCATION:Own
LAST-MODIFIED:20260101T000000Z
BEGIN:STANDARD
DTSTART;VALUE=DATE:18930401
TZOFFSETFROM:+005328
TZOFFSETTO:+0100
X-NOTE:odd
END:STANDARD
BEGIN:DAYLIGHT
DTSTART;VALUE=DATE-TIME:20260329T020000
RDATE;VALUE=DATE-TIME:20270328T020000
TZOFFSETFROM:+0100
TZOFFSETTO:+0200
END:DAYLIGHT
BEGIN:STANDARD
DTSTART:20261025T030000
TZOFFSETFROM:+0200
TZOFFSETTO:+0100
END:STANDARD
END:VTIMEZONE"""
    event = "UID:x\nDTSTART;TZID=Own:20261201T100000\nDURATION:PT1H\nRRULE:FREQ=MONTHLY;INTERVAL=5;COUNT=2"

    assert utc(expanded(calendar(event, zones=zone))) == [
        "2026-12-01T09:00 2026-12-01T10:00",
        "2027-05-01T08:00 2027-05-01T09:00",
    ]


@pytest.mark.parametrize(
    "lost", ["TZOFFSETTO:+0500\n", "DTSTART:19700101T000000\n", "END:STANDARD\n", "BEGIN:STANDARD\n"]
)
def test_a_vtimezone_that_cannot_be_read_leaves_the_zone_of_the_person(lost):
    zone = CUSTOM.format(tzid="Broken", offset="+0500").replace(lost, "")

    assert utc(expanded(calendar("UID:x\nDTSTART;TZID=Broken:20261201T100000\nDURATION:PT1H", zones=zone))) == [
        "2026-12-01T09:00 2026-12-01T10:00"
    ]


@pytest.mark.parametrize("lost", ["-9900", "-2400", "+0060", "west"])
def test_an_offset_that_no_zone_has_leaves_the_zone_of_the_person(lost):
    zone = ZONE.format(tzid="Praxis", rule=PLAIN).replace("TZOFFSETTO:-0500", f"TZOFFSETTO:{lost}")

    for time in ("20261201T100000", "20270701T100000"):
        assert read("Praxis", zone, time) == (["10:00"], "zone_unknown")


@pytest.mark.parametrize(
    ("zone", "lost"),
    [
        (PLAIN, "END:STANDARD\n"),
        (PLAIN, "END:DAYLIGHT\n"),
        (PLAIN, "BEGIN:DAYLIGHT\n"),
        ("FREQ=YEARLY;BYMONTH=11;BYDAY=9SU", ""),
    ],
)
def test_half_of_a_vtimezone_is_no_zone(zone, lost):
    half = ZONE.format(tzid="Praxis", rule=zone).replace(lost, "")

    assert read("Praxis", half) == (["10:00"], "zone_unknown")


@pytest.mark.parametrize(
    ("until", "start"),
    [("20071104T060000Z", "15:00"), ("20071103", "15:00"), ("20061103T000000Z", "15:00"), ("20601104", "16:00")],
)
def test_a_rule_of_a_vtimezone_may_end_a_little_too_early(until, start):
    """Winter time then begins only once, in 2007, and summer time still begins each year."""
    assert read("Praxis", ZONE.format(tzid="Praxis", rule=f"{PLAIN};UNTIL={until}")) == ([start], "")


def test_before_the_first_onset_of_a_vtimezone_its_earlier_offset_holds():
    zone = """BEGIN:VTIMEZONE
TZID:Praxis
BEGIN:STANDARD
DTSTART:20261202T020000
TZOFFSETFROM:-0400
TZOFFSETTO:-0500
END:STANDARD
END:VTIMEZONE"""

    assert (read("Praxis", zone), read("Praxis", zone, "20261203T100000")) == ((["15:00"], ""), (["16:00"], ""))


@pytest.mark.parametrize("name", ["America/New_York", "Europe/Berlin", "Australia/Lord_Howe"])
def test_the_zone_of_a_file_agrees_with_the_iana_zone_it_was_written_from_at_every_half_hour(name):
    iana = ZoneInfo(name)
    text = "\n".join(vtimezone_lines(EventDraft("x", YEAR, YEAR, name, ""))).replace(name, "Own")
    zone = zone_from_vtimezone(text.encode())
    assert zone is not None

    for number in range(365 * 48):
        instant = YEAR + number * timedelta(minutes=30)
        there, wall = instant.astimezone(zone), instant.astimezone(iana)
        assert (there.replace(tzinfo=None), there.fold, there.astimezone(UTC)) == (
            wall.replace(tzinfo=None),
            wall.fold,
            instant,
        )
        skipped = datetime(2026, 1, 1) + number * timedelta(minutes=30)  # noqa: DTZ001 - a wall clock
        for fold in (0, 1):
            assert skipped.replace(tzinfo=zone, fold=fold).utcoffset() == iana.utcoffset(skipped.replace(fold=fold))
