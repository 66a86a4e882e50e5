"""Book, reschedule, cancel, decide: the only writers of Booking.

Each asks iCloud once more before its transaction, then takes the staff member's lock, asks again under it, and writes
the booking with its placement and its history in one piece. What follows outside is only nudged after the commit.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial

from django.conf import settings
from django.contrib.auth.models import User
from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django_q.tasks import async_task

from availability.intervals import Span
from availability.slots import Shape
from bookings import asking, collisions, deciding, finding, history, placing
from bookings.clients import client_of, one_line
from bookings.finding import Opening
from bookings.models import QUIET, Booking, BookingChange, LinkedEvent, Proposal, Service
from connections.busy import freshness
from connections.models import CalendarConfiguration
from connections.polling import refresh, refresh_all

Kind = BookingChange.Kind
Source = BookingChange.Source


@dataclass(frozen=True, slots=True)
class ClientDetails:
    """Who books, as typed."""

    name: str
    email: str = ""
    phone: str = ""


class Refused(Exception):
    """It cannot be done; str() is the sentence that says why."""


class NotOpen(Refused):
    """The time is not open. `alternatives` are the next openings; `can_insist`: staff may book it anyway."""

    def __init__(self, sentence: str, alternatives: list[Opening], *, can_insist: bool = True) -> None:
        super().__init__(sentence)
        self.alternatives = alternatives
        self.can_insist = can_insist


def book(
    *,
    service: Service,
    staff: User | None,
    start: datetime,
    client: ClientDetails,
    now: datetime,
    actor: User | None = None,
    anyway: bool = False,
    note: str = "",
) -> Booking:
    """Book `service` at `start` (aware) with `staff`, or with the first of its staff who is free then.

    `anyway`: staff insist on a time that is not open, even over another booking. Raises NotOpen, Refused.
    """
    if not client.name.strip():
        raise Refused(_("Say who the booking is for."))
    if not service.active:
        raise Refused(_("“%(service)s” cannot be booked at present.") % {"service": service})
    _refuse_far(start, now)
    candidates = _candidates(service, staff)
    refresh_all([user.pk for user in candidates], now, seconds=settings.FRESHNESS_DEADLINE_SECONDS)
    candidates.sort(key=lambda user: _is_unread(user, now))
    refusal: NotOpen | None = None
    for user in candidates:
        try:
            return _book_with(user, service, start, client, now=now, actor=actor, anyway=anyway, note=note)
        except NotOpen as error:
            refusal = refusal or error
    assert refusal is not None  # noqa: S101 - there is always a candidate
    raise NotOpen(str(refusal), finding.next_openings(service, candidates, max(start, now), now=now))


def _refuse_far(start: datetime, now: datetime) -> None:
    if not finding.is_near(start, now=now):
        raise Refused(_("This time is years away. Choose one nearer to today."))


def _candidates(service: Service, staff: User | None) -> list[User]:
    able = list(service.staff.filter(is_active=True).order_by("pk"))
    if staff is not None:
        if staff not in able:
            raise Refused(_("%(staff)s does not offer “%(service)s”.") % {"staff": staff, "service": service})
        return [staff]
    if not able:
        raise Refused(_("Nobody offers “%(service)s” yet.") % {"service": service})
    return able


def _is_unread(user: User, now: datetime) -> bool:
    """Could the user's calendars not be read just now? Then somebody whose calendars were read comes first."""
    fresh = freshness(user, now=now)
    return fresh.pending or not fresh.bookable or (fresh.as_of is not None and fresh.as_of < now)


def _book_with(
    user: User,
    service: Service,
    start: datetime,
    client: ClientDetails,
    *,
    now: datetime,
    actor: User | None,
    anyway: bool,
    note: str,
) -> Booking:
    shape = service.shape
    with locked(user):
        collides = _check_open(user, shape, start, now=now, anyway=anyway)
        pending = freshness(user, now=now, asked=True).pending
        person = client_of(one_line(client.name), one_line(client.email), one_line(client.phone))
        booking = Booking(service=service, staff=user, client=person, overlap_allowed=collides, note=note)
        booking.status = Booking.Status.PENDING if pending else Booking.Status.CONFIRMED
        booking.cause = Booking.Cause.CALENDAR_UNREADABLE if pending else Booking.Cause.NONE
        _set_time(booking, start, start + shape.duration)
        booking.save()
        history.record(booking, Kind.MADE, Source.STAFF, now=now, actor=actor, tell=now)
        placing.place(booking)
        if anyway:
            collisions.keep(booking, now, actor)
        _nudge(booking)
    return booking


@contextmanager
def locked(user: User) -> Iterator[None]:
    """One transaction under the staff member's lock; the database's own refusal of an overlap is a refusal like ours.

    PostgreSQL locks the row; on SQLite every transaction takes the write lock as it begins.
    """
    try:
        with transaction.atomic():
            list(CalendarConfiguration.objects.select_for_update().filter(user=user).values_list("pk"))
            yield
    except IntegrityError as error:
        if "bookings_never_overlap" not in str(error):
            raise
        raise NotOpen(_("Somebody else has just booked this time."), [], can_insist=True) from error


def _check_open(
    user: User, shape: Shape, start: datetime, *, now: datetime, anyway: bool, moving: Booking | None = None
) -> bool:
    """Raise NotOpen unless the time is open or staff insist; whether it then overlaps another booking."""
    if freshness(user, now=now, asked=True).bookable and finding.is_open(user, shape, start, now=now, moving=moving):
        return False
    if not anyway:
        raise NotOpen(finding.why_not(user, shape, start, now=now, moving=moving), [])
    return finding.collides(user, shape, start, moving=moving)


def _set_time(booking: Booking, start: datetime, end: datetime) -> None:
    shape = booking.service.shape
    booking.start, booking.end = start, end
    booking.blocked_from, booking.blocked_until = start - shape.buffer_before, end + shape.buffer_after


def _nudge(booking: Booking) -> None:
    """After the commit, let workers push and tell at once; the schedule would do the same a little later."""
    transaction.on_commit(partial(async_task, "bookings.tasks.settle_booking", booking.pk))


def reschedule(
    booking: Booking,
    *,
    start: datetime,
    now: datetime,
    end: datetime | None = None,
    actor: User | None = None,
    source: Source = Source.STAFF,
    anyway: bool = False,
) -> Booking:
    """Move a live booking to `start`, keeping its length unless `end` is given. Raises NotOpen, Refused.

    Where it is already nothing changes, and nobody is told.
    """
    _refuse_far(start, now)
    refresh(booking.staff_id, now, seconds=settings.FRESHNESS_DEADLINE_SECONDS)
    with locked(booking.staff):
        booking = live(booking)
        until = end or start + (booking.end - booking.start)
        if (start, until) == (booking.start, booking.end):
            return booking
        shape = replace(booking.service.shape, duration=until - start)
        _check_open(booking.staff, shape, start, now=now, anyway=anyway, moving=booking)
        move(booking, start, until, now=now, actor=actor, source=source, tell=now)
        if anyway:
            collisions.keep(booking, now, actor)
        return booking


def move(
    booking: Booking,
    start: datetime,
    end: datetime,
    *,
    now: datetime,
    actor: User | None = None,
    source: Source,
    kind: Kind = Kind.MOVED,
    tell: datetime,
) -> Booking:
    """Write a live booking's new time. Inside the staff member's lock, after the time was found to be free.

    Only where it overlaps another booking, as staff insisted, it may from now on.
    """
    before = (booking.start, booking.end)
    shape = replace(booking.service.shape, duration=end - start)
    booking.overlap_allowed = finding.collides(booking.staff, shape, start, moving=booking)
    _set_time(booking, start, end)
    booking.revision += 1
    booking.save()
    history.record(booking, kind, source, now=now, actor=actor, before=before, tell=tell)
    placing.queue(booking)
    asking.has_new_time(booking, now)
    _nudge(booking)
    return booking


def live(booking: Booking) -> Booking:
    """The booking as it stands now, its row locked. Raises Refused if it is cancelled."""
    booking = (
        Booking.objects.select_for_update(of=("self",)).select_related("service", "client", "staff").get(pk=booking.pk)
    )
    if not booking.live:
        raise Refused(_("This booking is cancelled."))
    return booking


def cancel(booking: Booking, *, now: datetime, actor: User | None = None, source: Source = Source.STAFF) -> Booking:
    """Cancel a live booking: its time opens, its event goes. One that is cancelled stays as it is."""
    with locked(booking.staff):
        try:
            booking = live(booking)
        except Refused:
            return Booking.objects.get(pk=booking.pk)
        booking.status, booking.cause = Booking.Status.CANCELLED, Booking.Cause.NONE
        booking.revision += 1
        booking.save()
        history.record(booking, Kind.CANCELLED, source, now=now, actor=actor, tell=now)
        Proposal.objects.open().filter(booking=booking).update(withdrawn_at=now)
        placing.remove(booking)
        _nudge(booking)
    return booking


def confirm_pending(user: User, now: datetime) -> None:
    """Confirm what is pending with the user, as far as the calendars are read again and the time is free."""
    pending = list(still_pending(user.pk, now))
    if not pending or not _is_read(user, now):
        return
    asked = collisions.unanswered(user, pending)  # of all at once: a client may be waiting for the end of this
    for booking in pending:
        if booking.pk not in asked:
            with suppress(Refused):  # cancelled meanwhile
                confirm(booking, now=now)


def still_pending(user_id: int, now: datetime) -> QuerySet[Booking]:
    """What is pending with a staff member and has not begun: a client who is there needs no mail that they may come."""
    return Booking.objects.filter(staff=user_id, status=Booking.Status.PENDING, start__gt=now)


def _is_read(user: User, now: datetime) -> bool:
    fresh = freshness(user, now=now)
    return fresh.bookable and not fresh.pending


def confirm(booking: Booking, *, now: datetime) -> bool:
    """Confirm a pending booking if its staff member's calendars are read again and its time is free; was it?

    What it was booked against besides calendars (hours, notice, whatever staff insisted on) is no question any more.
    """
    with locked(booking.staff):
        booking = live(booking)
        if booking.status != Booking.Status.PENDING or not _is_read(booking.staff, now):
            return False
        if collisions.is_asked_about(booking):
            return False
        booking.status, booking.cause = Booking.Status.CONFIRMED, Booking.Cause.NONE
        booking.revision += 1
        booking.save()
        history.record(booking, Kind.CONFIRMED, Source.KALENDS, now=now, tell=now)
        placing.queue(booking)
        _nudge(booking)
    return True


def undo(change: BookingChange, *, now: datetime, actor: User | None = None) -> Booking:
    """Take back a move that the phone made, while the client has not been told. Raises Refused, NotOpen.

    Told is what comes of it, if that is news: the client may never have heard of the time before, or of the booking.
    """
    booking = change.booking
    with locked(booking.staff):
        booking = live(booking)
        latest = booking.changes.first()
        if latest is None or latest.pk != change.pk or change.old_start is None or change.old_end is None:
            raise Refused(_("Only the latest move can be undone."))
        # Whoever writes to the client puts this time off first, so that of writing and undoing one comes first.
        untold = BookingChange.objects.filter(pk=latest.pk, told_at=None, tell_client_at=latest.at + QUIET)
        if not untold.update(tell_client_at=None):
            raise Refused(history.why_not_undone(latest))
        shape = replace(booking.service.shape, duration=change.old_end - change.old_start)
        if finding.collides(booking.staff, shape, change.old_start, moving=booking):
            raise NotOpen(_("The old time is taken by now."), [])
        return move(
            booking,
            change.old_start,
            change.old_end,
            now=now,
            actor=actor,
            source=Source.STAFF,
            kind=Kind.UNDONE,
            tell=now,
        )


def put_back(booking: Booking, placement: LinkedEvent, *, now: datetime, seen: Span | None = None) -> None:
    """Let the event become again what the booking says, though it has the time `seen` on the phone (None: none).

    Raises Refused if it is cancelled.
    """
    with locked(booking.staff):
        booking = live(booking)
        placing.put_back(booking, placement, now, seen)
        _nudge(booking)


def decide(proposal: Proposal, *, choice: str, now: datetime, actor: User | None = None, shown: str = "") -> Booking:
    """Carry out what staff decided about a change made on the phone. Raises Refused.

    `shown`: the stamp of what they saw. Something else is not decided; without one it is decided as it stands.
    """
    with locked(proposal.booking.staff):
        booking = live(proposal.booking)
        proposal = Proposal.objects.select_for_update(of=("self",)).select_related(*deciding.WITH).get(pk=proposal.pk)
        if choice not in proposal.choices:
            raise Refused(_("This cannot be chosen here."))
        if shown and shown != deciding.stamp(proposal):
            raise Refused(_("This has changed since you looked at it. See what it is now, then decide."))
        open_still = Proposal.objects.open().filter(pk=proposal.pk)
        if (open_still & deciding.over(now)).exists():
            raise Refused(_("This booking is over. There is nothing to decide any more."))
        if not open_still.update(decided_at=now, choice=choice, decided_by=actor):
            raise Refused(_("This was decided already."))
        if choice == Proposal.Choice.PUT_BACK:
            placing.put_back(booking, proposal.linked_event, now, proposal.seen)
            _nudge(booking)
        elif choice == Proposal.Choice.ACCEPT:
            _accept(booking, proposal, now, actor)
        elif choice == Proposal.Choice.CANCEL:
            booking = cancel(booking, now=now, actor=actor)
        else:
            _keep(booking, now)
    return booking


def _keep(booking: Booking, now: datetime) -> None:
    """Staff know of the event that lies over the booking; there may be another one."""
    if booking.status == Booking.Status.PENDING:
        confirm(booking, now=now)
    collisions.notice(booking.staff, now)


def _accept(booking: Booking, proposal: Proposal, now: datetime, actor: User | None) -> None:
    """Let the booking follow the phone, whatever it overlaps; that is known then, and not asked about."""
    if proposal.new_start is None or proposal.new_end is None:
        raise Refused(_("The event has no time that a booking could follow. Put it back, or cancel the booking."))
    _refuse_far(proposal.new_start, now)
    placing.follow(proposal.linked_event, proposal.seen)
    move(booking, proposal.new_start, proposal.new_end, now=now, actor=actor, source=Source.PHONE, tell=now)
    collisions.keep(booking, now, actor)
