"""Inwards: list the home, read what changed, apply it. Wire and tables meet only here and in push.

One poll is one request when nothing changed. Cost follows the number of changes, never the size of a calendar, and
killing the process anywhere loses nothing: tokens are stored by the transaction that finishes a calendar.
"""

from __future__ import annotations

import logging
import random
import time
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db.models import Exists, OuterRef
from django.utils.module_loading import import_string

from connections import apply, dav, home, leases
from connections.models import Calendar, Connection, Event, SyncRun, lease_length
from connections.plan import DOUBT, OWED_HOLDS_FRESHNESS, Known, Plan, back_off, plan
from connections.problems import Kind, Problem, Verdict, classify

logger = logging.getLogger(__name__)

BUDGET = 0.6  # of a task's time limit: then a first sync stops between batches and the next task goes on
COMPARE_EVERY = timedelta(hours=24)
CHUNK = 50  # hrefs asked for at once, between two looks at the budget
PROBE_HOLDS = timedelta(seconds=30)  # a home listed this recently is not listed again by the sync that follows it


@dataclass(slots=True)
class SyncReport:
    """What one sync did. `busy`: somebody else is at it. `unfinished`: the next task goes on."""

    connection: int
    requests: int = 0
    changed: int = 0
    removed: int = 0
    problems: int = 0
    seconds: float = 0.0
    error: Problem | None = None
    busy: bool = False
    unfinished: bool = False
    retry_after: float | None = None

    def plus(self, later: SyncReport) -> SyncReport:
        """Both together, as a sync that took several tries reports it: sums, and the last state."""
        return replace(
            later,
            requests=self.requests + later.requests,
            changed=self.changed + later.changed,
            removed=self.removed + later.removed,
            seconds=self.seconds + later.seconds,
        )

    def as_json(self) -> dict[str, Any]:
        """The public shape."""
        return {
            "connection": self.connection,
            "requests": self.requests,
            "changed": self.changed,
            "removed": self.removed,
            "problems": self.problems,
            "seconds": round(self.seconds, 3),
            "error": self.error.sentence if self.error else None,
        }


class OutOfTime(Exception):
    """The budget of this task is used up; what was applied stays, the token is not stored."""


def sync_connection(
    connection_id: int,
    *,
    now: datetime,
    full: bool = False,
    trigger: str = SyncRun.Trigger.SCHEDULE,
    deadline: float | None = None,
    probed: bool = False,
) -> SyncReport:
    """Bring one connection up to date; the same verb behind the schedule, the button, the admin and the command.

    `now` is the moment it starts, aware; `full` compares every calendar in full; `deadline` is a `time.monotonic()`
    instant after which no answer counts; `probed` says that a poll has just listed the home. Nothing is raised for
    what the provider does: it stands in the report and on the row.
    """
    lease = leases.claim(connection_id, now)
    if not lease:
        return SyncReport(connection_id, busy=True)
    sync = Sync(connection_id, lease, now=now, full=full, deadline=deadline, probed=probed)
    report = sync.run()
    remember(report, trigger, now)
    after_sync(sync.connection.user_id, now)
    return report


def after_sync(user_id: int, now: datetime) -> None:
    """Tell those above that calendars of a staff member were looked at; they are named by AFTER_SYNC."""
    import_string(settings.AFTER_SYNC)(user_id, now)


def account_of(connection: Connection) -> dav.Account:
    """What the wire needs to know of a connection."""
    return dav.Account(connection.url, connection.username, connection.password, connection.origin)


def changed_calendars(connection: Connection, now: datetime, *, full: bool = False) -> list[Calendar]:
    """The selected calendars of a connection that must be read now, by what its home listing said last."""
    owed = Event.objects.filter(calendar=OuterRef("pk"), owed_next_at__lte=now).exclude(owed_etag="")
    calendars = Calendar.objects.selected().present().filter(connection=connection).annotate(owes=Exists(owed))
    return [calendar for calendar in calendars if full or _is_due(calendar, now)]


def _is_due(calendar: Any, now: datetime) -> bool:
    if calendar.doubted_at is not None:
        return bool(now >= calendar.doubted_at + DOUBT)
    if calendar.compared_at is None or now >= calendar.compared_at + COMPARE_EVERY:
        return True
    unchanged = calendar.listed_token and calendar.listed_token == calendar.probe_token
    return bool(calendar.owes or not unchanged)


@dataclass(frozen=True, slots=True)
class Probe:
    """What a poll's one request for the home gave: a listing, or the error that came instead."""

    listed: list[dav.RemoteCalendar] | dav.DavError
    origin: str
    requests: int


@dataclass(slots=True)
class Sync:
    """One sync of one connection under a lease.

    With a `probe` it only settles what the poll found, and leaves changed calendars to a sync of their own, unless
    `read_on` is set.
    """

    connection_id: int
    lease: str
    now: datetime
    full: bool = False
    deadline: float | None = None
    probed: bool = False
    probe: Probe | None = None
    read_on: bool = False
    connection: Connection = field(init=False)
    report: SyncReport = field(init=False)
    started: float = field(init=False)

    def run(self) -> SyncReport:
        """Do it, write the connection's state and give the lease back."""
        self.started = time.monotonic()
        self.report = SyncReport(self.connection_id)
        self.connection = Connection.objects.select_related("user__calendar_configuration").get(pk=self.connection_id)
        values: dict[str, Any] = {}
        try:
            values = self._twice_if_unauthorized()
        except dav.DavError as error:
            values = self._failed(classify(error))
        except OutOfTime:
            self.report.unfinished = True
            values = {**self._succeeded([]), "next_sync_at": self.now}
        except leases.LeaseLost:
            logger.warning("connection %s: the lease was lost, what was read is dropped", self.connection_id)
            self.report.busy = True
        self.report.seconds = time.monotonic() - self.started
        leases.release(
            self.connection_id,
            self.lease,
            polls=self.connection.polls + 1,
            requests=self.connection.requests + self.report.requests,
            **values,
        )
        return self.report

    def _twice_if_unauthorized(self) -> dict[str, Any]:
        """iCloud now and then answers one 401 to good credentials: ask once more before a person is alarmed."""
        try:
            return self._settle_probe(self.probe) if self.probe else self._attempt()
        except dav.Unauthorized:
            self.probed = False
            return self._attempt()

    def _attempt(self) -> dict[str, Any]:
        with dav.Session(account_of(self.connection), deadline=self.deadline) as session:
            try:
                return self._read(session)
            finally:
                self.report.requests += session.requests
                self.connection.origin = session.origin

    def _settle_probe(self, probe: Probe) -> dict[str, Any]:
        """Write what the poll found. Where something changed, the row comes due again for a sync of its own."""
        self.report.requests += probe.requests
        self.connection.origin = probe.origin
        if isinstance(probe.listed, dav.DavError):
            raise probe.listed
        with dav.Session(account_of(self.connection), deadline=self.deadline) as session:
            try:
                problems, due = self._settle_home(session, probe.listed)
                if self.read_on:
                    return self._read_all(session, due, problems)
            finally:
                self.report.requests += session.requests
        values = self._succeeded(problems)
        if due:
            self.report.unfinished = True
            values["next_sync_at"] = self.now + lease_length()  # if the task for it should get lost
        return values

    def _settle_home(
        self, session: dav.Session, listed: list[dav.RemoteCalendar]
    ) -> tuple[list[Problem], list[Calendar]]:
        problems = home.write(self.connection, listed, session, self.now)
        due = changed_calendars(self.connection, self.now, full=self.full)
        self._mark_unchanged_fresh(due)
        return problems, due

    def _read(self, session: dav.Session) -> dict[str, Any]:
        if self.probed and self._probed_just_now():
            problems: list[Problem] = []
            due = changed_calendars(self.connection, self.now, full=self.full)
        else:
            problems, due = self._settle_home(session, home.read(session, self.connection))
        return self._read_all(session, due, problems)

    def _read_all(self, session: dav.Session, due: list[Calendar], problems: list[Problem]) -> dict[str, Any]:
        for calendar in due:
            calendar.connection = self.connection
            if problem := self._read_calendar(session, calendar):
                problems.append(problem)
        self.report.error = problems[0] if problems else None
        return self._succeeded(problems)

    def _probed_just_now(self) -> bool:
        polled_at = self.connection.polled_at
        return polled_at is not None and self.now - polled_at < PROBE_HOLDS

    def _mark_unchanged_fresh(self, due: list[Calendar]) -> None:
        settled = Calendar.objects.selected().present().filter(connection=self.connection, doubted_at=None)
        owed = Event.objects.filter(calendar=OuterRef("pk"), owed_since__gt=self.now - OWED_HOLDS_FRESHNESS)
        settled.exclude(pk__in=[calendar.pk for calendar in due]).exclude(read_at=None).exclude(
            Exists(owed.exclude(owed_etag=""))
        ).filter(error_code="").update(fresh_at=self.now)

    def _read_calendar(self, session: dav.Session, calendar: Calendar) -> Problem | None:
        """Read one calendar; errors that concern only it stay with it."""
        try:
            return self._read_changes(session, calendar)
        except dav.DavError as error:
            verdict = classify(error)
            if verdict.kind is Kind.PERSON or isinstance(error, dav.Unavailable):
                raise
            problem = self._calendar_problem(session, calendar, error, verdict)
            values: dict[str, Any] = {"error_code": problem.code, "error_params": problem.params}
            if problem.code == "calendar_gone":
                values["gone_at"] = self.now
            Calendar.objects.filter(pk=calendar.pk).update(**values)
            return problem

    def _calendar_problem(
        self, session: dav.Session, calendar: Calendar, error: dav.DavError, verdict: Verdict
    ) -> Problem:
        if isinstance(error, dav.NotFound) and not session.exists(calendar.path):
            return Problem("calendar_gone")
        return verdict.problem

    def _read_changes(self, session: dav.Session, calendar: Calendar) -> Problem | None:
        changes = self._changes(session, calendar)
        known = _known(calendar, None if changes.complete else changes.changed.keys() | changes.removed)
        todo = plan(changes, known, believed_digest=calendar.doubted_digest if calendar.doubted_at else "")
        lens = apply.Lens.of(calendar, self.connection.user.calendar_configuration.zone, self.now)
        self._fetch(session, calendar, todo.fetch, lens)
        self._retry_owed(session, calendar, lens, todo)
        problem = _doubt_of(todo, known) if todo.doubted else None
        apply.finish(calendar, self.lease, todo.remove, self._finished(calendar, changes, todo, problem))
        self.report.removed += len(todo.remove)
        return problem or self._owed_problem(calendar)

    def _changes(self, session: dav.Session, calendar: Calendar) -> dav.Changes:
        """What changed since the last sync, or everything there is."""
        compare = calendar.compared_at is None or self.now >= calendar.compared_at + COMPARE_EVERY
        if self.full or compare or calendar.doubted_at or not calendar.sync_token:
            return session.listing(calendar.path)
        if calendar.listed_token and calendar.listed_token == calendar.probe_token:
            return dav.Changes({}, frozenset(), calendar.sync_token, complete=False)  # only owed events are due
        try:
            return session.changes(calendar.path, calendar.sync_token)
        except dav.TokenExpired:
            return session.listing(calendar.path)

    def _fetch(self, session: dav.Session, calendar: Calendar, wanted: Mapping[str, str], lens: apply.Lens) -> None:
        hrefs = list(wanted)
        for first in range(0, len(hrefs), CHUNK):
            self._check_budget()
            fetched = session.fetch(calendar.path, hrefs[first : first + CHUNK])
            read = [apply.read(found, wanted.get(href, ""), lens) for href, found in fetched.found.items()]
            apply.write(calendar, self.lease, read, lens, self.now)
            apply.owe(calendar, self.lease, {href: wanted[href] for href in fetched.missing}, self.now)
            self.report.changed += len(read)
            self.report.problems += len(fetched.missing) + sum(bool(event.expansion.problem) for event in read)

    def _check_budget(self) -> None:
        if time.monotonic() - self.started > BUDGET * settings.TASK_TIMEOUT_SECONDS:
            raise OutOfTime

    def _retry_owed(self, session: dav.Session, calendar: Calendar, lens: apply.Lens, todo: Plan) -> None:
        """Ask singly for what is owed and whose pause is over, unless this sync just asked for it."""
        owed = Event.objects.owed().filter(calendar=calendar, owed_next_at__lte=self.now)
        for event in list(owed.exclude(href__in=todo.fetch.keys() | todo.remove)):
            self._check_budget()
            self._retry_one(session, calendar, event, lens)

    def _retry_one(self, session: dav.Session, calendar: Calendar, event: Event, lens: apply.Lens) -> None:
        found = session.fetch(calendar.path, [event.href]).found.get(event.href)
        if found is None:
            apply.owe(calendar, self.lease, {event.href: event.owed_etag}, self.now)
            return
        if found.etag != event.etag:
            apply.write(calendar, self.lease, [apply.read(found, event.owed_etag, lens)], lens, self.now)
            self.report.changed += 1
        if found.etag == event.owed_etag or found.etag == session.etag(event.href):
            apply.settle(calendar, self.lease, event.href)
        else:
            apply.owe(calendar, self.lease, {event.href: event.owed_etag}, self.now)

    def _finished(
        self, calendar: Calendar, changes: dav.Changes, todo: Plan, problem: Problem | None
    ) -> dict[str, Any]:
        """The calendar's new state. A doubted listing stores no token, so that everything is asked again."""
        if problem:
            return {
                "doubted_at": self.now,
                "doubted_digest": todo.digest,
                "error_code": problem.code,
                "error_params": problem.params,
            }
        values: dict[str, Any] = {
            "sync_token": changes.token,
            "probe_token": calendar.listed_token,
            "read_at": self.now,
            "doubted_at": None,
            "doubted_digest": "",
            "error_code": "",
            "error_params": {},
        }
        if changes.complete:
            values["compared_at"] = self.now
        if not self._young_owed(calendar):
            values["fresh_at"] = self.now
        return values

    def _young_owed(self, calendar: Calendar) -> bool:
        since = self.now - OWED_HOLDS_FRESHNESS
        return Event.objects.owed().filter(calendar=calendar, owed_since__gt=since).exists()

    def _owed_problem(self, calendar: Calendar) -> Problem | None:
        count = Event.objects.owed().filter(calendar=calendar).count()
        return Problem("member_unread", {"count": count}) if count else None

    def _succeeded(self, problems: list[Problem]) -> dict[str, Any]:
        error = next((problem for problem in problems if problem.code != "member_unread"), None)
        return {
            "origin": self.connection.origin,
            "home_path": self.connection.home_path,
            "principal_path": self.connection.principal_path,
            "addresses": self.connection.addresses,
            "polled_at": self.now,
            "needs_person": False,
            "error_code": error.code if error else "",
            "error_params": error.params if error else {},
            "failing_since": (self.connection.failing_since or self.now) if error else None,
            "failures": 0,
            "not_before": None,
            "next_sync_at": self._next_sync(),
        }

    def _next_sync(self) -> datetime:
        """The regular time, or sooner where an event is owed or an emptiness is to be asked about again."""
        regular = self.now + timedelta(seconds=settings.SYNC_INTERVAL_SECONDS)
        calendars = Calendar.objects.selected().filter(connection=self.connection)
        owed = Event.objects.owed().filter(calendar__in=calendars).order_by("owed_next_at")
        doubted = calendars.exclude(doubted_at=None).values_list("doubted_at", flat=True)
        sooner = [at for at in owed.values_list("owed_next_at", flat=True)[:1] if at]
        sooner += [at + DOUBT for at in doubted if at]
        return max(min([regular, *sooner]), self.now)

    def _failed(self, verdict: Verdict) -> dict[str, Any]:
        """The connection's state after an error that ended the sync."""
        problem = verdict.problem
        if problem.code == "unauthorized":
            problem = Problem(problem.code, {"username": self.connection.username})
        self.report.error = problem
        failures = self.connection.failures + 1
        interval = timedelta(seconds=settings.SYNC_INTERVAL_SECONDS)
        pause = back_off(interval, failures, random.random())  # noqa: S311 - spreads load, guards nothing
        asked = timedelta(seconds=verdict.retry_after or 0)
        self.report.retry_after = verdict.retry_after
        return {
            "needs_person": verdict.kind is Kind.PERSON,
            "error_code": problem.code,
            "error_params": problem.params,
            "failing_since": self.connection.failing_since or self.now,
            "failures": failures,
            "not_before": self.now + asked if asked else None,
            "next_sync_at": None if verdict.kind is Kind.PERSON else self.now + max(pause, asked),
        }


def _known(calendar: Calendar, hrefs: Any) -> dict[str, Known]:
    """The calendar's events as the plan needs them; only those with `hrefs` unless that is None."""
    rows = Event.objects.filter(calendar=calendar)
    if hrefs is not None:
        rows = rows.filter(href__in=list(hrefs))
    return {href: Known(pk, etag, owed) for pk, href, etag, owed in rows.values_list("pk", "href", "etag", "owed_etag")}


def _doubt_of(todo: Plan, known: Mapping[str, Known]) -> Problem:
    return Problem("emptiness_doubted", {"removed": todo.doubted, "known": len(known)})


def remember(report: SyncReport, trigger: str, now: datetime) -> None:
    """History: a row for a change, an error or a person's request; quiet polls only count."""
    if trigger == SyncRun.Trigger.PERSON or report.changed or report.removed or report.error:
        SyncRun.objects.create(
            connection_id=report.connection,
            trigger=trigger,
            started_at=now,
            seconds=report.seconds,
            requests=report.requests,
            changed=report.changed,
            removed=report.removed,
            problems=report.problems,
            error_code=report.error.code if report.error else "",
            error_params=report.error.params if report.error else {},
        )
