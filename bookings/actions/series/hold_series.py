"""Keep the times of a series for a visitor while they fill in their details."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from django.utils.translation import gettext as _

from availability.intervals import INSTANT
from bookings.actions.checks.candidates import Chosen, candidates
from bookings.actions.checks.preconditions import NotOpen, Refused, overlaps_refused, refuse_while_restored
from bookings.actions.hold import Visitor, check_holds, extend_kept, give_up, hold_of, keep, other_windows_refused
from bookings.actions.series.starts import all_or_none, check_starts
from bookings.models import Hold, Service, booking_lock
from bookings.openings import explain, search
from connections.freshness import freshness
from practice.models import User


def hold_series(
    *, service: Service, staff: User, starts: Collection[datetime], visitor: Visitor, now: datetime
) -> Hold:
    """Keep all the times (aware) with `staff` for the visitor, or none; the first hold, of which the others are part.

    They replace what the visitor keeps for the service; the same times again are kept longer. Calendars are not asked;
    that is done when they are booked. Raises Refused, and NotOpen, which names the times that are `gone`.
    """
    refuse_while_restored()
    if not service.series_allowed:
        raise Refused(_("“%(service)s” cannot be booked as a series.") % {"service": service})
    starts = check_starts(service, starts, now)
    candidates(service, staff)
    former = hold_of(visitor.id, service, now)
    if former is None or not _is_met_by(former, service, staff, starts):
        _check_open(service, staff, starts, former, now)
    locked = {staff, former.staff} if former else {staff}
    with overlaps_refused(), other_windows_refused(), booking_lock(locked, now):
        former = hold_of(visitor.id, service, now)
        if former and _is_met_by(former, service, staff, starts):
            extend_kept(former, now)
            return former
        if former and former.staff not in locked:
            raise Refused(_("You have just chosen a time in another window. Choose again."))
        check_holds(visitor.id, visitor.address_key, former, now)
        give_up(visitor, service)
        return _keep_all(service, staff, starts, visitor, now)


def _is_met_by(hold: Hold, service: Service, staff: User, starts: list[datetime]) -> bool:
    """Does the visitor keep exactly these times already?"""
    kept = Hold.objects.group_of(hold).filter(claim__isnull=False).values_list("staff", "start", "end")
    return list(kept) == [(staff.pk, start, start + service.duration) for start in starts]


def _check_open(service: Service, staff: User, starts: list[datetime], former: Hold | None, now: datetime) -> None:
    """Raises NotOpen where one of the times is not open, asked without a lock and in one search."""
    found = search.openings_of(staff, service.shape, starts[0], starts[-1] + INSTANT, now=now, hold=former)
    are_open = {at for at, _until in found.spans}

    def check(start: datetime) -> None:
        if start not in are_open:
            refusal = explain.why_not(staff, service.shape, start, now=now, hold=former, asked=False)
            raise NotOpen(refusal, [], can_insist=False)

    all_or_none(starts, check)


def _keep_all(service: Service, staff: User, starts: list[datetime], visitor: Visitor, now: datetime) -> Hold:
    """Keep each of the times that nobody took meanwhile, and that is below the limits with those before it."""
    fresh = {staff.pk: freshness(staff, now=now)}
    kept: list[Hold] = []

    def take(start: datetime) -> None:
        if not search.still_free([staff.pk], fresh, service.shape, start, now=now):
            raise NotOpen(explain.why_not(staff, service.shape, start, now=now, asked=False), [], can_insist=False)
        kept.append(keep(Chosen(staff), service, start, visitor, now, first=kept[0] if kept else None))

    all_or_none(starts, take)
    return kept[0]
