"""Keep a time for a visitor while they fill in their details: hold it, extend it, release it, take it again."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db import IntegrityError
from django.db.models import Count, Q
from django.utils.translation import gettext as _

from availability.intervals import Span
from bookings.actions.addresses import release_expired
from bookings.actions.checks.candidates import Chosen, candidates, chosen, surest
from bookings.actions.checks.preconditions import NotOpen, Refused, overlaps_refused, refuse_far, refuse_while_restored
from bookings.links import keyed_hash
from bookings.models import Claim, Hold, Service, booking_lock
from bookings.openings import explain, search
from bookings.openings.own_time import own_claims
from bookings.openings.shares import Team, team_of
from connections.freshness import Freshness, freshness_by_user
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
    """Keep `start` (aware) for the visitor, with `staff` or with whoever of the service's staff is first available.

    It replaces the visitor's hold of this service. The same time again is the same hold, extended. Calendars are not
    asked; that is done when it is booked. Raises NotOpen with the nearest openings, Refused.
    """
    refuse_while_restored()
    refuse_far(start, now)
    wish = _Wish(service, candidates(service, staff), start, visitor, now)
    try:
        return _keep(wish, _free_people(wish))
    except NotOpen as refused:
        alternatives = search.nearest_openings(service, wish.able, start, now=now, hold=wish.former())
        raise NotOpen(str(refused), alternatives, can_insist=False) from None


@dataclass(frozen=True, slots=True)
class _Wish:
    """What is to be kept, with one of the people who are able, and for whom."""

    service: Service
    able: list[User]
    start: datetime
    visitor: Visitor
    now: datetime

    @property
    def span(self) -> Span:
        """From when until when, without buffers."""
        return self.start, self.start + self.service.duration

    def former(self) -> Hold | None:
        """What the visitor keeps for this service at the moment."""
        return hold_of(self.visitor.id, self.service, self.now)

    def is_met_by(self, hold: Hold | None) -> bool:
        """Does the visitor keep exactly this already? Then it stays with the same person."""
        if hold is None or (hold.start, hold.end) != self.span or hold.staff not in self.able:
            return False
        return hold.is_for_anybody == (len(self.able) > 1) and not hold.is_series


@dataclass(frozen=True, slots=True)
class _FreePeople:
    """The keys of those who are free by every rule, how fresh all calendars are, and who offers the service."""

    keys: list[int]
    fresh: Mapping[int, Freshness]
    team: Team | None = None  # None where there is nothing to choose


def _free_people(wish: _Wish) -> _FreePeople | None:
    """Who is free, asked without a lock: no lock is taken in vain. None if the visitor keeps the time already.

    Raises NotOpen with the reason of one of them.
    """
    former = wish.former()
    if wish.is_met_by(former):
        return None
    service, start, keys = wish.service, wish.start, [user.pk for user in wish.able]
    fresh = freshness_by_user(keys, now=wish.now)
    free = search.who_can_start(fresh, service.shape, start, now=wish.now, hold=former)
    if free:
        return _FreePeople(free, fresh, team_of(service, keys, start) if len(keys) > 1 else None)
    if wish.is_met_by(wish.former()):  # kept meanwhile, by the same form sent twice
        return None
    raise _refusal(wish, former)


def _refusal(wish: _Wish, former: Hold | None) -> NotOpen:
    refusal = explain.why_not(wish.able[0], wish.service.shape, wish.start, now=wish.now, hold=former, asked=False)
    return NotOpen(refusal, [], can_insist=False)


def _keep(wish: _Wish, free: _FreePeople | None) -> Hold:
    """Keep the time with the first available of those who are free. What others took meanwhile is asked in the lock."""
    former, now, visitor = wish.former(), wish.now, wish.visitor
    locked = {*wish.able, former.staff} if former else {*wish.able}
    with overlaps_refused(), other_windows_refused(), booking_lock(locked, now):
        former = wish.former()
        if former and former.claim and wish.is_met_by(former):
            extend_kept(former, now)
            return former
        check_holds(visitor.id, visitor.address_key, former, now)
        who = _choose(wish, free, former)
        give_up(visitor, wish.service)
        return keep(who, wish.service, wish.start, visitor, now)


def _choose(wish: _Wish, free: _FreePeople | None, former: Hold | None) -> Chosen:
    """Who of those who are still free gets it. Raises NotOpen."""
    free, shape, now = free or _free_people(wish), wish.service.shape, wish.now  # what was kept may just have ended
    still = search.still_free(free.keys, free.fresh, shape, wish.start, now=now, hold=former) if free else []
    if free is None or not still:
        raise _refusal(wish, former)
    if free.team is None:
        return Chosen(wish.able[0])
    own = own_claims(None, former)
    return chosen(wish.able, free.team, surest(still, free.fresh), now=now, exclude=own)


def hold_of(visitor_id: str, service: Service, now: datetime) -> Hold | None:
    """The time that the visitor keeps for this service, or the first of a series; it counts as free for them."""
    kept = Hold.objects.active(now).firsts().filter(visitor=visitor_id, service=service)
    return kept.select_related("claim", "staff").first()


def extend(hold: Hold, now: datetime) -> Hold:
    """Keep the time longer, because the visitor is still typing; what has expired or was released stays so.

    A series is kept longer by its first hold.
    """
    with booking_lock(hold.staff, now):
        hold = Hold.objects.select_related("claim").get(pk=hold.pk)
        if hold.claim:
            extend_kept(hold, now)
    return hold


def take_again(hold: Hold, now: datetime) -> Hold:
    """Keep a time again that was released or has expired, if it is still free; one that is kept stays as it is.

    It is kept no longer than thirty minutes from the beginning. A visitor who keeps another time of the service
    meanwhile keeps that one.
    """
    with suppress(NotOpen, Refused), overlaps_refused(), other_windows_refused(), booking_lock(hold.staff, now):
        hold = Hold.objects.select_related("service", "staff", "claim", "booking").get(pk=hold.pk)
        if hold.claim is None and hold.booking is None and hold.part_of_id is None and _may_take_again(hold, now):
            for one in Hold.objects.group_of(hold).select_related("service", "staff"):
                _take_again(one, now)
            hold.refresh_from_db(fields=["claim"])
            extend_kept(hold, now)
    return hold


def _take_again(hold: Hold, now: datetime) -> None:
    """Raises NotOpen where the time is not free any more, so that nothing of a series is taken again."""
    service = hold.chosen_service
    refusal = explain.why_not(hold.staff, service.shape, hold.start, now=now, asked=False)
    if refusal:
        raise NotOpen(refusal, [], can_insist=False)
    hold.claim = _claim(hold.staff, service, hold.start, now)
    hold.save(update_fields=["claim"])


def _may_take_again(hold: Hold, now: datetime) -> bool:
    if now >= hold.created_at + MAX_HOLD or hold_of(hold.visitor, hold.service, now):
        return False
    check_holds(hold.visitor, hold.address_key, None, now)
    return True


def extend_kept(hold: Hold, now: datetime) -> None:
    """Keep a time, with those of its series, as long as may be. Inside the lock."""
    claims = Claim.objects.filter(hold__in=Hold.objects.group_of(hold))
    claims.update(expires_at=min(now + _length(), hold.created_at + MAX_HOLD))
    hold.extended_at = now
    hold.save(update_fields=["extended_at"])
    if hold.claim:
        hold.claim.refresh_from_db(fields=["expires_at"])


def release(hold: Hold, now: datetime) -> None:
    """Give the time back, with those of its series; what was typed can still be submitted."""
    with booking_lock(hold.staff, now):
        Claim.objects.filter(hold__in=Hold.objects.group_of(hold)).delete()


def forget_old_holds(now: datetime) -> int:
    """Delete holds that nobody will submit any more, and claims that have expired; how many holds."""
    release_expired(now)
    deleted, _by_model = Hold.objects.filter(created_at__lte=now - KEPT_FOR, claim=None).delete()
    return deleted


def give_up(visitor: Visitor, service: Service) -> None:
    """Give back whatever the visitor keeps for the service. Inside the lock."""
    Claim.objects.filter(hold__visitor=visitor.id, hold__service=service).delete()


def keep(
    who: Chosen, service: Service, start: datetime, visitor: Visitor, now: datetime, *, first: Hold | None = None
) -> Hold:
    """Keep a time that is free, with somebody. Inside the lock. `first` is the first hold of its series."""
    return Hold.objects.create(
        visitor=visitor.id,
        service=service,
        staff=who.user,
        start=start,
        end=start + service.duration,
        language=visitor.language,
        time_zone=visitor.time_zone,
        address_key=visitor.address_key,
        created_at=now,
        extended_at=now,
        why_staff=dict(who.why),
        part_of=first,
        claim=_claim(who.user, service, start, now),
    )


def _claim(user: User, service: Service, start: datetime, now: datetime) -> Claim:
    """The time with its buffers, kept for some minutes."""
    blocked_from, blocked_until = service.shape.widened(start)
    return Claim.objects.create(
        staff=user, kind=Claim.Kind.HOLD, start=blocked_from, end=blocked_until, expires_at=now + _length()
    )


def check_holds(visitor: str, address_key: str, former: Hold | None, now: datetime) -> None:
    """Raises Refused where one visitor, or one address, keeps too many times already: a series counts once.

    `former` is to be replaced.
    """
    others = Hold.objects.active(now).firsts()
    others = others.exclude(pk=former.pk) if former else others
    mine, same_address = Q(visitor=visitor), Q(address_key=address_key)
    kept = others.aggregate(visitor=Count("pk", filter=mine), address=Count("pk", filter=same_address))
    if kept["visitor"] >= settings.HOLDS_PER_VISITOR:
        raise Refused(_("You keep other times already. Book one of them first, or try again in some minutes."))
    if address_key and kept["address"] >= HOLDS_PER_ADDRESS:
        raise Refused(_("Too many times are being booked from your connection. Please try again in some minutes."))


@contextmanager
def other_windows_refused() -> Iterator[None]:
    """Where the visitor holds a time with somebody else at the same moment, only one of them is kept."""
    try:
        yield
    except IntegrityError as error:
        if "one_hold_per_visitor_and_service" not in str(error):
            raise
        raise Refused(_("You have just chosen a time in another window. Choose again.")) from error


def _length() -> timedelta:
    return min(timedelta(minutes=settings.HOLD_MINUTES), MAX_HOLD)
