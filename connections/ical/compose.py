"""Our own events, as they are written the first time."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from functools import lru_cache
from zoneinfo import ZoneInfo

from connections.ical import content_lines, timezones
from connections.ical.reducing import PRODID
from connections.ical.types import EventDraft


def compose(draft: EventDraft, *, now: datetime) -> bytes:
    """The calendar file of a new event, with CRLF and lines of at most 75 octets.

    It always has a DTEND (iCloud answers a PUT without one with 404) and a VTIMEZONE, and never METHOD (RFC 4791 4.1),
    ORGANIZER or ATTENDEE (iCloud would send mail in the owner's name). Texts cannot add lines. Raises
    ZoneInfoNotFoundError for a zone that is not IANA's.
    """
    head = ["BEGIN:VCALENDAR", "VERSION:2.0", f"PRODID:{PRODID}", "CALSCALE:GREGORIAN"]
    event = ["BEGIN:VEVENT", f"UID:{content_lines.one_line(draft.uid)}", f"DTSTAMP:{stamp(now)}", *_times(draft)]
    event += [*texts(draft).values(), "STATUS:CONFIRMED", "TRANSP:OPAQUE", f"SEQUENCE:{draft.sequence}", *alarm(draft)]
    return joined(map(content_lines.fold, [*head, *vtimezone(draft), *event, "END:VEVENT", "END:VCALENDAR"]))


def joined(raw: Iterator[bytes]) -> bytes:
    """Content lines as a file."""
    return b"".join(line + b"\r\n" for line in raw)


def stamp(instant: datetime) -> str:
    """A UTC DATE-TIME."""
    return f"{instant.astimezone(UTC):%Y%m%dT%H%M%SZ}"


def time_line(name: str, instant: datetime, zone: str) -> str:
    """DTSTART or DTEND in the wall-clock time of `zone`.

    UTC is written with Z, and so is the second of two hours of the same name in autumn, which TZID cannot express.
    """
    local = instant.astimezone(ZoneInfo(zone))
    if zone == "UTC" or local.fold:
        return f"{name}:{stamp(instant)}"
    return f"{name};TZID={zone}:{local:%Y%m%dT%H%M%S}"


def _times(draft: EventDraft) -> list[str]:
    return [time_line("DTSTART", draft.start, draft.zone), time_line("DTEND", draft.end, draft.zone)]


def texts(draft: EventDraft) -> dict[str, str]:
    """The content lines of the draft's texts that are not empty, by property name."""
    escaped = {"SUMMARY": draft.summary, "DESCRIPTION": draft.description, "LOCATION": draft.location}
    found = {
        name: f"{name}:{content_lines.escape(text)}" for name, text in escaped.items() if text or name == "SUMMARY"
    }
    url = content_lines.one_line(draft.url)
    return found | ({"URL": f"URL:{url}"} if url else {})


def vtimezone(draft: EventDraft) -> list[str]:
    """The VTIMEZONE that the draft's times need; none for UTC."""
    if draft.zone == "UTC":
        return []
    return list(_vtimezone(draft.zone, draft.start.year))


@lru_cache(maxsize=256)
def _vtimezone(zone: str, year: int) -> tuple[str, ...]:
    return tuple(timezones.vtimezone(zone, year))


def alarm(draft: EventDraft) -> list[str]:
    """The VALARM of the draft, no lines for none."""
    if draft.alarm_minutes is None:
        return []
    trigger = f"TRIGGER:-PT{draft.alarm_minutes}M" if draft.alarm_minutes else "TRIGGER:PT0S"
    return [
        "BEGIN:VALARM",
        "ACTION:DISPLAY",
        f"DESCRIPTION:{content_lines.escape(draft.summary)}",
        trigger,
        "END:VALARM",
    ]
