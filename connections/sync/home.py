"""The calendar home: what one listing says of an account's calendars, and the rows that follow it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from connections import dav
from connections.feeds import FeedSession, Received
from connections.models import Calendar, Connection, Event
from connections.plan import MAX_TOKEN_LENGTH
from connections.problems import Problem, classify, concerns_all
from connections.sync.apply import mark_reconcile
from connections.sync.state import MISSING, CalendarState, LeasedConnection

PROBE_VALID_FOR = timedelta(seconds=30)  # a home listed this recently is not listed again by the sync that follows it


@dataclass(frozen=True, slots=True)
class Look:
    """A home as it was listed; `home` where it had to be looked for first. `digest`: of the answer.

    `same`: the answer is the one that the tables follow already, and `calendars` is empty.
    """

    calendars: Sequence[dav.RemoteCalendar]
    home: dav.Home | None = None
    digest: str = ""
    same: bool = False


@dataclass(frozen=True, slots=True)
class Probe:
    """What a poll's one request for the home gave: a listing, or the error that came instead.

    `status`: of the last answer, None if there was none. `seconds`: until it was there. `received`: the file, if it is
    a feed and one came.
    """

    look: Look | dav.DavError
    origin: str
    requests: int
    answers: Mapping[str, int] = field(default_factory=dict)
    status: int | None = None
    seconds: float = 0.0
    received: Received | None = None


def look(session: dav.ReadingSession, home_path: str, known: str = "") -> Look:
    """List the home: one request; more where it is not known yet or the account has moved. Raises DavError.

    `known`: the digest of the answer that the tables follow, "" if it is to be read in any case.
    """
    if home_path:
        try:
            listing = session.home_listing(home_path, known)
            return Look(listing.calendars, digest=listing.digest, same=listing.same)
        except dav.NotFound:
            # The account may have moved: ask the entry host where it lives now. A feed has no other place.
            if isinstance(session, FeedSession):
                raise
    home = session.discover()
    listing = session.home_listing(home.path)
    return Look(listing.calendars, home, listing.digest)


def listed_just_now(connection: Connection, now: datetime) -> datetime | None:
    """When the home was listed by a poll, None if that was not just before `now`."""
    polled_at = connection.polled_at
    return polled_at if polled_at is not None and now - polled_at < PROBE_VALID_FOR else None


def note(connection: Connection, home: dav.Home) -> None:
    """Set on the connection where its home was found and which addresses are its own; without saving."""
    connection.principal_path = home.principal
    connection.home_path = home.path
    own = set() if connection.is_feed else {f"mailto:{connection.username.lower()}"}
    connection.addresses = sorted(home.addresses | own)


ANSWERED = ("listing_digest", "feed_validators", "refresh_seconds")
"""What of an answer stands on the connection, so that the next request can be short."""


def note_file(connection: Connection, received: Received | None) -> None:
    """Set on the connection of a feed what the file that came says of the next request; without saving."""
    if received is not None:
        connection.feed_validators = dict(received.validators)
        connection.refresh_seconds = received.file.refresh_seconds


def read_again(connection: Connection) -> None:
    """Its own addresses are others now: with the next sync all foreign events are read again.

    What is kept of an invitation is the answer of the addresses that were known when it was read.
    """
    Event.objects.filter(calendar__connection=connection, whole=False).exclude(etag="").update(etag="")
    Calendar.objects.filter(connection=connection).update(compared_at=None)


def follow(leased: LeasedConnection, listed: Sequence[dav.RemoteCalendar]) -> list[Calendar]:
    """Let the calendar rows follow a listing; the rows that it lacks and that are not known to be gone.

    Identity is the path, never the name. Only what differs is written: a listing without change costs no query.
    """
    for position, remote in enumerate(listed):
        state = leased.states.get(remote.path)
        if state is None:
            leased.states[remote.path] = CalendarState(_new(leased.connection, remote, position))
        else:
            _update(state.calendar, remote, position)
    paths = {remote.path for remote in listed}
    return [one.calendar for one in leased if one.calendar.path not in paths and one.calendar.gone_at is None]


def agrees(leased: LeasedConnection, listed: Sequence[dav.RemoteCalendar]) -> bool:
    """Would `follow` change nothing and find nothing missing?"""
    rows = {row.path: row for row in (state.calendar for state in leased) if row.gone_at is None}
    same_paths = rows.keys() == {remote.path for remote in listed}
    return same_paths and not any(_differences(rows[one.path], one, position) for position, one in enumerate(listed))


def _new(connection: Connection, remote: dav.RemoteCalendar, position: int) -> Calendar:
    """A calendar that was not there before. Once calendars have been chosen it is asked about, not pre-ticked."""
    chosen = connection.user.calendar_configuration.saved_at is not None
    return Calendar.objects.create(
        connection=connection,
        path=remote.path,
        is_conflict_calendar=remote.writable and not chosen,
        asked_about=not chosen,
        **_listed(remote, position),
    )


def _differences(row: Calendar, remote: dav.RemoteCalendar, position: int) -> dict[str, object]:
    """What must be written to let the row follow the listing."""
    values = _listed(remote, position)
    if row.gone_at is not None or row.error_code in MISSING:
        # It is back, perhaps as another one with the same path: everything in it is compared before it is believed.
        values |= {"gone_at": None, "error_code": "", "error_params": {}, "compared_at": None}
    return {name: value for name, value in values.items() if getattr(row, name) != value}


def _update(row: Calendar, remote: dav.RemoteCalendar, position: int) -> None:
    differs = _differences(row, remote, position)
    for name, value in differs.items():
        setattr(row, name, value)
    if differs:
        Calendar.objects.filter(pk=row.pk).update(**differs)
    if "listed_token" in differs and not row.is_conflict_calendar:
        mark_reconcile(row)  # nobody reads it, but an event of ours may have been moved there


def _listed(remote: dav.RemoteCalendar, position: int) -> dict[str, object]:
    return {
        "name": remote.name[:300],
        "color": remote.color,
        "writable": remote.writable,
        "shared": remote.shared,
        "position": position,
        "listed_token": remote.token if len(remote.token) <= MAX_TOKEN_LENGTH else "",
    }


def settle_missing(session: dav.ReadingSession, row: Calendar, now: datetime) -> None:
    """Decide upon a calendar that the home does not list any more: it is gone only if its own URL says so.

    One that blocks stays, with a problem; another goes with the listing. Raises DavError for what concerns all.
    """
    problem = _whereabouts(session, row.path)
    if problem.code == "calendar_gone" and not row.is_conflict_calendar and not row.linked_by.exists():
        row.delete()
        return
    row.gone_at = now if problem.code == "calendar_gone" else None
    row.error_code, row.error_params = problem.code, problem.params
    row.save(update_fields=["gone_at", "error_code", "error_params"])


def _whereabouts(session: dav.ReadingSession, path: str) -> Problem:
    try:
        return Problem("calendar_missing" if session.exists(path) else "calendar_gone")
    except dav.Forbidden:
        return Problem("calendar_withdrawn")
    except dav.DavError as error:
        if concerns_all(error):
            raise
        return classify(error).problem
