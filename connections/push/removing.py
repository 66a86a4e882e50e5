"""Removing one event."""

from __future__ import annotations

from connections import dav
from connections.models import Calendar
from connections.push.lookup import cannot_be_read_yet, find_elsewhere, is_there
from connections.push.session import MAX_TRIES, open_session
from connections.push.values import Placement
from connections.sync import apply


def delete(calendar: Calendar, placement: Placement, *, uid: str = "") -> None:
    """Remove the event; one that is already gone is fine. Raises DavError.

    With `uid`, an event that is not where it was put is looked for in the calendars that Kalends does not read: the
    iPhone may have moved it there. (A sync tells where the others are.) The row of the event follows a removal; the row
    of an event that was gone already is removed by the sync that lists it as deleted.
    """
    with open_session(calendar.connection) as session:
        for _ in range(MAX_TRIES):
            try:
                session.delete(placement.href, etag=placement.etag or session.etag(placement.href))
            except dav.NotFound as error:
                found = _found(session, calendar, placement.href, uid, error)
                if found is None:
                    return
                placement, uid = found, ""
            except dav.Conflict:
                placement = Placement(placement.href)  # edited meanwhile: what is cancelled goes all the same
            else:
                break
        else:
            raise dav.Conflict("the event keeps changing while it is removed", status=412, path=placement.href)
    apply.remove_events(calendar, [placement.href])


def _found(session: dav.Session, calendar: Calendar, href: str, uid: str, error: dav.NotFound) -> Placement | None:
    """Where the event is that was answered as not found; None if it is nowhere. Raises Unavailable if it is there."""
    if is_there(session, href):
        raise cannot_be_read_yet(href) from error
    found = find_elsewhere(session, calendar, href, uid) if uid else None
    return Placement(found.href) if found else None
