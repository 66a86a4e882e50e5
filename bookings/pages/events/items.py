"""The events page: what was fetched, whether each event blocks, why, and how to change that."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Min, Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from availability import intervals
from availability.intervals import Span
from availability.wall_clock import MIDNIGHT, end_of, start_of
from bookings.models import LinkedEvent, MirroredSlot
from bookings.openings.own_time import own_spans
from bookings.openings.remedies import Remedy, remedy, remedy_of_problem
from bookings.openings.travel import Lengths, includes_travel, plain_lengths
from bookings.pages import search
from connections.busy import OWN_BOOKING, copy_of
from connections.models import Calendar, Event, Occurrence
from connections.plan import BACKLOG_HOLDS_FRESHNESS
from practice.models import User
from practice.time_format import day_name

MAX_PROBLEMS = 20


@dataclass(frozen=True, slots=True)
class Origin:
    """What an event is that Kalends wrote itself: in one word, in more, and where to see it."""

    label: str
    words: str
    url: str = ""


@dataclass(frozen=True, slots=True)
class EventRow:
    """One occurrence: does it block, why, and what would change that. `origin` if Kalends wrote it itself."""

    occurrence: Occurrence
    blocks: bool
    words: str
    remedy: Remedy
    travel: bool = False
    origin: Origin | None = None


@dataclass(frozen=True, slots=True)
class EventProblem:
    """An event that could not be read, or only in part: what is wrong, what to do, and when it is, if that is known."""

    event: Event
    words: str
    remedy: str
    at: datetime | None


# --- which events -------------------------------------------------------------------------------------------


def occurrences(user: User, chosen: Mapping[str, Any], zone: ZoneInfo, today: date) -> QuerySet[Occurrence]:
    """Those of the user's selected calendars that `chosen` (from EventFilter) asks for, from `today` on by default.

    One that is seen in several calendars is there several times (paging shows it once), and the order is none.
    """
    calendars = list(Calendar.objects.of(user).conflict_calendars().order_by().values_list("pk", flat=True))
    found = Occurrence.objects.filter(calendar__in=calendars).order_by()  # by their numbers the index finds them
    found = found.filter(end__gt=start_of(chosen.get("from", today), MIDNIGHT, zone))
    if "until" in chosen:
        found = found.filter(start__lt=end_of(chosen["until"], MIDNIGHT, zone))
    if "calendar" in chosen:
        found = found.filter(calendar=chosen["calendar"])
    if "q" in chosen:
        found = found.filter(search.contains(chosen["q"], "summary"))
    if "show" in chosen:
        found = found.filter(blocks=chosen["show"] == "blocks")
    if "reason" in chosen:
        found = found.filter(_for(chosen["reason"]))
    return found


def _for(reason: str) -> Q:
    placements = LinkedEvent.objects.unremoved().values("uid"), MirroredSlot.objects.unremoved().values("uid")
    own = Q(event__uid__in=placements[0]) | Q(event__uid__in=placements[1])
    return own if reason == OWN_BOOKING else Q(reason=reason) & ~own


# --- what is said of each -----------------------------------------------------------------------------------


def rows(user: User, shown: Sequence[Occurrence]) -> list[EventRow]:
    """Whether each of `shown` blocks and why, in a handful of queries whatever their number."""
    if not shown:
        return []
    uids = {occurrence.event.uid for occurrence in shown}
    own = own_spans(user, min(one.start for one in shown), max(one.end for one in shown))
    origins = _origins(user, uids)
    plain = plain_lengths(Event.objects.filter(pk__in={occurrence.event_id for occurrence in shown}))
    return [_row(one, _holds(one, own), origins.get(one.event.uid), plain) for one in shown]


def _holds(occurrence: Occurrence, own: Mapping[str, Sequence[Span]]) -> Sequence[Span]:
    """The time that does not block, because it is that of an event of ours."""
    uid = occurrence.event.uid
    return own.get(copy_of(uid) if occurrence.calendar.connection.is_feed else uid, ())


def _row(occurrence: Occurrence, holds: Sequence[Span], origin: Origin | None, plain: Lengths) -> EventRow:
    length = occurrence.end - occurrence.start
    travel = includes_travel((occurrence.calendar_id, occurrence.event.uid), length, plain)
    if origin is None and holds:
        copied = _("A copy of an event that Kalends has removed since")
        return EventRow(occurrence, False, copied, Remedy(), travel)
    if origin is None:
        words = str(Occurrence.Reason(occurrence.reason).label)
        advice = remedy(occurrence, occurrence.calendar, occurrence.event.problem)
        return EventRow(occurrence, occurrence.blocks, words, advice, travel)
    if occurrence.blocks and intervals.subtract([(occurrence.start, occurrence.end)], holds):
        words = _("On your iPhone it also covers time outside the booking")
        return EventRow(occurrence, True, words, Remedy(), travel, origin)
    return EventRow(occurrence, False, origin.words, Remedy(), travel, origin)


def _origins(user: User, uids: set[str]) -> dict[str, Origin]:
    """By UID, what the events are that Kalends wrote itself and has not removed."""
    linked = LinkedEvent.objects.unremoved().filter(uid__in=uids).select_related("booking")
    slots = MirroredSlot.objects.unremoved().filter(uid__in=uids)
    return {one.uid: _of_booking(one, user) for one in linked} | {one.uid: _of_slot(one, user) for one in slots}


def _of_booking(placement: LinkedEvent, user: User) -> Origin:
    booking, label = placement.booking, _("Booking")
    if booking.staff_id != user.pk:
        return Origin(label, _("A booking of a colleague, who has this calendar too"))
    if booking.live and placement.wanted == LinkedEvent.Wanted.PRESENT:
        return Origin(label, _("Your own booking in Kalends"), booking.get_absolute_url())
    return Origin(
        label,
        _("No longer the event of a booking. It is being removed"),
        booking.get_absolute_url(),
    )


def _of_slot(placement: MirroredSlot, user: User) -> Origin:
    label = _("Blocked slot")
    if placement.staff_id != user.pk:
        return Origin(label, _("Blocked by a colleague, who has this calendar too"))
    if placement.slot_id is None:
        return Origin(label, _("No longer blocked. It is being removed"))
    return Origin(label, _("Blocked by you in Kalends"), f"{reverse('availability:page')}#blocked")


# --- what could not be read ---------------------------------------------------------------------------------


def event_problems(user: User, now: datetime) -> tuple[list[EventProblem], int]:
    """The first events of which something could not be read, and how many there are beside them."""
    mine = Event.objects.filter(calendar__connection__user=user, calendar__is_conflict_calendar=True)
    either = mine.filter(~Q(problem="")).values("pk").union(mine.filter(~Q(pending_etag="")).values("pk"))
    # Each part of the union has its index.
    found = Event.objects.filter(pk__in=either).select_related("calendar__connection").defer("text")
    dated: QuerySet[Any] = found.annotate(at=Min("occurrences__start", filter=Q(occurrences__end__gt=now))).order_by(
        "calendar", "pk"
    )
    first = [_problem(event, event.at, now) for event in dated[:MAX_PROBLEMS]]
    return first, found.count() - len(first) if first else 0


def _problem(event: Event, at: datetime | None, now: datetime) -> EventProblem:
    if event.problem:
        return EventProblem(event, event.sentence, remedy_of_problem(event.problem, event.calendar), at)
    since = event.pending_since
    if since is None or now - since < BACKLOG_HOLDS_FRESHNESS:
        words = _("It could not be read yet. Kalends keeps trying and uses what it read before.")
        return EventProblem(event, words, "", at)
    words = _("It could not be read since %(day)s. Kalends keeps trying and uses what it read before.")
    return EventProblem(event, words % {"day": day_name(since)}, remedy_of_problem("unreadable", event.calendar), at)
