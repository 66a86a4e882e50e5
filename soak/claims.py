"""The part of the audit about time that is taken: the claims and seats of bookings, and the holds of visitors."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from itertools import pairwise

from bookings.models import Booking, Claim
from bookings.openings.own_time import ALWAYS, booked_spans
from practice.models import User
from soak.findings import Findings
from soak.ledger import Ledger, Span


def audit_claims(ledger: Ledger, now: datetime, found: Findings) -> None:
    """Compare the time that counts as taken with the live bookings, and with what visitors were told of their holds."""
    for booking in Booking.objects.with_details().select_related("service"):
        _claim(booking, found)
        _seat(booking, ledger, found)
    for claim in Claim.objects.filter(booking=None, hold=None):
        found.wrong.append(f"the claim {claim} of {claim.staff} belongs to no booking and no hold")
    _overlaps(now, found)
    for user in User.objects.all():
        _counted_time(user, ledger, now, found)


def _claim(booking: Booking, found: Findings) -> None:
    """A live booking has exactly its time with buffers; a cancelled one has none."""
    claims = list(Claim.objects.filter(booking=booking))
    found.looked_at["claims of bookings"] += len(claims)
    if booking.live and not claims:
        found.lost.append(f"{named(booking)} has lost its time")
    elif booking.live and _facts(claims[0]) != (booking.staff_id, Claim.Kind.BOOKING, *_span_with_buffers(booking)):
        found.wrong.append(f"{named(booking)} has the claim {claims[0]} – {claims[0].end:%H:%M}")
    elif claims and not booking.live:
        found.wrong.append(f"{named(booking)} is cancelled, but takes time")


def _facts(claim: Claim) -> tuple[int, str, datetime, datetime]:
    return claim.staff_id, claim.kind, claim.start, claim.end


def _span_with_buffers(booking: Booking) -> Span:
    shape = booking.service.shape
    return booking.start - shape.buffer_before, booking.end + shape.buffer_after


def _seat(booking: Booking, ledger: Ledger, found: Findings) -> None:
    """A booking has one seat, with what its visitor said."""
    seats = list(booking.seats.all())
    found.looked_at["seats"] += len(seats)
    if len(seats) != 1:
        (found.doubled if seats else found.lost).append(f"booking {booking.pk} has {len(seats)} seats")
        return
    attempt = ledger.tries.get(seats[0].client.name)
    written = (seats[0].language, seats[0].time_zone, seats[0].note)
    if attempt and attempt.said and attempt.said != written:
        found.wrong.append(f"{named(booking)} has the words {written}, not {attempt.said}")


def _overlaps(now: datetime, found: Findings) -> None:
    """Two claims that count overlap only where staff booked regardless of conflicts."""
    counted = Claim.objects.active(now).filter(overlap_allowed=False).order_by("staff", "start")
    for one, other in pairwise(counted.select_related("staff", "hold", "booking__service")):
        if one.staff_id == other.staff_id and one.end > other.start:
            found.doubled.append(f"{one} and {other} of {one.staff} overlap")


def _counted_time(user: User, ledger: Ledger, now: datetime, found: Findings) -> None:
    """Only live bookings and holds that have not expired take time."""
    counted, taken = Counter(booked_spans(user, *ALWAYS, now=now)), Counter(_taken(user, ledger, now))
    for start, end in counted - taken:
        found.wrong.append(f"{start:%d.%m. %H:%M} – {end:%H:%M} UTC of {user} counts as taken, but is free")
    for start, end in taken - counted:
        found.lost.append(f"{start:%d.%m. %H:%M} – {end:%H:%M} UTC of {user} counts as free, but is taken")


def _taken(user: User, ledger: Ledger, now: datetime) -> Iterator[Span]:
    for booking in Booking.objects.live().filter(staff=user).select_related("service"):
        yield _span_with_buffers(booking)
    for held in ledger.holds.values():
        if held.staff == user.pk and held.expires_at > now:
            yield held.span


def named(booking: Booking) -> str:
    """How a finding names a booking."""
    who = ", ".join(str(seat) for seat in booking.seats.all())
    return f"{who} (booking {booking.pk} of {booking.staff.username}, {booking.start:%d.%m. %H:%M} UTC)"
