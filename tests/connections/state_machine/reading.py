"""What calendar text means, read a second time and by other means: icalendar and recurring-ical-events alone.

Nothing here comes from `connections.ical`. Where the library itself is known to be wrong, nobody generates it:

- it adds lengths to wall clocks, so timed series are made to lie between 8:00 and 23:00, clear of every clock change;
- it compares UTC and local times in one set, so no EXDATE of an hourly series is made;
- it takes overrides and EXDATEs of another kind than their series (dates, floating, zoned) in odd ways, so the kind of
  a series with exceptions is not changed.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

import icalendar
import recurring_ical_events

Moment = date | datetime
MARGIN = timedelta(days=3)  # dates and floating times lie up to 26 hours away from UTC, travel comes on top


class View(NamedTuple):
    """With whose eyes a text is read: the window in UTC, their zone, their rules, their own addresses."""

    begin: datetime
    end: datetime
    zone: str
    all_day: str
    invitations_block: bool
    own: frozenset[str]


class Shown(NamedTuple):
    """One occurrence. `slot` names it within a series, "" outside one."""

    start: datetime
    end: datetime
    blocks: bool
    reason: str
    all_day: bool
    free_marked: bool
    slot: str
    title: str


@lru_cache(maxsize=20_000)
def reading(data: bytes, view: View) -> tuple[Shown, ...]:
    """Every occurrence in `data` that meets the window, in order."""
    return tuple(sorted(shown for shown in _shown(data, view) if _meets(shown, view)))


def _shown(data: bytes, view: View) -> Iterator[Shown]:
    calendar = icalendar.Calendar.from_ical(data)
    events = calendar.walk("VEVENT")
    alone = len(events) == 1 and not {"RRULE", "RDATE", "RECURRENCE-ID"} & events[0].keys()
    zone = ZoneInfo(view.zone)
    for event in recurring_ical_events.of(calendar).between(view.begin - MARGIN, view.end + MARGIN):
        blocks, reason = _verdict(event, view)
        slot = event["RECURRENCE-ID"].dt
        yield Shown(
            start=_utc(event.start, zone) - _travel(event, "X-APPLE-TRAVEL-DURATION"),
            end=_utc(event.end, zone) + _travel(event, "X-APPLE-TRAVEL-RETURN-DURATION"),
            blocks=blocks,
            reason=reason,
            all_day=not isinstance(event.start, datetime),
            free_marked=event.get("TRANSP") == "TRANSPARENT",
            slot="" if alone else _name(slot, zone),
            title=str(event.get("SUMMARY", "")),
        )


def _verdict(event: Any, view: View) -> tuple[bool, str]:
    """The table of rules, from its top to its bottom."""
    answer = _answer(event, view.own)
    if event.get("STATUS") == "CANCELLED":
        return False, "cancelled"
    if answer == "DECLINED":
        return False, "declined"
    if not isinstance(event.start, datetime) and view.all_day != "as_marked":
        return view.all_day == "always", "all_day_rule"
    if event.get("TRANSP") == "TRANSPARENT":
        return False, "free"
    if answer in ("NEEDS-ACTION", "TENTATIVE"):
        return view.invitations_block, "invitation_rule"
    return True, "busy"


def _answer(event: Any, own: frozenset[str]) -> str:
    """What the owner answered to this invitation; "" where there is none."""
    attendees = event.get("ATTENDEE", [])
    for one in attendees if isinstance(attendees, list) else [attendees]:
        if {str(one).removeprefix("mailto:").rstrip("/"), one.params.get("EMAIL", "-")} & own:
            return str(one.params.get("PARTSTAT", "NEEDS-ACTION"))
    return ""


def _utc(moment: Moment, zone: ZoneInfo) -> datetime:
    if not isinstance(moment, datetime):
        moment = datetime.combine(moment, time())
    return (moment if moment.tzinfo else moment.replace(tzinfo=zone)).astimezone(UTC)


def _name(slot: Moment, zone: ZoneInfo) -> str:
    return f"{_utc(slot, zone):%Y-%m-%dT%H:%M:%SZ}" if isinstance(slot, datetime) else slot.isoformat()


def _travel(event: Any, name: str) -> timedelta:
    found = event.get(name)
    return icalendar.vDuration.from_ical(str(found)) if isinstance(found, str) else getattr(found, "dt", timedelta())


def _meets(shown: Shown, view: View) -> bool:
    if shown.start == shown.end:
        return view.begin <= shown.start < view.end
    return shown.start < view.end and view.begin < shown.end


class Shape(NamedTuple):
    """What can be done to an event: what kind it is, and the slots of its first two months."""

    kind: str  # single, series, overrides (a series of which only these are there)
    timed: bool
    floating: bool
    plain: bool  # without exceptions
    invited: bool
    start: Moment
    length: timedelta
    rule: str
    slots: tuple[Moment, ...]


@lru_cache(maxsize=20_000)
def shape(data: bytes) -> Shape:
    """Look at an event as somebody does who is about to change it."""
    calendar = icalendar.Calendar.from_ical(data)
    events: list[Any] = calendar.walk("VEVENT")
    master = next((event for event in events if "RECURRENCE-ID" not in event), events[0])
    start, rule = master.start, master["RRULE"].to_ical().decode() if "RRULE" in master else ""
    slots = _slots(master, rule) if rule else ()
    return Shape(
        kind="overrides" if "RECURRENCE-ID" in master else ("series" if rule else "single"),
        timed=isinstance(start, datetime),
        floating=isinstance(start, datetime) and start.tzinfo is None,
        plain=len(events) == 1 and "EXDATE" not in master,
        invited="ATTENDEE" in master,
        start=start,
        length=master.end - start,
        rule=rule,
        slots=slots,
    )


def _slots(master: Any, rule: str) -> tuple[Moment, ...]:
    """The first starts by rule, and whether or not each was changed since; those left out are not among them."""
    bare = icalendar.Calendar()
    bare.add_component(master)
    found = recurring_ical_events.of(bare).between(master.start, master.start + timedelta(days=60))
    return tuple(sorted(event.start for event in found))[:12]
