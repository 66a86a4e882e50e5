"""The times that are offered to a client who is asked to choose another one."""

from __future__ import annotations

from datetime import datetime
from urllib.parse import urlencode

from bookings.models import Seat
from bookings.notifications.facts import Offer
from bookings.notifications.mails.appointment import public_name
from bookings.openings.alternatives import alternatives
from bookings.openings.search import Opening


def offers_of(seat: Seat, now: datetime) -> list[Offer]:
    """The few times that are offered, each with the link to the page that asks whether to take it."""
    return [_offer(seat, opening) for opening in alternatives(seat.booking, now=now)]


def _offer(seat: Seat, opening: Opening) -> Offer:
    query = urlencode({"start": opening.start.isoformat(), "staff": opening.staff.slug})
    other = "" if opening.staff == seat.booking.staff else public_name(opening.staff)
    link = f"{seat.link}reschedule/?{query}"
    return Offer(start=opening.start, link=link, staff=opening.staff.slug, other_staff=other)
