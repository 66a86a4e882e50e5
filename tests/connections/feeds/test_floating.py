"""The zone that a file gives to its floating times."""

from __future__ import annotations

import pytest

from connections.feeds.floating import default_zone, with_zone


@pytest.mark.parametrize(
    ("name", "zones", "tzid"),
    [
        ("Europe/Berlin", (), "Europe/Berlin"),
        (' "Europe/Berlin" ', (), "Europe/Berlin"),
        ("W. Europe Standard Time", (), "Europe/Berlin"),
        ("UTC", (), "UTC"),
        ("Club time", ("club time",), "Club time"),
        ("Club time", (), ""),
        ("EST", ("est",), "EST"),
        ("", (), ""),
        ("x" * 5000, (), ""),
    ],
)
def test_only_a_zone_that_is_known_counts(name: str, zones: tuple[str, ...], tzid: str) -> None:
    assert default_zone(name, zones) == tzid


START = "DTSTART:20261201T100000"


@pytest.mark.parametrize(
    ("line", "written"),
    [
        ("DTEND:20261201T110000", "DTEND;TZID=Europe/Berlin:20261201T110000"),
        ("dtend:20261201t110000", "dtend;TZID=Europe/Berlin:20261201t110000"),
        ("DTEND;VALUE=DATE-TIME:20261201T110000", "DTEND;VALUE=DATE-TIME;TZID=Europe/Berlin:20261201T110000"),
        ("RECURRENCE-ID:20261201T110000", "RECURRENCE-ID;TZID=Europe/Berlin:20261201T110000"),
        ("EXDATE:20261201T110000,20261202T110000", "EXDATE;TZID=Europe/Berlin:20261201T110000,20261202T110000"),
        ("RDATE:20261201T110000/PT1H", "RDATE;TZID=Europe/Berlin:20261201T110000/PT1H"),
        ("DTEND:20261201T110000Z",) * 2,
        ("EXDATE:20261201T110000,20261202T110000Z",) * 2,
        ("DTEND;TZID=Asia/Tokyo:20261201T110000",) * 2,
        ("DTEND;VALUE=DATE:20261201",) * 2,
        ("DTSTAMP:20261201T110000",) * 2,
        ("DESCRIPTION:DTEND:20261201T110000",) * 2,
        ("RRULE:FREQ=DAILY;UNTIL=20261201T110000",) * 2,
    ],
)
def test_only_times_that_float_get_a_zone(line: str, written: str) -> None:
    event = f"\nBEGIN:VEVENT\n{START}\n{line}\nEND:VEVENT"
    expected = f"\nBEGIN:VEVENT\nDTSTART;TZID=Europe/Berlin:20261201T100000\n{written}\nEND:VEVENT"
    assert with_zone(event.encode(), "Europe/Berlin").decode() == expected


@pytest.mark.parametrize(
    "start", ["DTSTART;TZID=Asia/Tokyo:20261201T100000", "DTSTART:20261201T100000Z", "DTSTART;VALUE=DATE:20261201"]
)
def test_an_event_that_starts_in_another_zone_stays_as_it_is(start: str) -> None:
    event = f"\nBEGIN:VEVENT\n{start}\nDTEND:20261201T110000\nEND:VEVENT".encode()
    assert with_zone(event, "Europe/Berlin") == event


def test_a_name_with_special_characters_is_quoted() -> None:
    event = f"\nBEGIN:VEVENT\n{START}\nEND:VEVENT".encode()
    assert with_zone(event, r"Club: \1").splitlines()[2] == rb'DTSTART;TZID="Club: \1":20261201T100000'
