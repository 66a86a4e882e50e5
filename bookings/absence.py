"""Is an event of ours really deleted? Only if it is missing twice, and is nowhere else in the account."""

from __future__ import annotations

from datetime import datetime, timedelta

from bookings.placement import Placement
from connections import dav, push
from connections.models import Calendar, Event
from connections.plan import OWED_HOLDS_FRESHNESS

TWICE = timedelta(seconds=60)  # between the two polls at which it is missing


def is_deleted(placement: Placement, now: datetime, *, hurried: bool = False) -> bool | None:
    """Whether the event that is in no selected calendar any more was deleted; None while that cannot be told.

    The first look only notes the time; a later one asks iCloud itself: the calendar answers, the href is gone and the
    UID is in no other event calendar of the account, also the unselected ones. Not while somebody waits (`hurried`).
    """
    if placement.missing_since is None:
        type(placement)._default_manager.filter(pk=placement.pk).update(missing_since=now)
        return None
    if hurried or now < placement.missing_since + TWICE or placement.calendar is None:
        return None
    if _may_be_unread(placement.calendar, now):
        return None
    try:
        found = push.find(placement.calendar, placement.href, placement.uid)
    except dav.DavError:
        return None
    if found is not None:
        _follow(placement, found)
    return found is None


def _follow(placement: Placement, found: push.Stored) -> None:
    """It stands in a calendar whose events Kalends does not read: pushing and deleting go on there."""
    rows = type(placement)._default_manager.filter(pk=placement.pk)
    path = found.href.rpartition("/")[0] + "/"
    calendar = Calendar.objects.filter(connection__calendars=placement.calendar, path=path).first()
    if calendar is not None and found.href != placement.href:
        rows.update(href=found.href, calendar=calendar, calendar_path=path, etag=found.etag)
    rows.update(missing_since=None)


def _may_be_unread(calendar: Calendar, now: datetime) -> bool:
    """Is there an event in the account that is listed and was never read? It may be the one that is missed, moved.

    After a day without success it is a problem of its own and no reason to wait any longer.
    """
    new = Event.objects.owed().filter(calendar__connection=calendar.connection_id, uid="")
    return new.filter(owed_since__gt=now - OWED_HOLDS_FRESHNESS).exists()
