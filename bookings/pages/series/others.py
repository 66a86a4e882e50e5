"""The other appointments of a series, for the page of one of them."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from bookings.models import Booking
from practice.models import User
from practice.roles import Action, allowed


@dataclass(frozen=True, slots=True)
class SeriesShown:
    """The live appointments of a series in their order; which one of them this is, 0 for one that is cancelled.

    `visible` are those whose page the reader may open. `can_move`: may the reader move all that follow?
    """

    bookings: list[Booking]
    number: int
    visible: Collection[Booking]
    can_move: bool

    @property
    def count(self) -> int:
        return len(self.bookings)


def series_shown(booking: Booking, reader: User, now: datetime) -> SeriesShown | None:
    """What the page of the booking shows of its series; None without one, or if nothing else is left of it."""
    if booking.series_id is None:
        return None
    live = Booking.objects.live().with_details().filter(series=booking.series_id)
    bookings = list(live.order_by("start", "pk"))
    if not any(one != booking for one in bookings):
        return None
    number = bookings.index(booking) + 1 if booking in bookings else 0
    visible = set(allowed(reader, Action.SEE_BOOKINGS, live, owner="staff"))
    handled = set(allowed(reader, Action.HANDLE_BOOKINGS, live, owner="staff"))
    later = bookings[number:] if number else []
    return SeriesShown(
        bookings, number, visible, can_move=bool(later) and booking.start > now and handled >= {booking, *later}
    )
