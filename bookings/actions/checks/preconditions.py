"""What every verb needs: the refusals, the booking under its lock, and the nudge after the commit."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from datetime import datetime
from functools import partial

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _
from django_q.tasks import async_task

from availability.slots import Shape
from bookings.models import Booking, Claim, Hold
from bookings.openings import explain, search
from bookings.openings.reasons import ToldTo
from bookings.openings.search import Opening
from connections.freshness import freshness
from practice.models import User
from practice.models.restore import outgoing_waits


class Refused(Exception):
    """It cannot be done; str() is the sentence that says why."""


class LimitReached(Refused):
    """Somebody has booked as much as they may. What they have is told by e-mail only: anybody may have asked."""


class ClientLimitReached(Refused):
    """The client has as many upcoming bookings as the practice allows. Staff may book anyway."""

    can_insist = True


class NotOpen(Refused):
    """The time is not open. `alternatives` are the next openings. With `can_insist` staff may book it anyway.

    `gone` are those times of a series that are not open.
    """

    def __init__(
        self,
        sentence: str,
        alternatives: list[Opening],
        *,
        can_insist: bool = True,
        gone: Collection[datetime] = (),
    ) -> None:
        super().__init__(sentence)
        self.alternatives = alternatives
        self.can_insist = can_insist
        self.gone = list(gone)


def refuse_while_restored() -> None:
    """Clients book nothing in a copy that was restored: it does not know yet what was booked after the backup."""
    if outgoing_waits():
        raise Refused(_("Our calendar is being restored. Please try again later, or get in touch with us directly."))


def refuse_far(start: datetime, now: datetime) -> None:
    if not search.is_near(start, now=now):
        raise Refused(_("This time is years away. Choose one nearer to today."))


@contextmanager
def overlaps_refused() -> Iterator[None]:
    """Around a transaction that writes times: where the database refuses an overlap, NotOpen is raised."""
    try:
        yield
    except IntegrityError as error:
        if "claims_never_overlap" not in str(error):
            raise
        raise NotOpen(_("Somebody else has just booked this time."), [], can_insist=True) from error


def check_open(
    user: User,
    shape: Shape,
    start: datetime,
    *,
    now: datetime,
    anyway: bool,
    actor: User | None,
    moving: Booking | None = None,
    hold: Hold | None = None,
) -> bool:
    """Raise NotOpen unless the time is open or staff insist; whether it then overlaps another booking.

    Nobody can insist on somebody who was deactivated.

    Only to the user, if they are the `actor`, the refusal tells titles and clients.
    """
    told_to = reader(user, actor)
    refusal = explain.why_not(user, shape, start, now=now, moving=moving, hold=hold, told_to=told_to)
    if not refusal:
        return False
    if not anyway or not User.objects.filter(pk=user.pk, is_active=True).exists():
        raise NotOpen(refusal, [], can_insist=not anyway)
    return search.collides(user, shape, start, now=now, moving=moving)


def reader(user: User, actor: User | None) -> ToldTo:
    """What may be told of the user's time to whoever acts; None acts from a shell."""
    if actor is None:
        return ToldTo.SHELL
    return ToldTo.OWNER if actor == user else ToldTo.COLLEAGUE


def take_time(booking: Booking, start: datetime, end: datetime, *, overlap_allowed: bool) -> None:
    """Give the booking this time of its person, and its claim the same with buffers. Writes the claim alone.

    The claim expires if the client does not confirm their address in time.
    """
    shape = booking.service.shape
    claim = booking.claim or Claim()
    claim.staff = booking.staff
    claim.kind, claim.expires_at, claim.overlap_allowed = Claim.Kind.BOOKING, booking.address_due_at, overlap_allowed
    claim.start, claim.end = start - shape.buffer_before, end + shape.buffer_after
    claim.save()
    booking.claim, booking.start, booking.end = claim, start, end


def release_time(booking: Booking) -> None:
    """Cancel the booking and give its time back."""
    claim, booking.claim, booking.status = booking.claim, None, Booking.Status.CANCELLED
    booking.approval_due_at = booking.calendar_unread_since = booking.address_due_at = None
    booking.save()
    if claim:
        claim.delete()


def nudge(booking: Booking) -> None:
    """After the commit, let workers push and send mail at once; the schedule would do the same a little later."""
    transaction.on_commit(partial(async_task, "bookings.tasks.settle_booking", booking.pk))


def lock_active_booking(booking: Booking) -> Booking:
    """The booking as it stands now, its row locked. Raises Refused if it is cancelled."""
    booking = Booking.objects.with_details().select_for_update(of=("self",)).get(pk=booking.pk)
    if not booking.live:
        raise Refused(_("This booking is cancelled."))
    return booking


def require_approval(booking: Booking) -> None:
    """Raise Refused unless the booking waits for staff to approve it."""
    if booking.approval_due_at is None:
        raise Refused(_("This booking does not wait for approval."))


def is_read(user: User, now: datetime) -> bool:
    fresh = freshness(user, now=now)
    return fresh.bookable and not fresh.pending
