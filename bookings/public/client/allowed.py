"""What a client may still do online."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from bookings import deadlines
from bookings.models import Booking, BookingChange, Mail, Seat

Kind = BookingChange.Kind


def can_cancel(booking: Booking, now: datetime) -> bool:
    """Is the appointment to come, and its deadline for cancelling as well?"""
    return booking.live and now < deadlines.cancel_until(booking.service, booking.start)


def can_reschedule(booking: Booking, now: datetime) -> bool:
    """Is the deadline for choosing another time to come, or did the practice choose this one or ask for another?"""
    if not booking.live or booking.address_due_at or now >= booking.start:
        return False
    within = now < deadlines.change_until(booking.service, booking.start)
    return within or is_asked(booking, now) or _was_moved_by_practice(booking)


def is_asked(booking: Booking, now: datetime) -> bool:
    """Has the practice asked to choose another time for an appointment to come?"""
    asked_at = booking.new_time_asked_at
    return booking.live and asked_at is not None and asked_at <= now < booking.start


def stands_after_all(seat: Seat) -> bool:
    """Was the client asked to choose another time and need not any more, and has nothing happened since?"""
    mails = seat.mails.filter(kind=Mail.Kind.STANDS).exclude(state=Mail.State.DROPPED)
    told = mails.order_by("-pk").values_list("change", flat=True).first()
    return told is not None and not seat.booking.changes.filter(pk__gt=told).exists()


def can_move_following(bookings: Sequence[Booking], now: datetime) -> bool:
    """Are these several appointments of a series, and may the client choose another time for each of them?"""
    return len(bookings) > 1 and all(can_reschedule(one, now) for one in bookings)


def _was_moved_by_practice(booking: Booking) -> bool:
    """Was the present time chosen on the iPhone, and not by the client or with them?"""
    moves = booking.changes.filter(kind__in=(Kind.MADE, Kind.MOVED, Kind.UNDONE))
    latest = moves.first()
    return latest is not None and (latest.kind, latest.source) == (Kind.MOVED, BookingChange.Source.PHONE)


def can_add_to_calendar(booking: Booking, now: datetime) -> bool:
    """Is the appointment certain, and not over?"""
    return booking.status == Booking.Status.CONFIRMED and now < booking.end
