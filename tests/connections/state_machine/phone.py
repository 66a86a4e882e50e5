"""What people do to their calendars on an iPhone."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from tests.connections.state_machine.machine import ZONES, World
from tests.connections.state_machine.reading import Moment, Shape, shape
from tests.factories import NOW

HOUR = timedelta(hours=1)
A_DAY = timedelta(days=1)

numbers = st.integers(0, 30)
days = st.integers(-40, 405).map(lambda ahead: NOW.date() + timedelta(days=ahead))  # past both ends of the window
hours = st.integers(8, 18)
lengths = st.sampled_from([30, 60, 240, 0]).map(lambda minutes: timedelta(minutes=minutes))
travels = st.sampled_from([None, timedelta(minutes=20), timedelta(hours=2)])
answers = st.sampled_from(["NEEDS-ACTION", "ACCEPTED", "TENTATIVE", "DECLINED"])
spellings = st.sampled_from(["principal", "relay", "mail", "own-path"])
repetitions = st.sampled_from(
    [
        "FREQ=WEEKLY",
        "FREQ=DAILY;COUNT=12",
        "FREQ=DAILY;INTERVAL=3",
        "FREQ=WEEKLY;BYDAY=MO,WE,FR;COUNT=20",
        "FREQ=WEEKLY;INTERVAL=2;COUNT=30",
        "FREQ=MONTHLY",
        "FREQ=YEARLY",
    ]
)


def starts_at(day: date, hour: int, repetition: str = "") -> datetime:
    """A wall clock; on a Monday where a rule names the days, since a phone begins a series on one of its days."""
    if "BYDAY" in repetition:
        day -= timedelta(days=day.weekday())
    return datetime(day.year, day.month, day.day, hour)  # noqa: DTZ001 - a wall clock


class Phone(World):
    """Making, changing and deleting events, on phones in three time zones."""

    def hrefs(self) -> list[str]:
        """The events there are, in the order in which they were made."""
        there = {href for calendar in self.account.events() for href in calendar.resources}
        return [href for href in self.phone_of if href in there]

    def pick(self, number: int, *kinds: str) -> str:
        """One of the events of these kinds; "" if there is none."""
        found = [href for href in self.hrefs() if not kinds or self.shape(href).kind in kinds]
        return found[number % len(found)] if found else ""

    def shape(self, href: str) -> Shape:
        return shape(self.account.calendar(href[: href.rindex("/") + 1]).resources[href].data)

    def made(self, zone: str, href: str) -> None:
        self.phone_of[href] = self.phones[zone]

    # --- making -------------------------------------------------------------------------------------------------

    @rule(
        where=numbers,
        zone=st.sampled_from(ZONES),
        day=days,
        hour=hours,
        length=lengths,
        free=st.sampled_from([None, False, True]),
        there=travels,
        back=travels,
        floating=st.booleans(),
    )
    def makes_an_event(
        self, where: int, zone: str, day: date, hour: int, length: timedelta, there: Any, back: Any, **facts: Any
    ) -> None:
        self.tick()
        start, travel = starts_at(day, hour), {"travel": there, "return_travel": back}
        calendar = self.calendar(where)
        self.made(zone, self.phones[zone].add(calendar, "Event", start, start + length, **travel, **facts))

    @rule(where=numbers, zone=st.sampled_from(ZONES), day=days, long=st.integers(1, 20), free=st.booleans())
    def makes_an_all_day_event(self, where: int, zone: str, day: date, long: int, free: bool) -> None:
        self.tick()
        end = day + timedelta(days=long)
        self.made(zone, self.phones[zone].add(self.calendar(where), "Days", day, end, free=free))

    @rule(
        where=numbers,
        zone=st.sampled_from(ZONES),
        day=days,
        hour=hours,
        repetition=repetitions,
        kind=st.sampled_from(["timed", "floating", "all_day"]),
        travel=travels,
    )
    def makes_a_series(
        self, where: int, zone: str, day: date, hour: int, repetition: str, kind: str, travel: Any
    ) -> None:
        self.tick()
        start: Moment = starts_at(day, hour, repetition)
        start = start.date() if kind == "all_day" and isinstance(start, datetime) else start
        travel = travel if kind != "all_day" else None
        facts: dict[str, Any] = {"rule": repetition, "floating": kind == "floating", "travel": travel}
        self.made(zone, self.phones[zone].add(self.calendar(where), "Series", start, **facts))

    @rule(where=numbers, day=days, hour=hours, answer=answers, me=spellings, repetition=repetitions, once=st.booleans())
    def is_invited(self, where: int, day: date, hour: int, answer: Any, me: Any, repetition: str, once: bool) -> None:
        self.tick()
        start = starts_at(day, hour, "" if once else repetition)
        facts = {"answer": answer, "me": me, "rule": "" if once else repetition}
        href = self.phones[ZONES[0]].receive_invitation(self.calendar(where), "Invitation", start, **facts)
        self.made(ZONES[0], href)

    @rule(where=numbers, day=days, hour=hours, answer=answers, me=spellings)
    def is_invited_to_one_of_a_series(self, where: int, day: date, hour: int, answer: Any, me: Any) -> None:
        self.tick()
        start = starts_at(day, hour)
        facts = {"answer": answer, "me": me, "only": start - HOUR}
        href = self.phones[ZONES[0]].receive_invitation(self.calendar(where), "Only this", start, **facts)
        self.made(ZONES[0], href)

    @rule(where=numbers, day=days, count=st.sampled_from([3, 11]))
    def makes_many(self, where: int, day: date, count: int) -> None:
        self.tick()
        for number in range(count):
            start = starts_at(day + timedelta(days=number), 9)
            self.made(ZONES[0], self.phones[ZONES[0]].add(self.calendar(where), f"Event {number}", start))

    # --- changing -----------------------------------------------------------------------------------------------

    @precondition(lambda self: self.hrefs())
    @rule(
        number=numbers,
        verb=st.sampled_from(
            ["free", "busy", "travel", "rename", "cancel", "touch", "answer", "move", "resize", "kind", "repeat"]
        ),
        day=days,
        hour=hours,
        length=lengths,
        travel=travels,
        answer=answers,
        repetition=repetitions,
    )
    def changes_an_event(self, number: int, verb: str, **how: Any) -> None:
        self.tick()
        self.change(self.pick(number), verb, **how)

    def change(self, href: str, verb: str, *, travel: Any, answer: Any, **how: Any) -> None:
        """Do what can be done to an event of any kind; the rest is left to those who know its kind."""
        phone = self.phone_of[href]
        plainly = {
            "free": lambda: phone.free(href),
            "busy": lambda: phone.free(href, False),
            "travel": lambda: phone.travel(href, travel),
            "rename": lambda: phone.rename(href, f"Renamed {self.now:%H%M%S}"),
            "cancel": lambda: phone.cancel(href),
            "touch": lambda: phone.touch(href),
            "answer": lambda: phone.answer(href, answer),
        }
        if verb in plainly:
            plainly[verb]()
        elif self.shape(href).kind == "single":
            self.change_single(href, verb, **how)
        elif self.shape(href).kind == "series":
            self.change_series(href, verb, **how)

    def change_single(self, href: str, verb: str, *, day: date, hour: int, length: timedelta, repetition: str) -> None:
        phone, it = self.phone_of[href], self.shape(href)
        if verb == "move":
            phone.move(href, starts_at(day, hour) if it.timed else day)
        elif verb == "resize" and it.timed:
            phone.lengthen(href, length - it.length)
        elif verb == "kind" and it.timed and not it.floating:
            phone.make_all_day(href) if day.day % 2 else phone.make_floating(href)
        elif verb == "kind" and not it.timed:
            phone.move(href, starts_at(day, hour))
        elif verb == "repeat" and "BYDAY" not in repetition:
            phone.repeat(href, repetition)

    def change_series(self, href: str, verb: str, *, day: date, hour: int, length: timedelta, repetition: str) -> None:
        """Where a rule names days the series stays on its days: a start beside them would be an oddity of its own."""
        phone, it = self.phone_of[href], self.shape(href)
        stays = "BYDAY" in it.rule or not it.plain
        if verb == "move" and it.timed:
            start = it.start if stays else day
            phone.move(href, starts_at(date(start.year, start.month, start.day), hour))
        elif verb == "move" and not stays:
            phone.move(href, day)
        elif verb == "resize" and it.timed:
            phone.lengthen(href, length - it.length)
        elif verb == "repeat" and it.plain and "BYDAY" not in repetition:
            phone.repeat(href, repetition)

    # --- one of a series, and all that follow -------------------------------------------------------------------

    @precondition(lambda self: self.pick(0, "series"))
    @rule(
        number=numbers,
        at=st.integers(0, 11),
        verb=st.sampled_from(["move", "move far", "elsewhere", "rename", "cancel", "delete", "delete", "away"]),
        day=days,
        hour=hours,
    )
    def changes_one_of_a_series(self, number: int, at: int, verb: str, day: date, hour: int) -> None:
        self.tick()
        href = self.pick(number, "series")
        phone, it = self.phone_of[href], self.shape(href)
        if not it.slots:
            return
        slot = it.slots[at % len(it.slots)]
        if verb == "delete":
            phone.delete_one(href, slot)
        elif verb == "cancel":
            phone.change_one(href, slot, cancelled=True)
        elif verb == "rename" or it.floating:
            phone.change_one(href, slot, title=f"One {self.now:%H%M%S}")
        elif not isinstance(slot, datetime):
            phone.move_one(href, slot, day if verb == "move far" else slot + A_DAY)
        elif verb == "elsewhere":
            self.phones[ZONES[0]].move_one(href, slot, starts_at(slot.date(), hour))
        else:
            phone.move_one(href, slot, starts_at(day if verb == "move far" else slot.date(), hour))

    @precondition(lambda self: self.pick(0, "series"))
    @rule(
        number=numbers, at=st.integers(1, 11), verb=st.sampled_from(["delete", "past", "future"]), day=days, hour=hours
    )
    def changes_this_and_all_that_follow(self, number: int, at: int, verb: Any, day: date, hour: int) -> None:
        self.tick()
        href = self.pick(number, "series")
        phone, it = self.phone_of[href], self.shape(href)
        if len(it.slots) < 2:
            return
        slot = it.slots[max(1, at % len(it.slots))]
        if verb == "delete":
            phone.delete_following(href, slot)
        elif isinstance(slot, datetime):
            self.phone_of[phone.move_following(href, slot, starts_at(slot.date(), hour), keeps=verb)] = phone
        elif "BYDAY" not in it.rule:
            self.phone_of[phone.move_following(href, slot, slot + A_DAY, keeps=verb)] = phone

    # --- deleting, copying, moving between calendars ------------------------------------------------------------

    @precondition(lambda self: self.hrefs())
    @rule(number=numbers, where=numbers, verb=st.sampled_from(["delete", "move", "copy"]))
    def deletes_moves_or_copies(self, number: int, where: int, verb: str) -> None:
        self.tick()
        href = self.pick(number)
        phone = self.phone_of[href]
        if verb == "delete":
            phone.delete(href)
        elif verb == "copy":
            self.phone_of[phone.duplicate(href)] = phone
        elif not href.startswith(self.calendar(where).path):
            self.phone_of[phone.move_to(href, self.calendar(where))] = phone

    @precondition(lambda self: self.hrefs())
    @rule(where=numbers, kept=st.integers(0, 4))
    def empties_a_calendar(self, where: int, kept: int) -> None:
        """All of it, or all but the oldest few."""
        self.tick()
        calendar = self.calendar(where)
        for href in [href for href in self.hrefs() if href.startswith(calendar.path)][kept:]:
            calendar.delete(href)

    # --- calendars themselves -----------------------------------------------------------------------------------

    @rule(where=numbers, verb=st.sampled_from(["rename", "recolor", "read_only", "share", "unshare"]), on=st.booleans())
    def changes_a_calendar(self, where: int, verb: str, on: bool) -> None:
        self.tick()
        calendar = self.calendar(where)
        if verb == "rename":
            calendar.rename("Home" if on else f"Renamed {self.now:%H%M%S}")
        elif verb == "recolor":
            calendar.recolor("#FF0000FF" if on else "#00FF00FF")
        elif verb == "read_only":
            calendar.make_read_only(on)
        elif verb == "share":
            calendar.share()
        else:
            calendar.unshare()

    @precondition(lambda self: len(self.account.events()) > 1)
    @rule(where=numbers)
    def removes_a_calendar(self, where: int) -> None:
        self.tick()
        calendar = self.calendar(where)
        calendar.remove()
        self.removed_at[calendar.path] = self.now

    @precondition(lambda self: len(self.account.events()) < 4)
    @rule(name=st.sampled_from(["Home", "Work", "New"]), same_path=st.booleans())
    def makes_a_calendar(self, name: str, same_path: bool) -> None:
        """One with a name that was there before; perhaps even under the path of one that was removed."""
        self.tick()
        free = [one for one in ("home", "work", "team") if one not in self.account.calendars]
        self.make_calendar(name, free[0] if same_path and free else "")
