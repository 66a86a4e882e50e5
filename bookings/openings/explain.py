"""Why an hour is open or not: everything that bears on it, from all three apps, as sentences for the staff member."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils import formats, timezone
from django.utils.translation import gettext as _

from availability import intervals
from availability.intervals import Span
from availability.models import DateOverride
from availability.openings import blocked_slots, working_hours
from availability.slots import Shape
from availability.wall_clock import MIDNIGHT, end_of, start_of
from bookings.models import Booking, Service
from bookings.openings.own_time import own_spans
from bookings.openings.travel import Lengths, includes_travel, plain_lengths
from connections.busy import OWN_BOOKING, Busy, busy
from connections.freshness import Freshness, freshness
from connections.models import Calendar, CalendarConfiguration, CalendarWithBacklog, Event, Occurrence
from connections.plan import window
from connections.problems import sentence
from practice import time_format
from practice.models import User

HOUR = timedelta(hours=1)
LONG_AGO = datetime.min.replace(tzinfo=UTC)


class Kind(StrEnum):
    """Which rule a reason belongs to, in the order in which they are told."""

    HOURS = "hours"
    OVERRIDE = "override"
    BLOCKED_SLOT = "blocked_slot"
    OCCURRENCE = "occurrence"
    BOOKING = "booking"
    BUFFER = "buffer"
    NOTICE = "notice"
    HORIZON = "horizon"
    FRESHNESS = "freshness"


ORDER = list(Kind)


@dataclass(frozen=True, slots=True)
class Reason:
    """One thing that bears on a time: a sentence and the span it is about (UTC; None where it has no start or end).

    `about` is the event or booking that the sentence names, where it names one.
    """

    kind: Kind
    blocks: bool
    text: str
    start: datetime | None = None
    end: datetime | None = None
    about: Busy | Booking | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class _Asked:
    """The question: may `span` be booked with `user`; `reach` is the span with the buffers of its service."""

    user: User
    span: Span
    reach: Span
    zone: ZoneInfo
    now: datetime
    shape: Shape | None

    def when(self, span: Span) -> str:
        """The span as people of the staff member's zone write it; with dates where it leaves the day asked about."""
        days = {moment.astimezone(self.zone).date() for moment in (self.span[0], *span)}
        return time_format.clocks(span) if len(days) == 1 else time_format.day_and_clocks(span)


def bearing_on(user: User, at: datetime, *, now: datetime, service: Service | None = None) -> list[Reason]:
    """Everything that bears on booking `user` at `at` (aware), by kind of rule and then by start.

    With a service the question is whether it can start there, buffers, notice and horizon included; without one whether
    the hour from there is free. The time is open exactly if no reason blocks.
    """
    configuration = CalendarConfiguration.objects.filter(user=user).first()
    if configuration is None:
        return [Reason(Kind.HOURS, True, _("%(user)s has no working hours yet.") % {"user": user})]
    at, shape = at.astimezone(UTC), service.shape if service else None
    span = (at, at + (shape.duration if shape else HOUR))
    asked = _Asked(user, span, shape.widened(at) if shape else span, configuration.zone, now, shape)
    with timezone.override(configuration.zone):
        found = [reason for rule in _RULES for reason in rule(asked)]
    return sorted(found, key=lambda reason: (ORDER.index(reason.kind), reason.start or LONG_AGO))


def is_open(reasons: Iterable[Reason]) -> bool:
    """May the time be booked that these reasons bear on?"""
    return not any(reason.blocks for reason in reasons)


def _hours(asked: _Asked) -> Iterator[Reason]:
    """The working periods of the days asked about, and by which rule they hold."""
    days = _days(asked)
    periods = working_hours(asked.user, asked.span[0] - timedelta(days=2), asked.span[1] + timedelta(days=2))
    covered = intervals.Spans(periods).cover(asked.span)
    overrides = DateOverride.objects.filter(user=asked.user).within(days[0], days[-1]).by_date()
    for day in days:
        kind = Kind.OVERRIDE if day in overrides else Kind.HOURS
        mine = [span for span in periods if span[0].astimezone(asked.zone).date() == day]
        touching = [span for span in mine if intervals.overlaps(span, [asked.span])]
        if covered and touching:
            yield from (Reason(kind, False, _open_hours(asked, kind, span), *span) for span in touching)
        else:
            yield Reason(kind, not covered, _closed(kind, day, mine), *_bounds(day, asked.zone))
    if covered and (reason := _off_beat(asked, periods)):
        yield reason


def _days(asked: _Asked) -> list[date]:
    """The local dates that the span touches; one that ends at midnight does not touch the next."""
    last_moment = asked.span[1] - timedelta(microseconds=1)
    first, last = (moment.astimezone(asked.zone).date() for moment in (asked.span[0], last_moment))
    return [first + timedelta(days=number) for number in range((last - first).days + 1)]


def _bounds(day: date, zone: ZoneInfo) -> Span:
    return start_of(day, MIDNIGHT, zone), end_of(day, MIDNIGHT, zone)


def _open_hours(asked: _Asked, kind: Kind, period: Span) -> str:
    if kind is Kind.OVERRIDE:
        return _("The time is within the hours that a date override sets (%(when)s).") % {"when": asked.when(period)}
    return _("The time is within the working hours (%(when)s).") % {"when": asked.when(period)}


def _closed(kind: Kind, day: date, periods: list[Span]) -> str:
    words = {
        "day": formats.date_format(day),
        "weekday": formats.date_format(day, "l"),
        "when": ", ".join(map(time_format.clocks, periods)),
    }
    if kind is Kind.OVERRIDE and not periods:
        return _("A date override closes %(day)s.") % words
    if kind is Kind.OVERRIDE:
        return _("The time is outside the hours that a date override sets for %(day)s (%(when)s).") % words
    if not periods:
        return _("There are no working hours on %(weekday)s.") % words
    return _("The time is outside the working hours of %(weekday)s (%(when)s).") % words


def _off_beat(asked: _Asked, periods: list[Span]) -> Reason | None:
    """Starts are counted from the beginning of each working period; anything between them is not offered."""
    if asked.shape is None:
        return None
    at, interval = asked.span[0], asked.shape.interval
    here = [period for period in periods if period[0] <= at < period[1]]
    if any((at - start) % interval == timedelta(0) for start, _end in here):
        return None
    text = _("Counted from %(clock)s, the service starts every %(minutes)s minutes, so %(at)s is no start.") % {
        "minutes": int(interval.total_seconds() // 60),
        "clock": time_format.clock(here[0][0]),
        "at": time_format.clock(at),
    }
    return Reason(Kind.HOURS, True, text, *here[0])


def _slots(asked: _Asked) -> Iterator[Reason]:
    for slot in blocked_slots(asked.user, *asked.reach):
        span = (slot.start, slot.end)
        words = {"when": asked.when(span), "note": slot.note}
        if not intervals.overlaps(asked.span, [span]):
            text = _("The time kept free around the service reaches into time blocked in Kalends (%(when)s).") % words
            yield Reason(Kind.BUFFER, True, text, *span)
            continue
        text = _("Blocked in Kalends (%(when)s): %(note)s.") if slot.note else _("Blocked in Kalends (%(when)s).")
        yield Reason(Kind.BLOCKED_SLOT, True, text % words, *span)


def _occurrences(asked: _Asked) -> Iterator[Reason]:
    """Events: those in the time itself, blocking or not, and those that only the buffers reach, if they block."""
    events = busy(asked.user, *asked.reach, own_spans=own_spans(asked.user, *asked.reach))
    mine = Event.objects.filter(calendar__connection__user=asked.user, uid__in={event.uid for event in events})
    plain = plain_lengths(mine) if events else {}
    for event in events:
        name = _name(asked, event, plain)
        blocks = any(intervals.overlaps(asked.reach, [span]) for span in event.blocking)
        inside = any(intervals.overlaps(asked.span, [span]) for span in event.blocking)
        if blocks and not inside:
            text = _("The time kept free around the service reaches into %(event)s.") % {"event": name}
            yield Reason(Kind.BUFFER, True, text, event.start, event.end, event)
        elif inside or _touches(event, asked.span):
            yield Reason(Kind.OCCURRENCE, blocks, _because(name, event, blocks), event.start, event.end, event)


def _touches(event: Busy, span: Span) -> bool:
    return event.start < span[1] and (event.end > span[0] or event.start == event.end == span[0])


def _name(asked: _Asked, event: Busy, plain: Lengths) -> str:
    words = {"title": event.summary or _("No title"), "calendar": event.calendar_name}
    words["when"] = _("all day") if event.all_day else asked.when((event.start, event.end))
    if includes_travel((event.calendar, event.uid), event.end - event.start, plain):
        words["when"] = _("%(when)s, travel time included") % words
    return _("“%(title)s” in “%(calendar)s” (%(when)s)") % words


def _because(name: str, event: Busy, blocks: bool) -> str:
    words = {"event": name}
    if event.blocks and not blocks:
        return _("%(event)s is a booking’s own event and blocks only where the booking is not.") % words
    sentences = _BLOCKING if blocks else _FREE
    return sentences.get(event.reason, sentences[Occurrence.Reason.BUSY])() % words


_BLOCKING: dict[str, Callable[[], str]] = {
    Occurrence.Reason.BUSY: lambda: _("%(event)s is marked Busy, so it blocks."),
    Occurrence.Reason.ALL_DAY_RULE: lambda: _("%(event)s blocks by your rule for all-day events of this calendar."),
    Occurrence.Reason.INVITATION_RULE: lambda: _(
        "%(event)s blocks by your rule for unanswered or tentative invitations."
    ),
    Occurrence.Reason.UNREADABLE: lambda: _("%(event)s could not be read, so it blocks to be safe."),
}
_FREE: dict[str, Callable[[], str]] = {
    Occurrence.Reason.BUSY: lambda: _("%(event)s does not block."),
    Occurrence.Reason.CANCELLED: lambda: _("%(event)s is cancelled, so it does not block."),
    Occurrence.Reason.DECLINED: lambda: _("%(event)s is an invitation you declined, so it does not block."),
    Occurrence.Reason.ALL_DAY_RULE: lambda: _(
        "%(event)s does not block, by your rule for all-day events of this calendar."
    ),
    Occurrence.Reason.FREE: lambda: _("%(event)s is marked Free, so it does not block."),
    Occurrence.Reason.INVITATION_RULE: lambda: _(
        "%(event)s does not block, by your rule for unanswered or tentative invitations."
    ),
    OWN_BOOKING: lambda: _("%(event)s is a booking’s own event; the booking answers for its time."),
}


def _bookings(asked: _Asked) -> Iterator[Reason]:
    rows = Booking.objects.filter(staff=asked.user).live().overlapping(*asked.reach)
    for row in rows.select_related("client", "service"):
        span, blocked = (row.start, row.end), (row.blocked_from, row.blocked_until)
        words = {"booking": row, "when": asked.when(span), "free": asked.when(blocked)}
        if intervals.overlaps(asked.span, [span]):
            pending = row.status == Booking.Status.PENDING
            text = (
                _("The pending booking “%(booking)s” (%(when)s) takes this time.")
                if pending
                else _("The booking “%(booking)s” (%(when)s) takes this time.")
            )
            yield Reason(Kind.BOOKING, True, text % words, *span, row)
        else:
            text = _("Time is kept free around the booking “%(booking)s” (%(free)s) or around the service.")
            yield Reason(Kind.BUFFER, True, text % words, *blocked, row)


def _timing(asked: _Asked) -> Iterator[Reason]:
    """Notice and horizon of the service; for a bare hour only that it must not be over."""
    at, now, shape = asked.span[0], asked.now, asked.shape
    if at < now:
        yield Reason(Kind.NOTICE, True, _("This time is over."), None, now)
    if shape is None:
        return
    soonest, farthest = now + shape.notice, now + shape.horizon
    words = {"minutes": int(shape.notice.total_seconds() // 60), "days": shape.horizon.days}
    if at >= now:
        text = _("Before %(time)s it is too soon: the service needs %(minutes)s minutes’ notice.")
        words_now = words | {"time": time_format.day_and_clock(soonest)}
        yield Reason(Kind.NOTICE, at < soonest, text % words_now, None, soonest)
    text = _("From %(time)s on it is too far ahead: the service can be booked for %(days)s days.")
    words_then = words | {"time": time_format.day_and_clock(farthest)}
    yield Reason(Kind.HORIZON, at >= farthest, text % words_then, farthest, None)


def _freshness(asked: _Asked) -> Iterator[Reason]:
    """How far the calendars can be believed, then each one that holds the others back."""
    fresh = freshness(asked.user, now=asked.now)
    words = {"time": _said(fresh.as_of), "until": _said(fresh.trusted_until)}
    yield Reason(Kind.FRESHNESS, not fresh.bookable, _state(fresh) % words, None, fresh.as_of)
    if fresh.state in ("none", "unconfigured"):
        return
    kept = kept_window(asked.now)
    if asked.span[0] < kept[0] or asked.span[1] > kept[1]:
        text = _("Events are kept from %(first)s to %(last)s. What iCloud has beyond that is not known here.")
        words_kept = {"first": time_format.day_name(kept[0]), "last": time_format.day_name(kept[1])}
        yield Reason(Kind.FRESHNESS, False, text % words_kept, *kept)
    for calendar in Calendar.objects.conflict_calendars().of(asked.user).with_backlog().select_related("connection"):
        if text := _trouble(calendar):
            yield Reason(Kind.FRESHNESS, False, text, None, calendar.fresh_at)


def kept_window(now: datetime) -> Span:
    """From when to when events are kept at all."""
    return window(now, past_days=settings.SYNC_WINDOW_PAST_DAYS, horizon_days=settings.BOOKING_HORIZON_DAYS)


def _said(moment: datetime | None) -> str:
    return time_format.day_and_clock(moment) if moment else ""


def _state(fresh: Freshness) -> str:
    if fresh.state == "stale" and fresh.as_of is None:
        return _never_whole(fresh)
    if fresh.state == "stale":
        if not fresh.bookable:
            return _("The calendars were last known at %(time)s, which is too long ago, so no times are offered.")
        if fresh.pending:
            return _("The calendars were last known at %(time)s, so a booking stays pending until they are read again.")
        return _("The calendars were last known at %(time)s and are trusted all the same, as you chose.")
    return _STATES[fresh.state]()


def _never_whole(fresh: Freshness) -> str:
    """Everything was read once, but for some events that are owed ever since."""
    if not fresh.bookable:
        return _("Some events could not be read yet, so no times are offered.")
    if fresh.pending:
        return _("Some events could not be read yet, so a booking stays pending until they are.")
    return _("Some events could not be read yet; the rest is trusted all the same, as you chose.")


_STATES = {
    "none": lambda: _("No calendar is chosen, so the hours and what is blocked in Kalends decide."),
    "unconfigured": lambda: _("No calendars are chosen yet, so there are no openings."),
    "never_read": lambda: _("The calendars have not been read completely yet, so there are no openings."),
    "fresh": lambda: _("As of %(time)s the calendars are known."),
    "trusted": lambda: _("The calendars were last known at %(time)s, which is trusted until %(until)s."),
}


def _trouble(calendar: CalendarWithBacklog) -> str:
    """What is wrong with one selected calendar, its account and `backlog` loaded; "" if nothing is."""
    words = {"calendar": calendar, "problem": _problem(calendar)}
    if words["problem"]:
        return _("“%(calendar)s”: %(problem)s") % words
    if calendar.read_at is None or calendar.fresh_at is None:
        return _("“%(calendar)s” has not been read completely yet.") % words
    return ""


def _problem(calendar: CalendarWithBacklog) -> str:
    account = calendar.connection
    if calendar.error_code:
        return calendar.sentence
    if account.needs_attention or account.failures:  # else what is said of the account is said of another calendar
        return account.sentence
    return sentence("member_unread", {"count": calendar.backlog}) if calendar.backlog else ""


_RULES: tuple[Callable[[_Asked], Iterator[Reason]], ...] = (
    _hours,
    _slots,
    _occurrences,
    _bookings,
    _timing,
    _freshness,
)
