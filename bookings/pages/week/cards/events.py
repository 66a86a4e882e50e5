"""An event of the calendar: where it comes from, and why it blocks or not."""

from __future__ import annotations

from django.http import Http404, HttpResponse

from bookings.pages.week.cards.shown import instant_in, show_card
from bookings.pages.week.items import event_with_key, source_of
from bookings.pages.why.answers import Point, answer, why_url
from connections.busy import Busy
from connections.calendar_page import CalendarRequest, calendar_page
from practice.roles import Action


@calendar_page(Action.MANAGE_OWN_CALENDAR)
def event(request: CalendarRequest) -> HttpResponse:
    """One's own event with the key (`key`) that lies at the moment `at`."""
    at = instant_in(request, "at")
    found = event_with_key(request.user, request.GET.get("key", ""), at)
    if found is None:
        raise Http404
    context = {
        "event": found,
        "source": source_of(found),
        "points": [one for one in _points(request, found) if _is_about(one, found)],
        "back": request.get_full_path(),
        "why": why_url(at),
    }
    return show_card(request, "event", context, at)


def _points(request: CalendarRequest, event: Busy) -> list[Point]:
    at = max(event.start, instant_in(request, "at"))
    told = answer(request.user, at, now=request.now)
    return [*told.blocking, *told.also_checked]


def _is_about(point: Point, event: Busy) -> bool:
    about = point.reason.about
    return isinstance(about, Busy) and (about.calendar, about.uid, about.start) == (
        event.calendar,
        event.uid,
        event.start,
    )
