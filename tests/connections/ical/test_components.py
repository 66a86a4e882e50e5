"""From when to when an instance lasts, in UTC, also over clock changes."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from tests.connections.ical.museum import calendar, expanded, utc


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
    # nor does it end before midnight if its end is written as a time
    *(
        (f"DTSTART;VALUE=DATE:20261025\n{end}", AUTUMN, "Europe/Berlin", ["2026-10-24T22:00 2026-10-25T23:00"])
        for end in (
            "DTEND:20261025T000000",
            "DTEND:20261025T110000",
            "DTEND:20261025T235959Z",
            "DTEND:20261025T230000Z",
            "DTEND:20261026T000000Z",
            "DTEND;TZID=Asia/Tokyo:20261026T000000",
        )
    ),
    (
        "DTSTART;VALUE=DATE:20270328\nDTEND:20270329T000000Z\nRRULE:FREQ=DAILY;COUNT=2",
        SPRING,
        "America/New_York",
        ["2027-03-28T04:00 2027-03-29T04:00", "2027-03-29T04:00 2027-03-30T04:00"],
    ),
    # an end that cannot be read is the midnight of the person, or that of the event if it is later
    ("DTSTART:20270329T233000Z\nDTEND:lost", SPRING, "America/Los_Angeles", ["2027-03-29T23:30 2027-03-30T07:00"]),
    ("DTSTART:20270329T233000Z\nDURATION:-PT1H", SPRING, "Europe/Berlin", ["2027-03-29T23:30 2027-03-30T22:00"]),
    (
        "DTSTART;TZID=America/Los_Angeles:20270329T100000\nDTEND:lost",
        SPRING,
        "Europe/Berlin",
        ["2027-03-29T17:00 2027-03-30T07:00"],
    ),
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
