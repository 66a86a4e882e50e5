"""The way back for slots blocked by hand: a slot follows what the iPhone made of its event."""

from __future__ import annotations

from datetime import datetime

from django.db import IntegrityError, transaction

from availability.intervals import Span
from availability.models import BlockedSlot
from bookings.models import MirroredSlot
from bookings.push.event_content import single_span
from bookings.reconcile.deletion import is_deleted, kept
from connections import ical
from connections.busy import two_way_events
from connections.models import Event
from practice.models import User


def reconcile_slots(user: User, now: datetime, *, offline: bool = False) -> bool:
    """Let slots follow what the iPhone made of their events; False if one must be looked at again later.

    All selected calendars of accounts were read. A slot moves or goes with its event: it is nobody's appointment, so
    nobody is asked. An event that was made all-day or repeating, or has no length any more, is an ordinary event from
    then on, and the slot stands. A push that was stopped because the event had changed goes on after the comparison.
    """
    placements = MirroredSlot.objects.owned_by(user).wanted().filter(slot__end__gt=now).known_to_calendar()
    rows = list(placements.select_related("slot", "calendar__connection"))
    found = two_way_events(user, [row.uid for row in rows])
    events = {event.uid: event for event in found if event.calendar.is_conflict_calendar}
    settled = [_compare(row, events.get(row.uid), now, offline=offline) for row in rows]
    return all(settled)


def _compare(placement: MirroredSlot, event: Event | None, now: datetime, *, offline: bool) -> bool:
    if event is None:
        return _missing(placement, now, offline=offline)
    if placement.missing_since is not None:
        placement.row.update(missing_since=None)
    if event.pending_etag:
        return False
    there = ical.own_event(bytes(event.text))
    if not placement.has_seen(event.etag):
        if there.cancelled:
            _drop(placement)
            return True
        if span := single_span(there):
            _move(placement, event, span)
    placement.row.resume()
    return True


def _move(placement: MirroredSlot, event: Event, span: Span) -> None:
    try:
        with transaction.atomic():
            BlockedSlot.objects.filter(mirrored=placement).update(start=span[0], end=span[1])
    except IntegrityError:
        _drop(placement)  # another slot has this very time already, and blocks it
        return
    placement.relocate(event.href, event.calendar)
    placement.agree(event.etag, span, missing_since=None)


def _missing(placement: MirroredSlot, now: datetime, *, offline: bool) -> bool:
    deleted = is_deleted(placement, now, offline=offline)
    if deleted:
        _drop(placement)
    elif deleted is False:
        if event := kept(placement):
            return _compare(placement, event, now, offline=offline)
        placement.row.resume()
    return deleted is not None


def _drop(placement: MirroredSlot) -> None:
    """The slot goes with its event."""
    BlockedSlot.objects.filter(mirrored=placement).delete()
    placement.row.withdraw()
