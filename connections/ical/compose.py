"""Writes new events with icalendar. Lines of a stored event are replaced by lines of such an event (`patch`), and the
calendar parts of mails are made of the same pieces: `add_times`, `text_value`, `vtimezone` and `to_bytes`.

Two things are written differently from icalendar 7.3, because it gets them wrong:

- A TEXT value is escaped by `content_lines.escape`: icalendar reads a backslash before a capital N as a line break, so
  that "C:\\New" becomes two lines.
- The onsets in a VTIMEZONE are computed here. `Timezone.from_tzid` writes the onset of summer time in the new offset
  (Europe/Berlin: DTSTART:20260329T030000), but RFC 5545 3.6.5 demands the old one (DTSTART:20260329T020000).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta, tzinfo
from functools import lru_cache
from zoneinfo import ZoneInfo

import icalendar
from icalendar.prop import vInline

from connections.ical import content_lines
from connections.ical.reducing import PRODID
from connections.ical.types import EventDraft

TEXTS = ("SUMMARY", "DESCRIPTION", "LOCATION", "URL")

_Observance = tuple[timedelta, timedelta, str, bool]
"""The offset before, the offset after, the name, and whether it is summer time."""


def compose(draft: EventDraft, *, now: datetime) -> bytes:
    """The calendar file of a new event, with CRLF and lines of at most 75 octets.

    It always has a DTEND (iCloud answers a PUT without one with 404) and a VTIMEZONE, but never METHOD (RFC 4791 4.1),
    ORGANIZER or ATTENDEE (iCloud would send mail in the owner's name). Texts cannot add lines. Raises
    ZoneInfoNotFoundError if the zone is not an IANA zone.
    """
    calendar = icalendar.Calendar()
    calendar.add("VERSION", "2.0")
    calendar.add("PRODID", PRODID)
    calendar.add("CALSCALE", "GREGORIAN")
    if draft.zone != "UTC":
        calendar.add_component(vtimezone(draft.zone, draft.start.year))
    calendar.add_component(_vevent(draft, now))
    return to_bytes(calendar)


def to_bytes(calendar: icalendar.Calendar) -> bytes:
    """The calendar as a file, with CRLF and lines of at most 75 octets that never end inside a character."""
    return join_lines(map(content_lines.fold, _lines(calendar)))


def join_lines(raw: Iterable[bytes]) -> bytes:
    """Content lines as a file."""
    return b"".join(line + b"\r\n" for line in raw)


def time_lines(draft: EventDraft) -> dict[str, str]:
    """DTSTART and DTEND of the draft as content lines, by property name."""
    event = icalendar.Event()
    add_times(event, draft.start, draft.end, draft.zone)
    return _lines_by_name(event)


def text_lines(draft: EventDraft) -> dict[str, str]:
    """The texts of the draft that are not empty as content lines, by property name."""
    event = icalendar.Event()
    _add_texts(event, draft)
    return _lines_by_name(event)


def stamp_lines(now: datetime, sequence: int) -> dict[str, str]:
    """DTSTAMP and SEQUENCE as content lines, by property name."""
    event = icalendar.Event()
    event.add("DTSTAMP", now)
    event.add("SEQUENCE", sequence)
    return _lines_by_name(event)


def alarm_lines(draft: EventDraft) -> list[str]:
    """The VALARM of the draft as content lines, none if it has no alarm."""
    return [] if draft.alarm_minutes is None else _lines(_valarm(draft, draft.alarm_minutes))


def vtimezone_lines(draft: EventDraft) -> list[str]:
    """The VTIMEZONE that the times of the draft need as content lines, none for UTC."""
    return [] if draft.zone == "UTC" else _lines(vtimezone(draft.zone, draft.start.year))


def _lines(component: icalendar.Component) -> list[str]:
    return list(map(content_lines.unfold_line, content_lines.split_lines(component.to_ical(sorted=False))))


def _lines_by_name(event: icalendar.Event) -> dict[str, str]:
    return {content_lines.parse_line(line.encode()).name: line for line in _lines(event)[1:-1]}


def _vevent(draft: EventDraft, now: datetime) -> icalendar.Event:
    event = icalendar.Event()
    event.add("UID", vInline(content_lines.one_line(draft.uid)))
    event.add("DTSTAMP", now)
    add_times(event, draft.start, draft.end, draft.zone)
    _add_texts(event, draft)
    event.add("STATUS", draft.status)
    event.add("TRANSP", "OPAQUE")
    event.add("SEQUENCE", draft.sequence)
    if draft.alarm_minutes is not None:
        event.add_component(_valarm(draft, draft.alarm_minutes))
    return event


def add_times(event: icalendar.Event, start: datetime, end: datetime, zone: str) -> None:
    """Give the event DTSTART and DTEND in the IANA zone, or in UTC.

    In autumn an hour occurs twice, and is written in UTC: a time with TZID means the first one (RFC 5545 3.3.5), but
    ical.js takes the second.
    """
    for name, instant in (("DTSTART", start), ("DTEND", end)):
        local = instant.astimezone(ZoneInfo(zone))
        if zone == "UTC" or _is_repeated(local):
            event.add(name, instant.astimezone(UTC))
        else:
            event.add(name, local.replace(tzinfo=None), parameters={"TZID": zone})


def _is_repeated(local: datetime) -> bool:
    """Does the clock show this time twice, because it goes back?"""
    return local.replace(fold=0).utcoffset() != local.replace(fold=1).utcoffset()


def text_value(text: str) -> vInline:
    """A TEXT value, escaped; it cannot end its content line."""
    return vInline(content_lines.escape(text))


def _add_texts(event: icalendar.Event, draft: EventDraft) -> None:
    texts = {"SUMMARY": draft.summary, "DESCRIPTION": draft.description, "LOCATION": draft.location}
    for name, text in texts.items():
        if text or name == "SUMMARY":
            event.add(name, text_value(text))
    url = content_lines.one_line(draft.url)
    if url:
        event.add("URL", url)


def _valarm(draft: EventDraft, minutes: int) -> icalendar.Alarm:
    alarm = icalendar.Alarm()
    alarm.add("ACTION", "DISPLAY")
    alarm.add("DESCRIPTION", text_value(draft.summary))
    # icalendar would write P1D for 1440 minutes, which over a clock change is not the same.
    alarm.add("TRIGGER", vInline(f"-PT{minutes}M" if minutes else "PT0S"))
    return alarm


@lru_cache(maxsize=256)
def vtimezone(name: str, around: int) -> icalendar.Timezone:
    """A VTIMEZONE for the IANA zone `name`, correct from the year before `around` to four years after it.

    Every onset is listed by RDATE, so no rule has to be guessed.
    """
    zone = ZoneInfo(name)
    begin, end = datetime(around - 1, 1, 1, tzinfo=UTC), datetime(around + 5, 1, 1, tzinfo=UTC)
    onsets: dict[_Observance, list[datetime]] = {}
    first = begin.astimezone(zone)
    _add_onset(onsets, first.utcoffset() or timedelta(), begin, zone)
    for before, instant in _transitions(zone, begin, end):
        _add_onset(onsets, before, instant, zone)
    component = icalendar.Timezone()
    component.add("TZID", name)
    for observance, times in onsets.items():
        component.add_component(_subcomponent(observance, times))
    return component


def _add_onset(onsets: dict[_Observance, list[datetime]], before: timedelta, instant: datetime, zone: tzinfo) -> None:
    local = instant.astimezone(zone)
    observance = (before, local.utcoffset() or timedelta(), local.tzname() or "", bool(local.dst()))
    onsets.setdefault(observance, []).append((instant + before).replace(tzinfo=None))


def _transitions(zone: tzinfo, begin: datetime, end: datetime) -> Iterator[tuple[timedelta, datetime]]:
    """Each change of offset in [begin, end): the offset before it, and its instant to the second."""
    step = timedelta(days=7)
    while begin < end:
        later = begin + step
        before = begin.astimezone(zone).utcoffset() or timedelta()
        if later.astimezone(zone).utcoffset() != before:
            low, high = begin, later
            while high - low > timedelta(seconds=1):
                middle = low + timedelta(seconds=int((high - low).total_seconds()) // 2)
                low, high = (middle, high) if middle.astimezone(zone).utcoffset() == before else (low, middle)
            yield before, high
        begin = later


def _subcomponent(observance: _Observance, onsets: list[datetime]) -> icalendar.Component:
    before, after, name, is_summer = observance
    found = icalendar.TimezoneDaylight() if is_summer else icalendar.TimezoneStandard()
    found.add("DTSTART", onsets[0])
    if onsets[1:]:
        found.add("RDATE", onsets[1:])
    found.add("TZOFFSETFROM", before)
    found.add("TZOFFSETTO", after)
    found.add("TZNAME", name)
    return found
