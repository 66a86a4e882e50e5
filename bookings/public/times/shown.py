"""What the page of times shows: the first times, the days, one day or one month."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from django.utils.translation import gettext as _

from bookings import actions
from bookings.models import Service
from bookings.notifications.mails.appointment import clock_zone, public_name
from bookings.openings.search import Opening
from bookings.public.page import MINUTES, PREFILL, PublicRequest, asked, kept_query
from bookings.public.people import ANYBODY, people_of, person_among
from bookings.public.times.choice import MAX_FIRST_TIMES, Day, Search
from bookings.public.times.months import Month, parse_day, parse_month
from bookings.public.visitor import known_visitor, typed, visitor_id
from bookings.public.zones import zones_by_area


@dataclass(frozen=True, slots=True)
class ChoiceLink:
    """Somebody with whom the service can be booked, or anybody; or one of its durations."""

    name: str
    query: str
    is_chosen: bool


def search_of(request: PublicRequest, service: Service) -> Search:
    """What the request asks for. The time that the visitor keeps already counts as free."""
    zone = clock_zone(service, request.practice, asked(request, "zone"))
    people = people_of(service)
    search = Search(service, people, zone, request.now, person_among(people, asked(request, "staff")))
    visitor = known_visitor(request)
    return replace(search, hold=actions.hold_of(visitor, service, request.now)) if visitor else search


def context_of(request: PublicRequest, search: Search, nearest: list[Opening] | None = None) -> dict[str, Any]:
    """Everything on the page; `nearest` are times in place of one that has gone."""
    service = search.service
    return {
        "service": service,
        "search": search,
        "zone": search.zone,
        "zone_asked": bool(asked(request, "zone")),
        "areas": {} if service.is_at_a_place else zones_by_area(),
        "staff": asked(request, "staff") or ("" if search.moving else ANYBODY),
        **_people(request, search),
        "durations": _durations(request, search),
        "visitor": visitor_id(request),
        "typed": typed(request),
        "prefill": asked(request, PREFILL),
        "nearest": nearest,
        "query_of_days": kept_query(request),
        **_times(request, search),
    }


def _times(request: PublicRequest, search: Search) -> dict[str, Any]:
    day, month = parse_day(asked(request, "day")), parse_month(asked(request, "month"))
    if day:
        chosen = search.day(day)
        if chosen.starts:
            return {"chosen": chosen}
    elif month:
        return _month(search, month)
    days = search.first_days()
    unreadable = not days and search.calendars_are_unreadable()
    return {"first": _first(days), "days": days, "gone": day, "unreadable": unreadable, "month": _month_of(days)}


def _month(search: Search, month: Month) -> dict[str, Any]:
    first, last = max(month.first, search.today), min(month.last, search.last_day)
    days = search.days(first, last) if first <= last else []
    return {
        "shown_month": month,
        "days": days,
        "before": month.before(search.today),
        "after": month.after(search.last_day),
        "unreadable": not days and search.calendars_are_unreadable(),
    }


def _first(days: list[Day]) -> list[Any]:
    return [start for day in days for start in day.starts][:MAX_FIRST_TIMES]


def _month_of(days: list[Day]) -> Month | None:
    return Month(days[0].date.replace(day=1)) if days else None


def _people(request: PublicRequest, search: Search) -> dict[str, Any]:
    """With whom it can be booked; nothing where there is no choice."""
    if len(search.people) < 2:
        return {}
    chosen, anybody = search.person, ANYBODY if search.moving else None
    return {
        "people": [
            ChoiceLink(public_name(user), kept_query(request, staff=user.slug), user == chosen)
            for user in search.people
        ],
        "anybody": ChoiceLink(_("First available"), kept_query(request, staff=anybody), chosen is None),
        "chosen_person": public_name(chosen) if chosen else "",
    }


def _durations(request: PublicRequest, search: Search) -> list[ChoiceLink]:
    """How long it can take; nothing where there is no choice."""
    if search.moving or len(search.service.durations) < 2:
        return []
    return [
        ChoiceLink(
            _("%(minutes)s minutes") % {"minutes": minutes},
            kept_query(request, **{MINUTES: str(minutes)}),
            minutes == search.minutes,
        )
        for minutes in search.service.durations
    ]


def gone_sentence(nearest: list[Opening]) -> str:
    """What a client reads whose time was taken by somebody else; buttons for the nearest ones follow."""
    return _("That time has gone. Nearest:") if nearest else _("That time has gone.")
