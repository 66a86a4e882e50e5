"""Why a time can be booked, or why not: every rule that bears on it, from all three apps, as sentences.

This is the only place that says why. Pages and commands list all reasons; a refusal is the first one that blocks.
`search` finds the openings of many days at once by the same rules, and a test holds both against each other.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils import formats, timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from availability import intervals
from availability.intervals import Span
from availability.models import ClosedDay, DateOverride, Week
from availability.openings import blocked_slots, closed_days, working_hours
from availability.slots import Shape, narrowed
from availability.wall_clock import MIDNIGHT, end_of, start_of
from bookings.models import Booking, Claim, Hold, Service, ServiceShape
from bookings.openings.event_words import event_name, why_it_blocks
from bookings.openings.freshness_words import calendar_problem, conflict_calendars, freshness_sentence
from bookings.openings.limit_words import limit_sentence
from bookings.openings.limits import counts_at
from bookings.openings.own_time import own_claim, own_spans
from bookings.openings.reasons import ORDER, Reason, ReasonKind, ToldTo
from bookings.openings.search import is_running, staff_shape
from bookings.openings.service_hours import service_hours_by_user, service_hours_sentence
from bookings.openings.travel import Lengths, includes_travel, plain_lengths
from bookings.providers import provider_names
from connections.busy import Busy, busy, event_uids
from connections.freshness import freshness
from connections.models import CalendarConfiguration, Event
from connections.plan import window
from practice import time_format
from practice.limits import BookingLimits
from practice.models import User

HOUR = timedelta(hours=1)
LONG_AGO = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class _Question:
    """May `span` be booked with `user`? `reach` is the span with the buffers of its service.

    `periods` are the working periods around it, `only` the weekly hours in which the user gives the service (None:
    whenever they work), `limits` those of the user. `shape` is None for a bare hour. The time
    of the booking `moving` or of `hold` counts as free; if `running`, the booking has begun and only its end changes.
    `asked` means that the calendars were asked just now, so that no answer counts as not readable.
    """

    user: User
    span: Span
    reach: Span
    periods: list[Span]
    zone: ZoneInfo
    limits: BookingLimits
    now: datetime
    only: Week | None = None
    shape: Shape | None = None
    moving: Booking | None = None
    hold: Hold | None = None
    running: bool = False
    told_to: ToldTo = ToldTo.SHELL
    asked: bool = False

    @property
    def titles(self) -> bool:
        """May titles of events, notes and clients be told?"""
        return self.told_to is ToldTo.OWNER

    def when(self, span: Span) -> str:
        """The span as people of the staff member's zone write it; with dates if it leaves the day in question."""
        days = {moment.astimezone(self.zone).date() for moment in (self.span[0], *span)}
        return time_format.clocks(span) if len(days) == 1 else time_format.day_and_clocks(span)


def reasons_for(
    user: User, at: datetime, *, now: datetime, service: Service | None = None, told_to: ToldTo = ToldTo.OWNER
) -> list[Reason]:
    """Everything that bears on booking `user` at `at` (aware), by kind of rule and then by start.

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
    """Why `booking` does not fit into `span`, which staff chose, in a sentence; "" if it fits.

    It may start at any minute; notice and horizon do not count. A booking that runs may end sooner or later, otherwise
    nothing begins in the past.
    """
    running = is_running(booking, span, now)
    shape = staff_shape(booking, span)
    reasons = _reasons(
        booking.staff, span[0], shape, now=now, moving=booking, running=running, told_to=told_to, asked=True
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
    question = _Question(*about, shape, moving, hold, running, told_to, asked)
    with timezone.override(zone):
        for rule in _RULES:
            yield from list(rule(question))


# --- the rules ----------------------------------------------------------------------------------------------


def _freshness(question: _Question) -> Iterator[Reason]:
    """How fresh the calendars are, then what is wrong with each of them."""
    user, now = question.user, question.now
    fresh = freshness(user, now=now, asked=question.asked)
    text = freshness_sentence(user, fresh, now=now)
    yield Reason(ReasonKind.FRESHNESS, not fresh.bookable, text, None, fresh.as_of)
    if question.asked or fresh.state in ("none", "unconfigured"):
        return
    kept = kept_window(now)
    if question.span[0] < kept[0] or question.span[1] > kept[1]:
        text = _("Events are kept from %(first)s to %(last)s. What %(provider)s has beyond that is not known here.")
        words = {"first": time_format.day_name(kept[0]), "last": time_format.day_name(kept[1])}
        text %= words | {"provider": provider_names(user)}
        yield Reason(ReasonKind.FRESHNESS, False, text, *kept)
    for calendar in conflict_calendars(user) if question.told_to is not ToldTo.COLLEAGUE else ():
        if text := calendar_problem(calendar):
            yield Reason(ReasonKind.FRESHNESS, False, text, None, calendar.fresh_at)


def kept_window(now: datetime) -> Span:
    """From when to when events are kept at all."""
    return window(now, past_days=settings.SYNC_WINDOW_PAST_DAYS, horizon_days=settings.BOOKING_HORIZON_DAYS)


def _timing(question: _Question) -> Iterator[Reason]:
    """Notice and horizon of the service; of a bare hour only that it must not be over."""
    at, now, shape = question.span[0], question.now, question.shape
    if at < now and not question.running:
        yield Reason(ReasonKind.NOTICE, True, _("This time is over."), None, now)
    if shape is None:
        return
    if at >= now:
        soonest = now + shape.notice
        yield Reason(ReasonKind.NOTICE, at < soonest, _notice(shape, soonest), None, soonest)
    farthest = now + shape.horizon
    yield Reason(ReasonKind.HORIZON, at >= farthest, _horizon(shape, farthest), farthest, None)


def _notice(shape: Shape, soonest: datetime) -> str:
    minutes = int(shape.notice.total_seconds() // 60)
    text = ngettext(
        "The service needs %(minutes)s minute’s notice, so it can start from %(time)s on.",
        "The service needs %(minutes)s minutes’ notice, so it can start from %(time)s on.",
        minutes,
    )
    return text % {"minutes": minutes, "time": time_format.day_and_clock(soonest)}


def _horizon(shape: Shape, farthest: datetime) -> str:
    text = ngettext(
        "The service can be booked %(days)s day ahead, that is before %(time)s.",
        "The service can be booked %(days)s days ahead, that is before %(time)s.",
        shape.horizon.days,
    )
    return text % {"days": shape.horizon.days, "time": time_format.day_and_clock(farthest)}


def _hours(question: _Question) -> Iterator[Reason]:
    """The working periods of the days in question, each from the week's hours, a date override or a closure."""
    days = _days(question)
    covered = intervals.Spans(question.periods).cover(question.span)
    overrides = DateOverride.objects.filter(user=question.user).within(days[0], days[-1]).by_date()
    closed = closed_days(question.user, days[0], days[-1])
    for day in days:
        if day in closed:
            yield _closure(question, day, closed[day], blocks=not covered)
            continue
        kind = ReasonKind.OVERRIDE if day in overrides else ReasonKind.HOURS
        of_day = [span for span in question.periods if span[0].astimezone(question.zone).date() == day]
        touching = [span for span in of_day if intervals.overlaps(span, [question.span])]
        if covered and touching:
            yield from (Reason(kind, False, _open_hours(question, kind, span), *span) for span in touching)
        else:
            yield Reason(kind, not covered, _closed(kind, day, of_day), *_bounds(question, day))


def _closure(question: _Question, day: date, closed: ClosedDay, *, blocks: bool) -> Reason:
    words = {"day": formats.date_format(day), "name": closed.name}
    if closed.whole_practice:
        text = (
            _("The practice is closed on %(day)s: %(name)s.")
            if closed.name
            else _("The practice is closed on %(day)s.")
        )
    elif closed.name and question.titles:
        text = _("Time off on %(day)s: %(name)s.")
    else:
        text = _("Time off on %(day)s.")
    return Reason(ReasonKind.OVERRIDE, blocks, text % words, *_bounds(question, day))


def _bounds(question: _Question, day: date) -> Span:
    """The day on the clock of the staff member's zone."""
    return start_of(day, MIDNIGHT, question.zone), end_of(day, MIDNIGHT, question.zone)


def _days(question: _Question) -> list[date]:
    """The local dates that the span touches; one that ends at midnight does not touch the next."""
    last_moment = question.span[1] - timedelta(microseconds=1)
    first, last = (moment.astimezone(question.zone).date() for moment in (question.span[0], last_moment))
    return [first + timedelta(days=number) for number in range((last - first).days + 1)]


def _open_hours(question: _Question, kind: ReasonKind, period: Span) -> str:
    words = {"when": question.when(period)}
    if kind is ReasonKind.OVERRIDE:
        return _("The time is within the hours that a date override sets (%(when)s).") % words
    return _("The time is within the working hours (%(when)s).") % words


def _closed(kind: ReasonKind, day: date, periods: list[Span]) -> str:
    words = {
        "day": formats.date_format(day),
        "weekday": formats.date_format(day, "l"),
        "when": ", ".join(map(time_format.clocks, periods)),
    }
    if kind is ReasonKind.OVERRIDE and not periods:
        return _("A date override closes %(day)s.") % words
    if kind is ReasonKind.OVERRIDE:
        return _("The time is outside the hours that a date override sets for %(day)s (%(when)s).") % words
    if not periods:
        return _("There are no working hours on %(weekday)s.") % words
    return _("The time is outside the working hours of %(weekday)s (%(when)s).") % words


def _service_hours(question: _Question) -> Iterator[Reason]:
    """The hours in which the person gives the service, if these are fewer than their working hours."""
    if question.only is None or not isinstance(question.shape, ServiceShape):
        return
    service = question.shape.service
    days = [_bounds(question, day) for day in _days(question)]
    within = narrowed(intervals.merge(days), question.only, question.zone)
    text = service_hours_sentence(service, question.user, question.only)
    blocks = not intervals.Spans(within).cover(question.span)
    yield Reason(ReasonKind.SERVICE_HOURS, blocks, text, days[0][0], days[-1][1])


def _claims(question: _Question) -> Iterator[Reason]:
    """Time that bookings take, or that visitors hold while they book it."""
    exclude = own_claim(question.moving, question.hold)
    claims = Claim.objects.filter(staff=question.user).active(question.now).overlapping(*question.reach)
    if not claims.without(exclude).exists():
        return
    for claim in claims.without(exclude).select_related("booking__service", "hold").prefetch_related("booking__seats"):
        yield _held(question, claim) if claim.kind == Claim.Kind.HOLD else _booked(question, claim.booking)


def _held(question: _Question, claim: Claim) -> Reason:
    span = (claim.hold.start, claim.hold.end)
    if intervals.overlaps(question.span, [span]):
        return Reason(ReasonKind.HOLD, True, _("A client is booking this time right now."), *span)
    text = _(
        "The buffer around a time that a client is booking right now (%(when)s), or around the service, is in the way."
    )
    return Reason(ReasonKind.BUFFER, True, text % {"when": question.when(span)}, claim.start, claim.end)


def _booked(question: _Question, booking: Booking) -> Reason:
    if intervals.overlaps(question.span, [(booking.start, booking.end)]):
        return Reason(ReasonKind.BOOKING, True, _taken(question, booking), booking.start, booking.end, booking)
    return Reason(ReasonKind.BUFFER, True, _buffered(question, booking), *booking.blocked_span, booking)


def _taken(question: _Question, booking: Booking) -> str:
    words = {"booking": booking, "when": question.when((booking.start, booking.end))}
    if not question.titles:
        return _("Another booking is at this time (%(when)s).") % words
    if booking.status == Booking.Status.PENDING:
        return _("The pending booking “%(booking)s” is at this time (%(when)s).") % words
    return _("The booking “%(booking)s” is at this time (%(when)s).") % words


def _buffered(question: _Question, booking: Booking) -> str:
    words = {"booking": booking, "when": question.when(booking.blocked_span)}
    if not question.titles:
        return _("The buffer around another booking (%(when)s) or around the service is in the way.") % words
    return _("The buffer around the booking “%(booking)s” (%(when)s) or around the service is in the way.") % words


def _events(question: _Question) -> Iterator[Reason]:
    """Events: those in the time itself, blocking or not, and those that only the buffers reach, if they block."""
    user, reach = question.user, question.reach
    if not event_uids([user.pk], *reach).exists():  # as at most times that somebody wants to book
        return
    events = busy(user, *reach, own_spans=own_spans(user, *reach, moving=question.moving))
    if question.told_to is ToldTo.COLLEAGUE:
        yield from _blocked(question, [span for event in events for span in event.blocking])
        return
    mine = Event.objects.filter(calendar__connection__user=user, uid__in={event.uid for event in events})
    plain = plain_lengths(mine) if events else {}
    for event in events:
        name = _name(question, event, plain)
        blocks = any(intervals.overlaps(reach, [span]) for span in event.blocking)
        inside = any(intervals.overlaps(question.span, [span]) for span in event.blocking)
        if blocks and not inside:
            text = _("%(event)s is too close: the buffer around the service reaches into it.") % {"event": name}
            yield Reason(ReasonKind.BUFFER, True, text, event.start, event.end, event)
        elif inside or _touches(event, question.span):
            text = why_it_blocks(event, name, blocks=blocks)
            yield Reason(ReasonKind.OCCURRENCE, blocks, text, event.start, event.end, event)


def _blocked(question: _Question, spans: Iterable[Span]) -> Iterator[Reason]:
    """What a colleague is told of time that is blocked, by whatever: from when to when."""
    for span in intervals.merge(spans):
        words = {"when": question.when(span)}
        if intervals.overlaps(question.span, [span]):
            yield Reason(ReasonKind.OCCURRENCE, True, _("Blocked %(when)s.") % words, *span)
        elif intervals.overlaps(question.reach, [span]):
            text = _("Blocked %(when)s: the buffer around the service reaches into it.")
            yield Reason(ReasonKind.BUFFER, True, text % words, *span)


def _touches(event: Busy, span: Span) -> bool:
    return event.start < span[1] and (event.end > span[0] or event.start == event.end == span[0])


def _name(question: _Question, event: Busy, plain: Lengths) -> str:
    travel = includes_travel((event.calendar, event.uid), event.end - event.start, plain)
    return event_name(event, question.when((event.start, event.end)), titles=question.titles, travel=travel)


def _slots(question: _Question) -> Iterator[Reason]:
    """Time that was blocked by hand."""
    if question.told_to is ToldTo.COLLEAGUE:
        slots = blocked_slots(question.user, *question.reach)
        yield from _blocked(question, [(slot.start, slot.end) for slot in slots])
        return
    for slot in blocked_slots(question.user, *question.reach):
        span = (slot.start, slot.end)
        words = {"when": question.when(span), "note": slot.note}
        if not intervals.overlaps(question.span, [span]):
            text = _("A blocked slot (%(when)s) is too close: the buffer around the service reaches into it.")
            yield Reason(ReasonKind.BUFFER, True, text % words, *span)
            continue
        noted = slot.note and question.titles
        text = _("Blocked in Kalends (%(when)s): %(note)s.") if noted else _("Blocked in Kalends (%(when)s).")
        yield Reason(ReasonKind.BLOCKED_SLOT, True, text % words, *span)


def _limits(question: _Question) -> Iterator[Reason]:
    """How many bookings the day and the week have, where that is limited; a booking that runs has started already."""
    if question.running:
        return
    user, exclude = question.user, own_claim(question.moving, question.hold)
    whose = (user.pk, question.shape, question.limits, question.zone)
    for limited in counts_at(*whose, question.span[0], now=question.now, exclude=exclude):
        count, text = limited.count, limit_sentence(limited, user)
        yield Reason(ReasonKind.LIMIT, count.is_full, text, *count.span, about=limited.service)


def _start_times(question: _Question) -> Iterator[Reason]:
    """Starts are counted from the beginning of each period in which the service is given; others are not offered."""
    if question.shape is None:
        return
    at, interval = question.span[0], question.shape.interval
    periods = narrowed(question.periods, question.only, question.zone)
    around = [period for period in periods if period[0] <= at < period[1]]
    covered = intervals.Spans(periods).cover(question.span)
    if not covered or any((at - start) % interval == timedelta(0) for start, _end in around):
        return
    minutes = int(interval.total_seconds() // 60)
    text = ngettext(
        "Counted from %(clock)s, the service can start every %(minutes)s minute, but not at %(at)s.",
        "Counted from %(clock)s, the service can start every %(minutes)s minutes, but not at %(at)s.",
        minutes,
    )
    words = {"minutes": minutes, "clock": time_format.clock(around[0][0]), "at": time_format.clock(at)}
    yield Reason(ReasonKind.HOURS, True, text % words, *around[0])


_RULES: tuple[Callable[[_Question], Iterator[Reason]], ...] = (
    _freshness,
    _timing,
    _hours,
    _service_hours,
    _claims,
    _events,
    _slots,
    _limits,
    _start_times,
)
