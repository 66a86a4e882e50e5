"""What the staff member does in Kalends, and what happens to Kalends while it is at work."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from unittest import mock

from django.db import transaction
from hypothesis import strategies as st
from hypothesis.stateful import rule

from connections import accounts
from connections.models import CalendarConfiguration, Connection
from connections.sync import reexpand, run
from tests.connections.state_machine.machine import DOORS, World
from tests.connections.state_machine.phone import Phone, numbers
from tests.kills import Interrupted, Killed, dies_at

STAFF_ZONES = ("Europe/Berlin", "America/Los_Angeles", "Asia/Kathmandu", "Pacific/Apia", "Africa/Cairo")
statements = st.integers(1, 40)


class Staff(World):
    """Choosing calendars and rules, reconnecting."""

    @rule(
        where=numbers,
        all_day=st.sampled_from(["as_marked", "always", "never"]),
        invitations_block=st.booleans(),
        times_only=st.booleans(),
    )
    def changes_rules(self, where: int, all_day: str, invitations_block: bool, times_only: bool) -> None:
        self.tick()
        self.change_rules(where, all_day_rule=all_day, invitations_block=invitations_block, times_only=times_only)

    def change_rules(self, where: int, **rules: Any) -> None:
        """As the page Calendar Configuration does it."""
        rows = list(self.rows())
        row = rows[where % len(rows)]
        with transaction.atomic():
            self.rows().filter(pk=row.pk).update(**rules)
            if row.is_conflict_calendar:
                reexpand.expand_calendar(row, self.now)

    @rule(zone=st.sampled_from(STAFF_ZONES))
    def changes_the_zone(self, zone: str) -> None:
        self.tick()
        self.change_zone(zone)

    def change_zone(self, zone: str) -> None:
        with transaction.atomic():
            CalendarConfiguration.objects.filter(user=self.user).update(time_zone=zone)
            reexpand.expand_user(self.user.pk, self.now)

    @rule(unticked=st.sets(st.integers(0, 3), max_size=2))
    def chooses_calendars(self, unticked: set[int]) -> None:
        self.tick()
        self.choose(unticked)

    def choose(self, unticked: set[int]) -> None:
        """All but some, and of those that are gone only what was chosen before, as the page offers them."""
        offered = [row for row in self.rows() if row.gone_at is None or row.is_conflict_calendar]
        chosen = [row for number, row in enumerate(offered) if number not in unticked]
        accounts.configure(self.user, linked=None, conflicts=chosen or offered, now=self.now)
        for row in self.rows().filter(is_conflict_calendar=False):
            self.forget(row.path)

    def forget(self, path: str) -> None:
        """What Kalends knew of a calendar it need not know any more."""
        self.read = {key: data for key, data in self.read.items() if key[0] != path}

    @rule(fresh=st.booleans())
    def reconnects(self, fresh: bool) -> None:
        """With the password there is, or with a new one. It may fail, and then nothing has changed."""
        self.tick()
        connection = Connection.objects.get(pk=self.pk)
        if fresh and len(self.account.app_passwords) > 20:
            self.account.revoke_all()
        password = self.account.new_app_password() if fresh else connection.password
        try:
            accounts.reconnect(connection, password=password, now=self.now)
        except accounts.ConnectFailed:
            connection.refresh_from_db()


class Process(Phone, Staff):
    """Kalends is killed, stalls, runs out of time, or something changes under its hands."""

    def something_to_read(self, number: int, many: int) -> None:
        """Some events that were not there before, so that Kalends has something to do."""
        phone, calendar = next(iter(self.phones.values())), self.calendar(number)
        for minute in range(many):
            href = phone.add(calendar, "Just now", self.now + timedelta(hours=number, minutes=minute))
            self.phone_of[href] = phone

    @rule(
        door=st.sampled_from(DOORS),
        statement=statements,
        how=st.sampled_from([Killed, Interrupted]),
        number=numbers,
        news=st.sampled_from([0, 1, 6]),
    )
    def kalends_is_killed(self, door: str, statement: int, how: type[BaseException], number: int, news: int) -> None:
        self.pass_time(timedelta(seconds=301))
        self.something_to_read(number, news)
        with dies_at(statement, how):
            self.enter(door)

    @rule(statement=statements)
    def kalends_is_killed_at_night(self, statement: int) -> None:
        """The window is not moved on; the next night does it."""
        self.tick()
        with dies_at(statement, Killed):
            reexpand.move_window(self.now)

    @rule(door=st.sampled_from(DOORS))
    def kalends_has_little_time(self, door: str) -> None:
        """The budget of each task is used up after one batch."""
        self.pass_time(timedelta(seconds=301))
        with mock.patch.object(run, "MAX_TURN_SECONDS", 0):
            self.enter(door)

    @rule(
        door=st.sampled_from(DOORS),
        statement=st.integers(1, 16),
        news=st.sampled_from([0, 1, 6]),
        what=st.sampled_from(["edit", "delete", "rules", "zone", "choice", "housekeeping", "another", "stalls"]),
        number=numbers,
        data=st.data(),
    )
    def something_changes_while_kalends_looks(
        self, door: str, statement: int, what: str, number: int, news: int, data: Any
    ) -> None:
        self.pass_time(timedelta(seconds=301))
        self.something_to_read(number, news)
        with self.meanwhile(statement, self.action(what, number, data)):
            self.enter(door)

    def action(self, what: str, number: int, data: Any) -> Callable[[], None]:
        """Something that another process, another device or a page does."""
        if what in ("rules", "zone", "choice"):
            return self.staff_action(what, number, data)
        if what == "another":
            return lambda: self.enter("sync")
        if what == "stalls":
            return self.stalls
        href = self.pick(number)
        if not href:
            return lambda: self.something_to_read(number, 1)
        if what == "delete":
            return lambda: self.phone_of[href].delete(href)
        if what == "edit":
            return lambda: self.phone_of[href].travel(href, timedelta(minutes=20 + number))
        return lambda: self.account.calendar(href[: href.rindex("/") + 1]).housekeep([href])

    def staff_action(self, what: str, number: int, data: Any) -> Callable[[], None]:
        if what == "zone":
            zone = data.draw(st.sampled_from(STAFF_ZONES))
            return lambda: self.change_zone(zone)
        if what == "choice":
            return lambda: self.choose({number % 3})
        rule = data.draw(st.sampled_from(["as_marked", "always", "never"]))
        return lambda: self.change_rules(number, all_day_rule=rule)

    def stalls(self) -> None:
        """It hangs for longer than its lease, and another process takes over meanwhile."""
        self.pass_time(timedelta(seconds=400))
        self.enter("sync")
