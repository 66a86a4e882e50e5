"""Many connections at once: waiting for answers overlaps, two polls of one connection never do."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial

from connections import dav
from connections.models import Calendar, Connection, ConnectionQuerySet, SyncRun
from connections.providers import ICS
from connections.sessions import reading_session, received_by
from connections.sync import ahead, due, home, quiet
from connections.sync.due import Question
from connections.sync.home import Probe
from connections.sync.report import SyncReport
from connections.sync.run import Sync, carry_out
from connections.sync.state import LeasedConnection, lease
from practice.telemetry.measurements import POLL

MAX_THREADS = 128
PROBE_TIMEOUT = 30.0
WATCH_EVERY, MAX_WATCH_PAUSE = 0.05, 0.3  # seconds between two looks at somebody else's poll: more and more


def poll_due(now: datetime, more: Callable[[], object] | None = None) -> list[SyncReport]:
    """Lease up to 200 due connections, list their homes in parallel and settle each, with no other request.

    If more may be due than that, `more` is called before anything is asked, so that another worker can begin with the
    rest. Reports with `unfinished` are those where something changed: each wants a sync of its own. Where several syncs
    in a row were killed, nothing is asked, and the next one comes after a pause.
    """
    batch = due.lease_due(now)
    alone = any(one.interruptions for one in batch)
    if more and (alone or 2 * len(batch) > due.MAX_BATCH):  # of those chosen, others may have been faster with a few
        more()
    asked = [one for one in batch if not one.must_pause]
    answers = _ask_all([one.question for one in asked], time.monotonic() + PROBE_TIMEOUT)
    return settle_all(batch, {one.pk: answer for one, answer in zip(asked, answers, strict=True)}, now)


def settle_all(batch: Sequence[due.DueConnection], asked: Mapping[int, AskedHome], now: datetime) -> list[SyncReport]:
    """Write what the answers say: in a few statements for all where nothing is new, one by one for the others."""
    probes = {pk: _result(one.answer) for pk, one in asked.items() if not one.never}
    ended = quiet.end_same(batch, probes, now)
    leased = due.load([one for one in batch if one.pk not in ended], now)
    ended |= quiet.end_agreeing([one for one in batch if one.pk not in ended], leased, probes, now)
    others = (_settle(one, leased.get(one.pk), probes.get(one.pk), now) for one in batch if one.pk not in ended)
    return [*ended.values(), *others]


def _settle(row: due.DueConnection, leased: LeasedConnection | None, probe: Probe | None, now: datetime) -> SyncReport:
    if leased is None:  # the account was renewed or removed while it was asked
        return SyncReport(row.pk, busy=True)
    sync = Sync(leased, now=now)
    if row.must_pause:
        return carry_out(sync, sync.pause, SyncRun.Trigger.SCHEDULE)
    if probe is None:
        # Others took all the time: that says nothing of this connection, which comes first at the next poll.
        leased.connection.release(now)
        return SyncReport(row.pk)
    return carry_out(sync, partial(sync.settle, probe), SyncRun.Trigger.SCHEDULE)


@dataclass(slots=True)
class AskedHome:
    """An account whose home a thread lists, and when that began: None while others take all the time."""

    question: Question
    deadline: float
    began: float | None = None
    answer: Future[Probe] = field(init=False)

    def ask(self) -> Probe:
        """The work of the thread. Touches no table."""
        self.began = time.monotonic()
        return probe(self.question.account, self.question.home_path, self.deadline, known=self.question.digest)

    @property
    def never(self) -> bool:
        """Was nothing asked before the deadline?"""
        return self.began is None or self.began >= self.deadline


def _ask_all(questions: Sequence[Question], deadline: float) -> list[AskedHome]:
    """List all homes until `deadline` (monotonic); then each answer is what it is."""
    with _asking(questions, deadline) as asked:
        _wait(asked, deadline)
    return asked


@contextmanager
def _asking(questions: Sequence[Question], deadline: float) -> Iterator[list[AskedHome]]:
    """A context in which threads list all homes. They touch no table, and nobody waits for them at its end."""
    asked = [AskedHome(question, deadline) for question in questions]
    pool = ThreadPoolExecutor(max_workers=min(MAX_THREADS, max(len(asked), 1)))
    try:
        for one in asked:
            one.answer = pool.submit(one.ask)
        yield asked
    finally:
        pool.shutdown(wait=False, cancel_futures=True)


def _wait(asked: Sequence[AskedHome], deadline: float) -> None:
    wait([one.answer for one in asked], timeout=max(deadline - time.monotonic(), 0))


def _result(answer: Future[Probe]) -> Probe:
    """What a thread brought; an answer that is not there yet is too late and dropped."""
    if not answer.done() or answer.cancelled():
        return Probe(dav.Unavailable("no answer within the deadline"), "", 0)
    return answer.result()


def probe(account: dav.Credentials, home_path: str, deadline: float, *, known: str = "") -> Probe:
    """One request: the home listing of `account`, asked once more after a 401, which iCloud sends now and then.

    `known`: the digest of the answer that the tables follow, "" if it is to be read in any case. Touches no table.
    Never raises what the wire raises: that is in the probe, and so are the status and the seconds of the answer.
    """
    began = time.monotonic()
    with reading_session(account, deadline=deadline, kept=True) as session:
        try:
            found: home.Look | dav.DavError = dav.despite_one_401(lambda: home.look(session, home_path, known))
        except dav.DavError as error:
            found = error
        seconds = time.monotonic() - began
        POLL.observe(seconds, "failed" if isinstance(found, dav.DavError) else "listed")
        counted = session.requests, session.answers, session.status, seconds
        return Probe(found, session.origin, *counted, received_by(session))


def refresh(user_id: int, now: datetime, *, seconds: float) -> None:
    """At the last moment before a booking: read the user's selected calendars again, all within `seconds`."""
    refresh_all([user_id], now, seconds=seconds)


def refresh_all(user_ids: Collection[int], now: datetime, *, seconds: float) -> None:
    """Read the selected calendars of all these users again, within `seconds` together.

    Connections are asked in parallel, and some of their calendars beside them. One that somebody else is polling
    since before `now` is waited for and polled again; a poll that started after `now` counts if it left nothing
    unread. Of many who wait, the first to go on asks for all of them. One that needs a person is not asked, nor one
    whose server asked to wait, nor one of which a sync was killed: what it has may end this process too, with whoever
    waits, so it is left to a worker. Only what changed is read, not what is merely due. How fresh the calendars are
    afterwards is for `freshness` to say.
    """
    began = time.monotonic()
    deadline, at, pause = began + seconds, now, WATCH_EVERY
    asked: set[int] = set()
    while time.monotonic() < deadline:
        unread = dict(_unread(user_ids, now).exclude(pk__in=asked).values_list("pk", "lease_until"))
        if not unread:
            return
        asked |= {pk for pk, until in unread.items() if until is not None and until <= at}  # the holder was killed
        free = [pk for pk, until in unread.items() if until is None]
        batch = lease(Connection.objects.filter(pk__in=free), at) if free else []
        _read_now(batch, at, deadline)
        asked |= {leased.connection.pk for leased in batch}
        if not batch:
            time.sleep(pause)
            pause, at = min(pause * 1.5, MAX_WATCH_PAUSE), now + timedelta(seconds=time.monotonic() - began)


def _unread(user_ids: Collection[int], now: datetime) -> ConnectionQuerySet:
    """The connections that may be asked and have a selected calendar that is not known as of `now`.

    A calendar is known as of the moment when the poll that says so was started. What has failed for somebody else since
    `now` is not asked again, and what was interrupted is for a worker to read. A feed is asked if its time has come.
    """
    old = Calendar.objects.conflict_calendars().present().exclude(fresh_at__gte=now)
    mine = Connection.objects.filter(user__in=user_ids, calendars__in=old, interruptions=0).distinct()
    mine = mine.exclude(provider=ICS, next_sync_at__gt=now)
    return mine.exclude(failures__gt=0, poll_started_at__gte=now).askable(now)


def _read_now(batch: Sequence[LeasedConnection], now: datetime, deadline: float) -> None:
    questions = [
        Question(one.connection.account, one.connection.home_path, one.known_digest(now, include_scheduled=False))
        for one in batch
    ]
    # The homes say what changed, so they are asked for first.
    with _asking(questions, deadline) as answers, ahead.asked(batch, deadline) as asked:
        each = list(zip(answers, batch, strict=True))
        # Feeds come last: what is known of one counts longer, so the accounts do not wait for one that is silent.
        for is_feed in (False, True):
            group = [(answer, leased) for answer, leased in each if leased.connection.is_feed is is_feed]
            _wait([answer for answer, _leased in group], deadline)
            # Those where nothing changed need no more time: they come first.
            for found, leased in sorted(((_result(one.answer), leased) for one, leased in group), key=_changed):
                _read_on(leased, found, asked[leased.connection.pk], now, deadline)


def _read_on(leased: LeasedConnection, found: Probe, begun: ahead.Ahead, now: datetime, deadline: float) -> None:
    sync = Sync(leased, now=now, probe=found, deadline=deadline, include_scheduled=False, ahead=begun)
    carry_out(sync, sync.run, SyncRun.Trigger.BOOKING)


def _changed(probed: tuple[Probe, LeasedConnection]) -> bool:
    answer, leased = probed
    if isinstance(answer.look, dav.DavError):
        return False
    tokens = {state.calendar.path: state.calendar.probe_token for state in leased if state.selected}
    return any(tokens.get(remote.path, remote.token) != remote.token for remote in answer.look.calendars)
