"""The calendars that are measured: the same resources in each run, written as Apple's devices write them.

One event in ten is a series and one in ten is all-day. The events are spread evenly from a year ago to a year ahead.
Most series end: after 10 to 40 weeks, twelve months or five days; one in twenty has no end. Every resource contains the
VTIMEZONE of its zone with the zone's full history, about a hundred lines. No event starts on a Friday, so that even a
full calendar has openings.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cache
from random import Random

from sandbox.ical import ics
from sandbox.ical.apple_text import zone_component

YEAR = 365
SERIES_EVERY = 10
FRIDAY = 4
_ZONES = ["Europe/Berlin"] * 18 + ["America/New_York", "Asia/Kolkata"]
_RULES = (
    ["FREQ=WEEKLY;COUNT={weeks}"] * 11
    + ["FREQ=WEEKLY;INTERVAL=2;COUNT={weeks}"] * 3
    + ["FREQ=MONTHLY;COUNT=12"] * 2
    + ["FREQ=DAILY;COUNT=5"] * 3
    + ["FREQ=WEEKLY"]
)
_TITLES = ("Dentist", "Lunch with Clara", "Team meeting", "Yoga", "Call the accountant", "Piano lesson", "Review")


@dataclass(frozen=True, slots=True)
class Resource:
    """One file of a calendar."""

    name: str
    data: bytes


def is_series(index: int) -> bool:
    """Whether the event at `index` repeats."""
    return index % SERIES_EVERY == SERIES_EVERY - 1


def resources(size: int, today: date) -> Iterator[Resource]:
    """A calendar of `size` events around `today`."""
    return (resource(index, size, today) for index in range(size))


def edited(index: int, size: int, today: date, edition: int) -> Resource:
    """The event at `index` after its owner has moved it `edition` times."""
    return resource(index, size, today, edition)


def choose(size: int, count: int) -> list[int]:
    """The indexes of the `count` events of `size` that are edited: evenly spread, a tenth of them series.

    A single edited event is never a series.
    """
    step = size // min(count, size)
    if count == 1:
        return [size // 2 // SERIES_EVERY * SERIES_EVERY]
    return [at * step + (at % SERIES_EVERY if step >= SERIES_EVERY else 0) for at in range(min(count, size))]


def resource(index: int, size: int, today: date, edition: int = 0) -> Resource:
    """One event. The same arguments give the same bytes."""
    random = Random(index)  # noqa: S311 - the same calendar each time
    zone = random.choice(_ZONES)
    day = today + timedelta(days=round((index + 0.5) / size * 2 * YEAR) - YEAR)
    day -= timedelta(days=day.weekday() == FRIDAY)
    lines = [*_head(index, edition), *_times(random, index, day, zone, edition), *_rule(random, index)]
    event = "".join(f"{ics.fold(line)}\r\n" for line in [*lines, *_alarm(index), "END:VEVENT"])
    data = b"".join([_BEGIN, _vtimezone(zone), event.encode(), b"END:VCALENDAR\r\n"])
    return Resource(f"{_uid(index)}.ics", data)


_BEGIN = b"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//Apple Inc.//iOS 26.1//EN\r\nCALSCALE:GREGORIAN\r\n"


@cache
def _vtimezone(zone: str) -> bytes:
    return ics.write(zone_component(zone))


def _uid(index: int) -> str:
    return f"{index:08X}-5A0C-4E1B-9D2F-7C3A1B2D4E5F"


def _head(index: int, edition: int) -> list[str]:
    return [
        "BEGIN:VEVENT",
        "CREATED:20250301T081500Z",
        "DESCRIPTION:Bring the papers of last time\\, and ask whether the room is free.",
        f"DTSTAMP:20260101T{edition // 3600 % 24:02}{edition // 60 % 60:02}{edition % 60:02}Z",
        "LAST-MODIFIED:20260101T120000Z",
        "LOCATION:Karl-Marx-Allee 1\\n10178 Berlin\\nGermany",
        f"SEQUENCE:{edition}",
        f"SUMMARY:{_TITLES[index % len(_TITLES)]} {index}",
        f"UID:{_uid(index)}",
        "TRANSP:OPAQUE",
        "X-APPLE-CREATOR-IDENTITY:com.apple.mobilecal",
        "X-APPLE-CREATOR-TEAM-IDENTITY:0000000000",
    ]


def _times(random: Random, index: int, day: date, zone: str, edition: int) -> list[str]:
    if index % 10 == 4:
        end = day + timedelta(days=random.randint(1, 3))
        return [f"DTSTART;VALUE=DATE:{day:%Y%m%d}", f"DTEND;VALUE=DATE:{end:%Y%m%d}"]
    start = datetime.combine(day, time(random.randint(7, 18))) + timedelta(minutes=15 * (edition % 4))
    end = start + timedelta(minutes=random.choice((30, 45, 60, 90)))
    return [f"DTSTART;TZID={zone}:{start:%Y%m%dT%H%M%S}", f"DTEND;TZID={zone}:{end:%Y%m%dT%H%M%S}"]


def _rule(random: Random, index: int) -> list[str]:
    if not is_series(index):
        return []
    return ["RRULE:" + random.choice(_RULES).format(weeks=random.randint(10, 40))]


def _alarm(index: int) -> list[str]:
    if index % 2:
        return []
    return [
        "BEGIN:VALARM",
        "ACTION:DISPLAY",
        "DESCRIPTION:Reminder",
        "TRIGGER:-PT15M",
        f"UID:{index:08X}-A1A2-4E1B-9D2F-7C3A1B2D4E5F",
        "END:VALARM",
    ]
