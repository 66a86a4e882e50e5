"""Calendar files for the tests of the format, built from a few lines or read from the museum."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from connections.ical import Expansion, Rules, expand

MUSEUM = Path(__file__).parents[2] / "ics"
BERLIN = ZoneInfo("Europe/Berlin")
WINDOW = (datetime(2026, 11, 1, tzinfo=UTC), datetime(2027, 12, 1, tzinfo=UTC))
ANNA = frozenset({"mailto:anna@example.com", "/10000001/principal/"})


def calendar(*events: str, zones: str = "") -> bytes:
    """A file with these VEVENTs, given as lines without BEGIN and END."""
    blocks = "\n".join(f"BEGIN:VEVENT\n{event.strip()}\nEND:VEVENT" for event in events)
    text = f"BEGIN:VCALENDAR\nVERSION:2.0\n{zones.strip()}\n{blocks}\nEND:VCALENDAR\n"
    return text.replace("\n\n", "\n").replace("\n", "\r\n").encode()


def museum(name: str) -> bytes:
    """One odd file of the museum, octet for octet."""
    return (MUSEUM / f"{name}.ics").read_bytes()


def expanded(
    data: bytes,
    *,
    window: tuple[datetime, datetime] = WINDOW,
    zone: ZoneInfo = BERLIN,
    rules: Rules | None = None,
    addresses: frozenset[str] = ANNA,
) -> Expansion:
    return expand(data, window=window, zone=zone, rules=rules or Rules(), addresses=addresses)


def local(expansion: Expansion, zone: ZoneInfo = BERLIN) -> list[str]:
    """Instances as wall-clock spans, such as `2026-12-01 10:00 - 11:00`."""
    return [
        f"{instance.start.astimezone(zone):%Y-%m-%d %H:%M} - {instance.end.astimezone(zone):%H:%M}"
        for instance in expansion.instances
    ]


def utc(expansion: Expansion) -> list[str]:
    """Instances as UTC spans."""
    return [f"{instance.start:%Y-%m-%dT%H:%M} {instance.end:%Y-%m-%dT%H:%M}" for instance in expansion.instances]


def reasons(expansion: Expansion) -> list[str]:
    return [instance.reason for instance in expansion.instances]


def series_days(rule: str, start: str) -> tuple[list[str], str]:
    """Days of an all-day series in the window, and its problem."""
    result = expanded(calendar(f"UID:x\nDTSTART;VALUE=DATE:{start}\nRRULE:{rule}"))
    return [instance.recurrence_id for instance in result.instances], result.problem
