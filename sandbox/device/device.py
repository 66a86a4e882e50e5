"""An Apple device signed in to one account: it makes and edits events the way an iPhone does.

    phone = AppleDevice(account, zone="Europe/Berlin")
    href = phone.add(work, "Dentist", datetime(2026, 11, 24, 9), travel=timedelta(minutes=30))
    phone.move(href, datetime(2026, 11, 24, 11))

Naive times are in the phone's time zone, aware times are converted to it, and a date makes an all-day event. Ends are
exclusive. Every edit writes the whole object again, drops private X- properties and raises SEQUENCE.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Literal
from uuid import uuid4
from zoneinfo import ZoneInfo

from sandbox.device import invitations, series
from sandbox.ical import apple_text, ics
from sandbox.ical.apple_text import Moment
from sandbox.ical.ics import Component
from sandbox.server.store.accounts import Account
from sandbox.server.store.calendars import Calendar

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
Answer = Literal["ACCEPTED", "DECLINED", "TENTATIVE", "NEEDS-ACTION"]


def new_name() -> str:
    """An upper-case UUID, as Apple names everything."""
    return str(uuid4()).upper()


class AppleDevice:
    """One phone. Methods take the path of an event; those that create an event return its path."""

    def __init__(self, account: Account, zone: str = "", *, build: str = "iOS 26.1") -> None:
        self.account = account
        self.zone = ZoneInfo(zone or account.zone)
        self.build = build

    # --- creating -----------------------------------------------------------------------------------------

    def add(
        self,
        calendar: Calendar,
        title: str,
        start: Moment,
        end: Moment | None = None,
        *,
        free: bool | None = None,
        travel: timedelta | None = None,
        return_travel: timedelta | None = None,
        rule: str = "",
        alarm: int | None = None,
        default_alarm: bool = False,
        location: str = "",
        notes: str = "",
        url: str = "",
        floating: bool = False,
        stray_zone: bool = False,
    ) -> str:
        """Add an event; without an end it lasts an hour or a day. Returns its path, which does not contain its UID.

        An all-day event is free unless `free` is False. `alarm`: minutes before the start; `default_alarm`: the alarm
        that the phone adds by itself. `stray_zone`: a TZID property in the event, as Apple sometimes writes.
        """
        event = self._new_event(title, rule)
        self._set_times(event, start, end, floating=floating)
        self._set_free(event, not isinstance(start, datetime) if free is None else free)
        _set_travel(event, travel, return_travel)
        _set_texts(event, location=location, description=notes)
        if url:
            event.add("URL", url, VALUE="URI")
        if stray_zone:
            event.add("TZID", str(self.zone))
        _set_alarms(event, alarm, default=default_alarm)
        return self._store(calendar, apple_text.new_calendar(event))

    def add_text(self, calendar: Calendar, data: bytes) -> str:
        """Store any bytes under a random name, such as calendar files that no phone would write."""
        return calendar.put(f"{new_name()}.ics", data)

    def receive_invitation(
        self,
        calendar: Calendar,
        title: str,
        start: Moment,
        end: Moment | None = None,
        *,
        answer: Answer = "NEEDS-ACTION",
        me: invitations.Spelling = "principal",
        rule: str = "",
        only: Moment | None = None,
    ) -> str:
        """Receive an invitation. `me`: how the owner's address is written. `only`: invited to this occurrence only
        of a series, so that the object has an override but no master."""
        event = self._new_event(title, rule)
        self._set_times(event, start, end)
        self._set_free(event, False)
        invitations.invite(event, self.account, answer=answer, me=me)
        if only is not None:
            apple_text.set_moment(event, "RECURRENCE-ID", self._local(only))
            event.add("X-RECURRENCE-EXCEPTION", "True")
        return self._store(calendar, apple_text.new_calendar(event))

    def duplicate(self, href: str) -> str:
        """Copy an event into the same calendar, with a new UID."""
        calendar, component = self._open(href)
        series.give_uid(component, new_name())
        return self._store(calendar, component)

    # --- editing ------------------------------------------------------------------------------------------

    def move(self, href: str, start: Moment) -> None:
        """Move an event, or a whole series, to another start, keeping its length. A date makes it all-day."""
        calendar, component = self._open(href)
        event = series.master(component)
        old, new = ics.moment(event.all("DTSTART")[0]), self._local(start)
        if isinstance(old, datetime) != isinstance(new, datetime):
            event.drop("RRULE", "EXDATE", "DURATION")
            self._set_times(event, start, None)
        else:
            series.shift_all(component, _wall(new) - _wall(old, like=new))
        self._save(calendar, href, component)

    def lengthen(self, href: str, by: timedelta) -> None:
        """Move the end of an event; a negative time shortens it."""

        def edit(event: Component) -> None:
            length = apple_text.length_of(event) + by
            event.drop("DURATION")
            apple_text.set_moment(event, "DTEND", ics.moment(event.all("DTSTART")[0]) + length)

        self._edit(href, edit)

    def repeat(self, href: str, rule: str) -> None:
        """Set the recurrence rule, such as `FREQ=WEEKLY;COUNT=5`; an empty one removes it."""
        self._edit(href, lambda event: series.set_rule(event, rule))

    def free(self, href: str, free: bool = True) -> None:
        """Show the time as free, or as busy."""
        self._edit(href, lambda event: self._set_free(event, free))

    def travel(self, href: str, there: timedelta | None, back: timedelta | None = None) -> None:
        """Set the travel time before and after the event; None removes it."""
        self._edit(href, lambda event: _set_travel(event, there, back))

    def alarm(self, href: str, minutes: int | None) -> None:
        """Replace the alarms by one at this many minutes before the start; None removes all."""
        self._edit(href, lambda event: _set_alarms(event, minutes, default=False))

    def rename(self, href: str, title: str) -> None:
        """Change the title, which may be empty."""
        self._edit(href, lambda event: event.set("SUMMARY", ics.escape(title)))

    def annotate(self, href: str, notes: str) -> None:
        """Change the notes."""
        self._edit(href, lambda event: event.set("DESCRIPTION", ics.escape(notes)))

    def place(self, href: str, location: str) -> None:
        """Change the location, with the coordinates Apple adds."""

        def edit(event: Component) -> None:
            event.set("LOCATION", ics.escape(location))
            where = {"VALUE": "URI", "X_APPLE_RADIUS": "70", "X_TITLE": location}
            event.set("X-APPLE-STRUCTURED-LOCATION", "geo:52.520008,13.404954", **where)

        self._edit(href, edit)

    def make_all_day(self, href: str, day: date | None = None) -> None:
        """Make it all-day, on its own day unless another is given; as on every phone, that makes it free."""

        def edit(event: Component) -> None:
            start = ics.moment(event.all("DTSTART")[0])
            event.drop("DURATION")
            self._set_times(event, day or date(start.year, start.month, start.day), None)
            self._set_free(event, True)

        self._edit(href, edit)

    def make_floating(self, href: str) -> None:
        """Remove the time zone, so that the event is at the same local time everywhere."""

        def edit(event: Component) -> None:
            for name in ("DTSTART", "DTEND"):
                moment = ics.moment(event.all(name)[0])
                apple_text.set_moment(event, name, _wall(moment))

        self._edit(href, edit)

    def cancel(self, href: str) -> None:
        """Mark it as cancelled without deleting it."""
        self._edit(href, lambda event: event.set("STATUS", "CANCELLED"))

    def answer(self, href: str, answer: Answer) -> None:
        """Answer an invitation."""
        self._edit(href, lambda event: invitations.set_answer(event, self.account, answer))

    def touch(self, href: str) -> None:
        """Open and save: the object is written again without a change."""
        self._edit(href, lambda event: None)

    def begins(self, href: str) -> Moment:
        """The start of an event; for a series, of its first occurrence."""
        _, component = self._open(href)
        return ics.moment(series.master(component).all("DTSTART")[0])

    def rule(self, href: str) -> str:
        """The recurrence rule without `INTERVAL=1`; empty when the event does not repeat."""
        _, component = self._open(href)
        if not _has_master(component):
            return ""
        parts = series.master(component).value("RRULE").split(";")
        return ";".join(part for part in parts if part != "INTERVAL=1")

    def delete(self, href: str) -> None:
        """Delete an event, or a series with all its exceptions."""
        self._calendar(href).delete(href)

    def move_to(self, href: str, calendar: Calendar) -> str:
        """Move an event to another calendar, where it has the same UID; returns its new path."""
        source, component = self._open(href)
        with self.account.store.lock:
            source.delete(href)
            return self._put(calendar, component)

    # --- occurrences --------------------------------------------------------------------------------------

    def move_one(self, href: str, slot: Moment, start: Moment, end: Moment | None = None) -> None:
        """Move one occurrence of a series, known by its original start."""
        calendar, component = self._open(href)
        event = series.override(component, self._local(slot))
        until = end or self._local(start) + apple_text.length_of(event)
        self._set_times(event, start, until)
        self._save(calendar, href, component)

    def change_one(self, href: str, slot: Moment, *, title: str = "", cancelled: bool = False) -> None:
        """Give one occurrence another title, or mark it as cancelled."""
        calendar, component = self._open(href)
        event = series.override(component, self._local(slot))
        if title:
            event.set("SUMMARY", ics.escape(title))
        if cancelled:
            event.set("STATUS", "CANCELLED")
        self._save(calendar, href, component)

    def delete_one(self, href: str, slot: Moment) -> None:
        """Delete one occurrence."""
        calendar, component = self._open(href)
        series.exclude(component, self._local(slot))
        self._save(calendar, href, component)

    def is_excluded(self, href: str, slot: Moment) -> bool:
        """Was this occurrence deleted?"""
        _calendar, component = self._open(href)
        return series.is_excluded(component, self._local(slot))

    def delete_following(self, href: str, slot: Moment) -> None:
        """Delete an occurrence and all that follow."""
        calendar, component = self._open(href)
        series.end_before(component, self._local(slot))
        self._save(calendar, href, component)

    def move_following(
        self, href: str, slot: Moment, start: Moment, *, keeps: Literal["past", "future"] = "past"
    ) -> str:
        """Move an occurrence and all that follow; returns the path of the object that is new.

        `keeps`: which half stays in the old object with the old UID. Apple's programs differ in that.
        """
        calendar, component = self._open(href)
        past, future = series.split_series(component, self._local(slot))
        first = ics.moment(series.master(future).all("DTSTART")[0])
        series.shift_all(future, _wall(self._local(start)) - _wall(first, like=self._local(start)))
        old, new = (past, future) if keeps == "past" else (future, past)
        series.give_uid(new, new_name())
        with self.account.store.lock:
            self._save(calendar, href, old)
            return self._put(calendar, new)

    # --- helpers ------------------------------------------------------------------------------------------

    def _now(self) -> datetime:
        return self.account.store.clock.now()

    def _local(self, moment: Moment) -> Moment:
        if not isinstance(moment, datetime):
            return moment
        return moment.astimezone(self.zone) if moment.tzinfo else moment.replace(tzinfo=self.zone)

    def _new_event(self, title: str, rule: str) -> Component:
        event = Component("VEVENT")
        event.add("UID", new_name())
        event.add("CREATED", apple_text.utc_text(self._now()))
        event.add("SEQUENCE", "0")
        event.add("SUMMARY", ics.escape(title))
        event.add("X-APPLE-CREATOR-IDENTITY", "com.apple.mobilecal")
        series.set_rule(event, rule)
        return event

    def _set_times(self, event: Component, start: Moment, end: Moment | None, *, floating: bool = False) -> None:
        begin = self._local(start)
        until = self._local(end) if end is not None else begin + (HOUR if isinstance(begin, datetime) else DAY)
        for name, moment in (("DTSTART", begin), ("DTEND", until)):
            apple_text.set_moment(event, name, _wall(moment) if floating else moment)

    def _set_free(self, event: Component, free: bool) -> None:
        event.set("TRANSP", "TRANSPARENT" if free else "OPAQUE")

    def _calendar(self, href: str) -> Calendar:
        return self.account.calendar(href[: href.rindex("/") + 1])

    def _open(self, href: str) -> tuple[Calendar, Component]:
        """Raises KeyError when there is no such event."""
        calendar = self._calendar(href)
        component = ics.parse(calendar.resources[href].data)
        series.one_date_a_line(component)
        return calendar, component

    def _edit(self, href: str, edit: Callable[[Component], None]) -> None:
        calendar, component = self._open(href)
        edit(series.master(component) if _has_master(component) else series.overrides(component)[0])
        self._save(calendar, href, component)

    def _save(self, calendar: Calendar, href: str, component: Component) -> None:
        calendar.put(calendar.name_of(href), apple_text.rewrite(component, now=self._now(), build=self.build))

    def _store(self, calendar: Calendar, component: Component) -> str:
        data = apple_text.finish(component, now=self._now(), build=self.build)
        return calendar.put(f"{new_name()}.ics", data)

    def _put(self, calendar: Calendar, component: Component) -> str:
        data = apple_text.rewrite(component, now=self._now(), build=self.build)
        return calendar.put(f"{new_name()}.ics", data)


def _has_master(component: Component) -> bool:
    return len(series.overrides(component)) < len(component.named("VEVENT"))


def _wall(moment: Moment, like: Moment | None = None) -> datetime:
    """The naive local time, in the zone of `like` when both have a zone."""
    if not isinstance(moment, datetime):
        return datetime(moment.year, moment.month, moment.day)  # noqa: DTZ001 - a local time
    if moment.tzinfo and isinstance(like, datetime) and like.tzinfo:
        moment = moment.astimezone(like.tzinfo)
    return moment.replace(tzinfo=None)


def _set_texts(event: Component, **texts: str) -> None:
    for name, text in texts.items():
        if text:
            event.add(name.upper(), ics.escape(text))


def _set_travel(event: Component, there: timedelta | None, back: timedelta | None) -> None:
    event.drop("X-APPLE-TRAVEL-DURATION", "X-APPLE-TRAVEL-START", "X-APPLE-TRAVEL-ADVISORY-BEHAVIOR")
    event.drop("X-APPLE-TRAVEL-RETURN-DURATION")
    if there:
        event.add("X-APPLE-TRAVEL-DURATION", ics.write_duration(there), VALUE="DURATION")
        where = {"ROUTING": "CAR", "VALUE": "URI", "X_ADDRESS": "Hauptstr. 1\\n10115 Berlin", "X_TITLE": "Home"}
        event.add("X-APPLE-TRAVEL-START", "", **where)
        event.add("X-APPLE-TRAVEL-ADVISORY-BEHAVIOR", "AUTOMATIC")
    if back:
        event.add("X-APPLE-TRAVEL-RETURN-DURATION", ics.write_duration(back), VALUE="DURATION")


def _set_alarms(event: Component, minutes: int | None, *, default: bool) -> None:
    event.children = [child for child in event.children if child.name != "VALARM"]
    if minutes is None and not default:
        return
    alarm = Component("VALARM")
    alarm.add("UID", new_name())
    alarm.add("X-WR-ALARMUID", alarm.value("UID"))
    trigger = timedelta(minutes=-(15 if minutes is None else minutes))
    alarm.add("TRIGGER", ics.write_duration(trigger))
    if default:
        alarm.add("ACTION", "AUDIO")
        alarm.add("X-APPLE-DEFAULT-ALARM", "TRUE")
    else:
        alarm.add("ACTION", "DISPLAY")
        alarm.add("DESCRIPTION", "Reminder")
    event.children.append(alarm)
