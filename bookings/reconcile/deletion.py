"""Is a pushed event really deleted? Only if it is missing at two looks and is nowhere else in the account."""

from __future__ import annotations

from datetime import datetime, timedelta

from bookings.models import Placement
from connections import dav, push
from connections.models import Calendar, Event
from connections.plan import BACKLOG_HOLDS_FRESHNESS

BETWEEN_LOOKS = timedelta(seconds=60)


def is_deleted(placement: Placement, now: datetime, *, offline: bool = False) -> bool | None:
    """Whether an event that is in no selected calendar was deleted; None while that is not known.

    The first look only notes the time. A later one asks the server: the event is deleted if the calendar answers, the
    href is gone and the UID is in no other event calendar of the account, selected or not. An event that was last found
    in a calendar that is not selected is asked for at the first look already, because it is probably still there. With
    `offline` nothing is asked, because somebody is waiting.
    """
    first_look = placement.missing_since is None
    if first_look:
        placement.row.update(missing_since=now)
    if offline or placement.calendar is None or not _is_time_to_ask(placement, placement.calendar, now):
        return None
    if _may_be_unread(placement.calendar, now):
        return None
    try:
        found = push.find(placement.calendar, placement.href, placement.uid)
    except dav.DavError:
        return None
    if found is not None:
        _follow(placement, found, now)
        return False
    return None if first_look else True


def _is_time_to_ask(placement: Placement, calendar: Calendar, now: datetime) -> bool:
    if placement.missing_since is None:
        return not calendar.is_conflict_calendar
    return now >= placement.missing_since + BETWEEN_LOOKS


def _follow(placement: Placement, found: push.Stored, now: datetime) -> None:
    """Keep the event as found, to be compared: in a calendar that is not selected, or where it was all the time."""
    placement.row.update(missing_since=None)
    path = found.href.rpartition("/")[0] + "/"
    siblings = Calendar.objects.filter(connection__calendars=placement.calendar).select_related("connection")
    holder = siblings.filter(path=path, is_conflict_calendar=False).first()
    if found.href == placement.href and placement.calendar is not None:
        holder = placement.calendar  # one whose answer was that it is not there
    if holder is not None and found.text:
        placement.relocate(found.href, holder)
        push.remember(holder, found, now)


def kept(placement: Placement) -> Event | None:
    """The event of a placement as `is_deleted` found it."""
    there = Event.objects.filter(calendar=placement.calendar_id)
    return there.filter(href=placement.href).select_related("calendar__connection").first()


def _may_be_unread(calendar: Calendar, now: datetime) -> bool:
    """Does the account list an event that was never read? It may be the missing one, moved.

    After a day without success it is a problem of its own and no reason to wait any longer.
    """
    new = Event.objects.pending().filter(calendar__connection=calendar.connection_id, uid="")
    return new.filter(pending_since__gt=now - BACKLOG_HOLDS_FRESHNESS).exists()
