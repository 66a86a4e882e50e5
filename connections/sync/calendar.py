"""Reading one calendar under a lease: ask what changed, fetch it, expand it, store it, and then the token.

Killing the process anywhere loses nothing: what was stored is found again by its ETag, and the token moves only in the
transaction that finishes the calendar.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import Any

from connections import dav
from connections.models import Calendar, Event
from connections.plan import (
    BACKLOG_HOLDS_FRESHNESS,
    MAX_TOKEN_LENGTH,
    READ_INTERRUPTED,
    Known,
    Plan,
    plan,
    same_etag,
)
from connections.problems import Problem, concerns_all
from connections.sync import apply, isolation
from connections.sync.ahead import Ahead
from connections.sync.report import SyncReport
from connections.sync.state import CalendarState

MAX_OCTETS = 4 * 1024 * 1024  # fetched before they are stored
OCTETS_PER_OCCURRENCE = 200  # of memory, until it is stored
MAX_REPEATED = 2  # unchanged events that a delta may repeat: our own pushes, for instance
MIN_FAILURES_OF_SERVER = 3  # after so many events in a row that made it fail, it may be the server and not the events
MAX_EVENTS_AT_FAULT = 50  # and after so many it is the server
MAX_HREFS_IN_QUERY = 500  # in one query; for more, all events of the calendar are loaded
MAX_READING_SECONDS = 10.0  # in one sync for parsing and expanding the events of one calendar
MAX_LATE_SECONDS = 1.0  # of these after its share of the time is used up: for what had been asked for before


class OutOfTime(Exception):
    """The share of this calendar in the task is used up; what was stored stays, and the next task goes on."""


@dataclass(slots=True)
class Batch:
    """What was fetched and is to be stored in one transaction: `missing` is href -> listed ETag."""

    read: list[apply.ReadEvent] = field(default_factory=list)
    missing: dict[str, str] = field(default_factory=dict)
    octets: int = 0  # of memory, by and large

    def add(self, read: Sequence[apply.ReadEvent], missing: Mapping[str, str]) -> None:
        self.read += read
        self.missing |= missing
        self.octets += sum(len(event.text) + OCTETS_PER_OCCURRENCE * len(event.expansion.instances) for event in read)

    def clear(self) -> None:
        self.read, self.missing, self.octets = [], {}, 0

    @property
    def room(self) -> int:
        """How many more events fit into it: into one transaction, and into the memory."""
        return 0 if self.octets > MAX_OCTETS else apply.MAX_EVENTS - len(self.read) - len(self.missing)


@dataclass(slots=True)
class Reading:
    """One calendar being read. `compare`: by a complete listing. `listed_at`: when the home was listed that said what
    had changed. `until` and `deadline` are `time.monotonic()` instants: after `until` no further events are asked for
    and those that came are read for a second at most, after `deadline` not at all. `is_last_moment`: somebody waits for
    this process, so events that may have ended another one are left to a worker. `ahead`: what was asked for already.

    `run` raises DavError, OutOfTime, apply.ChoiceChanged and leases.LeaseLost.
    """

    session: dav.ReadingSession
    state: CalendarState
    context: apply.ReadContext
    now: datetime
    listed_at: datetime
    report: SyncReport
    compare: bool
    until: float
    deadline: float
    is_last_moment: bool = False
    ahead: Ahead = field(default_factory=Ahead)
    calendar: Calendar = field(init=False)
    lease: str = field(init=False)
    reading_seconds: float = field(init=False, default=0.0)  # spent on parsing and expanding so far
    late_seconds: float = field(init=False, default=0.0)  # of these after `until`
    failed: int = field(init=False, default=0)
    serves: bool | None = field(init=False, default=None)  # does the server answer for other events, while some fail?
    known_at: datetime = field(init=False)  # up to when the calendar is known after this

    def run(self) -> None:
        """Do it."""
        self.calendar = self.state.calendar
        self.lease = self.calendar.connection.lease_token
        self.known_at = self.now
        changes, known = self._changes_against_known()
        todo = plan(
            changes,
            known,
            believed_digest=self.calendar.suspected_deletion_digest if self.calendar.mass_deletion_suspected_at else "",
            is_file=self.calendar.connection.is_feed,
        )
        if self.is_last_moment and todo.alone:
            raise OutOfTime
        self._note_progress(changes)
        isolation.ask_again(self.calendar, todo.alone, self.now)
        if self.calendar.connection.interruptions:
            self._fetch_carefully(todo.fetch)
        else:
            self._fetch(todo.fetch)
        self._finish(changes, todo, known)
        self._retry_pending(todo)

    def _note_progress(self, changes: dav.Changes) -> None:
        """While a calendar is read for the first time, pages say how far that is."""
        if self.calendar.read_at is None and changes.complete:
            Calendar.objects.filter(pk=self.calendar.pk).update(listed_events=len(changes.changed))

    def _changes_against_known(self) -> tuple[dav.Changes, dict[str, Known]]:
        """What changed, and what is known of it."""
        changes = self._changes()
        if not changes.complete:
            known = _known(self.calendar, changes.changed.keys() | changes.removed)
            if not self._repeats_itself(changes, known):
                return changes, known
            changes = self.session.listing(self.calendar.path)
        return changes, _known(self.calendar, None)

    def _repeats_itself(self, changes: dav.Changes, known: Mapping[str, Known]) -> bool:
        """Does a delta list most events though nothing about them is new? Then it is no delta.

        DAViCal answers so to a token it has forgotten, and such a list does not say what was deleted.
        """
        same = sum(same_etag(known[href].etag, etag) for href, etag in changes.changed.items() if href in known)
        return same > MAX_REPEATED and 2 * same > Event.objects.filter(calendar=self.calendar).count()

    def _changes(self) -> dav.Changes:
        """What changed since the last sync, or everything there is."""
        calendar, path = self.calendar, self.calendar.path
        if self.compare or calendar.mass_deletion_suspected_at or not calendar.sync_token:
            return self.session.listing(path)
        if self.state.unchanged:
            self.known_at = self.listed_at
            return dav.Changes({}, frozenset(), calendar.sync_token, complete=False)  # only pending events are due
        try:
            changes = self.ahead.changes(calendar) or self.session.changes(path, calendar.sync_token)
        except dav.TokenExpired:
            return self.session.listing(path)
        if changes.changed or changes.removed or not calendar.listed_token:
            return changes
        # The home says that something changed, the calendar that nothing did. So answers a server that was restored
        # from a backup and is asked with a token of its lost future: only a complete listing tells.
        return self.session.listing(path)

    def _fetch_carefully(self, wanted: Mapping[str, str]) -> None:
        """After a sync that was killed: read in small pieces, so that it shows which events do that."""
        for number, piece in enumerate(apply.in_batches(list(wanted), isolation.MAX_PIECE)):
            if number:
                self._look_at_the_clock()
            listed = {href: wanted[href] for href in piece}
            with isolation.noted(self.calendar, self.lease, listed, self.context, self.now):
                self._fetch(listed)

    def _fetch(self, wanted: Mapping[str, str]) -> None:
        """Read what is wanted and store it, hundreds at once; when it breaks off, what had come by then.

        Only other threads ask, and they do nothing else: what tables have to say of a failure is asked here.
        """
        batch, limits = Batch(), self.calendar.connection.limits(self.now)
        fetch = dav.ParallelFetch(self.session, self.calendar.path, limits)
        try:
            with closing(fetch.answers(list(wanted), lambda: time.monotonic() <= self.until)) as answers:
                for asked in answers:
                    fetched, began = self._taken(asked.hrefs, asked.answer), self.reading_seconds
                    self._read_events(fetched, wanted, batch)
                    fetch.size.was_read(len(asked.hrefs), self.reading_seconds - began)
            if fetch.unasked:
                raise OutOfTime
        except (dav.DavError, OutOfTime):
            self._store(batch)
            raise
        finally:
            if limits.changed:
                self.calendar.connection.note_limits(limits, self.now)
        self._store(batch)

    def _read_events(self, fetched: dav.Fetched, wanted: Mapping[str, str], batch: Batch) -> None:
        """Add the events that came to `batch`, with a look at the clock after each: one alone may cost a second."""
        missing = {href: wanted[href] for href in fetched.missing if href in wanted}
        if len(missing) > batch.room:
            self._store(batch)
        batch.add([], missing)
        for href, found in fetched.found.items():
            if batch.room <= 0:
                self._store(batch)
            batch.add([self._read_event(found, wanted.get(href, ""))], {})
            self._stop_if_too_slow()

    def _read_event(self, found: dav.Resource, listed_etag: str) -> apply.ReadEvent:
        began = time.monotonic()
        read = apply.read_event(found, listed_etag, self.context)
        ended = time.monotonic()
        self.reading_seconds += ended - began
        self.late_seconds += ended - max(began, self.until) if ended > self.until else 0.0
        return read

    def _stop_if_too_slow(self) -> None:
        too_much = self.reading_seconds > MAX_READING_SECONDS or self.late_seconds > MAX_LATE_SECONDS
        if too_much or time.monotonic() > self.deadline:
            raise OutOfTime

    def _store(self, batch: Batch) -> None:
        stored = apply.write(self.calendar, self.lease, batch.read, batch.missing, self.context, self.now)
        self.report.changed += stored
        batch.clear()

    def _multiget(self, hrefs: Sequence[str]) -> dav.Fetched:
        return self.session.fetch(self.calendar.path, hrefs)

    def _taken(self, hrefs: Sequence[str], answer: Callable[[], dav.Fetched], *, counts: bool = True) -> dav.Fetched:
        """The answer for them. Those that make the server fail, though it has just listed the calendar, are missing.

        Beyond a few it is the server that fails, unless it still serves others: then these are at fault. Those that do
        not count have been for a day.
        """
        try:
            fetched = answer()
        except dav.DavError as trouble:
            if isinstance(trouble, (dav.Forbidden, dav.NotFound)) or concerns_all(trouble):
                raise
            self.failed += len(hrefs) if counts else 0
            if self._is_servers_fault():
                raise
            return dav.Fetched({}, frozenset(hrefs))
        self.failed = 0
        return fetched

    def _is_servers_fault(self) -> bool:
        """After this many failures in a row, is it the server that fails and not the events?"""
        if self.failed < MIN_FAILURES_OF_SERVER:
            return False
        return self.failed > MAX_EVENTS_AT_FAULT or not self._serves_others()

    def _serves_others(self) -> bool:
        """Does the server answer when it is asked for an event that could be read before? Asked once."""
        if self.serves is None:
            mine = Event.objects.filter(calendar__connection=self.calendar.connection_id).exclude(etag="")
            read = mine.filter(pending_etag="").select_related("calendar").defer("text").order_by("pk").first()
            self.serves = read is not None and self._answers_for(read)
        return self.serves

    def _answers_for(self, event: Event) -> bool:
        try:
            with self.session.lent() as session:
                session.fetch(event.calendar.path, [event.href])
        except dav.DavError:
            return False
        return True

    def _look_at_the_clock(self) -> None:
        if time.monotonic() > self.until:
            raise OutOfTime

    def _finish(self, changes: dav.Changes, todo: Plan, known: Mapping[str, Known]) -> None:
        values = self._suspected(todo, len(known)) if todo.suspected else self._read(changes)
        apply.finish(self.calendar, self.lease, todo.remove, values, self.context)
        self.report.removed += len(todo.remove)

    def _suspected(self, todo: Plan, known: int) -> dict[str, Any]:
        """The calendar's state after a listing that is not believed: no token, so that everything is asked again."""
        problem = Problem("mass_deletion_suspected", {"removed": todo.suspected, "known": known})
        return {
            "mass_deletion_suspected_at": self.now,
            "suspected_deletion_digest": todo.digest,
            "error_code": problem.code,
            "error_params": problem.params,
        }

    def _read(self, changes: dav.Changes) -> dict[str, Any]:
        """The calendar's state after everything that was listed is stored or pending."""
        values: dict[str, Any] = {
            "sync_token": changes.token if len(changes.token) <= MAX_TOKEN_LENGTH else "",
            "probe_token": self.calendar.listed_token,
            "read_at": self.now,
            "mass_deletion_suspected_at": None,
            "suspected_deletion_digest": "",
            "error_code": "",
            "error_params": {},
        }
        if changes.complete:
            values["compared_at"] = self.now
        if not apply.has_recent_backlog(self.calendar, self.now):
            values["fresh_at"] = self.known_at
        return values

    def _retry_pending(self, todo: Plan) -> None:
        """Ask one by one for pending events whose pause is over, unless this sync has just asked for them."""
        if not todo.alone and (self.state.next_retry_at is None or self.state.next_retry_at > self.now):
            return
        pending = Event.objects.pending().filter(calendar=self.calendar, pending_next_at__lte=self.now)
        if self.is_last_moment:
            pending = pending.exclude(problem=READ_INTERRUPTED)
        for number, event in enumerate(list(pending.order_by("pending_next_at"))):
            if event.href not in todo.fetch:
                if number:
                    self._look_at_the_clock()
                with isolation.left_alone(event, self.now):
                    self._retry(event)
        apply.mark_fresh(self.calendar, self.known_at, self.now)

    def _retry(self, event: Event) -> None:
        """Ask for one pending event. It is settled only by the version that was listed, or by a later listing.

        What comes instead may be older than what is known (reads lag behind writes) and is stored if it differs.
        """
        hopeless = event.pending_since is not None and event.pending_since <= self.now - BACKLOG_HOLDS_FRESHNESS
        fetched = self._taken([event.href], partial(self._multiget, [event.href]), counts=not hopeless)
        found = fetched.found.get(event.href)
        listed = "" if event.pending_etag == apply.UNNAMED else event.pending_etag
        read = [self._read_event(found, listed)] if found else []
        settled = bool(read) and not read[0].pending_etag
        news = [one for one in read if settled or not same_etag(one.etag, event.etag)]
        missing = {} if settled else {event.href: event.pending_etag}
        self.report.changed += apply.write(self.calendar, self.lease, news, missing, self.context, self.now)
        self._stop_if_too_slow()


def _known(calendar: Calendar, hrefs: Any) -> dict[str, Known]:
    """The calendar's events as the plan needs them: at least those with `hrefs`, all of them for None."""
    rows = Event.objects.filter(calendar=calendar)
    if hrefs is not None and len(hrefs) <= MAX_HREFS_IN_QUERY:
        rows = rows.filter(href__in=hrefs)
    values = rows.values_list("pk", "href", "etag", "pending_etag", "problem")
    return {
        href: Known(pk, etag, pending, alone=bool(pending) and problem == READ_INTERRUPTED)
        for pk, href, etag, pending, problem in values
    }
