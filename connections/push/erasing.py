"""Making one event nameless: its times stay, and all that says what it is about goes, whatever the iPhone wrote."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from connections import dav, ical
from connections.models import Calendar, Event
from connections.push.lookup import cannot_be_read_yet, find_elsewhere, is_there
from connections.push.rows import remember
from connections.push.session import MAX_TRIES, open_session
from connections.push.values import Stored


def erase(calendar: Calendar, href: str, draft: ical.EventDraft, *, now: datetime) -> Stored | None:
    """Give the event the title of `draft` and nothing else beside its times; None if it is nowhere in the account.

    It is read and overwritten until nobody changes it meanwhile. Raises DavError. The event's row follows in a
    transaction of its own.
    """
    with open_session(calendar.connection) as session:
        for _ in range(MAX_TRIES):
            current = _current(session, calendar, href, draft.uid)
            if current is None:
                return None
            if stored := _overwritten(session, current, ical.only_times(current.text, draft, now=now)):
                break
        else:
            raise dav.Conflict("the event keeps changing while it is erased", status=412, path=href)
    remember(calendar, stored, now)
    return stored


def _overwritten(session: dav.Session, current: Stored, text: bytes) -> Stored | None:
    """What stands there now; None if somebody changed it, or it is not as it was written, so that it is read again."""
    try:
        etag = session.put(current.href, text, etag=current.etag)
    except dav.Conflict:
        return None
    if etag:
        return Stored(current.href, etag, text)
    found = session.get(current.href)
    if ical.meaning(found.data) != ical.meaning(text):
        return None
    return Stored(current.href, found.etag or session.etag(current.href), found.data)


def _current(session: dav.Session, calendar: Calendar, href: str, uid: str) -> Stored | None:
    """The event where it was put, or where the iPhone moved it; None if it is in no calendar of the account."""
    for place in (href, *_read_elsewhere(calendar, href, uid)):
        try:
            found = session.get(place)
        except dav.NotFound:
            if is_there(session, place):
                raise cannot_be_read_yet(place) from None
        else:
            return Stored(place, found.etag or session.etag(place), found.data)
    return find_elsewhere(session, calendar, href, uid)


def _read_elsewhere(calendar: Calendar, href: str, uid: str) -> Iterator[str]:
    """Where syncs of the account found the event, apart from `href`."""
    rows = Event.objects.filter(calendar__connection=calendar.connection, uid=uid).exclude(href=href)
    yield from rows.values_list("href", flat=True)
