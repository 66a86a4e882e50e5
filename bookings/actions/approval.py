"""Approve or refuse what a client asks for, or end what nobody decided in time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import datetime

from django.conf import settings
from django.utils.translation import gettext as _

from bookings.actions.cancel import cancel
from bookings.actions.checks.preconditions import NotOpen, Refused, lock_active_booking, nudge, require_approval
from bookings.actions.confirm import confirm_if_last
from bookings.links import new_public_id
from bookings.models import Booking, BookingChange, booking_lock
from bookings.proposals import approvals, collisions
from bookings.push import placements
from connections.freshness import freshness
from connections.models import schedule_lock
from connections.sync.poll import refresh
from practice.models import User
from practice.models.restore import outgoing_waits

Kind = BookingChange.Kind
Source = BookingChange.Source


def approve(booking: Booking, *, now: datetime, actor: User | None = None) -> bool:
    """Staff approve the booking, after the calendars were read again. True if that confirmed it.

    It stays pending while the calendars cannot be read or the client has not confirmed the address. Raises NotOpen if
    an event has taken its time, about which staff are asked then, and Refused if it does not wait for approval.
    """
    read_again(booking, now)
    try:
        return grant(booking, now=now, actor=actor)
    except NotOpen:
        ask_about_collision(booking, now)
        raise


def read_again(booking: Booking, now: datetime) -> None:
    """Read the calendars once more before the time is promised. Not inside a lock."""
    refresh(booking.staff_id, now, seconds=settings.FRESHNESS_DEADLINE_SECONDS)


def grant(booking: Booking, *, now: datetime, actor: User | None = None, batch: str = "") -> bool:
    """The same as `approve` with the calendars as they were read last, for whoever holds the staff member's lock.

    `batch`: with whose mails the client is told.
    """
    with booking_lock(booking.staff, now):
        booking = lock_active_booking(booking)
        require_approval(booking)
        if collisions.is_unacknowledged(booking):
            raise NotOpen(_("An event has taken this time meanwhile. Decide first whether to keep the booking."), [])
        if freshness(booking.staff, now=now, asked=True).pending:
            booking.calendar_unread_since = booking.calendar_unread_since or now
        booking.approval_due_at = None
        approvals.withdraw(booking, now)
        confirmed = confirm_if_last(booking, Source.STAFF, now, actor, batch=batch)
        if not confirmed:
            _note_approval(booking)
        return confirmed


def ask_about_collision(booking: Booking, now: datetime) -> None:
    """Ask staff about the event that has taken the time of a request."""
    with schedule_lock(booking.staff):
        collisions.update_notices(booking.staff, now)


def _note_approval(booking: Booking) -> None:
    """The event says no longer that staff still have to approve the booking."""
    booking.revision += 1
    booking.save()
    placements.queue(booking)
    nudge(booking)


def refuse(booking: Booking, *, now: datetime, actor: User | None = None, reason: str = "") -> Booking:
    """Staff do not approve the booking, so its time is free again. Raises Refused if it does not wait for that."""
    with booking_lock(booking.staff, now):
        require_approval(lock_active_booking(booking))
        return cancel(booking, now=now, actor=actor, reason=reason)


def expire_undecided(now: datetime) -> int:
    """End requests that nobody decided in time; both sides are told, of those of one series together. How many.

    After a restore none until that is finished: they may have been decided after the backup.
    """
    overdue: dict[int, list[Booking]] = {}
    for booking in Booking.objects.live().filter(approval_due_at__lte=now).with_details():
        overdue.setdefault(booking.series_id or -booking.pk, []).append(booking)
    return sum(_expire_together(bookings, now) for bookings in overdue.values()) if not _waits(overdue) else 0


def _waits(overdue: Mapping[int, list[Booking]]) -> bool:
    return bool(overdue) and outgoing_waits()


def _expire_together(bookings: Sequence[Booking], now: datetime) -> int:
    ended, batch = 0, new_public_id()
    with booking_lock({booking.staff for booking in bookings}, now):
        for booking in bookings:
            with suppress(Refused):  # decided meanwhile
                ended += _expire(booking, now, batch)
    return ended


def _expire(booking: Booking, now: datetime, batch: str) -> bool:
    with booking_lock(booking.staff, now):
        booking = lock_active_booking(booking)
        if booking.approval_due_at is None or booking.approval_due_at > now:
            return False
        cancel(booking, now=now, source=Source.KALENDS, kind=Kind.EXPIRED, batch=batch)
        return True
