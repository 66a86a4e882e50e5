"""iPhones, whose owners change their own events and the events of bookings."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils import timezone

from sandbox.device.device import AppleDevice
from sandbox.server.store.calendars import Calendar
from soak import calendar_text
from soak.actors.actor import QUARTER, Action, Actor
from soak.ledger import Version
from soak.people import BERLIN

AHEAD = timedelta(days=60)
MAX_EVENTS = 14  # own events in one calendar
HOUR = timedelta(hours=1)
Change = Callable[[AppleDevice, str], str]  # returns the path of the event afterwards, empty when it is deleted


@dataclass
class Phone(Actor):
    """Uses the phones of all staff members, one after the other."""

    def actions(self) -> Sequence[tuple[int, Action]]:
        return [(4, self.make), (6, self.change_own), (6, self.change_booked)]

    # --- events of its own ------------------------------------------------------------------------------------

    def make(self) -> None:
        """Add an own event: timed, all-day, with travel time, or weekly."""
        phone, calendar = self._any()
        mine = [href for href, uid in _events(calendar) if uid in self.ledger.made_on_phone]
        if len(mine) >= MAX_EVENTS:
            return self._change(phone, self.choose.choice(mine), self._delete)
        start = self._moment()
        end = start + self.choose.randrange(1, 7) * QUARTER
        kind = self.choose.choice(("timed", "timed", "timed", "free", "day", "busy day", "travel", "weekly"))
        with self._locked(phone):
            if kind == "day" or kind == "busy day":
                href = phone.add(calendar, kind, start.date(), free=kind == "day")
            elif kind == "weekly":
                href = phone.add(calendar, kind, start, end, rule=f"FREQ=WEEKLY;COUNT={self.choose.randrange(2, 5)}")
            else:
                travel = QUARTER if kind == "travel" else None
                href = phone.add(calendar, kind, start, end, free=kind == "free", travel=travel)
            self._record_version(phone, href)
        return self.ledger.count("events made on phones")

    def change_own(self) -> None:
        """Change a random own event in a random way."""
        phone, calendar = self._any()
        mine = [href for href, uid in _events(calendar) if uid in self.ledger.made_on_phone]
        if mine:
            changes = [self._lengthen, self._free, self._delete, self._touch, self._move_calendar]
            changes += 2 * [self._move, self._change_occurrence]
            self._change(phone, self.choose.choice(mine), self.choose.choice(changes))

    def _change(self, phone: AppleDevice, href: str, change: Change) -> None:
        """Change an own event, and record its versions before and after."""
        with self._locked(phone):
            if href not in phone.account.calendar(_folder(href)).resources:
                return
            self.ledger.end_version(href, timezone.now())
            after = change(phone, href)
            if after:
                self._record_version(phone, after)
        self.ledger.count("events changed on phones")

    def _move(self, phone: AppleDevice, href: str) -> str:
        if phone.rule(href) or not isinstance(phone.begins(href), datetime):
            phone.rename(href, "Kept in place")
        else:
            phone.move(href, self._moment())
        return href

    def _lengthen(self, phone: AppleDevice, href: str) -> str:
        phone.lengthen(href, QUARTER) if isinstance(phone.begins(href), datetime) else phone.touch(href)
        return href

    def _free(self, phone: AppleDevice, href: str) -> str:
        phone.free(href, self.choose.random() < 0.5)
        return href

    def _touch(self, phone: AppleDevice, href: str) -> str:
        phone.touch(href)
        return href

    def _delete(self, phone: AppleDevice, href: str) -> str:
        phone.delete(href)
        return ""

    def _move_calendar(self, phone: AppleDevice, href: str) -> str:
        return phone.move_to(href, self.choose.choice(phone.account.events()))

    def _change_occurrence(self, phone: AppleDevice, href: str) -> str:
        """Move or delete one occurrence, or end the series before it."""
        first = phone.begins(href)
        if not phone.rule(href) or not isinstance(first, datetime):
            return self._lengthen(phone, href)
        slot = (first.replace(tzinfo=None) + timedelta(days=7)).replace(tzinfo=BERLIN)
        kind = self.choose.choice(("move", "move", "delete", "end"))
        if phone.is_excluded(href, slot):
            return href  # nobody sees it on the phone; what an override of it means, libraries do not agree on
        if kind == "move":
            phone.move_one(href, slot, slot + self.choose.randrange(-4, 5) * QUARTER)
        elif kind == "delete":
            phone.delete_one(href, slot)
        elif "COUNT" in phone.rule(href):
            phone.delete_following(href, slot)
        return href

    # --- events of bookings -----------------------------------------------------------------------------------

    def change_booked(self) -> None:
        """Change the event of a random booking in a random way."""
        phone, calendar = self._any()
        with phone.account.store.lock:
            booked = [(href, uid) for href, uid in _events(calendar) if uid not in self.ledger.made_on_phone]
            if not booked:
                return
            href, uid = self.choose.choice(booked)
            changes = {
                self._move_booked: 8,
                self._lengthen_booked: 3,
                self._annotate_booked: 3,
                self._remove_booked: 3,
                self._reshape_booked: 1,
                self._move_booked_to_calendar: 2,
                self._duplicate_booked: 1,
            }
            (change,) = self.choose.choices(list(changes), list(changes.values()))
            change(phone, href, uid)

    def _move_booked(self, phone: AppleDevice, href: str, uid: str) -> None:
        """Move it to another time of the day, or to the day before or after."""
        begins = phone.begins(href)
        if isinstance(begins, datetime) and begins.tzinfo and not phone.rule(href):
            by = self.choose.choice(
                (self.choose.randrange(-8, 9) * QUARTER, timedelta(days=self.choose.choice((-1, 1))))
            )
            if begins + by > timezone.now() + 2 * HOUR:
                phone.move(href, begins + by)
                self.ledger.count("bookings moved on phones")

    def _lengthen_booked(self, phone: AppleDevice, href: str, uid: str) -> None:
        if isinstance(phone.begins(href), datetime):
            phone.lengthen(href, self.choose.choice((QUARTER, QUARTER, -QUARTER / 3)))
            self.ledger.count("bookings lengthened on phones")

    def _annotate_booked(self, phone: AppleDevice, href: str, uid: str) -> None:
        """Set the notes, an alarm or travel time, or save it without a change."""
        kind = self.choose.choice(("notes", "notes", "alarm", "travel", "touch"))
        if kind == "notes":
            text = f"noted {self.choose.randrange(10**6)}"
            self.ledger.notes[uid] = text
            phone.annotate(href, text)
        elif kind == "alarm":
            phone.alarm(href, 45)
        elif kind == "travel":
            phone.travel(href, QUARTER)
        else:
            phone.touch(href)
        self.ledger.count("bookings annotated on phones")

    def _remove_booked(self, phone: AppleDevice, href: str, uid: str) -> None:
        """Delete it, or mark it as cancelled."""
        self.ledger.removed_on_phone.add(uid)
        phone.delete(href) if self.choose.random() < 0.8 else phone.cancel(href)
        self.ledger.count("bookings deleted on phones")

    def _reshape_booked(self, phone: AppleDevice, href: str, uid: str) -> None:
        """Make it all-day, floating or repeating."""
        if isinstance(phone.begins(href), datetime) and not phone.rule(href):
            self.choose.choice(
                (phone.make_all_day, phone.make_floating, lambda one: phone.repeat(one, "FREQ=WEEKLY;COUNT=3"))
            )(href)
            self.ledger.count("bookings reshaped on phones")

    def _move_booked_to_calendar(self, phone: AppleDevice, href: str, uid: str) -> None:
        """Move it to another calendar, selected or not."""
        phone.move_to(href, self.choose.choice(phone.account.events()))
        self.ledger.count("bookings moved between calendars")

    def _duplicate_booked(self, phone: AppleDevice, href: str, uid: str) -> None:
        with self._locked(phone):
            self._record_version(phone, phone.duplicate(href))
        self.ledger.count("bookings duplicated on phones")

    # --- inside -----------------------------------------------------------------------------------------------

    def _any(self) -> tuple[AppleDevice, Calendar]:
        phone = self.choose.choice(list(self.people.phones.values()))
        return phone, self.choose.choice(phone.account.events())

    def _moment(self) -> datetime:
        """A random time on a random day, at a quarter of an hour."""
        return self.day() + timedelta(hours=self.choose.randrange(7, 20), minutes=15 * self.choose.randrange(4))

    @contextmanager
    def _locked(self, phone: AppleDevice) -> Iterator[None]:
        """Keep other threads from seeing a state between the changes in the block."""
        with phone.account.store.lock:
            yield

    def _record_version(self, phone: AppleDevice, href: str) -> None:
        data = phone.account.calendar(_folder(href)).resources[href].data
        self.ledger.made_on_phone.add(calendar_text.uid_of(data))
        now = timezone.now()
        spans = calendar_text.blocking(data, now, now + AHEAD)
        self.ledger.add_version(Version(phone.account.apple_id, _folder(href), href, spans, now))


def _events(calendar: Calendar) -> list[tuple[str, str]]:
    """The path and UID of every event in a calendar."""
    return [(href, calendar_text.uid_of(resource.data)) for href, resource in calendar.resources.items()]


def _folder(href: str) -> str:
    return href[: href.rindex("/") + 1]
