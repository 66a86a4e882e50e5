"""The way back: an event that the phone changed is a wish about its booking.

States are compared, never lists of changes: each placement with the event that stands in the calendars now. It starts
only when all selected calendars of the staff member were read, and `reconcile_due` stays set until it ran through, so
that a kill in between loses nothing. Nothing is ever cancelled on a failure to read.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import F, Q
from django.utils.translation import gettext as _

from availability.intervals import Span
from bookings import actions
from bookings.actions import history
from bookings.models import BookingChange, LinkedEvent, MirroredSlot, Proposal
from bookings.models.placement import Placement
from bookings.openings import explain
from bookings.proposals import collisions
from bookings.push import mirrored_slots
from bookings.reconcile.deletion import is_deleted, kept
from connections import guard, ical
from connections.busy import all_events
from connections.models import Calendar, CalendarConfiguration, Connection, Event
from practice.models import User

PAST = timedelta(days=1)  # bookings that are longer over than this are left alone

State = LinkedEvent.State
Kind = Proposal.Kind
OF_EVENT = (Kind.MOVED, Kind.RESHAPED, Kind.BOTH_SIDES, Kind.DELETED)  # each replaces the others
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
    settled.append(mirrored_slots.reconcile_slots(user, now, offline=offline))
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
        LinkedEvent.objects.filter(booking__staff=user, wanted=LinkedEvent.Wanted.PRESENT, booking__end__gt=now - PAST)
        .exclude(Q(etag="") & ~Q(state=State.CHANGED_ON_BOTH_SIDES))
        .exclude(calendar=None)
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
        _follow_calendar(placement, event)
    if event.pending_etag:
        return False
    if placement.missing_since is not None:
        placement.missing_since = None
        LinkedEvent.objects.filter(pk=placement.pk).update(missing_since=None)
        _withdraw(placement, now, Kind.DELETED)
    if event.etag in (placement.etag, *placement.superseded_etags):
        _withdraw(placement, now)
        return True  # an echo of our own push, or nothing new
    with _as_compared(placement) as stands:
        if not stands:
            return False
        try:
            _changed(placement, event, ical.own_event(bytes(event.text)), now)
        except actions.Refused:
            return True  # cancelled in Kalends while this was looked at: there is nothing left to follow
        # A create whose answer was lost: whatever is decided, pushing goes on from the version that was compared.
        LinkedEvent.objects.filter(pk=placement.pk, etag="").update(etag=event.etag)
    return True


@contextmanager
def _as_compared(placement: LinkedEvent) -> Iterator[bool]:
    """Hold the staff member's lock; is all still as it was compared, or did a person or a push come between?"""
    with actions.locked(placement.booking.staff):
        now = LinkedEvent.objects.filter(pk=placement.pk).select_related("booking").first()
        yield now is not None and _facts(now) == _facts(placement)


def _facts(placement: LinkedEvent) -> tuple[object, ...]:
    """What decisions, pushes and changes in Kalends alter."""
    agreed = (placement.etag, placement.agreed_start, placement.agreed_end, placement.pushed_revision)
    return (placement.wanted, placement.state, *agreed, placement.booking.revision, placement.booking.status)


def _follow_calendar(placement: Placement, event: Event) -> None:
    """The phone moved the event to another calendar: the UID stays, pushing goes there."""
    placement.href, placement.calendar, placement.calendar_path = event.href, event.calendar, event.calendar.path
    placement.account = event.calendar.connection.username
    placement.save(update_fields=["href", "calendar", "calendar_path", "account"])


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
        _agree(placement, event)  # title, notes, alarm or travel: they are the phone's to keep
        _withdraw(placement, now, *OF_EVENT)
    elif span == (placement.booking.start, placement.booking.end):
        _agree(placement, event, *span)
        _withdraw(placement, now, *OF_EVENT)
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


def _agree(placement: LinkedEvent, event: Event, start: datetime | None = None, end: datetime | None = None) -> None:
    """Take the phone's version as the one both sides know; what is still to be pushed goes on from it.

    The text that Kalends wrote last stays: held against it, patching tells what the phone changed and keeps that.
    """
    LinkedEvent.objects.filter(pk=placement.pk).update(
        etag=event.etag,
        superseded_etags=[*placement.superseded_etags[-19:], placement.etag],
        agreed_start=start or placement.agreed_start,
        agreed_end=end or placement.agreed_end,
    )


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
    booking = actions.live(booking)
    if refusal := explain.why_not_there(booking, span, now=now):
        _propose(placement, Kind.MOVED, now, refusal, there)
        return
    _withdraw(placement, now, *OF_EVENT)
    tell = history.notified_at((booking.start, booking.end), span, now)
    actions.move(booking, *span, now=now, source=BookingChange.Source.PHONE, tell=tell)
    _agree(placement, event, *span)
    if placement.booking.revision == placement.pushed_revision:  # otherwise it is still to get other words
        LinkedEvent.objects.filter(pk=placement.pk).update(pushed_revision=booking.revision, state=State.PUSHED)


def _remove_lingering(user: User) -> None:
    """An event that was to go, and was moved just before, is still there under another name: remove it there."""
    absent: dict[str, Any] = {"wanted": Placement.Wanted.ABSENT, "removed_at__isnull": False}
    bookings = LinkedEvent.objects.filter(booking__staff=user, **absent)
    gone: list[Placement] = [*bookings, *MirroredSlot.objects.filter(staff=user, **absent)]
    placements = {placement.uid: placement for placement in gone}
    for event in all_events(user, placements):
        placement = placements[event.uid]
        if event.href != placement.href:  # under its own name the phone put it back
            _follow_calendar(placement, event)
            rows = type(placement)._default_manager.filter(pk=placement.pk)
            rows.update(removed_at=None, etag=event.etag, state=State.QUEUED)


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
        _withdraw(placement, now, Kind.DELETED)
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
    """Ask staff, once for each kind and instead of what was asked before; pushing stops until they decide."""
    values = {
        "linked_event": placement,
        "new_start": there.start if there else None,
        "new_end": there.end if there else None,
        "reason": reason,
    }
    with transaction.atomic():
        LinkedEvent.objects.filter(pk=placement.pk).update(state=State.CHANGED_ON_BOTH_SIDES)
        former = Proposal.objects.open().filter(booking=placement.booking, kind__in=OF_EVENT).exclude(kind=kind)
        former.update(withdrawn_at=now)
        Proposal.objects.update_or_create(
            booking=placement.booking,
            kind=kind,
            decided_at=None,
            withdrawn_at=None,
            defaults=values,
            create_defaults={**values, "created_at": now},
        )


def _withdraw(placement: LinkedEvent, now: datetime, *kinds: Proposal.Kind) -> None:
    """What was asked, or what stopped a push, has settled itself: pushing goes on unless something else waits."""
    if kinds:
        Proposal.objects.open().filter(booking=placement.booking_id, kind__in=kinds).update(withdrawn_at=now)
    if placement.state != State.CHANGED_ON_BOTH_SIDES:
        return
    if Proposal.objects.open().filter(linked_event=placement.pk).exists():
        return
    stopped = LinkedEvent.objects.filter(pk=placement.pk, state=State.CHANGED_ON_BOTH_SIDES)
    stopped.filter(pushed_revision=F("booking__revision")).update(state=State.PUSHED)
    stopped.update(state=State.QUEUED)
    placement.refresh_from_db(fields=["state"])
