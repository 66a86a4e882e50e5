"""The world of the state machine: an iCloud, a staff member's Kalends, one clock, and what must always be true.

`World` has the ground, the doors through which Kalends syncs, and the checks; `machine_phone`, `machine_trouble` and
`machine_staff` add what may happen.
"""

from __future__ import annotations

import logging
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from django.conf import settings
from django.db import connection as database
from hypothesis.stateful import RuleBasedStateMachine, invariant

from connections import accounts, plan
from connections.freshness import freshness
from connections.models import Calendar, CalendarConfiguration, Connection, Event, Occurrence, SyncRun
from connections.sync import poll, reexpand
from connections.sync.report import SyncReport
from connections.sync.run import sync_connection
from practice.models import User
from sandbox.device.device import AppleDevice
from sandbox.server.server import Sandbox
from sandbox.server.store import calendars as theirs
from sandbox.server.store.contents import Resource
from sandbox.server.switches import Switches
from tests.connections.state_machine.reading import Shown, View, reading
from tests.factories import NOW, UserFactory

APPLE_ID = "anna@example.com"
ZONES = ("Europe/Berlin", "America/New_York", "Australia/Lord_Howe")
DOORS = ("poll", "sync", "full", "refresh")
A_DAY = timedelta(days=1)


class Bugs(list[str]):
    """What the engine caught because nobody else would have: tracebacks."""

    def __init__(self) -> None:
        super().__init__()
        self.handler = logging.Handler(logging.ERROR)
        self.handler.emit = lambda record: self.append(logging.Formatter().format(record))  # type: ignore[method-assign]


class Kept(NamedTuple):
    """An event as Kalends has it."""

    href: str
    etag: str
    pending_etag: str
    pending_since: datetime | None
    shown: list[Shown]


SHOWN = ("start", "end", "blocks", "reason", "all_day", "free_marked", "recurrence_id", "summary")
Theirs = theirs.Calendar | None


class World(RuleBasedStateMachine):
    """One staff member with one account. `now` is everybody's clock; it moves a second with every step."""

    def __init__(self) -> None:
        super().__init__()
        self.now = NOW
        self.icloud = Sandbox(clock=lambda: self.now).start()
        self.account = self.icloud.add_account(APPLE_ID, reminders=False)
        self.made_at: dict[str, datetime] = {}
        self.removed_at: dict[str, datetime] = {}
        for name in ("Home", "Work"):
            self.make_calendar(name, name.lower())
        self.make_calendar("Team", "team", shared=True, read_only=True)
        self.phones = {zone: AppleDevice(self.account, zone=zone) for zone in ZONES}
        self.phone_of: dict[str, AppleDevice] = {}
        self.read: dict[tuple[str, str], bytes] = {}
        self.queue: list[SyncReport] = []
        self.deaf = False  # a token that was refused with everything hides what was deleted, until the next comparison
        self.bugs = Bugs()
        logging.getLogger("connections.guard").addHandler(self.bugs.handler)
        self.user = UserFactory.create(username="anna", configuration__saved_at=None)
        password = self.account.new_app_password()
        url = self.icloud.entry_url
        self.pk = accounts.connect(self.user, username=APPLE_ID, password=password, url=url, now=self.now).pk
        accounts.configure(self.user, linked=None, conflicts=list(self.rows().filter(writable=True)), now=self.now)

    def teardown(self) -> None:
        try:
            if sys.exc_info()[0] is None:  # what a step has found is not to be covered up
                self.settle()
        finally:
            self.icloud.stop()
            logging.getLogger("connections.guard").removeHandler(self.bugs.handler)
            User.objects.all().delete()

    # --- the ground ---------------------------------------------------------------------------------------------

    def rows(self) -> Any:
        return Calendar.objects.filter(connection=self.pk)

    def make_calendar(self, name: str, calendar_id: str, **facts: Any) -> None:
        calendar = self.account.add_calendar(name, id=calendar_id, **facts)
        self.made_at[calendar.path] = self.now

    def calendar(self, number: int) -> theirs.Calendar:
        """One of those that are in iCloud now."""
        there = self.account.events()
        return there[number % len(there)]

    def pass_time(self, by: timedelta) -> None:
        """Let time pass; what runs every night runs."""
        before, self.now = self.now, self.now + by
        if self.now.date() != before.date():
            reexpand.move_window(self.now)

    def tick(self) -> None:
        """Every step takes a second, so that what is later has a later time."""
        self.pass_time(timedelta(seconds=1))

    # --- the doors ----------------------------------------------------------------------------------------------

    def enter(self, door: str) -> None:
        """Let Kalends look, as the schedule, a person or a booking makes it look."""
        if door == "poll":
            self.poll()
            self.work()
        elif door == "refresh":
            dead = Connection.objects.filter(pk=self.pk, lease_until__gt=self.now).exists()
            poll.refresh(self.user.pk, self.now, seconds=0.05 if dead else 4)
        else:
            trigger = SyncRun.Trigger.SCHEDULE if door == "sync" else SyncRun.Trigger.PERSON
            report = sync_connection(self.pk, now=self.now, full=door == "full", trigger=trigger)
            self.go_on(report)

    def poll(self) -> None:
        """One poll; what it leaves unread is queued."""
        self.queue += [report for report in poll.poll_due(self.now) if report.unfinished]

    def work(self) -> None:
        """What the workers do with what is queued."""
        reports, self.queue = self.queue, []
        for report in reports:
            self.go_on(report)

    def go_on(self, report: SyncReport) -> None:
        """What the workers do while a sync says that there is more."""
        for _ in range(30):
            if not report.unfinished:
                return
            report = sync_connection(report.connection, now=self.now, probed=not report.look_again)
        raise AssertionError("a sync that never finishes")

    @contextmanager
    def meanwhile(self, statement: int, action: Callable[[], None]) -> Iterator[None]:
        """Let something happen before the n-th of those statements of a sync that begin or need no transaction."""
        left = statement

        def notice(execute: Callable[..., Any], *rest: Any) -> Any:
            nonlocal left
            if not database.in_atomic_block:
                left -= 1
                if left == 0:
                    action()
            return execute(*rest)

        with database.execute_wrapper(notice):
            yield

    # --- what must always be true -------------------------------------------------------------------------------

    @invariant()
    def all_is_as_it_must_be(self) -> None:
        """No trouble unblocks what was read, what is called fresh is whole, and nothing is there twice."""
        assert self.bugs == [], "something was raised that nobody expected"
        kept = self.kept()
        for row in self.rows().filter(is_conflict_calendar=True):
            calendar = next((one for one in self.account.events() if one.path == row.path), None)
            self.assert_what_was_read_stands(row, calendar, kept.get(row.path, {}))
            self.assert_fresh_is_whole(row, calendar, kept.get(row.path, {}))
        self.read = {key: data for key, data in self.read.items() if key[0] in kept}

    def kept(self) -> dict[str, dict[str, Kept]]:
        """What Kalends has of the chosen calendars: by path, by href."""
        kept: dict[str, dict[str, Kept]] = {row.path: {} for row in self.rows().filter(is_conflict_calendar=True)}
        events = Event.objects.filter(calendar__connection=self.pk)
        by_key: dict[int, Kept] = {}
        for event in events.select_related("calendar"):
            known = Kept(event.href, event.etag, event.pending_etag, event.pending_since, [])
            by_key[event.pk] = kept[event.calendar.path][event.href] = known
        rows = Occurrence.objects.filter(calendar__connection=self.pk)
        for key, *facts in rows.values_list("event", *SHOWN):
            by_key[key].shown.append(Shown(*facts))
        for one in by_key.values():
            assert len({shown.slot for shown in one.shown}) == len(one.shown), "an instance is there twice"
        return kept

    def assert_what_was_read_stands(self, row: Calendar, calendar: Theirs, kept: dict[str, Kept]) -> None:
        """What was read once and what nobody has changed since is as it was, whatever has happened."""
        there = None if calendar is None else calendar.resources
        for path, href in [key for key in self.read if key[0] == row.path]:
            data = self.read[path, href]
            if there is None or (href in there and there[href].data == data):
                assert href in kept, "an event was forgotten"
                self.assert_reads(kept[href], row, data)
            else:
                del self.read[path, href]
        for href, resource in (there or {}).items():
            if href in kept and kept[href].etag == resource.etag:
                self.assert_reads(kept[href], row, resource.data)
                self.read[row.path, href] = resource.data

    def assert_fresh_is_whole(self, row: Calendar, calendar: Theirs, kept: dict[str, Kept]) -> None:
        """A calendar known up to a time after its last change is known exactly; one with an unread member is not."""
        owed = {one.href: one.pending_since for one in kept.values() if one.pending_etag}
        if row.fresh_at is None:
            return
        assert None not in owed.values(), "an event is owed, but not since when"
        lately = [since for since in owed.values() if since and self.now - A_DAY < since < row.fresh_at]
        assert not lately, "called fresh, but an event is owed"
        if calendar is None:
            assert row.fresh_at <= self.removed_at.get(row.path, self.now), "called fresh, but it is gone"
        elif self.changed_at(calendar) < row.fresh_at:
            self.assert_whole(row, calendar.resources, kept, exclude=set(owed))

    def assert_whole(
        self, row: Calendar, resources: dict[str, Resource], kept: dict[str, Kept], *, exclude: set[str]
    ) -> None:
        assert not resources.keys() - exclude - kept.keys(), "called fresh, but an event is missing"
        assert self.deaf or not kept.keys() - exclude - resources.keys(), "called fresh, but an event is left over"
        for href in resources.keys() - exclude:
            self.assert_reads(kept[href], row, resources[href].data)

    def changed_at(self, calendar: theirs.Calendar) -> datetime:
        """When anything in it changed last."""
        contents = calendar.contents
        written = [one.written for one in contents.members.values()]
        return max([*written, *(one.deleted for one in contents.tombstones.values()), self.made_at[calendar.path]])

    def assert_reads(self, kept: Kept, row: Calendar, data: bytes, *, titles: bool = False) -> None:
        """The stored occurrences of an event are what its text says."""
        view = self.view(row)
        found = sorted(one for one in kept.shown if one.start < view.end and one.end >= view.begin)
        wanted = sorted(reading(data, view))
        if not titles:
            found, wanted = [one._replace(title="") for one in found], [one._replace(title="") for one in wanted]
        assert found == wanted, data.decode()

    def view(self, row: Calendar) -> View:
        configuration = CalendarConfiguration.objects.get(user=self.user)
        begin, end = plan.window(
            self.now, past_days=settings.SYNC_WINDOW_PAST_DAYS, horizon_days=settings.BOOKING_HORIZON_DAYS
        )
        own = frozenset({APPLE_ID, f"/{self.account.dsid}/principal"})
        return View(begin, end, configuration.time_zone, row.all_day_rule, row.invitations_block, own)

    # --- when all is well again ---------------------------------------------------------------------------------

    def settle(self) -> None:
        """All trouble ends. Then the schedule alone, in a few polls, brings Kalends to what iCloud says."""
        self.calm()
        for _ in range(4):
            self.pass_time(timedelta(minutes=76))  # the longest pause after errors, and of what is owed
            self.enter("poll")
            self.all_is_as_it_must_be()
        self.assert_agreed()
        self.assert_one_request_is_enough()
        self.assert_the_next_change_is_seen()

    def calm(self) -> None:
        self.icloud.faults.clear()
        self.icloud.up()
        for name, value in vars(Switches()).items():
            setattr(self.icloud.switches, name, value)
        self.account.lock(False)
        for calendar in self.account.calendars.values():
            calendar.spoilt.clear()
        self.pass_time(A_DAY if self.deaf else timedelta(hours=1))
        self.deaf = False
        connection = Connection.objects.get(pk=self.pk)
        if connection.needs_attention or not self.account.accepts(connection.password):
            accounts.reconnect(connection, password=self.account.new_app_password(), now=self.now)
        self.enter("poll")
        self.untick_what_is_gone()

    def untick_what_is_gone(self) -> None:
        """What the page asks the staff member to do about a calendar that is no more."""
        there = self.rows().filter(path__in=[calendar.path for calendar in self.account.events()])
        kept = there.filter(is_conflict_calendar=True) or there
        accounts.configure(self.user, linked=None, conflicts=list(kept), now=self.now)

    def assert_agreed(self) -> None:
        """iCloud and Kalends agree in everything, and Kalends knows that it is so."""
        there = {calendar.path: calendar for calendar in self.account.events()}
        assert {row.path: (row.name, row.writable) for row in self.rows()} == {
            path: (calendar.name, not calendar.read_only) for path, calendar in there.items()
        }
        kept = self.kept()
        assert not Event.objects.filter(calendar__connection=self.pk, calendar__is_conflict_calendar=False).exists()
        for row in self.rows().filter(is_conflict_calendar=True):
            self.assert_settled(row, there[row.path].resources, kept[row.path])
        connection = Connection.objects.get(pk=self.pk)
        assert (connection.error_code, connection.needs_attention, connection.failures) == ("", False, 0)
        assert (connection.lease_token, connection.lease_until, connection.not_before) == ("", None, None)
        assert not connection.user.calendar_configuration.reconcile_due
        assert freshness(self.user, now=self.now).state == "fresh"

    def assert_settled(self, row: Calendar, resources: dict[str, Resource], kept: dict[str, Kept]) -> None:
        assert {href: one.etag for href, one in kept.items()} == {
            href: resource.etag for href, resource in resources.items()
        }
        for href, one in kept.items():
            self.assert_reads(one, row, resources[href].data, titles=not row.times_only)
            assert not (row.times_only and any(shown.title for shown in one.shown))
        assert not any(one.pending_etag for one in kept.values())
        assert (row.error_code, row.mass_deletion_suspected_at, row.gone_at) == ("", None, None)
        assert row.probe_token == row.listed_token

    def assert_one_request_is_enough(self) -> None:
        """Nothing has changed and Kalends knows it: the next poll asks once, and once for each daily comparison."""
        self.pass_time(timedelta(minutes=6))
        daily = self.rows().filter(is_conflict_calendar=True, compared_at__lte=self.now - A_DAY).count()
        report = sync_connection(self.pk, now=self.now)
        assert (report.requests, report.changed, report.removed, report.error) == (1 + daily, 0, 0, None)

    def assert_the_next_change_is_seen(self) -> None:
        """Trouble may have cost a calendar its token; the first change afterwards brings another, in one poll."""
        phone = next(iter(self.phones.values()))
        for calendar in self.account.events():
            self.phone_of[phone.add(calendar, "After all", self.now)] = phone
        self.pass_time(timedelta(minutes=6))
        self.enter("poll")
        self.all_is_as_it_must_be()
        self.assert_agreed()
        assert all(self.rows().filter(is_conflict_calendar=True).values_list("sync_token", flat=True)), "no token"
