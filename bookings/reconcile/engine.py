"""The way back: a change that the iPhone made to an event becomes a change of its booking, or a proposal.

Each placement is compared with the event that is in the calendars now; lists of changes play no part. That starts only
when all selected calendars of the staff member's accounts were read, calendars by web address apart. `reconcile_due`
stays set until it is complete, so that a killed process loses nothing. Nothing is ever cancelled because something
could not be read.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta

from django.utils import timezone
from django.utils.translation import gettext as _

from availability.intervals import Span
from bookings import actions
from bookings.models import BookingChange, LinkedEvent, Placement, Proposal, booking_lock
from bookings.notifications import client_notice
from bookings.openings import explain
from bookings.openings.reasons import ToldTo
from bookings.proposals import collisions, lifecycle
from bookings.push import outbox
from bookings.readers import as_read_by
from bookings.reconcile.deletion import is_deleted, kept
from bookings.reconcile.mirrored_slots import reconcile_slots
from bookings.reconcile.moves import why_asked
from connections import guard, ical
from connections.busy import two_way_events
from connections.models import Calendar, CalendarConfiguration, Connection, Event, schedule_lock
from practice.models import User
from practice.models.restore import asks_about

PAST = timedelta(days=1)  # bookings that ended earlier are not compared any more

Kind = Proposal.Kind
WhenMoved = CalendarConfiguration.WhenMoved
WhenDeleted = CalendarConfiguration.WhenDeleted


def reconcile(user: User, now: datetime, *, offline: bool = False) -> bool:
    """Compare the user's placements with the calendars if that is due and all of them were read. True if it is done.

    `offline`: somebody is waiting, so no request is made, and what needs one stays due.
    """
    configuration = CalendarConfiguration.objects.filter(user=user, reconcile_due=True).first()
    if configuration is None or not _all_read(user):
        return False
    with as_read_by(user):  # what is asked is worded for whose time it is
        settled = [_settle(placement, events, now, offline=offline) for placement, events in _pairs(user, now)]
    settled.append(reconcile_slots(user, now, offline=offline))
    _remove_lingering(user)
    with schedule_lock(user):  # a booking that is moved meanwhile must not be asked about where it was
        collisions.update_notices(user, now)
    if not all(settled):
        # Another process that compares them at the same time, and is content, must not call it done.
        CalendarConfiguration.objects.filter(user=user).want_reconciling()
        return False
    # Cleared last, so that a killed process loses nothing, and only if no sync has asked for it again since.
    done = CalendarConfiguration.objects.filter(user=user, reconcile_asked=configuration.reconcile_asked)
    done.update(reconcile_due=False)
    return True


def _all_read(user: User) -> bool:
    """Were all selected calendars read completely, and is none broken, gone or suspected of a mass deletion?

    Only those count in which an event of ours can stand: no event was moved into a calendar by web address.
    """
    selected = Calendar.objects.conflict_calendars().two_way().of(user)
    broken = selected.exclude(error_code="") | selected.filter(read_at=None) | selected.exclude(gone_at=None)
    return selected.exists() and not broken.exists() and not _failing(user)


def _failing(user: User) -> bool:
    return Connection.objects.two_way().filter(user=user).exclude(error_code="").exists()


def _pairs(user: User, now: datetime) -> Iterable[tuple[LinkedEvent, list[Event]]]:
    """Each placement that its calendar has confirmed, or that a push found changed, with the events of its UID.

    Events kept from calendars that are not selected are left out, because they may be old; those are asked again.
    """
    placements = list(
        LinkedEvent.objects.owned_by(user)
        .wanted()
        .filter(booking__end__gt=now - PAST)
        .known_to_calendar()
        .select_related("booking__service", "booking__staff", "calendar__connection")
    )
    events: dict[str, list[Event]] = {}
    for event in two_way_events(user, [placement.uid for placement in placements]):
        if event.calendar.is_conflict_calendar:
            events.setdefault(event.uid, []).append(event)
    return [(placement, events.get(placement.uid, [])) for placement in placements]


def _settle(placement: LinkedEvent, events: Sequence[Event], now: datetime, *, offline: bool) -> bool:
    """Compare one placement; an unforeseen error is logged, and the others are compared all the same."""
    settled: list[bool] = []
    with guard.isolate_failure(f"reconciling placement {placement.pk}"):
        settled.append(_compare(placement, events, now, offline=offline))
    return any(settled)


def _compare(placement: LinkedEvent, events: Sequence[Event], now: datetime, *, offline: bool) -> bool:
    """Settle one placement; False if it must be compared again later."""
    here = next((event for event in events if event.href == placement.href), None)
    event = here or next(iter(sorted(events, key=lambda event: event.calendar_id != placement.calendar_id)), None)
    if event is None:
        return _missing(placement, now, offline=offline)
    if here is None:
        placement.relocate(event.href, event.calendar)
    if event.pending_etag:
        return False
    if placement.missing_since is not None:
        placement.missing_since = None
        placement.row.update(missing_since=None)
        lifecycle.withdraw_about_event(placement, now, Kind.DELETED)
    if placement.has_seen(event.etag):
        lifecycle.withdraw_about_event(placement, now)
        return True  # an echo of our own push, or nothing new
    with _as_compared(placement, now) as stands:
        if not stands:
            return False
        try:
            _changed(placement, event, ical.own_event(bytes(event.text)), now)
        except actions.Refused:
            return True  # cancelled in Kalends while this was looked at: there is nothing left to follow
        # A create whose answer was lost: whatever is decided, pushing goes on from the version that was compared.
        placement.row.filter(etag="").update(etag=event.etag)
    return True


@contextmanager
def _as_compared(placement: LinkedEvent, now: datetime) -> Iterator[bool]:
    """Hold the staff member's lock; False if a person or a push has changed the placement since it was compared."""
    with actions.overlaps_refused(), booking_lock(placement.booking.staff, now):
        stored = placement.row.select_related("booking").first()
        yield stored is not None and _facts(stored) == _facts(placement)


def _facts(placement: LinkedEvent) -> tuple[object, ...]:
    """All that a decision, a push or a change in Kalends alters."""
    agreed = (placement.etag, placement.agreed_start, placement.agreed_end, placement.pushed_revision)
    return (placement.wanted, placement.state, *agreed, placement.booking.revision, placement.booking.status)


def _changed(placement: LinkedEvent, event: Event, there: ical.OwnEvent, now: datetime) -> None:
    """The calendar has another version than the one both sides know. Inside the staff member's lock."""
    if placement.booking.end <= now and not (there.start and there.start > now):
        return  # the booking is over, and its time on the iPhone too
    if there.cancelled:
        _deleted(placement, now, _("The event was cancelled on the iPhone."))
        return
    if there.shape == "unreadable":
        if placement.is_undecided:  # a change of the booking waits for it
            _propose(
                placement,
                Kind.RESHAPED,
                now,
                _("Kalends cannot read what the event is now."),
            )
        return  # shown as a problem of the event, and no reason to change a booking
    if there.shape != "timed" or there.start is None or there.end is None:
        _propose(placement, Kind.RESHAPED, now, _SHAPES[there.shape](), there)
        return
    if there.start >= there.end:
        _propose(placement, Kind.RESHAPED, now, _("The event now ends when it starts."))
        return
    span = (there.start, there.end)
    if span == (placement.agreed_start, placement.agreed_end):
        placement.agree(event.etag)  # title, notes, alarm or travel, which stay as the iPhone has them
        lifecycle.withdraw_about_event(placement, now, *lifecycle.ABOUT_EVENT)
    elif span == (placement.booking.start, placement.booking.end):
        placement.agree(event.etag, span)
        lifecycle.withdraw_about_event(placement, now, *lifecycle.ABOUT_EVENT)
    elif _is_changed_here(placement):
        _propose(
            placement,
            Kind.BOTH_SIDES,
            now,
            _("It was changed in Kalends too. That stands until you decide."),
            there,
        )
    else:
        _moved(placement, event, span, there, now)


_SHAPES = {
    "all_day": lambda: _("The event is now all-day, so the booking has no time to follow."),
    "floating": lambda: _("The event lost its time zone."),
    "recurring": lambda: _("The event now repeats; a booking is one piece of time."),
}


def _is_changed_here(placement: LinkedEvent) -> bool:
    """Is a change of the booking still to be pushed? Mere rewording is none while a move is asked about."""
    if placement.booking.revision == placement.pushed_revision:
        return False
    asked = Proposal.objects.open().filter(linked_event=placement.pk, kind=Kind.MOVED)
    return placement.span != (placement.agreed_start, placement.agreed_end) or not asked.exists()


def _moved(placement: LinkedEvent, event: Event, span: Span, there: ical.OwnEvent, now: datetime) -> None:
    """Moved or lengthened: as the staff member chose, the booking follows if that fits, or staff are asked.

    After a restore an event is not put back: the booking may have been moved in Kalends after the backup.
    """
    booking = placement.booking
    configuration = CalendarConfiguration.objects.get(user=booking.staff_id)
    if configuration.when_moved == WhenMoved.PUT_BACK and not _is_after_restore(placement):
        actions.restore(booking, placement, now=now, seen=span)
        return
    if reason := why_asked(configuration, booking.start, span[0], now):
        _propose(placement, Kind.MOVED, now, reason, there)
        return
    booking = actions.lock_active_booking(booking)
    if refusal := explain.why_not_there(booking, span, now=now):
        with timezone.override(configuration.zone):
            untitled = explain.why_not_there(booking, span, now=now, told_to=ToldTo.COLLEAGUE)
        _propose(placement, Kind.MOVED, now, lifecycle.ProposalReason(refusal, untitled), there)
        return
    lifecycle.withdraw_about_event(placement, now, *lifecycle.ABOUT_EVENT)
    actions.move(
        booking,
        *span,
        now=now,
        source=BookingChange.Source.PHONE,
        undo_until=client_notice.undo_until((booking.start, booking.end), span, now),
        already_in_calendar=event.etag,
    )


def _is_after_restore(placement: LinkedEvent) -> bool:
    """May the event have changed after the backup that this copy was restored from?"""
    return asks_about(placement.calendar.connection_id if placement.calendar else None)


def _remove_lingering(user: User) -> None:
    """Remove events that count as removed but were moved just before: they are still there, under another name."""
    placements: dict[str, Placement] = {}
    for kind in outbox.KINDS:
        removed = kind.rows().owned_by(user).withdrawn().exclude(removed_at=None)
        placements |= {placement.uid: placement for placement in removed}
    for event in two_way_events(user, placements):
        placement = placements[event.uid]
        if event.href != placement.href:  # under its own name the iPhone put it back
            placement.relocate(event.href, event.calendar)
            placement.row.restart(removed_at=None, etag=event.etag)


def _missing(placement: LinkedEvent, now: datetime, *, offline: bool) -> bool:
    """The event is in no selected calendar: deleted, moved to an unselected one, or that is not known yet."""
    deleted = is_deleted(placement, now, offline=offline)
    if deleted:
        with _as_compared(placement, now) as stands:
            if stands:
                _deleted(placement, now, _("The event was deleted on the iPhone."))
            return stands
    if deleted is False:
        if event := kept(placement):
            return _compare(placement, [event], now, offline=offline)
        lifecycle.withdraw_about_event(placement, now, Kind.DELETED)
    return deleted is not None


def _deleted(placement: LinkedEvent, now: datetime, reason: str) -> None:
    """The event is certainly deleted: as the staff member chose, ask, cancel or restore. Inside their lock.

    Whoever was deactivated cancels nothing any more: others are asked. After a restore staff are asked too, because
    the booking may have been cancelled after the backup.
    Nothing follows for a booking that is over: deleting its event only tidies the calendar.
    """
    booking = placement.booking
    if booking.end <= now:
        return
    choice = CalendarConfiguration.objects.get(user=booking.staff_id).when_deleted
    if not booking.staff.is_active or _is_after_restore(placement):
        choice = WhenDeleted.ASK
    if choice == WhenDeleted.CANCEL and booking.revision != placement.pushed_revision:
        _propose(placement, Kind.DELETED, now, _("%(reason)s It was changed in Kalends too.") % {"reason": reason})
    elif choice == WhenDeleted.CANCEL:
        actions.cancel(booking, now=now, source=BookingChange.Source.PHONE)
    elif choice == WhenDeleted.PUT_BACK:
        actions.restore(booking, placement, now=now)
    else:
        _propose(placement, Kind.DELETED, now, reason)


def _propose(
    placement: LinkedEvent,
    kind: Proposal.Kind,
    now: datetime,
    reason: str | lifecycle.ProposalReason,
    there: ical.OwnEvent | None = None,
) -> None:
    """Ask staff, telling them the times that the event has `there`. A mere sentence names no event."""
    reason = lifecycle.same_for_all(reason) if isinstance(reason, str) else reason
    times = (there.start, there.end) if there else (None, None)
    lifecycle.propose_about_event(placement, kind, reason, now, times=times)
