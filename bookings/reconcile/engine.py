"""The way back: an event that the phone changed is a wish about its booking.

States are compared, never lists of changes: each placement with the event that stands in the calendars now. It starts
only when all selected calendars of the staff member were read, and `reconcile_due` stays set until it ran through, so
that a kill in between loses nothing. Nothing is ever cancelled on a failure to read.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta

from django.utils.translation import gettext as _

from availability.intervals import Span
from bookings import actions
from bookings.models import BookingChange, LinkedEvent, Placement, Proposal
from bookings.notifications import client_notice
from bookings.openings import search
from bookings.proposals import collisions, lifecycle
from bookings.push import outbox
from bookings.reconcile.deletion import is_deleted, kept
from bookings.reconcile.mirrored_slots import reconcile_slots
from connections import guard, ical
from connections.busy import all_events
from connections.models import Calendar, CalendarConfiguration, Connection, Event, schedule_lock
from practice.models import User

PAST = timedelta(days=1)  # bookings that are longer over than this are left alone

State = LinkedEvent.State
Kind = Proposal.Kind
WhenMoved = CalendarConfiguration.WhenMoved
WhenDeleted = CalendarConfiguration.WhenDeleted


def reconcile(user: User, now: datetime, *, offline: bool = False) -> bool:
    """Hold the user's placements against the calendars if that is due and all of them were read; whether it ran.

    `offline`: somebody waits, so nothing is asked of iCloud, and what only it can tell stays due.
    """
    configuration = CalendarConfiguration.objects.filter(user=user, reconcile_due=True).first()
    if configuration is None or not _all_read(user):
        return False
    settled = [_settle(placement, events, now, offline=offline) for placement, events in _pairs(user, now)]
    settled.append(reconcile_slots(user, now, offline=offline))
    _remove_lingering(user)
    collisions.notice(user, now)
    if not all(settled):
        return False
    # Cleared last, so that a kill loses nothing, and only if nobody asked since: what a sync applied stays due.
    done = CalendarConfiguration.objects.filter(user=user, reconcile_asked=configuration.reconcile_asked)
    done.update(reconcile_due=False)
    return True


def _all_read(user: User) -> bool:
    """Were all selected calendars read completely, with none broken, gone or doubted?"""
    selected = Calendar.objects.conflict_calendars().of(user)
    broken = selected.exclude(error_code="") | selected.filter(read_at=None) | selected.exclude(gone_at=None)
    return selected.exists() and not broken.exists() and not _failing(user)


def _failing(user: User) -> bool:
    return Connection.objects.filter(user=user).exclude(error_code="").exists()


def _pairs(user: User, now: datetime) -> Iterable[tuple[LinkedEvent, list[Event]]]:
    """Each placement that a calendar has agreed to, or that a push found changed, with the events of its UID.

    What was kept of calendars that Kalends does not read may be old: they are asked anew.
    """
    placements = list(
        LinkedEvent.objects.owned_by(user)
        .wanted()
        .filter(booking__end__gt=now - PAST)
        .known_to_calendar()
        .select_related("booking__service", "booking__staff", "calendar__connection")
    )
    events: dict[str, list[Event]] = {}
    for event in all_events(user, [placement.uid for placement in placements]):
        if event.calendar.is_conflict_calendar:
            events.setdefault(event.uid, []).append(event)
    return [(placement, events.get(placement.uid, [])) for placement in placements]


def _settle(placement: LinkedEvent, events: Sequence[Event], now: datetime, *, offline: bool) -> bool:
    """Compare one placement; a bug in it is logged and keeps none of the others from being compared."""
    settled: list[bool] = []
    with guard.isolate_failure(f"reconciling placement {placement.pk}"):
        settled.append(_compare(placement, events, now, offline=offline))
    return any(settled)


def _compare(placement: LinkedEvent, events: Sequence[Event], now: datetime, *, offline: bool) -> bool:
    """Settle one placement; False if it must be looked at again later."""
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
    with _as_compared(placement) as stands:
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
def _as_compared(placement: LinkedEvent) -> Iterator[bool]:
    """Hold the staff member's lock; is all still as it was compared, or did a person or a push come between?"""
    with actions.overlaps_refused(), schedule_lock(placement.booking.staff):
        now = placement.row.select_related("booking").first()
        yield now is not None and _facts(now) == _facts(placement)


def _facts(placement: LinkedEvent) -> tuple[object, ...]:
    """What decisions, pushes and changes in Kalends alter."""
    agreed = (placement.etag, placement.agreed_start, placement.agreed_end, placement.pushed_revision)
    return (placement.wanted, placement.state, *agreed, placement.booking.revision, placement.booking.status)


def _changed(placement: LinkedEvent, event: Event, there: ical.OwnEvent, now: datetime) -> None:
    """Another version stands in the calendar than was agreed on. Inside the staff member's lock."""
    if placement.booking.end <= now and not (there.start and there.start > now):
        return  # it is over, and would be on the phone as well
    if there.cancelled:
        _deleted(placement, now, _("The event was cancelled on the phone."))
        return
    if there.shape == "unreadable":
        if placement.state == State.CHANGED_ON_BOTH_SIDES:  # it keeps a change of the booking from being pushed
            _propose(placement, Kind.RESHAPED, now, _("What the phone made of the event cannot be understood."))
        return  # shown as a problem of the event; never a reason to touch a booking
    if there.shape != "timed" or there.start is None or there.end is None:
        _propose(placement, Kind.RESHAPED, now, _SHAPES[there.shape](), there)
        return
    if there.start >= there.end:
        _propose(placement, Kind.RESHAPED, now, _("The event has no length any more."))
        return
    span = (there.start, there.end)
    if span == (placement.agreed_start, placement.agreed_end):
        placement.agree(event.etag)  # title, notes, alarm or travel: they are the phone's to keep
        lifecycle.withdraw_about_event(placement, now, *lifecycle.ABOUT_EVENT)
    elif span == (placement.booking.start, placement.booking.end):
        placement.agree(event.etag, span)
        lifecycle.withdraw_about_event(placement, now, *lifecycle.ABOUT_EVENT)
    elif _is_changed_here(placement):
        _propose(placement, Kind.BOTH_SIDES, now, _("It was changed in Kalends too, and that stands."), there)
    else:
        _moved(placement, event, span, there, now)


_SHAPES = {
    "all_day": lambda: _("The event is now all-day, so it has no time that the booking could follow."),
    "floating": lambda: _("The event lost its time zone."),
    "recurring": lambda: _("The event now repeats; a booking is one piece of time."),
}


def _is_changed_here(placement: LinkedEvent) -> bool:
    """Is a change of the booking still to be pushed? Where a move is asked about, other words for it are none."""
    if placement.booking.revision == placement.pushed_revision:
        return False
    asked = Proposal.objects.open().filter(linked_event=placement.pk, kind=Kind.MOVED)
    return placement.span != (placement.agreed_start, placement.agreed_end) or not asked.exists()


def _moved(placement: LinkedEvent, event: Event, span: Span, there: ical.OwnEvent, now: datetime) -> None:
    """Moved or lengthened: by the staff member's choice the booking follows if that fits, else staff are asked."""
    booking = placement.booking
    choice = CalendarConfiguration.objects.get(user=booking.staff_id).when_moved
    if choice == WhenMoved.PUT_BACK:
        actions.restore(booking, placement, now=now, seen=span)
        return
    if choice == WhenMoved.ASK:
        _propose(placement, Kind.MOVED, now, _("It was moved on the phone, and you want to be asked."), there)
        return
    booking = actions.lock_active_booking(booking)
    if not search.fits(booking.staff, booking, span, now=now):
        _propose(placement, Kind.MOVED, now, search.why_not_there(booking, span, now=now), there)
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


def _remove_lingering(user: User) -> None:
    """Remove events that count as removed but were moved just before: they are still there, under another name."""
    placements: dict[str, Placement] = {}
    for kind in outbox.KINDS:
        removed = kind.rows().owned_by(user).withdrawn().exclude(removed_at=None)
        placements |= {placement.uid: placement for placement in removed}
    for event in all_events(user, placements):
        placement = placements[event.uid]
        if event.href != placement.href:  # under its own name the phone put it back
            placement.relocate(event.href, event.calendar)
            placement.row.restart(removed_at=None, etag=event.etag)


def _missing(placement: LinkedEvent, now: datetime, *, offline: bool) -> bool:
    """The event is in no selected calendar: deleted, moved to one that Kalends does not read, or not to be told yet."""
    deleted = is_deleted(placement, now, offline=offline)
    if deleted:
        with _as_compared(placement) as stands:
            if stands:
                _deleted(placement, now, _("The event was deleted on the phone."))
            return stands
    if deleted is False:
        if event := kept(placement):
            return _compare(placement, [event], now, offline=offline)
        lifecycle.withdraw_about_event(placement, now, Kind.DELETED)
    return deleted is not None


def _deleted(placement: LinkedEvent, now: datetime, reason: str) -> None:
    """Deleted for certain: by the staff member's choice asked, cancelled or put back. Inside their lock.

    Not of what is over: whoever tidies up after an appointment wishes nothing of it.
    """
    booking = placement.booking
    if booking.end <= now:
        return
    choice = CalendarConfiguration.objects.get(user=booking.staff_id).when_deleted
    if choice == WhenDeleted.CANCEL and booking.revision != placement.pushed_revision:
        _propose(placement, Kind.DELETED, now, _("%(reason)s It was changed in Kalends too.") % {"reason": reason})
    elif choice == WhenDeleted.CANCEL:
        actions.cancel(booking, now=now, source=BookingChange.Source.PHONE)
    elif choice == WhenDeleted.PUT_BACK:
        actions.restore(booking, placement, now=now)
    else:
        _propose(placement, Kind.DELETED, now, reason)


def _propose(
    placement: LinkedEvent, kind: Proposal.Kind, now: datetime, reason: str, there: ical.OwnEvent | None = None
) -> None:
    """Ask staff, telling them the times that the event has `there`."""
    times = (there.start, there.end) if there else (None, None)
    lifecycle.propose_about_event(placement, kind, reason, now, times=times)
