"""E-mail addresses that a client confirms before a booking counts: when that is asked, and until when."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings

from bookings.models import Claim, Hold, booking_lock
from practice.models import Practice

CONFIRM_WITHIN = timedelta(minutes=30)
RUSH = 10
"""So many times BOOKING_RATE in an hour, over the whole practice, and every address is asked to be confirmed."""
_HOUR = timedelta(hours=1)


def confirm_by(email: str, start: datetime, now: datetime, *, always: bool = False) -> datetime | None:
    """Until when the client must confirm the address, None if they need not. Without an address nobody is asked.

    `always`: they must, whatever else applies.
    """
    if not email or not (always or Practice.current().confirm_addresses or rush_ends_at(now)):
        return None
    return min(now + CONFIRM_WITHIN, start)


def rush_ends_at(now: datetime) -> datetime | None:
    """When addresses are no longer asked for because of many bookings: an hour after the last moment of too many.

    None if there is no such rush at `now`.
    """
    most = RUSH * settings.BOOKING_RATE
    booked = Hold.objects.filter(booked_at__gt=now - 2 * _HOUR, booked_at__lte=now).order_by("booked_at")
    times = [at for at in booked.values_list("booked_at", flat=True) if at]
    ends = [later + _HOUR for earlier, later in zip(times, times[most:], strict=False) if later - earlier < _HOUR]
    return max((end for end in ends if end > now), default=None)


def release_expired(now: datetime) -> None:
    """Give back the time of claims that have expired: of holds, and of bookings whose address was not confirmed."""
    expired = Claim.objects.expired(now)
    if expired.exists():
        with booking_lock(expired.values("staff"), now):
            pass  # the lock releases them
