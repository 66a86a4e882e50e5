"""Removing one event."""

from __future__ import annotations

from connections import dav
from connections.models import Calendar, Event
from connections.push.lookup import find_elsewhere
from connections.push.session import MAX_TRIES, open_session
from connections.push.values import Placement


def delete(calendar: Calendar, placement: Placement, *, uid: str = "") -> None:
    """Remove the event; one that is already gone is fine. Raises DavError.

    With `uid` one that is not where it was put is looked for in the calendars that Kalends does not read: the phone may
    have moved it there. (Of the others a sync tells where it is.)
    """
    with open_session(calendar.connection) as session:
        for _ in range(MAX_TRIES):
            try:
                session.delete(placement.href, etag=placement.etag or session.etag(placement.href))
            except dav.NotFound:
                found = find_elsewhere(session, calendar, placement.href, uid) if uid else None
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
