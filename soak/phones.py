"""iPhones: what their owners do to events of their own and to those of bookings."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils import timezone

from sandbox.device.device import AppleDevice
from sandbox.server.store.calendars import Calendar
from soak import calendar_text
from soak.actors import QUARTER, Act, Actor
from soak.ledger import Version
from soak.people import BERLIN

AHEAD = timedelta(days=60)
MOST = 14  # events of its own in one calendar
HOUR = timedelta(hours=1)


@dataclass
class Phone(Actor):
    """Everybody's phones in one pair of hands."""

    def deeds(self) -> Sequence[tuple[int, Act]]:
        return [(4, self.make), (6, self.change_own), (6, self.change_booked)]

    # --- events of its own ------------------------------------------------------------------------------------

    def make(self) -> None:
        """An event of its own: timed, all-day, with travel, or weekly."""
        phone, calendar = self._any()
        mine = [href for href, uid in _events(calendar) if uid in self.ledger.made_on_phone]
        if len(mine) >= MOST:
            return self._change(phone, self.choose.choice(mine), self._delete)
        start = self._moment()
        end = start + self.choose.randrange(1, 7) * QUARTER
        kind = self.choose.choice(("timed", "timed", "timed", "free", "day", "busy day", "travel", "weekly"))
        with self._putting(phone):
            if kind == "day" or kind == "busy day":
                href = phone.add(calendar, kind, start.date(), free=kind == "day")
            elif kind == "weekly":
                href = phone.add(calendar, kind, start, end, rule=f"FREQ=WEEKLY;COUNT={self.choose.randrange(2, 5)}")
            else:
                travel = QUARTER if kind == "travel" else None
                href = phone.add(calendar, kind, start, end, free=kind == "free", travel=travel)
            self._appeared(phone, href)
        return self.ledger.count("events made on phones")

    def change_own(self) -> None:
        phone, calendar = self._any()
        mine = [href for href, uid in _events(calendar) if uid in self.ledger.made_on_phone]
        if mine:
            deeds = [self._move, self._move, self._lengthen, self._free, self._delete, self._touch, self._elsewhere]
            deeds += [self._one_of_series, self._one_of_series]
            self._change(phone, self.choose.choice(mine), self.choose.choice(deeds))

    def _change(self, phone: AppleDevice, href: str, deed: object) -> None:
        """Do something to an event of its own, and write down what stands there before and after."""
        with self._putting(phone):
            if href not in phone.account.calendar(_folder(href)).resources:
                return
            self.ledger.vanishes(href, timezone.now())
            after = deed(phone, href)  # type: ignore[operator]
            if after:
                self._appeared(phone, after)
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

    def _elsewhere(self, phone: AppleDevice, href: str) -> str:
        return phone.move_to(href, self.choose.choice(phone.account.events()))

    def _one_of_series(self, phone: AppleDevice, href: str) -> str:
        """Move or leave out one occurrence, or end the series there."""
        first = phone.begins(href)
        if not phone.rule(href) or not isinstance(first, datetime):
            return self._lengthen(phone, href)
        slot = (first.replace(tzinfo=None) + timedelta(days=7)).replace(tzinfo=BERLIN)
        kind = self.choose.choice(("move", "move", "delete", "end"))
        if kind == "move":
            phone.move_one(href, slot, slot + self.choose.randrange(-4, 5) * QUARTER)
        elif kind == "delete":
            phone.delete_one(href, slot)
        elif "COUNT" in phone.rule(href):
            phone.delete_following(href, slot)
        return href

    # --- events of bookings -----------------------------------------------------------------------------------

    def change_booked(self) -> None:
        phone, calendar = self._any()
        with phone.account.store.lock:
            booked = [(href, uid) for href, uid in _events(calendar) if uid not in self.ledger.made_on_phone]
            if not booked:
                return
            href, uid = self.choose.choice(booked)
            deed = self.choose.choices(
                (self._drag, self._stretch, self._annotate, self._trouble, self._reshape, self._carry, self._copy),
                (8, 3, 3, 3, 1, 2, 1),
            )[0]
            deed(phone, href, uid)

    def _drag(self, phone: AppleDevice, href: str, uid: str) -> None:
        """To another time of the day, or another day."""
        begins = phone.begins(href)
        if isinstance(begins, datetime) and begins.tzinfo and not phone.rule(href):
            by = self.choose.choice(
                (self.choose.randrange(-8, 9) * QUARTER, timedelta(days=self.choose.choice((-1, 1))))
            )
            if begins + by > timezone.now() + 2 * HOUR:
                phone.move(href, begins + by)
                self.ledger.count("bookings moved on phones")

    def _stretch(self, phone: AppleDevice, href: str, uid: str) -> None:
        if isinstance(phone.begins(href), datetime):
            phone.lengthen(href, self.choose.choice((QUARTER, QUARTER, -QUARTER / 3)))
            self.ledger.count("bookings lengthened on phones")

    def _annotate(self, phone: AppleDevice, href: str, uid: str) -> None:
        """Notes, an alarm, travel time, or nothing at all."""
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

    def _trouble(self, phone: AppleDevice, href: str, uid: str) -> None:
        """Delete it, or mark it as cancelled."""
        self.ledger.removed_on_phone.add(uid)
        phone.delete(href) if self.choose.random() < 0.8 else phone.cancel(href)
        self.ledger.count("bookings deleted on phones")

    def _reshape(self, phone: AppleDevice, href: str, uid: str) -> None:
        """Make it all-day, floating or repeating."""
        if isinstance(phone.begins(href), datetime) and not phone.rule(href):
            self.choose.choice(
                (phone.make_all_day, phone.make_floating, lambda one: phone.repeat(one, "FREQ=WEEKLY;COUNT=3"))
            )(href)
            self.ledger.count("bookings reshaped on phones")

    def _carry(self, phone: AppleDevice, href: str, uid: str) -> None:
        """Into another calendar, selected or not."""
        phone.move_to(href, self.choose.choice(phone.account.events()))
        self.ledger.count("bookings moved between calendars")

    def _copy(self, phone: AppleDevice, href: str, uid: str) -> None:
        with self._putting(phone):
            self._appeared(phone, phone.duplicate(href))
        self.ledger.count("bookings duplicated on phones")

    # --- inside -----------------------------------------------------------------------------------------------

    def _any(self) -> tuple[AppleDevice, Calendar]:
        phone = self.choose.choice(list(self.people.phones.values()))
        return phone, self.choose.choice(phone.account.events())

    def _moment(self) -> datetime:
        """A time of day of some day, on the quarter of an hour."""
        return self.day() + timedelta(hours=self.choose.randrange(7, 20), minutes=15 * self.choose.randrange(4))

    @contextmanager
    def _putting(self, phone: AppleDevice) -> Iterator[None]:
        """As one step to everybody else."""
        with phone.account.store.lock:
            yield

    def _appeared(self, phone: AppleDevice, href: str) -> None:
        data = phone.account.calendar(_folder(href)).resources[href].data
        self.ledger.made_on_phone.add(calendar_text.uid_of(data))
        now = timezone.now()
        spans = calendar_text.blocking(data, now, now + AHEAD)
        self.ledger.appears(Version(phone.account.apple_id, _folder(href), href, spans, now))


def _events(calendar: Calendar) -> list[tuple[str, str]]:
    """Path and UID of everything in a calendar."""
    return [(href, calendar_text.uid_of(resource.data)) for href, resource in calendar.resources.items()]


def _folder(href: str) -> str:
    return href[: href.rindex("/") + 1]
