"""The bookings of somebody who leaves: each goes to a colleague, or is cancelled and the client told."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta

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
    """By key of the booking: who else offers its service and is free at its time, in order of their names.

    The number of queries depends on the number of services, lengths and days, not on that of bookings.
    """
    offering: dict[Service, list[User]] = {}
    alike: dict[tuple[Service, timedelta, date], list[Booking]] = {}
    for booking in bookings:
        if booking.service not in offering:
            offering[booking.service] = _offering(booking.service)
        key = (booking.service, booking.end - booking.start, booking.start.date())
        alike.setdefault(key, []).append(booking)
    found: dict[int, list[User]] = {}
    for (service, *_length_and_day), several in alike.items():
        found |= _free(several, offering[service], now)
    return found


def _offering(service: Service) -> list[User]:
    return list(service.staff.filter(is_active=True).order_by("first_name", "last_name", "pk"))


def _free(alike: list[Booking], people: list[User], now: datetime) -> dict[int, list[User]]:
    """The same for bookings of one service, length and day; `people` offer the service."""
    shape = search.staff_shape(alike[0], (alike[0].start, alike[0].end))
    starts = [booking.start for booking in alike]
    span = min(starts), max(starts) + timedelta.resolution
    openings = search.openings_of_each([user.pk for user in people], shape, *span, now=now)
    open_at = {user: {start for start, _end in one.spans} for user, one in openings.items()}
    return {
        booking.pk: [user for user in people if user != booking.staff and booking.start in open_at[user.pk]]
        for booking in alike
    }


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
