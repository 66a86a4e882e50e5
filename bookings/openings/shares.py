"""What `fairness` needs to know, read from the tables: who offers a service, and what each of them has of it.

Who was away is read before the lock, which is short; what is booked or held is read inside it. The number of queries
does not depend on the number of people.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Case, OuterRef, Q, Subquery, When
from django.db.models.functions import Coalesce

from availability.absences import absences_by_user, span_around
from bookings.models import Booking, Claim, Hold, Service, ServiceStaff
from bookings.openings.fairness import Candidate, ChosenPerson, choose, days_around
from bookings.openings.own_time import NO_CLAIMS, own_spans_by_user
from connections.models import CalendarConfiguration
from practice.by_user import by_user
from practice.models import Practice, User

ONE_MINUTE = timedelta(minutes=1)
_Piece = tuple[date, int]  # a day and minutes


@dataclass(frozen=True, slots=True)
class Team:
    """Those who offer a service, all by key: their zones and weights, and when they were away in the days around."""

    service: Service
    start: datetime
    days: list[date]
    zones: Mapping[int, ZoneInfo]
    weights: Mapping[int, int]
    away: Mapping[int, frozenset[date]]


def team_of(service: Service, users: Collection[int], start: datetime) -> Team:
    """Those of `users` who offer the service, for a booking at `start`. Eleven queries."""
    days = days_around(start.astimezone(Practice.current().zone).date())
    zones = CalendarConfiguration.zones(users)
    own = own_spans_by_user(users, *span_around(days))
    absent = absences_by_user(zones, days, own)
    assigned = ServiceStaff.objects.filter(service=service, user__in=users).values_list("user", "weight", "since")
    weights, away = dict.fromkeys(users, 1), dict(absent)
    for user, weight, since in assigned:
        joined = since.astimezone(zones[user]).date()
        weights[user] = weight
        away[user] |= {day for day in days if day < joined}
    return Team(service, start, days, zones, weights, away)


def choose_from(
    team: Team, free: Collection[int], *, now: datetime, exclude: Q = NO_CLAIMS, previous: int | None = None
) -> ChosenPerson:
    """Choose one of `free`, which names one at least. Inside the lock of the team. Two queries.

    The claims that `exclude` describes are replaced, so they do not count. `previous` is the client's previous person,
    if any.
    """
    minutes = _minutes_by_user(team, now, exclude)
    last = _last_by_user(team, now, exclude)
    people = [
        Candidate(user, weight, _by_day(minutes[user]), team.away[user], last[user])
        for user, weight in team.weights.items()
    ]
    seed = f"{team.service.pk} {team.start.astimezone(UTC).isoformat()}"
    return choose(people, free, previous=previous, seed=seed)


def stored(choice: ChosenPerson) -> dict[str, Any]:
    """A choice as holds and bookings keep it: the rule, and whole minutes."""
    load = choice.load
    return {
        "rule": str(choice.rule),
        "minutes": round(load.minutes),
        "credit": round(load.credit),
        "share": round(load.share),
    }


def previous_person(client: int, service: Service) -> int | None:
    """The key of the person with whom a client was last, or is next: for this service, or else for any."""
    seen = Booking.objects.live().filter(seats__client=client)
    latest = seen.order_by(Case(When(service=service, then=0), default=1), "-start", "-pk")
    return latest.values_list("staff", flat=True).first()


def _minutes_by_user(team: Team, now: datetime, exclude: Q) -> dict[int, list[_Piece]]:
    """By key of the user: what is booked or held of the service in the days around, without buffers."""
    of_service = Q(booking__service=team.service) | Q(hold__service=team.service)
    claims = Claim.objects.filter(of_service, staff__in=team.weights).active(now).without(exclude).order_by()
    rows = claims.overlapping(*span_around(team.days)).values_list(
        "staff", Coalesce("booking__start", "hold__start"), Coalesce("booking__end", "hold__end")
    )
    pieces = ((user, start.astimezone(team.zones[user]).date(), end - start) for user, start, end in rows)
    days = set(team.days)
    return by_user(team.weights, ((user, (day, length // ONE_MINUTE)) for user, day, length in pieces if day in days))


def _by_day(pieces: Iterable[_Piece]) -> dict[date, int]:
    found: dict[date, int] = {}
    for day, minutes in pieces:
        found[day] = found.get(day, 0) + minutes
    return found


def _last_by_user(team: Team, now: datetime, exclude: Q) -> dict[int, datetime | None]:
    """By key of the user: when something of the service was last booked or held with them; None if never."""
    of_person = {"service": team.service, "staff": OuterRef("pk")}
    booked = Booking.objects.live().filter(**of_person).order_by("-created_at").values("created_at")[:1]
    held = (
        Hold.objects.active(now)
        .filter(**of_person)
        .filter(claim__in=Claim.objects.without(exclude))
        .order_by("-created_at")
    )
    people = User.objects.filter(pk__in=team.weights).annotate(
        booked=Subquery(booked), held=Subquery(held.values("created_at")[:1])
    )
    rows = people.values_list("pk", "booked", "held")
    return {user: max((at for at in given if at), default=None) for user, *given in rows}
