"""What a phone does to a repeating event: leave one out, change one, end it, split it in two.

All of it on a VCALENDAR component, in place. A slot is an occurrence's original start.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import uuid4

from sandbox.ical import apple_text, ics, recurrence
from sandbox.ical.apple_text import RECURRENCE_SET, Moment
from sandbox.ical.ics import Component


def one_date_a_line(calendar: Component) -> None:
    """Give every date of an EXDATE or RDATE list a line of its own, as Apple writes them."""
    for event in calendar.named("VEVENT"):
        for name in ("EXDATE", "RDATE"):
            lines = [line for line in event.all(name) if line.parameters.get("VALUE") != "PERIOD"]
            event.lines = [line for line in event.lines if line not in lines]
            for line in lines:
                event.lines += [replace(line, value=value) for value in line.value.split(",")]


def master(calendar: Component) -> Component:
    """The event without RECURRENCE-ID. Raises LookupError when there are only overrides."""
    for event in calendar.named("VEVENT"):
        if not event.all("RECURRENCE-ID"):
            return event
    raise LookupError("there is no master event")


def overrides(calendar: Component) -> list[Component]:
    """The events that stand for one occurrence each."""
    return [event for event in calendar.named("VEVENT") if event.all("RECURRENCE-ID")]


def set_rule(event: Component, rule: str) -> None:
    """Write an RRULE; INTERVAL=1 is written out, as Apple does. Nothing takes the rule away."""
    event.drop("RRULE")
    if rule:
        event.add("RRULE", rule if "INTERVAL=" in rule else f"{rule};INTERVAL=1")


def exclude(calendar: Component, slot: Moment) -> None:
    """Delete one occurrence: an EXDATE line of its own, and its override goes."""
    at = _as_in(calendar, slot)
    apple_text.add_moment(master(calendar), "EXDATE", at)
    kept = [one for one in overrides(calendar) if not _is(one, slot, at)]
    others = [child for child in calendar.children if not child.all("RECURRENCE-ID")]
    calendar.children = others + kept


def override(calendar: Component, slot: Moment) -> Component:
    """The override for one slot, made from the master when there is none: no rule in it, no EXDATE for it."""
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
    """Move the series: every occurrence, every exception, by wall-clock time."""
    for event in calendar.named("VEVENT"):
        for name in ("DTSTART", "DTEND", "RECURRENCE-ID", "EXDATE", "RDATE"):
            lines = event.all(name)
            event.drop(name)
            event.lines += [line for line in lines if line.parameters.get("VALUE") == "PERIOD"]
            for line in (one for one in lines if one.parameters.get("VALUE") != "PERIOD"):
                apple_text.add_moment(event, name, apple_text.shift(ics.moment(line), by))


def end_before(calendar: Component, slot: Moment) -> None:
    """Let the series end: UNTIL in UTC, one second before the slot; what came later goes."""
    event = master(calendar)
    parts = [part for part in event.value("RRULE").split(";") if not part.startswith(("UNTIL=", "COUNT="))]
    set_rule(event, ";".join([*parts, f"UNTIL={_until(_as_in(calendar, slot))}"]))
    calendar.children = [child for child in calendar.children if not _from(child, "RECURRENCE-ID", slot)]
    event.lines = [line for line in event.lines if line.name != "EXDATE" or not _line_from(line, slot)]


def begin_at(calendar: Component, slot: Moment) -> None:
    """Let the series begin with the slot; what came before goes. A COUNT shrinks by what came before."""
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
    """Two series, before the slot and from it on, tied by RELATED-TO; both still have the old UID."""
    past, future = calendar.copy(), calendar.copy()
    end_before(past, slot)
    begin_at(future, slot)
    tie = str(uuid4()).upper()
    for event in [*past.named("VEVENT"), *future.named("VEVENT")]:
        if not any(line.parameters.get("RELTYPE") == RECURRENCE_SET for line in event.all("RELATED-TO")):
            event.add("RELATED-TO", tie, RELTYPE=RECURRENCE_SET)
    return past, future


def give_uid(calendar: Component, uid: str) -> None:
    """Another UID for every event of the object."""
    for event in calendar.named("VEVENT"):
        event.set("UID", uid)


def _as_in(calendar: Component, slot: Moment) -> Moment:
    """The slot in the master's own terms: its zone, floating, or a day."""
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
    """Does the override stand for the slot, in whichever terms that is given?"""
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
