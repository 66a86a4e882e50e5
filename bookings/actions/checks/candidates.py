"""With whom a service can be booked, and who of them gets a time that anybody may have."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _

from availability.slots import Shape
from bookings.actions.checks.preconditions import NotOpen, Refused
from bookings.models import Booking, Hold, Service
from bookings.openings import explain, search
from bookings.openings.own_time import NO_CLAIMS, own_claims
from bookings.openings.shares import Team, choose_from, stored
from connections.freshness import Freshness, FreshnessState, freshness_by_user
from practice.models import User


def candidates(service: Service, staff: User | None) -> list[User]:
    """The one asked for, or everybody who offers the service. Raises Refused if nobody can be booked."""
    if not service.can_be_booked:
        raise Refused(_("“%(service)s” cannot be booked at the moment.") % {"service": service})
    if staff is not None:
        require_offer(service, staff)
        return [staff]
    able = list(service.staff.filter(is_active=True).order_by("pk"))
    if not able:
        raise Refused(_("Nobody offers “%(service)s” yet.") % {"service": service})
    return able


def require_offer(service: Service, staff: User) -> None:
    """Raises Refused unless the staff member works here and offers the service."""
    if not service.staff.filter(pk=staff.pk, is_active=True).exists():
        raise Refused(_("%(staff)s does not offer “%(service)s”.") % {"staff": staff, "service": service})


@dataclass(frozen=True, slots=True)
class Chosen:
    """Who gets the time and why, as holds and bookings keep it; no reason if somebody named the person."""

    user: User
    why: Mapping[str, Any] = field(default_factory=dict)


def first_available(
    able: Sequence[User],
    team: Team,
    shape: Shape,
    *,
    now: datetime,
    hold: Hold | None = None,
    moving: Booking | None = None,
    previous: int | None = None,
) -> Chosen:
    """Who of those who are able gets the time for which `team` was read, after their calendars were asked.

    Inside the lock of all of them. Raises NotOpen where nobody is free, with the reason of one of them.
    """
    fresh = freshness_by_user([user.pk for user in able], now=now, asked=True)
    free = search.who_can_start(fresh, shape, team.start, now=now, hold=hold, moving=moving)
    if not free:
        user = min(able, key=lambda one: _doubt(fresh[one.pk]))
        raise NotOpen(explain.why_not(user, shape, team.start, now=now, hold=hold, moving=moving), [])
    claim = own_claims(moving, hold)
    return chosen(able, team, surest(free, fresh), now=now, exclude=claim, previous=previous)


def chosen(
    able: Sequence[User],
    team: Team,
    free: Collection[int],
    *,
    now: datetime,
    exclude: Q = NO_CLAIMS,
    previous: int | None = None,
) -> Chosen:
    """Who of those who are free gets it by the rule of fairness. Inside the lock of all who are able."""
    choice = choose_from(team, free, now=now, exclude=exclude, previous=previous)
    return Chosen(next(user for user in able if user.pk == choice.key), stored(choice))


def surest(users: Collection[int], fresh: Mapping[int, Freshness]) -> list[int]:
    """Those whose calendars are read; if there are none, those whose last copy is trusted, and then the others."""
    least = min((_doubt(fresh[user]) for user in users), default=0)
    return [user for user in users if _doubt(fresh[user]) == least]


def _doubt(fresh: Freshness) -> int:
    """How far the calendars are from being read."""
    if fresh.state in (FreshnessState.NONE, FreshnessState.FRESH):
        return 0
    return 2 if fresh.pending or not fresh.bookable else 1
