"""Why a time can be booked, or why not: every rule that bears on it, from all three apps, as sentences.

This is the only place that says why. Pages and commands list all reasons; a refusal is the first one that blocks.
`search` finds the openings of many days at once by the same rules, and a test holds both against each other.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime, timedelta, tzinfo
from zoneinfo import ZoneInfo

from django.utils import timezone
from django.utils.translation import gettext as _

from availability.intervals import Span
from availability.openings import working_hours
from availability.slots import Shape
from bookings.models import Booking, Hold, Service
from bookings.openings.reasons import ORDER, Reason, ReasonKind, ToldTo
from bookings.openings.rules.freshness import freshness_reasons
from bookings.openings.rules.question import TimeQuestion
from bookings.openings.rules.service_limits import limit_reasons, timing_reasons
from bookings.openings.rules.taken_time import claim_reasons, event_reasons, slot_reasons
from bookings.openings.rules.working_hours import hours_reasons, service_hours_reasons, start_time_reasons
from bookings.openings.search import is_running, staff_shape
from bookings.openings.service_hours import service_hours_by_user
from connections.models import CalendarConfiguration
from practice.models import User

HOUR = timedelta(hours=1)
LONG_AGO = datetime.min.replace(tzinfo=UTC)


def reasons_for(
    user: User, at: datetime, *, now: datetime, service: Service | None = None, told_to: ToldTo = ToldTo.OWNER
) -> list[Reason]:
    """Everything that bears on booking `user` at `at` (aware), by kind of rule and then by start.

    Times in the sentences are on the staff member's clock; for a colleague, in the active zone.
    With a service the question is whether it can start there, buffers, notice and horizon included; without one whether
    the hour from there is free. The time is open exactly if no reason blocks.
    """
    shape = service.shape if service else None
    found = list(_reasons(user, at, shape, now=now, told_to=told_to))
    return sorted(found, key=lambda reason: (ORDER.index(reason.kind), reason.start or LONG_AGO))


def is_open(reasons: Iterable[Reason]) -> bool:
    """May the time be booked that these reasons bear on?"""
    return not any(reason.blocks for reason in reasons)


def why_not(
    user: User,
    shape: Shape,
    start: datetime,
    *,
    now: datetime,
    moving: Booking | None = None,
    hold: Hold | None = None,
    told_to: ToldTo = ToldTo.SHELL,
    asked: bool = True,
) -> str:
    """Why nothing of this shape can start at `start`, in a sentence; "" if it can.

    `asked`: the calendars were asked just now. The time of the booking `moving` or of `hold` counts as free.
    """
    return _refusal(_reasons(user, start, shape, now=now, moving=moving, hold=hold, told_to=told_to, asked=asked))


def why_not_there(booking: Booking, span: Span, *, now: datetime, told_to: ToldTo = ToldTo.OWNER) -> str:
    """Why `booking` does not fit into `span`, to which staff moved its event, in a sentence; "" if it fits.

    It may start at any minute; notice and horizon do not count. A booking that runs may end sooner or later, otherwise
    nothing begins in the past.
    """
    running = is_running(booking, span, now)
    shape = staff_shape(booking, span)
    reasons = _reasons(
        booking.staff,
        span[0],
        shape,
        now=now,
        moving=booking,
        running=running,
        told_to=told_to,
        asked=True,
        moved_there=True,
    )
    return _refusal(reasons)


def _refusal(reasons: Iterable[Reason]) -> str:
    return next((reason.text for reason in reasons if reason.blocks), "")


def _reasons(
    user: User,
    at: datetime,
    shape: Shape | None,
    *,
    now: datetime,
    moving: Booking | None = None,
    hold: Hold | None = None,
    running: bool = False,
    told_to: ToldTo = ToldTo.SHELL,
    asked: bool = False,
    moved_there: bool = False,
) -> Iterator[Reason]:
    """What the rules say, one rule after the other, in the order in which a refusal takes them."""
    configuration = CalendarConfiguration.objects.filter(user=user).first()
    if configuration is None:
        yield Reason(ReasonKind.HOURS, True, _("%(user)s has no working hours yet.") % {"user": user})
        return
    at = at.astimezone(UTC)
    span = (at, at + (shape.duration if shape else HOUR))
    reach = shape.widened(at) if shape else span
    zone, limits = configuration.zone, configuration.limits
    periods = working_hours(user, span[0] - timedelta(days=2), span[1] + timedelta(days=2), zone=zone)
    only = service_hours_by_user(shape, [user.pk]).get(user.pk)
    about = (user, span, reach, periods, zone, limits, now, only)
    question = TimeQuestion(*about, shape, moving, hold, running, told_to, asked, moved_there)
    with timezone.override(_clock_of_reader(told_to, zone)):
        for rule in _RULES:
            yield from list(rule(question))


def _clock_of_reader(told_to: ToldTo, zone: ZoneInfo) -> tzinfo:
    """A colleague reads times on their own clock, which is the active one; everybody else on the staff member's."""
    return timezone.get_current_timezone() if told_to is ToldTo.COLLEAGUE else zone


_RULES: tuple[Callable[[TimeQuestion], Iterator[Reason]], ...] = (
    freshness_reasons,
    timing_reasons,
    hours_reasons,
    service_hours_reasons,
    claim_reasons,
    event_reasons,
    slot_reasons,
    limit_reasons,
    start_time_reasons,
)
