"""Inwards: list the home, read what changed, apply it.

Wire and tables meet in sync, in push, and where an account is being connected.

One poll is one request when nothing changed. Cost follows the number of changes, never the size of a calendar, and
killing the process anywhere loses nothing.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db.models import F, Q
from django.utils.module_loading import import_string

from connections import dav, guard, leases
from connections.models import Calendar, Connection, SyncRun, lease_length
from connections.problems import Handling, Problem, Verdict, classify, classify_account, concerns_all
from connections.sessions import reading_session, received_by
from connections.sync import apply, home, outcome, reexpand
from connections.sync.ahead import Ahead
from connections.sync.calendar import OutOfTime, Reading
from connections.sync.report import SyncReport, count_problems, record
from connections.sync.state import CalendarState, LeasedConnection, lease
from practice.telemetry.log_context import about_connection
from practice.telemetry.measurements import SYNC

logger = logging.getLogger(__name__)

MAX_TURN_SECONDS = 10.0  # after which a sync stops between batches: the tasks of others come first, then it goes on
DEADLINE = 0.9  # share of it after which no answer is waited for
LATE = 0.1  # seconds: an answer that fails so shortly before the deadline fails because of it
INTERRUPTED = Verdict(Handling.RETRY, Problem("sync_interrupted"))


def sync_connection(
    connection_id: int,
    *,
    now: datetime,
    full: bool = False,
    trigger: str = SyncRun.Trigger.SCHEDULE,
    force: bool = False,
    probed: bool = False,
    probe: home.Probe | None = None,
    seconds: float | None = None,
) -> SyncReport:
    """Bring one connection up to date; the same verb behind the schedule, the button, the admin and the command.

    `now` is the moment it starts, aware. `full` compares every calendar in full. `force` asks although the server said
    to wait. `probed` says that a poll has just listed the home; `probe` is what the caller has just been answered.
    `seconds`: longer than that no answer is waited for. One that needs a person is only asked when a person asks.
    Nothing is raised for what the provider does: it stands in the report and on the row.
    """
    by_person = trigger == SyncRun.Trigger.PERSON
    row = Connection.objects.filter(pk=connection_id)
    leased = lease(row.askable(now, by_person=by_person, ignore_retry_after=force), now)
    if not leased:
        return _not_leased(connection_id, now, trigger)
    deadline = None if seconds is None else time.monotonic() + seconds
    sync = Sync(leased[0], now=now, full=full, probed=probed, probe=probe, deadline=deadline)
    return carry_out(sync, sync.run, trigger)


def _not_leased(connection_id: int, now: datetime, trigger: str) -> SyncReport:
    """Why there was nothing to lease: somebody is at it, the server wants us to wait, or it is no longer there."""
    report = SyncReport(connection_id)
    row = Connection.objects.filter(pk=connection_id).first()
    if row is None or (row.needs_attention and trigger != SyncRun.Trigger.PERSON):
        return report
    if row.is_leased(now):
        report.busy = True
    elif row.not_before and (problem := row.why_not_asked(now, by_person=True)):
        report.error, report.retry_after = problem, (row.not_before - now).total_seconds()
        record(report, trigger, now, error_before=row.error_code)
    return report


def carry_out(sync: Sync, action: Callable[[], None], trigger: str) -> SyncReport:
    """Run `action` of a sync; then its history and what follows a sync. A bug in any of it ends here, logged."""
    connection = sync.connection
    if connection.took_over:
        logger.info("connection %s: the sync before was interrupted and never gave its lease back", connection.pk)
    with about_connection(connection.pk):
        with guard.isolate_failure(f"syncing connection {connection.pk}", sync.break_off):
            action()
        report = sync.report
        if not report.busy:
            SYNC.observe(report.seconds, trigger)
            _follow_up(sync, trigger)
    return report


def _follow_up(sync: Sync, trigger: str) -> None:
    """The history of a sync and what follows it."""
    connection, report = sync.connection, sync.report
    with guard.isolate_failure(f"what follows the sync of connection {connection.pk}"):
        if sync.reads or trigger == SyncRun.Trigger.PERSON:
            count_problems(report)
        record(report, trigger, sync.now, error_before=sync.error_before)
        after_sync(connection.user_id, sync.now, offline=trigger == SyncRun.Trigger.BOOKING)


def after_sync(user_id: int, now: datetime, *, offline: bool) -> None:
    """Tell those above that calendars of a staff member were looked at; they are named by AFTER_SYNC.

    `offline`: before a booking, while a client waits.
    """
    import_string(settings.AFTER_SYNC)(user_id, now, offline=offline)


@dataclass(slots=True)
class Sync:
    """One sync of one connection under a lease. Each of its public verbs ends by giving the lease back.

    With a `deadline` (a `time.monotonic()` instant) no answer counts after it, and that is no failure. Without
    `include_scheduled` only what changed is read, not what is merely due by the calendar.
    """

    leased: LeasedConnection
    now: datetime
    full: bool = False
    probed: bool = False
    probe: home.Probe | None = None
    deadline: float | None = None
    include_scheduled: bool = True
    ahead: Ahead = field(default_factory=Ahead)  # what was asked for already
    report: SyncReport = field(init=False)
    started: float = field(init=False)
    error_before: str = field(init=False)
    listed_at: datetime = field(init=False)  # when the home was listed that this sync goes by
    reads: bool = field(init=False, default=False)  # calendars, besides the home
    too_slow: bool = field(init=False, default=False)  # did a calendar cost too much to be read to its end?

    def __post_init__(self) -> None:
        self.report = SyncReport(self.connection.pk)
        self.error_before = self.connection.error_code
        self.started = time.monotonic()
        self.listed_at = self.now

    @property
    def connection(self) -> Connection:
        return self.leased.connection

    def run(self) -> None:
        """List the home unless a poll or the `probe` has just done so, and read what is due.

        No poll comes before the sync of a feed, so here it pauses where several in a row were killed.
        """
        if self.connection.is_feed and self.connection.took_over and self.connection.interruptions > 1:
            self.pause()
        else:
            self._note_interruption()
            self._to_the_end(self._read_patiently)

    def settle(self, probe: home.Probe) -> None:
        """Write what a probe found, with no network; what must be read is left to a sync of its own."""
        self._note_interruption()
        self._to_the_end(lambda: self._leave_due(self._taken(probe)))

    def pause(self) -> None:
        """Ask nothing: the sync before was killed, like others before it, so the next one comes after a pause."""
        self.error_before = ""  # each interruption has a row in the history
        self._failed(INTERRUPTED)

    def break_off(self, error: str) -> None:
        """A bug ended this sync: say so on the row, and try again after a pause."""
        self._failed(Verdict(Handling.BUG, Problem("bug", {"error": error})))

    def _note_interruption(self) -> None:
        """If the sync before was killed, count that as a failure and put it into the history."""
        if not self.connection.took_over:
            return
        values = outcome.bad(self.connection, INTERRUPTED, self.now)
        Connection.objects.filter(pk=self.connection.pk).update(**values)
        for name, value in values.items():
            setattr(self.connection, name, value)
        interrupted = SyncReport(self.connection.pk, error=INTERRUPTED.problem)
        record(interrupted, SyncRun.Trigger.SCHEDULE, self.now, error_before="")
        self.error_before = self.connection.error_code

    # --- what is done ---------------------------------------------------------------------------------------

    def _read_patiently(self) -> None:
        """Where somebody waits one failure is not believed, because there is no later sync for them."""
        again = dav.despite_one_failure if self.deadline else dav.despite_one_401
        again(self._attempt)

    def _attempt(self) -> None:
        received = self.probe.received if self.probe else None
        account, deadline = self.connection.account, self.deadline or self._limit()
        with reading_session(account, deadline=deadline, received=received) as session:
            try:
                self._read_account(session, self._listing(session))
            finally:
                self.report.requests += session.requests + self.ahead.requests
                self.report.count_answers(session.answers)
                self.ahead.requests = 0
                self.connection.origin = session.origin

    def _listing(self, session: dav.ReadingSession) -> home.Look | None:
        """What the home lists; None if that is in the tables already. A second attempt always asks."""
        probe, probed = self.probe, self.probed
        self.probe, self.probed = None, False
        if probe is not None:
            return self._taken(probe)
        if probed and (just_now := home.listed_just_now(self.connection, self.now)):
            self.listed_at = just_now
            return None
        digest = self.leased.known_digest(self.now, include_scheduled=self.include_scheduled, full=self.full)
        return home.look(session, self.connection.home_path, digest)

    def _taken(self, probe: home.Probe) -> home.Look:
        self.report.requests += probe.requests
        self.report.count_answers(probe.answers)
        self.connection.origin = probe.origin
        if isinstance(probe.look, dav.DavError):
            raise probe.look
        return probe.look

    def _read_account(self, session: dav.ReadingSession, look: home.Look | None) -> None:
        home.note_file(self.connection, received_by(session))
        missing = self._follow(look) if look else []
        for row in missing:
            home.settle_missing(session, row, self.now)
        if missing:
            self.leased.reload()
        due = self._mark_known()
        self.reads |= bool(due)
        self._read_in_turn(session, due)
        if due:
            self.leased.reload()

    def _read_in_turn(self, session: dav.ReadingSession, due: Sequence[CalendarState]) -> None:
        """Read calendars until the turn of this sync ends; each gets an equal share of what is left of it.

        OutOfTime if there is more to read. Which comes first is left to chance, so that none waits for a slow one for
        ever. Those that failed come last: what their next try is worth, nobody knows, so nothing is done again at once.
        """
        self.too_slow, first = False, self.now.microsecond % max(len(due), 1)
        waiting = sorted([*due[first:], *due[:first]], key=lambda state: bool(state.calendar.error_code))
        for number, state in enumerate(waiting):
            now, left = time.monotonic(), len(waiting) - number
            if number and now > self._turn_ends():
                self.too_slow |= any(not one.calendar.error_code for one in waiting[number:])
                break
            share = (self._turn_ends() - now) / (1 if self.deadline else left)
            self._read_calendar(session, state, until=now + share)
        if self.too_slow:
            raise OutOfTime

    def _follow(self, look: home.Look) -> list[Calendar]:
        """Let the tables follow the listing; the calendars that are missing from it."""
        if look.same:
            return []
        if look.home:
            known = set(self.connection.addresses)
            home.note(self.connection, look.home)
            if known != set(self.connection.addresses):
                home.read_again(self.connection)
                self.leased.reload()
        missing = home.follow(self.leased, look.calendars)
        # What is missing must be decided upon, so the next poll may not take the same answer for no news.
        self.connection.listing_digest = "" if missing else look.digest
        return missing

    def _mark_known(self, missing: Collection[Calendar] = ()) -> list[CalendarState]:
        """Say of the calendars that did not change that they are known as of the listing; those that must be read.

        Nothing is known of those that are `missing` from the home.
        """
        known = [one.calendar.pk for one in self.leased if one.calendar not in missing and one.is_known(self.now)]
        if known:
            older = Q(fresh_at=None) | Q(fresh_at__lt=self.listed_at)
            Calendar.objects.filter(older, pk__in=known).exclude(read_at=None).update(fresh_at=self.listed_at)
        return [
            one for one in self.leased if one.is_due(self.now, include_scheduled=self.include_scheduled, full=self.full)
        ]

    def _read_calendar(self, session: dav.ReadingSession, state: CalendarState, *, until: float) -> None:
        """Read one calendar; errors that concern only it stay with it."""
        row = Calendar.objects.filter(pk=state.calendar.pk)
        try:
            self._read_changes(session, state, until=until)
            if self.full:
                reexpand.repair_inconsistent(state.calendar, self.now, seconds=MAX_TURN_SECONDS)
        except dav.NotFound:
            # The home has just listed it: whether it is gone is for the next listing to say.
            row.update(error_code="calendar_not_found", error_params={}, compared_at=None)
        except OutOfTime:
            self.too_slow = True  # the other calendars of the account need not wait for it
        except dav.DavError as error:
            if concerns_all(error):
                raise
            problem = classify(error).problem
            row.update(error_code=problem.code, error_params=problem.params)

    def _read_changes(self, session: dav.ReadingSession, state: CalendarState, *, until: float) -> None:
        """Where somebody waits a failure of this calendar alone is asked about once more."""
        try:
            self._reading(session, state, until=until).run()
        except dav.Unavailable as error:
            if self.deadline is None or concerns_all(error):
                raise
            self._reading(session, state, until=until).run()

    def _reading(self, session: dav.ReadingSession, state: CalendarState, *, until: float) -> Reading:
        compare = self.full or state.calendar.compared_at is None
        return Reading(
            session=session,
            state=state,
            context=apply.ReadContext.of(state.calendar, self.now),
            now=self.now,
            listed_at=self.listed_at,
            report=self.report,
            is_last_moment=not self.include_scheduled,
            compare=compare or (self.include_scheduled and state.must_compare(self.now)),
            until=until,
            deadline=self.deadline or self._limit(),
            ahead=self.ahead,
        )

    def _leave_due(self, look: home.Look) -> None:
        """What a poll does: follow the listing, and leave what must be read to a sync of its own."""
        missing = self._follow(look)
        self.report.look_again = bool(missing)
        self.report.unfinished = bool(self._mark_known(missing)) or self.report.look_again

    # --- how it ends ----------------------------------------------------------------------------------------

    def _to_the_end(self, action: Callable[[], None]) -> None:
        try:
            action()
            self._succeeded()
        except dav.DavError as error:
            self._after(error)
        except (OutOfTime, apply.ChoiceChanged):
            self._stopped()
        except leases.LeaseLost:
            logger.warning("connection %s: the lease was lost, what was read is dropped", self.connection.pk)
            self.report.busy = True
        except (KeyboardInterrupt, SystemExit):
            self._release(self.now)
            raise

    def _succeeded(self) -> None:
        trouble = outcome.trouble(self.leased)
        self.report.error = self.connection.about(trouble) if trouble else None
        # With more to read the row comes due again even if the task for it should get lost.
        regular = outcome.next_sync if self.include_scheduled else outcome.next_after_booking
        comes = self.now + lease_length() if self.report.unfinished else regular(self.leased, self.now)
        self._release(comes, **outcome.good(self.leased, self.listed_at, finished=not self.report.unfinished))

    def _stopped(self) -> None:
        """The home was listed, but not everything could be read yet."""
        if self.full:
            # What was not compared yet still has to be, by whoever goes on.
            mine = Calendar.objects.filter(connection=self.connection).exclude(compared_at=self.now)
            mine.update(compared_at=None)
        self.report.unfinished = True
        self._release(self.now, **outcome.good(self.leased, self.listed_at, finished=False))

    def _after(self, error: dav.DavError) -> None:
        late = isinstance(error, dav.Unavailable) and time.monotonic() >= (self.deadline or self._limit()) - LATE
        if late and self.report.changed:
            self._stopped()
        elif late and self.deadline:
            self.report.unfinished = True
            self._release(self.now)
        else:
            self._failed(classify_account(error, self.connection.username))

    def _failed(self, verdict: Verdict) -> None:
        ended = self.now + timedelta(seconds=time.monotonic() - self.started)
        self.report.error, self.report.retry_after = self.connection.about(verdict.problem), verdict.retry_after
        comes = outcome.next_try(self.connection, verdict, ended)
        self._release(comes, **outcome.bad(self.connection, verdict, ended))

    def _release(self, next_sync_at: datetime | None, **values: Any) -> None:
        self.report.seconds = time.monotonic() - self.started
        counted = {"polls": F("polls") + 1, "requests": F("requests") + self.report.requests}
        values |= {name: getattr(self.connection, name) for name in home.ANSWERED}
        self.report.busy = not self.connection.release(next_sync_at, **counted, **values)

    def _turn_ends(self) -> float:
        return self.deadline or self.started + MAX_TURN_SECONDS

    def _limit(self) -> float:
        return self.started + DEADLINE * float(settings.TASK_TIMEOUT_SECONDS)
