"""The answer to "why is this time free or blocked?", with what can be done about each reason."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from bookings.models import Booking, Service
from bookings.openings.explain import reasons_for
from bookings.openings.reasons import Reason, ReasonKind, ToldTo
from bookings.openings.remedies import Remedy, remedy
from bookings.openings.search import Opening, next_openings
from connections.busy import OWN_BOOKING, Busy
from connections.freshness import freshness
from connections.models import Calendar, Event, Occurrence
from practice.models import User
from practice.times import iso

HOUR = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Link:
    """Where something can be done, and in which words."""

    label: str
    url: str


@dataclass(frozen=True, slots=True)
class Point:
    """One reason and what would change it."""

    reason: Reason
    link: Link | None
    remedy: Remedy


@dataclass(frozen=True, slots=True)
class Answer:
    """Is [at, until) open (UTC; with a service: can it start there), with every reason.

    `blocking` reasons block, `also_checked` do not. `others` are the next few times at which the service can be booked
    if it cannot be booked at this one.
    """

    at: datetime
    until: datetime
    service: Service | None
    blocking: list[Point]
    also_checked: list[Point]
    others: list[Opening]
    staff: int | None = None  # the key of the colleague whose time it is; None for one's own

    @property
    def open(self) -> bool:
        return not self.blocking

    @property
    def address(self) -> str:
        return why_url(self.at, self.service, self.staff)

    @property
    def earlier(self) -> str:
        return why_url(self.at - HOUR, self.service, self.staff)

    @property
    def later(self) -> str:
        return why_url(self.at + HOUR, self.service, self.staff)


def why_url(at: datetime, service: Service | None = None, staff: int | None = None) -> str:
    """The address of the answer for a moment of one's own time, or of that of the colleague keyed `staff`."""
    query = {"at": str(iso(at))} | ({"service": service.slug} if service else {})
    query |= {"staff": str(staff)} if staff else {}
    return f"{reverse('why:page')}?{urlencode(query)}"


def answer(
    user: User, at: datetime, *, now: datetime, service: Service | None = None, reader: User | None = None
) -> Answer:
    """Whether `user` can be booked at `at` (UTC), and every reason; to a colleague who reads it without titles."""
    is_own = reader in (None, user)
    told_to = ToldTo.OWNER if is_own else ToldTo.COLLEAGUE
    reasons = reasons_for(user, at, now=now, service=service, told_to=told_to)
    points = _points(user, reasons, service, now) if is_own else [Point(one, None, Remedy()) for one in reasons]
    blocking = [point for point in points if point.reason.blocks]
    also_checked = [point for point in points if not point.reason.blocks]
    others = next_openings(service, [user], max(at, now), now=now) if service and blocking else []
    until = at + (service.duration if service else HOUR)
    return Answer(at, until, service, blocking, also_checked, others, None if is_own else user.pk)


def _points(user: User, reasons: Iterable[Reason], service: Service | None, now: datetime) -> list[Point]:
    reasons = list(reasons)
    calendars = Calendar.objects.of(user).conflict_calendars().select_related("connection").in_bulk()
    problems = _problems(user, reasons)
    fresh = freshness(user, now=now).state == "fresh"
    return [Point(one, _link(one, service, fresh=fresh), _remedy(one, calendars, problems)) for one in reasons]


def _problems(user: User, reasons: Iterable[Reason]) -> Mapping[tuple[int | None, str], str]:
    """What is wrong with those events that block because of it, by the calendar's key and UID."""
    events = [one.about for one in reasons if isinstance(one.about, Busy)]
    uids = {event.uid for event in events if event.reason == Occurrence.Reason.UNREADABLE}
    if not uids:
        return {}
    troubled = Event.objects.troubled().filter(calendar__connection__user=user, uid__in=uids)
    return {(key, uid): problem for key, uid, problem in troubled.values_list("calendar", "uid", "problem")}


def _remedy(
    reason: Reason, calendars: Mapping[int, Calendar], problems: Mapping[tuple[int | None, str], str]
) -> Remedy:
    event = reason.about
    if not isinstance(event, Busy) or event.reason == OWN_BOOKING:
        return Remedy()
    if event.blocks and not reason.blocks:
        return Remedy()  # the event of a booking, at the time of that booking
    calendar = calendars.get(event.calendar_id or 0)
    return remedy(event, calendar, problems.get((event.calendar_id, event.uid), "")) if calendar else Remedy()


def _link(reason: Reason, service: Service | None, *, fresh: bool) -> Link | None:
    if isinstance(reason.about, Booking):
        return Link(_("Open the booking"), reason.about.get_absolute_url())
    if isinstance(reason.about, Service):
        return Link(_("Change the service"), reverse("services:edit", args=[reason.about.slug]))
    if service and reason.kind is ReasonKind.SERVICE_HOURS:
        return Link(_("Change your hours"), reverse("services:hours", args=[service.slug]))
    if reason.kind in _OF_AVAILABILITY:
        part = _OF_AVAILABILITY[reason.kind]
        return Link(_("Change your availability"), f"{reverse('availability:page')}#{part}")
    if service and reason.kind in (ReasonKind.BUFFER, ReasonKind.NOTICE, ReasonKind.HORIZON):
        return Link(_("Change the service"), reverse("services:edit", args=[service.slug]))
    if reason.kind is ReasonKind.FRESHNESS and not fresh:
        return Link(_("See your connections"), reverse("connections:list"))
    return None


_OF_AVAILABILITY = {
    ReasonKind.HOURS: "hours",
    ReasonKind.OVERRIDE: "overrides",
    ReasonKind.BLOCKED_SLOT: "blocked",
    ReasonKind.LIMIT: "limits",
}
