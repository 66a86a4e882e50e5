"""Why a week may not be what the iPhone shows: calendars in trouble, events that block more or less than meant."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Exists, OuterRef, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from bookings.openings.remedies import remedy_of_problem
from connections.models import Calendar, Event, Occurrence
from connections.problems import sentence
from practice.models import User

MOST = 5  # events by name; a page lists them all


@dataclass(frozen=True, slots=True)
class Alarm:
    """A sentence with what to do, and where to look."""

    text: str
    url: str


def alarms(user: User, start: datetime, end: datetime) -> list[Alarm]:
    """All that must be said to whoever looks at [start, end) of the user's calendars (titles are for the user alone).

    Accounts that need a person are not among them: every page says that.
    """
    return [*_of_calendars(user), *_of_events(user, start, end)]


def _of_calendars(user: User) -> Iterator[Alarm]:
    """Calendars that cannot be read, or not completely; their last known times block."""
    calendars = Calendar.objects.conflict_calendars().of(user).filter(connection__needs_attention=False)
    for calendar in calendars.with_backlog().select_related("connection"):
        url = reverse("connections:detail", args=[calendar.connection_id])
        if calendar.error_code:
            yield _named(str(calendar), calendar.sentence, url)
        elif calendar.backlog:
            yield _named(str(calendar), sentence("member_unread", {"count": calendar.backlog}), url)


def _named(name: str, problem: str, url: str) -> Alarm:
    return Alarm(_("“%(name)s”: %(problem)s") % {"name": name, "problem": problem}, url)


def _of_events(user: User, start: datetime, end: datetime) -> Iterator[Alarm]:
    """Events that could not be worked out, where they touch the time or where nobody knows when they are."""
    url = f"{reverse('events')}#problems"
    found = list(_troubled(user, start, end)[: MOST + 1])
    for event in found[:MOST]:
        words = {
            "title": event.summary or _("No title"),
            "calendar": event.calendar,
            "problem": sentence(event.problem),
            "remedy": remedy_of_problem(event.problem, event.calendar),
        }
        yield Alarm((_("“%(title)s” in “%(calendar)s”: %(problem)s %(remedy)s") % words).strip(), url)
    if len(found) > MOST:
        yield Alarm(_("Further events have a problem too."), url)


def _troubled(user: User, start: datetime, end: datetime) -> QuerySet[Event]:
    mine = Event.objects.troubled().filter(calendar__connection__user=user, calendar__is_conflict_calendar=True)
    at_all = Occurrence.objects.filter(event=OuterRef("pk"))
    here = Exists(at_all.filter(start__lt=end, end__gt=start))
    return mine.filter(here | ~Exists(at_all)).select_related("calendar").defer("text").order_by("calendar", "pk")
