"""Time zones and clock changes: what a wall-clock time means in UTC."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from tests.connections.ical.museum import calendar, expanded, utc

CUSTOM = """BEGIN:VTIMEZONE
TZID:{tzid}
BEGIN:STANDARD
DTSTART:19700101T000000
TZOFFSETFROM:{offset}
TZOFFSETTO:{offset}
END:STANDARD
END:VTIMEZONE"""


def around(year: int, month: int, day: int) -> tuple[datetime, datetime]:
    """A window of nine days around a date."""
    middle = datetime(year, month, day, tzinfo=UTC).timestamp()
    return datetime.fromtimestamp(middle - 4 * 86400, UTC), datetime.fromtimestamp(middle + 5 * 86400, UTC)


def spans(event: str, day: tuple[int, int, int], zone: str = "Europe/Berlin") -> list[str]:
    return utc(expanded(calendar("UID:x\n" + event), window=around(*day), zone=ZoneInfo(zone)))


SPRING, AUTUMN = (2027, 3, 28), (2026, 10, 25)

CASES = [
    # Berlin, the night of 27 March 2027: 02:00 becomes 03:00; the day has 23 hours
    ("DTSTART;VALUE=DATE:20270328", SPRING, "Europe/Berlin", ["2027-03-27T23:00 2027-03-28T22:00"]),
    ("DTSTART;TZID=Europe/Berlin:20270328T023000\nDURATION:PT1H", SPRING, "UTC", ["2027-03-28T01:30 2027-03-28T02:30"]),
    (
        "DTSTART;TZID=Europe/Berlin:20270327T100000\nDTEND;TZID=Europe/Berlin:20270327T110000\nRRULE:FREQ=DAILY;COUNT=2",
        SPRING,
        "UTC",
        ["2027-03-27T09:00 2027-03-27T10:00", "2027-03-28T08:00 2027-03-28T09:00"],
    ),
    # over the change a DTEND keeps the elapsed time, a DURATION in days the wall-clock time
    (
        "DTSTART;TZID=Europe/Berlin:20270320T220000\nDTEND;TZID=Europe/Berlin:20270321T060000\nRRULE:FREQ=WEEKLY;COUNT=2",
        SPRING,
        "UTC",
        ["2027-03-27T21:00 2027-03-28T05:00"],
    ),
    (
        "DTSTART;TZID=Europe/Berlin:20270320T220000\nDURATION:P1D\nRRULE:FREQ=WEEKLY;COUNT=2",
        SPRING,
        "UTC",
        ["2027-03-27T21:00 2027-03-28T20:00"],
    ),
    # Berlin, the night of 24 October 2026: 03:00 becomes 02:00; the day has 25 hours
    ("DTSTART;VALUE=DATE:20261025", AUTUMN, "Europe/Berlin", ["2026-10-24T22:00 2026-10-25T23:00"]),
    ("DTSTART;TZID=Europe/Berlin:20261025T023000\nDURATION:PT1H", AUTUMN, "UTC", ["2026-10-25T00:30 2026-10-25T01:30"]),
    ("DTSTART:20261025T023000\nDURATION:PT15M", AUTUMN, "Europe/Berlin", ["2026-10-25T00:30 2026-10-25T00:45"]),
    (
        "DTSTART;VALUE=DATE:20261024\nRRULE:FREQ=DAILY;COUNT=3",
        AUTUMN,
        "Europe/Berlin",
        [
            "2026-10-23T22:00 2026-10-24T22:00",
            "2026-10-24T22:00 2026-10-25T23:00",
            "2026-10-25T23:00 2026-10-26T23:00",
        ],
    ),
    # an all-day event lasts whole days, at least one, however its DURATION is written
    ("DTSTART;VALUE=DATE:20261025\nDURATION:PT24H", AUTUMN, "Europe/Berlin", ["2026-10-24T22:00 2026-10-25T23:00"]),
    ("DTSTART;VALUE=DATE:20261025\nDURATION:PT25H", AUTUMN, "Europe/Berlin", ["2026-10-24T22:00 2026-10-26T23:00"]),
    ("DTSTART;VALUE=DATE:20270328\nDURATION:P0D", SPRING, "Europe/Berlin", ["2027-03-27T23:00 2027-03-28T22:00"]),
    ("DTSTART;VALUE=DATE:20270328\nDURATION:-P1D", SPRING, "Europe/Berlin", ["2027-03-27T23:00 2027-03-28T22:00"]),
    ("DTSTART;VALUE=DATE:20270328\nDURATION:P1W", SPRING, "Europe/Berlin", ["2027-03-27T23:00 2027-04-03T22:00"]),
    # no clock change at all
    ("DTSTART;VALUE=DATE:20270328", SPRING, "Asia/Tokyo", ["2027-03-27T15:00 2027-03-28T15:00"]),
    (
        "DTSTART;TZID=America/Phoenix:20270328T100000\nDURATION:PT1H",
        SPRING,
        "UTC",
        ["2027-03-28T17:00 2027-03-28T18:00"],
    ),
    # half hours and quarters
    ("DTSTART;VALUE=DATE:20270328", SPRING, "Asia/Kolkata", ["2027-03-27T18:30 2027-03-28T18:30"]),
    (
        "DTSTART;TZID=Asia/Kathmandu:20270328T100000\nDURATION:PT1H",
        SPRING,
        "UTC",
        ["2027-03-28T04:15 2027-03-28T05:15"],
    ),
    # Lord Howe Island changes by half an hour, on 4 April 2027
    ("DTSTART;VALUE=DATE:20270404", (2027, 4, 4), "Australia/Lord_Howe", ["2027-04-03T13:00 2027-04-04T13:30"]),
    # Beirut changes at midnight: the day begins at 01:00
    ("DTSTART;VALUE=DATE:20260329", (2026, 3, 29), "Asia/Beirut", ["2026-03-28T22:00 2026-03-29T21:00"]),
    # Apia had no 30 December 2011
    (
        "DTSTART;TZID=Pacific/Apia:20111229T100000\nDURATION:PT1H\nRRULE:FREQ=DAILY;COUNT=2;INTERVAL=2",
        (2011, 12, 30),
        "UTC",
        ["2011-12-29T20:00 2011-12-29T21:00", "2011-12-30T20:00 2011-12-30T21:00"],
    ),
    (
        "DTSTART;VALUE=DATE:20111229\nDTEND;VALUE=DATE:20120101",
        (2011, 12, 30),
        "Pacific/Apia",
        ["2011-12-29T10:00 2011-12-31T10:00"],
    ),
    # Casablanca goes back an hour for the month of Ramadan, on 7 February 2027
    (
        "DTSTART;TZID=Africa/Casablanca:20270205T100000\nDURATION:PT1H\nRRULE:FREQ=DAILY;INTERVAL=3;COUNT=2",
        (2027, 2, 7),
        "UTC",
        ["2027-02-05T09:00 2027-02-05T10:00", "2027-02-08T10:00 2027-02-08T11:00"],
    ),
    # 29 February comes every fourth year, the last day of February every year
    ("DTSTART;VALUE=DATE:20240229\nRRULE:FREQ=YEARLY", (2027, 3, 1), "UTC", []),
    ("DTSTART;VALUE=DATE:20240229\nRRULE:FREQ=YEARLY", (2028, 3, 1), "UTC", ["2028-02-29T00:00 2028-03-01T00:00"]),
    (
        "DTSTART;VALUE=DATE:20240229\nRRULE:FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=-1",
        (2027, 3, 1),
        "UTC",
        ["2027-02-28T00:00 2027-03-01T00:00"],
    ),
    # the Friday of week 53 of 2026 is the first day of 2027, and the day 366 is the last of 2028
    (
        "DTSTART;VALUE=DATE:20261228\nRRULE:FREQ=YEARLY;BYWEEKNO=53;BYDAY=FR",
        (2027, 1, 1),
        "UTC",
        ["2026-12-28T00:00 2026-12-29T00:00", "2027-01-01T00:00 2027-01-02T00:00"],
    ),
    (
        "DTSTART;VALUE=DATE:20241231\nRRULE:FREQ=YEARLY;BYYEARDAY=366",
        (2028, 12, 31),
        "UTC",
        ["2028-12-31T00:00 2029-01-01T00:00"],
    ),
]


@pytest.mark.parametrize(("event", "day", "zone", "expected"), CASES)
def test_wall_clock_times_become_the_right_instants(event, day, zone, expected):
    assert spans(event, day, zone) == expected


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


def test_changing_the_zone_of_the_person_moves_floating_and_all_day_times_only():
    data = calendar(
        "UID:a\nDTSTART:20261201T100000\nDURATION:PT1H",
        "UID:b\nDTSTART;VALUE=DATE:20261202",
        "UID:c\nDTSTART;TZID=Europe/Berlin:20261203T100000\nDURATION:PT1H",
    )

    assert utc(expanded(data, zone=ZoneInfo("Asia/Tokyo"))) == [
        "2026-12-01T01:00 2026-12-01T02:00",
        "2026-12-01T15:00 2026-12-02T15:00",
        "2026-12-03T09:00 2026-12-03T10:00",
    ]


WINDOW = (datetime(2026, 12, 1, 9, tzinfo=UTC), datetime(2026, 12, 1, 17, tzinfo=UTC))


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
    assert bool(expanded(calendar("UID:x\n" + times + rule), window=WINDOW).instances) == counts


def test_a_long_event_that_repeats_reaches_into_the_window_from_far_before():
    event = "UID:x\nDTSTART:20260101T000000Z\nDTEND:20260301T000000Z\nRRULE:FREQ=MONTHLY"

    starts = [f"{i.start:%Y-%m-%d}" for i in expanded(calendar(event), window=WINDOW).instances]

    assert starts == ["2026-11-01", "2026-12-01"]


@pytest.mark.parametrize(("start", "endless"), [("20261201T160000Z", False), ("20261201T170000Z", True)])
def test_an_event_after_the_window_is_to_be_looked_at_again(start, endless):
    assert expanded(calendar(f"UID:x\nDTSTART:{start}\nDURATION:PT1H"), window=WINDOW).endless == endless


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
