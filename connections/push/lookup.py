"""Where an event is now, asked live: where it was put, or where the iPhone moved it."""

from __future__ import annotations

from collections.abc import Iterator

from connections import dav, ical
from connections.models import Calendar
from connections.push.session import open_session
from connections.push.values import Stored


def find(calendar: Calendar, href: str, uid: str) -> Stored | None:
    """Where the event with this UID stands now: at `href`, in another event calendar of the account, or nowhere (None).

    Calendars that are not selected are read for this, live. What is there and cannot be read yet has no text. Raises
    DavError where it cannot be told.
    """
    with open_session(calendar.connection) as session:
        if not session.exists(calendar.path):
            raise dav.Unavailable("the calendar itself does not answer", path=calendar.path)
        listed = is_listed(session, href)
        try:
            found = session.get(href)
        except dav.NotFound:
            if listed:
                return Stored(href, "", b"")
            return find_elsewhere(session, calendar, href, uid)
        return Stored(href, found.etag or session.etag(href), found.data)


def find_elsewhere(session: dav.Session, calendar: Calendar, href: str, uid: str) -> Stored | None:
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


def is_listed(session: dav.Session, href: str) -> bool:
    """Does the server know the event, whether or not it can be read yet?"""
    try:
        session.etag(href)
    except dav.NotFound:
        return False
    return True


def is_there(session: dav.Session, href: str) -> bool:
    """Is the event there after all, though a request for it was answered as not found?"""
    if is_listed(session, href):
        return True
    try:
        session.get(href)
    except dav.NotFound:
        return False
    return True


def cannot_be_read_yet(href: str) -> dav.Unavailable:
    return dav.Unavailable("the event is there but cannot be read yet", path=href)
