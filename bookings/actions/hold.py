"""Keep a time for a visitor while they fill in their details: hold it, extend it, release it, take it again."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db import IntegrityError
from django.db.models import Count, Q
from django.utils.translation import gettext as _

from bookings.actions.addresses import release_expired
from bookings.actions.checks.candidates import candidates, readable_first
from bookings.actions.checks.preconditions import NotOpen, Refused, overlaps_refused, refuse_far
from bookings.links import keyed_hash
from bookings.models import Claim, Hold, Service, booking_lock
from bookings.openings import explain, search
from practice.models import User

MAX_HOLD = timedelta(minutes=30)
HOLDS_PER_ADDRESS = 20
KEPT_FOR = timedelta(days=2)  # so that a form that was left open can be submitted, and submitted twice


@dataclass(frozen=True, slots=True)
class Visitor:
    """Who chooses a time: a random id that their forms carry, what limits by address count, and how they read."""

    id: str
    address: str = ""  # as `practice.client_address.address_group` gives it; "" if it is unknown
    language: str = ""
    time_zone: str = ""

    @property
    def address_key(self) -> str:
        """A keyed hash of the address."""
        return keyed_hash("kalends address of a hold", self.address)


def hold(*, service: Service, staff: User | None, start: datetime, visitor: Visitor, now: datetime) -> Hold:
    """Keep `start` (aware) for the visitor, with `staff` or with the first of the service's staff who is free then.

    It replaces the visitor's hold of this service. The same time again is the same hold, extended. Calendars are not
    asked; that is done when it is booked. Raises NotOpen with the nearest openings, Refused.
    """
    refuse_far(start, now)
    able = readable_first(candidates(service, staff), now)
    try:
        return _hold_with_first(able, service, start, visitor, now)
    except NotOpen as refused:
        former = hold_of(visitor.id, service, now)
        if former and former.start == start and former.staff in able:  # kept meanwhile, by the same form sent twice
            return _hold_with(former.staff, service, start, visitor, former, now)
        alternatives = search.nearest_openings(service, able, start, now=now, hold=former)
        raise NotOpen(str(refused), alternatives, can_insist=False) from None


def _hold_with_first(able: Sequence[User], service: Service, start: datetime, visitor: Visitor, now: datetime) -> Hold:
    """Keep the time with the first who is free then. Raises NotOpen with the reason of the first who is asked."""
    former = hold_of(visitor.id, service, now)
    refusal = ""
    for user in _not_taken(able, service, start, former, now):
        try:
            return _hold_with(user, service, start, visitor, former, now)
        except NotOpen as error:
            refusal = refusal or str(error)
    refusal = refusal or explain.why_not(able[0], service.shape, start, now=now, hold=former, asked=False)
    raise NotOpen(refusal, [], can_insist=False)


def _not_taken(
    able: Sequence[User], service: Service, start: datetime, former: Hold | None, now: datetime
) -> list[User]:
    """Those who are not booked or held at `start` as far as can be seen without a lock: no lock is taken in vain."""
    free = search.not_taken(able, service.shape, start, now=now, hold=former)
    return [user for user in able if user in free or _is_kept(former, user, start)]


def _is_kept(former: Hold | None, user: User, start: datetime) -> bool:
    """Does the visitor keep exactly this time already?"""
    return former is not None and (former.staff, former.start) == (user, start)


def hold_of(visitor_id: str, service: Service, now: datetime) -> Hold | None:
    """The time that the visitor keeps for this service; it counts as free for them."""
    return Hold.objects.active(now).filter(visitor=visitor_id, service=service).select_related("claim", "staff").first()


def extend(hold: Hold, now: datetime) -> Hold:
    """Keep the time longer, because the visitor is still typing; what has expired or was released stays so."""
    with booking_lock(hold.staff, now):
        hold = Hold.objects.select_related("claim").get(pk=hold.pk)
        if hold.claim:
            _extend(hold, hold.claim, now)
    return hold


def take_again(hold: Hold, now: datetime) -> Hold:
    """Keep a time again that was released or has expired, if it is still free; one that is kept stays as it is.

    It is kept no longer than thirty minutes from the beginning. A visitor who keeps another time of the service
    meanwhile keeps that one.
    """
    with suppress(NotOpen, Refused), overlaps_refused(), _other_windows_refused(), booking_lock(hold.staff, now):
        hold = Hold.objects.select_related("service", "staff", "claim", "booking").get(pk=hold.pk)
        if hold.claim is None and hold.booking is None and _may_take_again(hold, now):
            hold.claim = _claim(hold.staff, hold.service, hold.start, now)
            _extend(hold, hold.claim, now)
            hold.save(update_fields=["claim"])
    return hold


def _may_take_again(hold: Hold, now: datetime) -> bool:
    if now >= hold.created_at + MAX_HOLD or hold_of(hold.visitor, hold.service, now):
        return False
    _check_limits(hold.visitor, hold.address_key, None, now)
    return not explain.why_not(hold.staff, hold.service.shape, hold.start, now=now, asked=False)


def _extend(hold: Hold, claim: Claim, now: datetime) -> None:
    claim.expires_at = min(now + _length(), hold.created_at + MAX_HOLD)
    claim.save(update_fields=["expires_at"])
    hold.extended_at = now
    hold.save(update_fields=["extended_at"])


def release(hold: Hold, now: datetime) -> None:
    """Give the time back; what was typed can still be submitted."""
    with booking_lock(hold.staff, now):
        Claim.objects.filter(hold=hold).delete()


def forget_old_holds(now: datetime) -> int:
    """Delete holds that nobody will submit any more, and claims that have expired; how many holds."""
    release_expired(now)
    deleted, _by_model = Hold.objects.filter(created_at__lte=now - KEPT_FOR, claim=None).delete()
    return deleted


def _hold_with(
    user: User, service: Service, start: datetime, visitor: Visitor, former: Hold | None, now: datetime
) -> Hold:
    """Keep the time with `user`. The rules are asked before the lock, which is short; what others take, under it."""
    if not _is_kept(former, user, start):
        _check_open(user, service, start, former, now)
    locked = {user, former.staff} if former else {user}
    with overlaps_refused(), _other_windows_refused(), booking_lock(locked, now):
        former = hold_of(visitor.id, service, now)
        if former and former.claim and _is_kept(former, user, start):
            _extend(former, former.claim, now)
            return former
        _check_limits(visitor.id, visitor.address_key, former, now)
        if not search.not_taken([user], service.shape, start, now=now, hold=former):
            _check_open(user, service, start, former, now)
        Claim.objects.filter(hold__visitor=visitor.id, hold__service=service).delete()
        return _make(user, service, start, visitor, now)


def _check_open(user: User, service: Service, start: datetime, former: Hold | None, now: datetime) -> None:
    """Raises NotOpen where any rule is against the time, that of `former` excepted."""
    refusal = explain.why_not(user, service.shape, start, now=now, hold=former, asked=False)
    if refusal:
        raise NotOpen(refusal, [], can_insist=False)


def _make(user: User, service: Service, start: datetime, visitor: Visitor, now: datetime) -> Hold:
    return Hold.objects.create(
        visitor=visitor.id,
        service=service,
        staff=user,
        start=start,
        end=start + service.duration,
        language=visitor.language,
        time_zone=visitor.time_zone,
        address_key=visitor.address_key,
        created_at=now,
        extended_at=now,
        claim=_claim(user, service, start, now),
    )


def _claim(user: User, service: Service, start: datetime, now: datetime) -> Claim:
    """The time with its buffers, kept for some minutes."""
    blocked_from, blocked_until = service.shape.widened(start)
    return Claim.objects.create(
        staff=user, kind=Claim.Kind.HOLD, start=blocked_from, end=blocked_until, expires_at=now + _length()
    )


def _check_limits(visitor: str, address_key: str, former: Hold | None, now: datetime) -> None:
    """Raises Refused where one visitor, or one address, keeps too many times already. `former` is to be replaced."""
    others = Hold.objects.active(now)
    others = others.exclude(pk=former.pk) if former else others
    mine, same_address = Q(visitor=visitor), Q(address_key=address_key)
    kept = others.aggregate(visitor=Count("pk", filter=mine), address=Count("pk", filter=same_address))
    if kept["visitor"] >= settings.HOLDS_PER_VISITOR:
        raise Refused(_("You keep other times already. Book one of them first, or try again in some minutes."))
    if address_key and kept["address"] >= HOLDS_PER_ADDRESS:
        raise Refused(_("Too many times are being booked from your connection. Please try again in some minutes."))


@contextmanager
def _other_windows_refused() -> Iterator[None]:
    """Where the visitor holds a time with somebody else at the same moment, only one of them is kept."""
    try:
        yield
    except IntegrityError as error:
        if "one_hold_per_visitor_and_service" not in str(error):
            raise
        raise Refused(_("You have just chosen a time in another window. Choose again.")) from error


def _length() -> timedelta:
    return min(timedelta(minutes=settings.HOLD_MINUTES), MAX_HOLD)
