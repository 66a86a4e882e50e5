"""Writing one event.

Its UID and href are fixed before the first attempt and the same on every retry. A create says If-None-Match: *, an
update says If-Match with a concrete ETag, so that nothing on the iPhone is overwritten unread.
"""

from __future__ import annotations

from datetime import datetime

from connections import dav, ical
from connections.ical.reducing import PRODID
from connections.models import Calendar, Event
from connections.push.lookup import cannot_be_read_yet, is_listed, is_there
from connections.push.rows import remember
from connections.push.session import MAX_TRIES, open_session
from connections.push.values import ChangedThere, GoneThere, Placement, Stored, UidElsewhere


def put(calendar: Calendar, placement: Placement, draft: ical.EventDraft, *, now: datetime) -> Stored:
    """Bring the event to what `draft` says; what was added on the iPhone stays.

    Raises DavError, ChangedThere, GoneThere, UidElsewhere. The event's row follows in a transaction of its own.
    """
    with open_session(calendar.connection) as session:
        if placement.etag:
            stored = _update(session, calendar, placement, draft, now)
        else:
            stored = _create(session, placement, draft, now)
    remember(calendar, stored, now)
    return stored


def put_texts(calendar: Calendar, stored: Stored, draft: ical.EventDraft, *, agreed: bytes, now: datetime) -> Stored:
    """Bring only the texts of what was `stored` just now to what `draft` says, its times staying as they are.

    Raises DavError and ChangedThere. The event's row follows in a transaction of its own.
    """
    text = ical.patch_texts(stored.text, draft, now=now, agreed=agreed)
    with open_session(calendar.connection) as session:
        etag = session.put(stored.href, text, etag=stored.etag)
        kept = _verified(session, Stored(stored.href, etag, text), replaced=stored.etag)
    remember(calendar, kept, now)
    return kept


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
        if is_listed(session, placement.href):
            raise cannot_be_read_yet(placement.href) from error
        raise UidElsewhere(error.location) from error
    there = ical.own_event(found.data)
    if there.uid != draft.uid:
        raise error
    if (there.shape, there.start, there.end) == ("timed", draft.start, draft.end):
        return _verified(session, Stored(found.href, found.etag, found.data))
    # An earlier attempt went through with what Kalends wanted then. Only the iPhone can have changed it since: nobody
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
    for _ in range(MAX_TRIES):
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
    """Has the iPhone changed the event's time or shape since it was agreed on?

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
    return cannot_be_read_yet(error.path) if is_there(session, error.path) else GoneThere()


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
        raise cannot_be_read_yet(stored.href) from error
    etag = found.etag or session.etag(stored.href)
    if etag == replaced:
        raise cannot_be_read_yet(stored.href)
    if ical.meaning(found.data) != ical.meaning(stored.text):
        ours, theirs = ical.own_event(stored.text), ical.own_event(found.data)
        if (ours.start, ours.end, ours.shape) != (theirs.start, theirs.end, theirs.shape):
            raise ChangedThere(Stored(stored.href, etag, found.data))
    return Stored(stored.href, etag, found.data)
