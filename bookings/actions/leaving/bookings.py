"""The bookings of somebody who leaves: each goes to a colleague, or is cancelled and the client told."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

from bookings.actions.cancel import cancel
from bookings.actions.checks.preconditions import Refused
from bookings.actions.reschedule import hand_over
from bookings.models import Booking, BookingQuerySet, Service
from bookings.openings import search
from practice.models import User


def bookings_left(user: User, now: datetime) -> BookingQuerySet:
    """Live bookings of the user that have not begun; one that goes on now ends as it is."""
    return Booking.objects.filter(staff=user, start__gt=now).live().with_details().order_by("start", "pk")


def free_colleagues(bookings: Iterable[Booking], now: datetime) -> dict[int, list[User]]:
    """By key of the booking: who else offers its service and is free at its time, in order of their names."""
    offering: dict[Service, list[User]] = {}
    found: dict[int, list[User]] = {}
    for booking in bookings:
        if booking.service not in offering:
            offering[booking.service] = _offering(booking.service)
        colleagues = [user for user in offering[booking.service] if user != booking.staff]
        found[booking.pk] = _free(booking, colleagues, now)
    return found


def _offering(service: Service) -> list[User]:
    return list(service.staff.filter(is_active=True).order_by("first_name", "last_name", "pk"))


def _free(booking: Booking, colleagues: list[User], now: datetime) -> list[User]:
    shape = search.staff_shape(booking, (booking.start, booking.end))
    span = (booking.start, booking.start + timedelta.resolution)
    keys = [user.pk for user in colleagues]
    openings = search.openings_of_each(keys, shape, *span, now=now, moving=booking)
    return [user for user in colleagues if any(start == booking.start for start, _end in openings[user.pk].spans)]


def settle_bookings(
    user: User, choices: Mapping[int, User | None], *, now: datetime, actor: User | None = None
) -> dict[int, str]:
    """Give each of these bookings of the user to the colleague who was chosen, or cancel it (None) and tell the client.

    By key of the booking: why that could not be done. The others are done all the same.
    """
    refused: dict[int, str] = {}
    for booking in bookings_left(user, now).filter(pk__in=choices):
        try:
            _settle(booking, choices[booking.pk], now, actor)
        except Refused as error:
            refused[booking.pk] = str(error)
    return refused


def _settle(booking: Booking, to: User | None, now: datetime, actor: User | None) -> None:
    if to is None:
        cancel(booking, now=now, actor=actor)
    else:
        hand_over(booking, to=to, now=now, actor=actor)
