"""Before a booking: changes of calendars, asked for beside the listing of their home, so that nobody waits for both.

Whether a calendar changed is still for the home to say. What was asked for ahead is used only if it is proven to be of
the very state that the home listed; else it is asked for again.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from concurrent.futures import TimeoutError as NotInTime
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime

from connections import dav
from connections.models import Calendar
from connections.sync.state import CalendarState, LeasedConnection

MAX_OF_CONNECTION = 3  # calendars
MAX_IN_ALL = 6  # of a look at many people
NEVER = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class EarlyAnswer:
    """The changes since a calendar's token, None if there was no good answer; and the requests that it took."""

    changes: dav.Changes | None
    requests: int


@dataclass(slots=True)
class Ahead:
    """What was asked for of one connection: by path of the calendar. Each answer is used at most once."""

    answers: dict[str, Future[EarlyAnswer]] = field(default_factory=dict)
    deadline: float = 0.0  # by `time.monotonic()`
    requests: int = 0  # of the answers that were used

    def changes(self, calendar: Calendar) -> dav.Changes | None:
        """The changes of `calendar` up to the state that its home listed, None if they must be asked for.

        The token in the answer must be the listed one. Servers that write the two differently are asked again.
        """
        coming = self.answers.pop(calendar.path, None)
        if coming is None:
            return None
        try:
            answer = coming.result(max(self.deadline - time.monotonic(), 0))
        except NotInTime:
            return None
        self.requests += answer.requests
        changes = answer.changes
        return changes if changes is not None and changes.token and changes.token == calendar.listed_token else None


@contextmanager
def asked(batch: Sequence[LeasedConnection], deadline: float) -> Iterator[Mapping[int, Ahead]]:
    """A context in which threads ask for the changes of some calendars of `batch`: by key of the connection.

    They touch no table. What has not come at the end of the context is not waited for.
    """
    found = {leased.connection.pk: Ahead(deadline=deadline) for leased in batch}
    two_way = (leased for leased in batch if not leased.connection.is_feed)  # a feed has no changes, only a file
    chosen = [(leased, state.calendar) for leased in two_way for state in _likely(leased)][:MAX_IN_ALL]
    if not chosen:
        yield found
        return
    threads = ThreadPoolExecutor(max_workers=len(chosen))
    try:
        for leased, calendar in chosen:
            account = leased.connection.account
            coming = threads.submit(_changes, account, calendar.path, calendar.sync_token, deadline)
            found[leased.connection.pk].answers[calendar.path] = coming
        yield found
    finally:
        threads.shutdown(wait=False, cancel_futures=True)


def _likely(states: Iterable[CalendarState]) -> list[CalendarState]:
    """The calendars of which changes can be asked for, first those that changed last."""
    known = [state for state in states if _can_be_asked(state)]
    return sorted(known, key=lambda state: state.calendar.read_at or NEVER, reverse=True)[:MAX_OF_CONNECTION]


def _can_be_asked(state: CalendarState) -> bool:
    """Will its next reading be by changes, and not by a complete listing?"""
    calendar = state.calendar
    read = calendar.read_at is not None and calendar.compared_at is not None and not calendar.error_code
    return state.selected and read and bool(calendar.sync_token) and calendar.mass_deletion_suspected_at is None


def _changes(account: dav.Credentials, path: str, token: str, deadline: float) -> EarlyAnswer:
    """The work of a thread. An error is of no interest: who needs the changes asks again and meets it."""
    with dav.Session(account, deadline=deadline) as session:
        try:
            return EarlyAnswer(session.changes(path, token), session.requests)
        except dav.DavError:
            return EarlyAnswer(None, session.requests)
