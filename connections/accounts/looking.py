"""What calendars would block in some days: from what is stored or, of a calendar that was never read, asked right now.

Nothing that is read here is kept, and it decides nothing: a sync reads the whole calendar once it is chosen.
"""

from __future__ import annotations

import time
from collections.abc import Collection, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from zoneinfo import ZoneInfo

from connections import dav, ical
from connections.models import Calendar, Connection, Event, Occurrence
from connections.sessions import reading_session

MARGIN = timedelta(days=1)  # all-day and floating events are asked for in UTC, and other zones are up to 14 hours away
MAX_ACCOUNTS_AT_ONCE = 8


@dataclass(frozen=True, slots=True)
class Preview:
    """What of a calendar would block, by start; None if it could not be read."""

    calendar: Calendar
    blocked: Sequence[ical.Instance] | None


@dataclass(frozen=True, slots=True)
class Scope:
    """What is looked at: the events in `span`, half-open, read in `zone`, without those with the UIDs `own`.

    `until` is the `time.monotonic()` instant at which it must be done.
    """

    span: ical.Span
    zone: ZoneInfo
    own: Collection[str]
    until: float

    @property
    def asked(self) -> ical.Span:
        return self.span[0] - MARGIN, self.span[1] + MARGIN


def preview(
    calendars: Sequence[Calendar],
    span: ical.Span,
    *,
    zone: ZoneInfo,
    own: Collection[str],
    now: datetime,
    seconds: float,
) -> list[Preview]:
    """What each of these calendars would block in `span` by the rules that are set on it, connections loaded.

    Those that were never read are asked for, all within `seconds`. Times are read in `zone`, events with the UIDs `own`
    are left out. Nothing is raised for what the provider does.
    """
    scope = Scope(span, zone, own, time.monotonic() + seconds)
    unread = [calendar for calendar in calendars if calendar.read_at is None]
    read = [calendar for calendar in calendars if calendar.read_at is not None]
    files = _asked(unread, scope, now) | _stored(read, scope)
    return [Preview(calendar, _blocked(calendar, files.get(calendar.pk), scope)) for calendar in calendars]


def _stored(calendars: Sequence[Calendar], scope: Scope) -> dict[int, list[bytes]]:
    """By key of the calendar: the stored events that may touch the span."""
    start, end = scope.asked
    there = Occurrence.objects.filter(calendar__in=calendars, start__lt=end, end__gt=start).values("event")
    events = Event.objects.filter(pk__in=there).exclude(text=b"")
    found: dict[int, list[bytes]] = {calendar.pk: [] for calendar in calendars}
    for calendar, text in events.values_list("calendar", "text"):
        found[calendar].append(bytes(text))
    return found


def _asked(calendars: Sequence[Calendar], scope: Scope, now: datetime) -> dict[int, list[bytes]]:
    """By key of the calendar: the events that may touch the span, asked for now. What was not answered is left out."""
    by_account: dict[Connection, list[Calendar]] = {}
    for calendar in calendars:
        if calendar.gone_at is None and calendar.connection.why_not_asked(now) is None:
            by_account.setdefault(calendar.connection, []).append(calendar)
    if not by_account:
        return {}
    pool = ThreadPoolExecutor(max_workers=min(MAX_ACCOUNTS_AT_ONCE, len(by_account)))
    answers = [
        pool.submit(_fetch, one.account, [(row.pk, row.path) for row in rows], scope)
        for one, rows in by_account.items()
    ]
    wait(answers, timeout=max(scope.until - time.monotonic(), 0))
    pool.shutdown(wait=False, cancel_futures=True)
    return dict(_answered(answers))


def _answered(answers: Iterable[Future[dict[int, list[bytes]]]]) -> Iterator[tuple[int, list[bytes]]]:
    for answer in answers:
        if answer.done() and not answer.cancelled():
            yield from answer.result().items()


def _fetch(account: dav.Credentials, calendars: Sequence[tuple[int, str]], scope: Scope) -> dict[int, list[bytes]]:
    """The work of a thread, which touches no table: one request for each calendar (its key and path)."""
    found: dict[int, list[bytes]] = {}
    with reading_session(account, deadline=scope.until) as session:
        for key, path in calendars:
            try:
                files = dav.despite_one_401(partial(session.between, path, *scope.asked))
            except dav.Unauthorized:
                break
            except dav.DavError:
                continue  # the others may answer
            found[key] = [one.data for one in files]
    return found


def _blocked(calendar: Calendar, files: Iterable[bytes] | None, scope: Scope) -> list[ical.Instance] | None:
    """What blocks, by start. None without files, or if there are too many to be read in time."""
    if files is None:
        return None
    rules = ical.Rules(all_day=calendar.all_day_rule, invitations_block=calendar.invitations_block)
    addresses = frozenset(calendar.connection.addresses)
    found: list[ical.Instance] = []
    for text in files:
        expansion = ical.expand(text, window=scope.span, zone=scope.zone, rules=rules, addresses=addresses)
        if expansion.uid not in scope.own:
            found += [one for one in expansion.instances if one.blocks]
        if time.monotonic() > scope.until:
            return None
    return sorted(found, key=lambda one: (one.start, one.end))
