"""Why a week may differ from the iPhone: calendars or events that could not be read."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Exists, OuterRef, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from bookings.openings.freshness_words import conflict_calendars
from bookings.openings.remedies import remedy_of_problem
from connections.models import Event, Occurrence
from connections.problems import sentence
from practice.models import User

MAX_NAMED_EVENTS = 5  # events by name; a page lists them all


@dataclass(frozen=True, slots=True)
class WeekProblem:
    """A sentence with what to do, and where to look."""

    text: str
    url: str


def week_problems(user: User, start: datetime, end: datetime) -> list[WeekProblem]:
    """What the user must know about [start, end) of their own calendars. Titles are told.

    Accounts that need a person are not among them: every page says that.
    """
    return [*_of_calendars(user), *_of_events(user, start, end)]


def _of_calendars(user: User) -> Iterator[WeekProblem]:
    """Calendars that cannot be read, or not completely; their last known times block."""
    for calendar in conflict_calendars(user):
        if calendar.connection.needs_attention:
            continue
        url = reverse("connections:detail", args=[calendar.connection_id])
        if calendar.error_code:
            yield _named(str(calendar), calendar.sentence, url)
        elif calendar.backlog:
            yield _named(str(calendar), sentence("member_unread", {"count": calendar.backlog}), url)


def _named(name: str, problem: str, url: str) -> WeekProblem:
    return WeekProblem(_("“%(name)s”: %(problem)s") % {"name": name, "problem": problem}, url)


def _of_events(user: User, start: datetime, end: datetime) -> Iterator[WeekProblem]:
    """Events that could not be worked out, where they touch the time or where nobody knows when they are."""
    url = f"{reverse('events:list')}#problems"
    found = list(_troubled(user, start, end)[: MAX_NAMED_EVENTS + 1])
    for event in found[:MAX_NAMED_EVENTS]:
        words = {
            "title": event.summary or _("No title"),
            "calendar": event.calendar,
            "problem": event.sentence,
            "remedy": remedy_of_problem(event.problem, event.calendar),
        }
        yield WeekProblem((_("“%(title)s” in “%(calendar)s”: %(problem)s %(remedy)s") % words).strip(), url)
    if len(found) > MAX_NAMED_EVENTS:
        yield WeekProblem(_("More events have a problem."), url)


def _troubled(user: User, start: datetime, end: datetime) -> QuerySet[Event]:
    mine = Event.objects.troubled().filter(calendar__connection__user=user, calendar__is_conflict_calendar=True)
    at_all = Occurrence.objects.filter(event=OuterRef("pk"))
    here = Exists(at_all.filter(start__lt=end, end__gt=start))
    return (
        mine.filter(here | ~Exists(at_all))
        .select_related("calendar__connection")
        .defer("text")
        .order_by("calendar", "pk")
    )
