"""Comparing a calendar with its rows, live and without writing anything: for audits.

What cannot be read is reported, and never taken for equal.
"""

from __future__ import annotations

import time
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from connections import dav, ical
from connections.models import Calendar, Connection, Event
from connections.problems import Problem, classify, classify_account, concerns_all
from connections.sessions import reading_session

INSPECT_SECONDS = 300.0  # for one account; nobody waits for an audit


@dataclass(frozen=True, slots=True)
class Found:
    """An event as the calendar has it now."""

    etag: str
    event: ical.OwnEvent


@dataclass(slots=True)
class Inspected:
    """What one calendar has, compared with its rows.

    `problem`: why it could not be read at all. Hrefs: `unmirrored` stand in the calendar only, `vanished` in the rows
    only, `outdated` in both with different ETags, `pending` could not be read by the syncs. Of the hrefs asked for,
    `found` are there, `gone` answer 404 in a calendar that itself answers, and of the `unread` neither could be told.
    """

    calendar: Calendar
    problem: Problem | None = None
    unmirrored: frozenset[str] = frozenset()
    vanished: frozenset[str] = frozenset()
    outdated: frozenset[str] = frozenset()
    pending: frozenset[str] = frozenset()
    found: dict[str, Found] = field(default_factory=dict)
    gone: set[str] = field(default_factory=set)
    unread: dict[str, Problem] = field(default_factory=dict)


def inspect(connection: Connection, asked: Mapping[int, Collection[str]], now: datetime) -> list[Inspected]:
    """Read all selected calendars of `connection` live, and in any calendar (by its key) the hrefs in `asked`.

    A feed is compared only if its file is the one that was read last. A connection that needs a person, or whose server
    asked to be left alone until later than `now`, is not asked.
    """
    calendars = Calendar.objects.filter(connection=connection)
    wanted = list(calendars.conflict_calendars() | calendars.filter(pk__in=asked))
    if refusal := connection.why_not_asked(now):
        return [Inspected(calendar, refusal) for calendar in wanted]
    with reading_session(connection.account, deadline=time.monotonic() + INSPECT_SECONDS) as session:
        return list(_inspect_all(session, wanted, asked))


def _inspect_all(
    session: dav.ReadingSession, calendars: Iterable[Calendar], asked: Mapping[int, Collection[str]]
) -> Iterable[Inspected]:
    """Each calendar; after an error that concerns the whole account the others are not asked any more."""
    refused: Problem | None = None
    for calendar in calendars:
        inspected = Inspected(calendar, refused)
        if refused is None:
            try:
                _inspect(session, inspected, asked.get(calendar.pk, ()))
            except dav.DavError as error:
                inspected.problem = calendar.connection.about(_problem_of(calendar, error))
                refused = inspected.problem if concerns_all(error) else None
        yield inspected


def _problem_of(calendar: Calendar, error: dav.DavError) -> Problem:
    if isinstance(error, dav.NotFound):
        return Problem("calendar_gone")
    if isinstance(error, dav.Unauthorized):
        return classify_account(error, calendar.connection.username).problem
    return classify(error).problem


def _inspect(session: dav.ReadingSession, inspected: Inspected, hrefs: Collection[str]) -> None:
    calendar = inspected.calendar
    before = _rows(calendar)
    listing = dav.despite_one_401(lambda: session.listing(calendar.path))
    live = listing.changed
    _look_at(session, inspected, sorted(hrefs), live)
    if calendar.is_conflict_calendar and not _is_newer_file(calendar, listing):
        _compare(inspected, before, live, _rows(calendar))


def _is_newer_file(calendar: Calendar, listing: dav.Changes) -> bool:
    """Is it a feed that has changed since it was read? The rows follow at its next sync, which may be a day away."""
    return calendar.connection.is_feed and listing.token != calendar.probe_token


def _rows(calendar: Calendar) -> dict[str, tuple[str, str]]:
    rows = Event.objects.filter(calendar=calendar).values_list("href", "etag", "pending_etag")
    return {href: (etag, pending) for href, etag, pending in rows}


def _compare(
    inspected: Inspected,
    before: Mapping[str, tuple[str, str]],
    live: Mapping[str, str],
    after: Mapping[str, tuple[str, str]],
) -> None:
    """Hold the listing against the rows from before and after it: what agrees with either was in motion meanwhile."""
    known = before.keys() | after.keys()
    inspected.pending = frozenset(href for href, (_etag, pending) in after.items() if pending and href in live)
    inspected.unmirrored = frozenset(live.keys() - known)
    inspected.vanished = frozenset((before.keys() & after.keys()) - live.keys())
    inspected.outdated = frozenset(
        href
        for href, etag in live.items()
        if href in known and href not in inspected.pending and etag not in _etags(href, before, after)
    )


def _etags(href: str, *rows: Mapping[str, tuple[str, str]]) -> set[str]:
    return {found[href][0] for found in rows if href in found}


def _look_at(session: dav.ReadingSession, inspected: Inspected, hrefs: list[str], live: Mapping[str, str]) -> None:
    """Read the events asked for: together what is listed, singly what is not or did not come."""
    path = inspected.calendar.path
    listed = [href for href in hrefs if href in live]
    fetched = session.fetch(path, listed).found if listed else {}
    for href in hrefs:
        try:
            resource = fetched.get(href) or session.get(href)
        except dav.NotFound:
            inspected.gone.add(href)
        except dav.DavError as error:
            inspected.unread[href] = inspected.calendar.connection.about(classify(error).problem)
        else:
            inspected.found[href] = Found(resource.etag or live.get(href, ""), ical.own_event(resource.data))
