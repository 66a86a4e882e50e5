"""Move a booking to another time or to a colleague, and undo a move that the iPhone made."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime

from django.conf import settings
from django.utils.translation import gettext as _

from bookings.actions import history
from bookings.actions.checks.candidates import Chosen, first_available, require_offer
from bookings.actions.checks.preconditions import (
    NotOpen,
    Refused,
    check_open,
    lock_active_booking,
    nudge,
    overlaps_refused,
    refuse_far,
    take_time,
)
from bookings.actions.checks.unread import CalendarsUnread, require_read
from bookings.actions.covered.ask import take_back_question
from bookings.actions.covered.stand import keep_asking
from bookings.models import Booking, BookingChange, booking_lock
from bookings.notifications import client_notice
from bookings.openings import search
from bookings.openings.shares import team_of
from bookings.proposals import approvals, collisions, lifecycle
from bookings.push import placements
from connections.sync.poll import refresh, refresh_all
from practice.models import User

Kind = BookingChange.Kind
Source = BookingChange.Source


def reschedule(
    booking: Booking,
    *,
    start: datetime,
    now: datetime,
    end: datetime | None = None,
    actor: User | None = None,
    source: Source = Source.STAFF,
    anyway: bool = False,
    staff: User | None = None,
    time_zone: str = "",
) -> Booking:
    """Move a live booking to `start`, keeping its length unless `end` is given. Raises NotOpen, Refused.

    `staff`: with whom it is from then on, if not with the same person. `time_zone`: on whose clock the client chose the
    time and reads it from then on, if that is known. If it is at that time already, nothing changes and nobody is told.
    """
    refuse_far(start, now)
    former, user = booking.staff, staff or booking.staff
    refresh(user.pk, now, seconds=settings.FRESHNESS_DEADLINE_SECONDS)
    with overlaps_refused(), booking_lock({former, user}, now):
        booking = lock_active_booking(booking)
        until = end or start + (booking.end - booking.start)
        if (start, until) == (booking.start, booking.end):
            return booking
        _refuse_other_staff(booking, former)
        if not anyway:
            require_read(booking, user, now)
        shape = replace(booking.service.shape, duration=until - start)
        check_open(user, shape, start, now=now, anyway=anyway, actor=actor, moving=booking)
        _write_zone(booking, time_zone)
        with handing_over(booking, Chosen(user), now):
            move(booking, start, until, now=now, actor=actor, source=source)
        if anyway:
            collisions.acknowledge(booking, now, actor)
        return booking


def hand_over(booking: Booking, *, to: User, now: datetime, actor: User | None = None) -> Booking:
    """Give a live booking to a colleague who offers its service, at its time. Raises NotOpen, Refused.

    Any minute will do; notice and horizon do not count. If it is theirs already, nothing changes and nobody is told.
    """
    former = booking.staff
    refresh(to.pk, now, seconds=settings.FRESHNESS_DEADLINE_SECONDS)
    with overlaps_refused(), booking_lock({former, to}, now):
        booking = lock_active_booking(booking)
        if booking.staff == to:
            return booking
        _refuse_other_staff(booking, former)
        require_offer(booking.service, to)
        require_read(booking, to, now)
        span = (booking.start, booking.end)
        shape = search.staff_shape(booking, span)
        check_open(to, shape, booking.start, now=now, anyway=False, actor=actor, moving=booking)
        with handing_over(booking, Chosen(to), now):
            move(booking, *span, now=now, actor=actor, source=Source.STAFF, kind=Kind.HANDED_OVER)
        return booking


def hand_over_to_any(
    booking: Booking,
    *,
    people: Sequence[User],
    now: datetime,
    actor: User | None = None,
    first: Callable[[], None] | None = None,
) -> Booking:
    """Give a live booking to one of `people` who is free at its time, by the rule of fairness if several are.

    They all offer its service. Any minute will do; notice and horizon do not count. `first` is called inside the lock
    before anything is written, and may refuse. Raises NotOpen, Refused.
    """
    former, span = booking.staff, (booking.start, booking.end)
    refresh_all([user.pk for user in people], now, seconds=settings.FRESHNESS_DEADLINE_SECONDS)
    team = team_of(booking.service, [user.pk for user in people], booking.start)
    with overlaps_refused(), booking_lock({former, *people}, now):
        booking = lock_active_booking(booking)
        _refuse_other_staff(booking, former)
        if (booking.start, booking.end) != span:
            raise Refused(_("Somebody else has just changed this booking. Look again."))
        if first:
            first()
        who = first_available(people, team, search.staff_shape(booking, span), now=now, moving=booking)
        require_read(booking, who.user, now)
        with handing_over(booking, who, now):
            return move(booking, *span, now=now, actor=actor, source=Source.STAFF, kind=Kind.HANDED_OVER)


def choose_time(
    booking: Booking, *, start: datetime, people: Sequence[User], now: datetime, time_zone: str = ""
) -> Booking:
    """Move the booking for its client, with the same person if that is possible, or else with another of `people`.

    Of several others it is the first available. `time_zone`: the zone in which they chose, if the client's own clock
    counts for the service. Submitted twice it is moved once. Raises NotOpen with the nearest openings, Refused.
    """
    if start == booking.start:
        return booking
    refuse_far(start, now)
    refusal: NotOpen | CalendarsUnread | None = None
    for able in _in_turn(booking, people):
        try:
            if len(people) > 1 and booking.staff not in able:
                return _hand_over_to_one_of(able, people, booking, start, now=now, time_zone=time_zone)
            return reschedule(booking, start=start, now=now, source=Source.CLIENT, staff=able[0], time_zone=time_zone)
        except (NotOpen, CalendarsUnread) as error:
            refusal = refusal or error
    if isinstance(refusal, CalendarsUnread):
        raise refusal
    nearest = search.nearest_openings(booking.service, people, start, now=now, moving=booking)
    raise NotOpen(str(refusal or ""), nearest, can_insist=False)


def _in_turn(booking: Booking, people: Sequence[User]) -> list[list[User]]:
    """Who is asked: the same person, and then the others together."""
    same = [user for user in people if user == booking.staff]
    others = [user for user in people if user != booking.staff]
    return [able for able in (same, others) if able]


def _hand_over_to_one_of(
    able: list[User], people: Sequence[User], booking: Booking, start: datetime, *, now: datetime, time_zone: str
) -> Booking:
    """Move the booking to the first available of those who are able; `people` all offer the service."""
    former, end = booking.staff, start + (booking.end - booking.start)
    refresh_all([user.pk for user in able], now, seconds=settings.FRESHNESS_DEADLINE_SECONDS)
    team = team_of(booking.service, [user.pk for user in people], start)
    with overlaps_refused(), booking_lock({former, *people}, now):
        booking = lock_active_booking(booking)
        if (booking.start, booking.end) == (start, end):
            return booking
        _refuse_other_staff(booking, former)
        who = first_available(able, team, search.moved_shape(booking), now=now, moving=booking)
        require_read(booking, who.user, now)
        _write_zone(booking, time_zone)
        with handing_over(booking, who, now):
            return move(booking, start, end, now=now, source=Source.CLIENT)


def _write_zone(booking: Booking, time_zone: str) -> None:
    """Keep on whose clock the client chose the time, if that is known."""
    if time_zone:
        booking.seats.update(time_zone=time_zone)


def _refuse_other_staff(booking: Booking, locked: User) -> None:
    """Raises Refused where the booking went to somebody else, whose lock is not held."""
    if booking.staff != locked:
        raise Refused(_("Somebody else has just changed this booking. Look again."))


@contextmanager
def handing_over(booking: Booking, who: Chosen, now: datetime) -> Iterator[None]:
    """Around a move to the time of whoever was chosen: the claim and the event go along. Inside the lock of both.

    The claim is one row, so the old time is free in the same statement that takes the new one. A request is still to be
    approved: staff are asked again.
    """
    if booking.staff == who.user:
        yield
        return
    lifecycle.withdraw(lifecycle.open_of(booking.pk), now)
    placements.remove(booking)
    booking.staff, booking.why_staff = who.user, dict(who.why)
    yield
    if booking.address_due_at is None:
        placements.place(booking)
        approvals.ask(booking, now)


def move(
    booking: Booking,
    start: datetime,
    end: datetime,
    *,
    now: datetime,
    actor: User | None = None,
    source: Source,
    kind: Kind = Kind.MOVED,
    undo_until: datetime | None = None,
    already_in_calendar: str = "",
    batch: str = "",
) -> Booking:
    """Write a live booking's new time. Inside the staff member's lock, after the time was found to be free.

    It may overlap others only if it does so at this time, because staff insisted. `already_in_calendar` is the ETag of
    an event that has this time already and need not be pushed: the booking followed it, and staff are mailed that. If
    the iPhone moved a request, the client hears of it with the decision. `batch`: with whose mails they are told.
    """
    before = (booking.start, booking.end)
    _write_time(booking, start, end, now)
    history.record(
        booking,
        kind,
        source,
        now=now,
        actor=actor,
        before=before,
        undo_until=undo_until,
        tell_staff=bool(already_in_calendar),
        tell_client=source != Source.PHONE or booking.approval_due_at is None,
        batch=batch,
    )
    if already_in_calendar:
        placements.adopt(booking, already_in_calendar)
    else:
        placements.queue(booking)
    lifecycle.withdraw_answered(booking, now)
    nudge(booking)
    return booking


def _write_time(booking: Booking, start: datetime, end: datetime, now: datetime) -> None:
    shape = replace(booking.service.shape, duration=end - start)
    collides = search.collides(booking.staff, shape, start, now=now, moving=booking)
    take_time(booking, start, end, overlap_allowed=collides)
    booking.new_time_asked_at = None
    if booking.approval_due_at:
        booking.approval_due_at = min(booking.approval_due_at, start)
    booking.revision += 1
    booking.save()


def undo(change: BookingChange, *, now: datetime, actor: User | None = None) -> Booking:
    """Take back a move that the iPhone made, a question to the client or its end, as long as its `undo_until` allows.

    Raises Refused, NotOpen.

    The client is notified only if the result differs from what they last heard: they may never have heard of the time
    before, or of the booking.
    """
    if change.kind == Kind.ASKED:
        return take_back_question(change, now=now, actor=actor)
    if change.kind == Kind.STANDS:
        return keep_asking(change, now=now, actor=actor)
    booking = change.booking
    with overlaps_refused(), booking_lock(booking.staff, now):
        booking = lock_active_booking(booking)
        latest = booking.changes.first()
        if latest is None or latest.pk != change.pk or change.old_start is None or change.old_end is None:
            raise Refused(_("Only the latest move can be undone."))
        if not client_notice.take_back(latest, now):
            raise Refused(client_notice.why_not_undone(latest, now))
        shape = replace(booking.service.shape, duration=change.old_end - change.old_start)
        if search.collides(booking.staff, shape, change.old_start, now=now, moving=booking):
            raise NotOpen(_("The old time has been taken in the meantime."), [])
        return move(
            booking,
            change.old_start,
            change.old_end,
            now=now,
            actor=actor,
            source=Source.STAFF,
            kind=Kind.UNDONE,
        )
