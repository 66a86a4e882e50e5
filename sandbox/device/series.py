"""Edits of a repeating event: delete or change an occurrence, end the series, split it in two.

The functions change a VCALENDAR component in place. A slot is the original start of an occurrence.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import uuid4

from sandbox.ical import apple_text, ics, recurrence
from sandbox.ical.apple_text import RECURRENCE_SET, Moment
from sandbox.ical.ics import Component


def one_date_a_line(calendar: Component) -> None:
    """Split lists of dates in EXDATE and RDATE into one line for each date, as Apple writes them."""
    for event in calendar.named("VEVENT"):
        for name in ("EXDATE", "RDATE"):
            lines = [line for line in event.all(name) if line.parameters.get("VALUE") != "PERIOD"]
            event.lines = [line for line in event.lines if line not in lines]
            for line in lines:
                event.lines += [replace(line, value=value) for value in line.value.split(",")]


def master(calendar: Component) -> Component:
    """The event without RECURRENCE-ID. Raises LookupError when the object has only overrides."""
    for event in calendar.named("VEVENT"):
        if not event.all("RECURRENCE-ID"):
            return event
    raise LookupError("there is no master event")


def overrides(calendar: Component) -> list[Component]:
    """The events that each replace one occurrence."""
    return [event for event in calendar.named("VEVENT") if event.all("RECURRENCE-ID")]


def set_rule(event: Component, rule: str) -> None:
    """Write an RRULE, including INTERVAL=1, as Apple does. An empty rule removes it."""
    event.drop("RRULE")
    if rule:
        event.add("RRULE", rule if "INTERVAL=" in rule else f"{rule};INTERVAL=1")


def exclude(calendar: Component, slot: Moment) -> None:
    """Delete one occurrence: add an EXDATE line and remove its override."""
    at = _as_in(calendar, slot)
    apple_text.add_moment(master(calendar), "EXDATE", at)
    kept = [one for one in overrides(calendar) if not _is(one, slot, at)]
    others = [child for child in calendar.children if not child.all("RECURRENCE-ID")]
    calendar.children = others + kept


def is_excluded(calendar: Component, slot: Moment) -> bool:
    """Does an EXDATE exclude this occurrence?"""
    excluded = [line for line in master(calendar).all("EXDATE") if line.parameters.get("VALUE") != "PERIOD"]
    return _as_in(calendar, slot) in map(ics.moment, excluded)


def override(calendar: Component, slot: Moment) -> Component:
    """The override for a slot; where there is none, it is created from the master, without rule and EXDATE."""
    at = _as_in(calendar, slot)
    for event in overrides(calendar):
        if _is(event, slot, at):
            return event
    event = master(calendar).copy()
    length = apple_text.length_of(event)
    event.drop("RRULE", "RDATE", "EXDATE", "X-APPLE-CREATOR-IDENTITY", "DURATION")
    apple_text.set_moment(event, "RECURRENCE-ID", at)
    apple_text.set_moment(event, "DTSTART", at)
    apple_text.set_moment(event, "DTEND", at + length)
    event.set("X-RECURRENCE-EXCEPTION", "True")
    calendar.children.append(event)
    return event


def shift_all(calendar: Component, by: timedelta) -> None:
    """Move the whole series with its exceptions by wall-clock time."""
    for event in calendar.named("VEVENT"):
        for name in ("DTSTART", "DTEND", "RECURRENCE-ID", "EXDATE", "RDATE"):
            lines = event.all(name)
            event.drop(name)
            event.lines += [line for line in lines if line.parameters.get("VALUE") == "PERIOD"]
            for line in (one for one in lines if one.parameters.get("VALUE") != "PERIOD"):
                apple_text.add_moment(event, name, apple_text.shift(ics.moment(line), by))


def end_before(calendar: Component, slot: Moment) -> None:
    """End the series one second before the slot, with UNTIL in UTC, and remove later exceptions."""
    event = master(calendar)
    parts = [part for part in event.value("RRULE").split(";") if not part.startswith(("UNTIL=", "COUNT="))]
    set_rule(event, ";".join([*parts, f"UNTIL={_until(_as_in(calendar, slot))}"]))
    calendar.children = [child for child in calendar.children if not _from(child, "RECURRENCE-ID", slot)]
    event.lines = [line for line in event.lines if line.name != "EXDATE" or not _line_from(line, slot)]


def begin_at(calendar: Component, slot: Moment) -> None:
    """Begin the series with the slot, remove earlier exceptions, and reduce COUNT by the earlier occurrences."""
    event = master(calendar)
    past = _count_before(calendar, slot)
    parts = event.value("RRULE").split(";")
    parts = [f"COUNT={int(part[6:]) - past}" if part.startswith("COUNT=") else part for part in parts]
    set_rule(event, ";".join(parts))
    length = apple_text.length_of(event)
    at = _as_in(calendar, slot)
    event.drop("DURATION")
    apple_text.set_moment(event, "DTSTART", at)
    apple_text.set_moment(event, "DTEND", at + length)
    gone = [one for one in overrides(calendar) if not _from(one, "RECURRENCE-ID", slot)]
    calendar.children = [child for child in calendar.children if child not in gone]
    event.lines = [line for line in event.lines if line.name != "EXDATE" or _line_from(line, slot)]


def split_series(calendar: Component, slot: Moment) -> tuple[Component, Component]:
    """Two series, before and from the slot on, linked by RELATED-TO; both still have the old UID."""
    past, future = calendar.copy(), calendar.copy()
    end_before(past, slot)
    begin_at(future, slot)
    set_id = str(uuid4()).upper()
    for event in [*past.named("VEVENT"), *future.named("VEVENT")]:
        if not any(line.parameters.get("RELTYPE") == RECURRENCE_SET for line in event.all("RELATED-TO")):
            event.add("RELATED-TO", set_id, RELTYPE=RECURRENCE_SET)
    return past, future


def give_uid(calendar: Component, uid: str) -> None:
    """Set the UID of every event of the object."""
    for event in calendar.named("VEVENT"):
        event.set("UID", uid)


def _as_in(calendar: Component, slot: Moment) -> Moment:
    """The slot as the master writes its start: in its zone, floating, or as a date."""
    start = ics.moment(master(calendar).all("DTSTART")[0])
    if not isinstance(start, datetime):
        return slot.date() if isinstance(slot, datetime) else slot
    if not isinstance(slot, datetime):
        return datetime.combine(slot, start.time(), start.tzinfo)
    if start.tzinfo is None or slot.tzinfo is None:
        return slot.replace(tzinfo=start.tzinfo)
    return slot.astimezone(start.tzinfo)


def _until(slot: Moment) -> str:
    if not isinstance(slot, datetime):
        return f"{slot - timedelta(days=1):%Y%m%d}"
    if slot.tzinfo is None:
        return f"{slot - timedelta(seconds=1):%Y%m%dT%H%M%S}"
    return f"{slot.astimezone(UTC) - timedelta(seconds=1):%Y%m%dT%H%M%SZ}"


def _is(event: Component, *slots: Moment) -> bool:
    """Whether the override replaces one of these slots."""
    mine = apple_text.utc_text(ics.moment(event.all("RECURRENCE-ID")[0]))
    return mine in [apple_text.utc_text(slot) for slot in slots]


def _line_from(line: ics.Line, slot: Moment) -> bool:
    return apple_text.utc_text(ics.moment(line)) >= apple_text.utc_text(slot)


def _from(event: Component, name: str, slot: Moment) -> bool:
    return any(_line_from(line, slot) for line in event.all(name))


def _count_before(calendar: Component, slot: Moment) -> int:
    bare = Component("VCALENDAR", [], [*calendar.named("VTIMEZONE"), master(calendar).copy()])
    bare.add("VERSION", "2.0")
    bare.named("VEVENT")[0].drop("EXDATE", "RDATE")
    start = ics.moment(bare.named("VEVENT")[0].all("DTSTART")[0])
    found = recurrence.occurrences(ics.write(bare), start, _as_in(calendar, slot))
    return sum(apple_text.utc_text(one.start) < apple_text.utc_text(_as_in(calendar, slot)) for one in found)
