"""Slots blocked by hand on the iPhone as well, for those who want that: outwards through the outbox, and back."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.db import IntegrityError, transaction
from django.db.models import Case, Q, Value, When

from availability.models import BlockedSlot
from bookings.models import MirroredSlot
from bookings.models.placement import new_uid
from bookings.reconcile.deletion import is_deleted, kept
from connections import ical
from connections.busy import all_events
from connections.models import Calendar, CalendarConfiguration, Connection, Event
from practice.models import User

Wanted = MirroredSlot.Wanted
State = MirroredSlot.State


def follow_slots(now: datetime) -> None:
    """Want in the linked calendars what their staff blocked by hand, and nothing that was removed or is not wanted."""
    mirroring = CalendarConfiguration.objects.filter(mirror_blocked_slots=True).exclude(linked_calendar=None)
    # What stood in an account that is not connected any more goes if that ever comes back; it is placed anew meanwhile.
    _remove(MirroredSlot.objects.filter(Q(slot=None) | Q(calendar=None) | ~Q(staff__in=mirroring.values("user"))))
    for configuration in mirroring.select_related("linked_calendar__connection"):
        if configuration.linked_calendar is not None:
            _place(configuration.user_id, configuration.linked_calendar, now)


def _remove(placements: Iterable[MirroredSlot]) -> None:
    keys = [placement.pk for placement in placements if placement.wanted == Wanted.PRESENT]
    MirroredSlot.objects.filter(pk__in=keys).update(wanted=Wanted.ABSENT, state=State.QUEUED, next_try_at=None)


def _place(user_id: int, calendar: Calendar, now: datetime) -> None:
    """One row for each upcoming slot; what stands in a formerly linked calendar stays there."""
    slots = BlockedSlot.objects.filter(user=user_id).upcoming(now).exclude(mirrored__wanted=Wanted.PRESENT)
    for slot in slots:
        uid = new_uid()
        MirroredSlot.objects.create(
            staff_id=user_id,
            slot=slot,
            calendar=calendar,
            account=calendar.connection.username,
            calendar_path=calendar.path,
            uid=uid,
            href=f"{calendar.path}{uid}.ics",
        )


def reword(user: User) -> None:
    """Let the events of slots say what is to be shown from now on."""
    placements = MirroredSlot.objects.filter(staff=user, wanted=Wanted.PRESENT).exclude(slot=None)
    placements.filter(state=State.PUSHED).update(state=State.QUEUED, pushed_revision=0)


def withdraw(connection: Connection) -> None:
    """Want the events of blocked slots gone from an account, while the slots stand. Inside a transaction."""
    _remove(MirroredSlot.objects.filter(calendar__connection=connection))


def reattach(user: User) -> None:
    """After a reconnection: let events whose calendar row had gone find it again by account and path."""
    for placement in MirroredSlot.objects.filter(staff=user, calendar=None, removed_at=None):
        calendars = Calendar.objects.of(user).filter(connection__username__iexact=placement.account)
        calendar = calendars.filter(path=placement.calendar_path).first()
        MirroredSlot.objects.filter(pk=placement.pk).update(calendar=calendar)


def reconcile_slots(user: User, now: datetime, *, offline: bool = False) -> bool:
    """Let slots follow what the phone made of their events; False if one must be looked at again later.

    All selected calendars were read. A slot moves or goes with its event: it is nobody's appointment, so nobody is
    asked. An event that was made all-day or repeating, or has no length any more, is an ordinary event from then on,
    and the slot stands. What a push found changed goes on once it was compared.
    """
    placements = MirroredSlot.objects.filter(staff=user, wanted=Wanted.PRESENT, slot__end__gt=now)
    placements = placements.exclude(Q(etag="") & ~Q(state=State.CHANGED_ON_BOTH_SIDES)).exclude(calendar=None)
    rows = list(placements.select_related("slot", "calendar__connection"))
    events = {
        event.uid: event for event in all_events(user, [row.uid for row in rows]) if event.calendar.is_conflict_calendar
    }
    settled = [_compare(row, events.get(row.uid), now, offline=offline) for row in rows]
    return all(settled)


def _compare(placement: MirroredSlot, event: Event | None, now: datetime, *, offline: bool) -> bool:
    if event is None:
        return _missing(placement, now, offline=offline)
    if placement.missing_since is not None:
        MirroredSlot.objects.filter(pk=placement.pk).update(missing_since=None)
    if event.pending_etag:
        return False
    there = ical.own_event(bytes(event.text))
    if event.etag not in (placement.etag, *placement.superseded_etags):
        if there.cancelled:
            _drop(placement)
            return True
        if there.start is not None and there.end is not None and not _has_no_time(there):
            _move(placement, event, (there.start, there.end))
    _go_on(placement)
    return True


def is_reshaped(text: bytes) -> bool:
    """Is this an event that is there, but no single piece of time that a slot could follow?"""
    there = ical.own_event(text)
    return not there.cancelled and _has_no_time(there)


def _has_no_time(there: ical.OwnEvent) -> bool:
    return there.shape != "timed" or there.start is None or there.end is None or there.start >= there.end


def _go_on(placement: MirroredSlot) -> None:
    """What kept it from being pushed is settled."""
    stopped = MirroredSlot.objects.filter(pk=placement.pk, state=State.CHANGED_ON_BOTH_SIDES)
    stopped.update(state=Case(When(pushed_revision=0, then=Value(State.QUEUED)), default=Value(State.PUSHED)))


def _move(placement: MirroredSlot, event: Event, span: tuple[datetime, datetime]) -> None:
    try:
        with transaction.atomic():
            BlockedSlot.objects.filter(mirrored=placement).update(start=span[0], end=span[1])
    except IntegrityError:
        _drop(placement)  # another slot has this very time already, and blocks it
        return
    # Only what is written here: a push or another choice of words may be writing to the row as well.
    MirroredSlot.objects.filter(pk=placement.pk).update(
        href=event.href,
        calendar=event.calendar,
        calendar_path=event.calendar.path,
        superseded_etags=[etag for etag in (*placement.superseded_etags[-19:], placement.etag) if etag],
        etag=event.etag,
        agreed_start=span[0],
        agreed_end=span[1],
        missing_since=None,
    )


def _missing(placement: MirroredSlot, now: datetime, *, offline: bool) -> bool:
    deleted = is_deleted(placement, now, offline=offline)
    if deleted:
        _drop(placement)
    elif deleted is False:
        if event := kept(placement):
            return _compare(placement, event, now, offline=offline)
        _go_on(placement)
    return deleted is not None


def _drop(placement: MirroredSlot) -> None:
    """The slot goes with its event."""
    BlockedSlot.objects.filter(mirrored=placement).delete()
    MirroredSlot.objects.filter(pk=placement.pk).update(wanted=Wanted.ABSENT, state=State.QUEUED)
