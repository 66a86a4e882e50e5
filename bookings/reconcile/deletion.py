"""Is an event of ours really deleted? Only if it is missing twice, and is nowhere else in the account."""

from __future__ import annotations

from datetime import datetime, timedelta

from bookings.models import Placement
from connections import dav, push
from connections.models import Calendar, Event
from connections.plan import BACKLOG_HOLDS_FRESHNESS

TWICE = timedelta(seconds=60)  # between the two polls at which it is missing


def is_deleted(placement: Placement, now: datetime, *, offline: bool = False) -> bool | None:
    """Whether the event that is in no selected calendar any more was deleted; None while that cannot be told.

    The first look only notes the time; a later one asks iCloud itself: the calendar answers, the href is gone and the
    UID is in no other event calendar of the account, also the unselected ones. Not while somebody waits (`offline`).
    """
    if placement.missing_since is None:
        placement.row.update(missing_since=now)
        return None
    if offline or now < placement.missing_since + TWICE or placement.calendar is None:
        return None
    if _may_be_unread(placement.calendar, now):
        return None
    try:
        found = push.find(placement.calendar, placement.href, placement.uid)
    except dav.DavError:
        return None
    if found is not None:
        _follow(placement, found, now)
    return found is None


def _follow(placement: Placement, found: push.Stored, now: datetime) -> None:
    """It stands in a calendar whose events Kalends does not read: it is kept as found, to be compared."""
    placement.row.update(missing_since=None)
    path = found.href.rpartition("/")[0] + "/"
    siblings = Calendar.objects.filter(connection__calendars=placement.calendar).select_related("connection")
    unread = siblings.filter(path=path, is_conflict_calendar=False).first()
    if unread is not None and found.text:
        placement.relocate(found.href, unread)
        push.remember(unread, found, now)


def kept(placement: Placement) -> Event | None:
    """The event of a placement that was found in a calendar whose events Kalends does not read, as it was then."""
    there = Event.objects.filter(calendar=placement.calendar_id, calendar__is_conflict_calendar=False)
    return there.filter(href=placement.href).select_related("calendar__connection").first()


def _may_be_unread(calendar: Calendar, now: datetime) -> bool:
    """Is there an event in the account that is listed and was never read? It may be the one that is missed, moved.

    After a day without success it is a problem of its own and no reason to wait any longer.
    """
    new = Event.objects.pending().filter(calendar__connection=calendar.connection_id, uid="")
    return new.filter(pending_since__gt=now - BACKLOG_HOLDS_FRESHNESS).exists()
