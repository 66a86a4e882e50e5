"""Outwards: put or delete one event. Wire and tables meet only here and in sync.

An event's UID and href are fixed before the first attempt and the same on every retry. A create says If-None-Match: *,
an update and a deletion say If-Match with a concrete ETag, so that nothing on the phone is overwritten unread.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction

from connections import dav, ical
from connections.ical.reducing import PRODID
from connections.models import Calendar, Connection, Event
from connections.problems import Problem
from connections.sync import apply
from connections.sync.run import account_of

TRIES = 3  # at merging, before the next push goes on
PUSH_SECONDS = 30.0


@dataclass(frozen=True, slots=True)
class Placement:
    """Where an event stands and what both sides agreed on last: ETag "" before the first push, times in UTC."""

    href: str
    etag: str = ""
    start: datetime | None = None
    end: datetime | None = None
    text: bytes = b""


@dataclass(frozen=True, slots=True)
class Stored:
    """What the calendar has now."""

    href: str
    etag: str
    text: bytes


class ChangedThere(Exception):
    """The phone moved or reshaped the event meanwhile; `stored` is what it has. A person or reconciling decides."""

    def __init__(self, stored: Stored) -> None:
        super().__init__("changed on both sides")
        self.stored = stored


class GoneThere(Exception):
    """The event is not where it was put, though its calendar answers. Reconciling decides."""


class UidElsewhere(Exception):
    """The account holds this UID under another href (`location`, "" if the server did not say)."""

    def __init__(self, location: str) -> None:
        super().__init__("the UID is in another calendar")
        self.location = location


def put(calendar: Calendar, placement: Placement, draft: ical.EventDraft, *, now: datetime) -> Stored:
    """Bring the event to what `draft` says; what was added on the phone stays.

    Raises DavError, ChangedThere, GoneThere, UidElsewhere. The event's row follows in a transaction of its own.
    """
    with _session(calendar.connection) as session:
        if placement.etag:
            stored = _update(session, calendar, placement, draft, now)
        else:
            stored = _create(session, placement, draft, now)
    remember(calendar, stored, now)
    return stored


def reword(calendar: Calendar, stored: Stored, draft: ical.EventDraft, *, agreed: bytes, now: datetime) -> Stored:
    """Bring only the texts of what was `stored` just now to what `draft` says, its times staying as they are.

    Raises DavError and ChangedThere. The event's row follows in a transaction of its own.
    """
    text = ical.patch_texts(stored.text, draft, now=now, agreed=agreed)
    with _session(calendar.connection) as session:
        etag = session.put(stored.href, text, etag=stored.etag)
        kept = _verified(session, Stored(stored.href, etag, text), replaced=stored.etag)
    remember(calendar, kept, now)
    return kept


def delete(calendar: Calendar, placement: Placement, *, uid: str = "") -> None:
    """Remove the event; one that is already gone is fine. Raises DavError.

    With `uid` one that is not where it was put is looked for in the calendars that Kalends does not read: the phone may
    have moved it there. (Of the others a sync tells where it is.)
    """
    with _session(calendar.connection) as session:
        for _ in range(TRIES):
            try:
                session.delete(placement.href, etag=placement.etag or session.etag(placement.href))
            except dav.NotFound:
                found = _elsewhere(session, calendar, placement.href, uid) if uid else None
                if found is None:
                    break
                placement, uid = Placement(found.href), ""
                continue
            except dav.Conflict:
                placement = Placement(placement.href)  # edited meanwhile: what is cancelled goes all the same
                continue
            break
        else:
            raise dav.Conflict("the event keeps changing while it is removed", status=412, path=placement.href)
    Event.objects.filter(calendar=calendar, href=placement.href).delete()


def find(calendar: Calendar, href: str, uid: str) -> Stored | None:
    """Where the event with this UID stands now: at `href`, in another event calendar of the account, or nowhere (None).

    Calendars that are not selected are read for this, live. What is there and cannot be read yet has no text. Raises
    DavError where it cannot be told.
    """
    with _session(calendar.connection) as session:
        if not session.exists(calendar.path):
            raise dav.Unavailable("the calendar itself does not answer", path=calendar.path)
        listed = _is_listed(session, href)
        try:
            found = session.get(href)
        except dav.NotFound:
            if listed:
                return Stored(href, "", b"")
            return _elsewhere(session, calendar, href, uid)
        return Stored(href, found.etag or session.etag(href), found.data)


def _elsewhere(session: dav.Session, calendar: Calendar, href: str, uid: str) -> Stored | None:
    """The event with this UID in an event calendar of the account that Kalends does not read."""
    found = (_held_by(session, remote.path, href, uid) for remote in _others(session, calendar))
    return next((stored for stored in found if stored), None)


def _others(session: dav.Session, calendar: Calendar) -> Iterator[dav.RemoteCalendar]:
    """Event calendars of the account whose events Kalends does not have."""
    known = set(
        Calendar.objects.conflict_calendars().filter(connection=calendar.connection).values_list("path", flat=True)
    )
    yield from (remote for remote in session.calendars(calendar.connection.home_path) if remote.path not in known)


def _held_by(session: dav.Session, path: str, href: str, uid: str) -> Stored | None:
    """The event with this UID in the calendar at `path`, if it is there."""
    listed = list(session.listing(path).changed)
    name = href.rsplit("/", 1)[-1]
    listed.sort(key=lambda other: other.rsplit("/", 1)[-1] != name)  # a moved event mostly keeps its name
    for first in range(0, len(listed), session.fetch_batch):
        fetched = session.fetch(path, listed[first : first + session.fetch_batch])
        if fetched.missing:
            raise dav.Unavailable("an event could not be read while looking for a UID", path=path)
        for found in fetched.found.values():
            if ical.own_event(found.data).uid == uid:
                return Stored(found.href, found.etag or session.etag(found.href), found.data)
    return None


def _create(session: dav.Session, placement: Placement, draft: ical.EventDraft, now: datetime) -> Stored:
    text = ical.compose(draft, now=now)
    try:
        etag = session.put(placement.href, text)
    except dav.Conflict as error:
        return _adopt(session, placement, draft, text, error, now)
    except dav.NotFound as error:
        # iCloud says 404 to a body it does not like: that is no word about the calendar.
        if session.exists(placement.href.rpartition("/")[0] + "/"):
            raise dav.DavError("a create was answered as not found", status=error.status, path=error.path) from error
        raise
    return _verified(session, Stored(placement.href, etag, text))


def _adopt(
    session: dav.Session,
    placement: Placement,
    draft: ical.EventDraft,
    text: bytes,
    error: dav.Conflict,
    now: datetime,
) -> Stored:
    """A refused create: an earlier attempt went through unheard, or the UID lives under another href."""
    try:
        found = session.get(placement.href)
    except dav.NotFound as missing:
        if not session.exists(placement.href.rpartition("/")[0] + "/"):
            raise missing from error  # RFC 4918 9.7.1: a PUT into a missing collection is a conflict, too
        if _is_listed(session, placement.href):
            raise _unread(placement.href) from error
        raise UidElsewhere(error.location) from error
    there = ical.own_event(found.data)
    if there.uid != draft.uid:
        raise error
    if (there.shape, there.start, there.end) == ("timed", draft.start, draft.end):
        return _verified(session, Stored(found.href, found.etag, found.data))
    # An earlier attempt went through with what Kalends wanted then. Only the phone can have changed it since: nobody
    # knows what both sides agreed on, so it is told apart by what Kalends itself would have written.
    if _unedited(found.data):
        text, etag = ical.patch(found.data, draft, now=now), found.etag or session.etag(found.href)
        return _verified(session, Stored(found.href, session.put(found.href, text, etag=etag), text), replaced=etag)
    raise ChangedThere(Stored(found.href, found.etag, found.data))


def _unedited(text: bytes) -> bool:
    """Was this text written by Kalends and not since by a device (which puts its own PRODID)?"""
    return PRODID.encode() in text


def _update(
    session: dav.Session, calendar: Calendar, placement: Placement, draft: ical.EventDraft, now: datetime
) -> Stored:
    current = _last_read(calendar, placement)
    for _ in range(TRIES):
        current = current or _read(session, calendar, placement)
        if _moved(current, placement, draft):
            raise ChangedThere(current)
        text = ical.patch(current.text, draft, now=now, agreed=placement.text)
        try:
            etag = session.put(placement.href, text, etag=current.etag)
        except dav.Conflict:
            current = None  # somebody was faster: read, merge, try again
            continue
        except dav.NotFound as error:
            raise _gone(session, calendar, error) from error
        return _verified(session, Stored(placement.href, etag, text), replaced=current.etag)
    raise dav.Conflict("the event keeps changing while it is written", status=412, path=placement.href)


def _last_read(calendar: Calendar, placement: Placement) -> Stored | None:
    """The event as it was read last, if that is whole and is what was agreed: then no request is needed to patch it."""
    row = Event.objects.filter(calendar=calendar, href=placement.href, whole=True, etag=placement.etag).first()
    return Stored(row.href, row.etag, bytes(row.text)) if row and row.text else None


def _read(session: dav.Session, calendar: Calendar, placement: Placement) -> Stored:
    try:
        found = session.get(placement.href)
    except dav.NotFound as error:
        raise _gone(session, calendar, error) from error
    return Stored(found.href, found.etag or session.etag(found.href), found.data)


def _moved(current: Stored, placement: Placement, draft: ical.EventDraft) -> bool:
    """Has the phone changed the event's time or shape since it was agreed on?

    What stands there as it is wanted now is no change: an earlier attempt went through unheard. Where no time was
    agreed on, whatever the event was made into is to go, and then only the version that was read is known.
    """
    there = ical.own_event(current.text)
    if placement.start is None:
        wanted = ("timed", draft.start, draft.end)
        return current.etag != placement.etag and (there.shape, there.start, there.end) != wanted
    ours = ((placement.start, placement.end), (draft.start, draft.end))
    return there.cancelled or there.shape != "timed" or (there.start, there.end) not in ours


def _gone(session: dav.Session, calendar: Calendar, error: dav.NotFound) -> Exception:
    """What a 404 on the event means: its whole calendar is gone, the event is, or reads lag behind writes."""
    if not session.exists(calendar.path):
        return error
    return _unread(error.path) if _is_listed(session, error.path) else GoneThere()


def _is_listed(session: dav.Session, href: str) -> bool:
    """Does the server know the event, whether or not it can be read yet?"""
    try:
        session.etag(href)
    except dav.NotFound:
        return False
    return True


def _unread(href: str) -> dav.Unavailable:
    return dav.Unavailable("the event is there but cannot be read yet", path=href)


def _verified(session: dav.Session, stored: Stored, *, replaced: str = "") -> Stored:
    """The stored event with its ETag. Where the answer had none it is read back, and the body must be ours.

    What is not there yet, or still is the version that was `replaced`, is no answer (iCloud's reads lag behind its
    writes): the push is tried again later and then finds what it wrote.
    """
    if stored.etag:
        return stored
    try:
        found = session.get(stored.href)
    except dav.NotFound as error:
        raise _unread(stored.href) from error
    etag = found.etag or session.etag(stored.href)
    if etag == replaced:
        raise _unread(stored.href)
    if ical.meaning(found.data) != ical.meaning(stored.text):
        ours, theirs = ical.own_event(stored.text), ical.own_event(found.data)
        if (ours.start, ours.end, ours.shape) != (theirs.start, theirs.end, theirs.shape):
            raise ChangedThere(Stored(stored.href, etag, found.data))
    return Stored(stored.href, etag, found.data)


@contextmanager
def _session(connection: Connection) -> Iterator[dav.Session]:
    with dav.Session(account_of(connection), deadline=time.monotonic() + PUSH_SECONDS) as session:
        yield session


def remember(calendar: Calendar, stored: Stored, now: datetime) -> None:
    """Let the event's row and occurrences follow what was pushed, so that the next sync finds nothing new."""
    context = apply.ReadContext.of(calendar, now)
    event = apply.ReadEvent(stored.href, stored.etag, stored.text, context.expand(stored.text))
    with transaction.atomic():
        apply.store(calendar, [event], context, whole=True)


def report_pause(connection: Connection, seconds: float, now: datetime) -> None:
    """The server answered a push with Retry-After: until then the whole account is left alone, polls included."""
    Connection.objects.filter(pk=connection.pk).update(not_before=now + timedelta(seconds=seconds))


def report_refused(connection: Connection, problem: Problem, now: datetime) -> Problem:
    """The provider refused the account to a push: polling stops until a person has seen to it. What the row says."""
    if problem.code == "unauthorized":
        problem = Problem(problem.code, {"username": connection.username})
    Connection.objects.filter(pk=connection.pk).update(
        needs_attention=True,
        error_code=problem.code,
        error_params=problem.params,
        failing_since=connection.failing_since or now,
        next_sync_at=None,
    )
    return problem
