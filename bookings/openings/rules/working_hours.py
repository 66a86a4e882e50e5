"""Working hours, date overrides, closures and own hours for a service, and the starts that are counted from them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from django.utils import formats
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from availability import intervals
from availability.intervals import Span
from availability.models import ClosedDay, DateOverride
from availability.openings import closed_days
from availability.slots import narrowed
from availability.wall_clock import MIDNIGHT, end_of, start_of
from bookings.models import ServiceShape
from bookings.openings.reasons import Reason, ReasonKind
from bookings.openings.rules.question import Question
from bookings.openings.service_hours import service_hours_sentence
from practice import time_format


def hours_reasons(question: Question) -> Iterator[Reason]:
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


def _closure(question: Question, day: date, closed: ClosedDay, *, blocks: bool) -> Reason:
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


def _bounds(question: Question, day: date) -> Span:
    """The day on the clock of the staff member's zone."""
    return start_of(day, MIDNIGHT, question.zone), end_of(day, MIDNIGHT, question.zone)


def _days(question: Question) -> list[date]:
    """The local dates that the span touches; one that ends at midnight does not touch the next."""
    last_moment = question.span[1] - timedelta(microseconds=1)
    first, last = (moment.astimezone(question.zone).date() for moment in (question.span[0], last_moment))
    return [first + timedelta(days=number) for number in range((last - first).days + 1)]


def _open_hours(question: Question, kind: ReasonKind, period: Span) -> str:
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


def service_hours_reasons(question: Question) -> Iterator[Reason]:
    """The hours in which the person gives the service, if these are fewer than their working hours."""
    if question.only is None or not isinstance(question.shape, ServiceShape):
        return
    service = question.shape.service
    days = [_bounds(question, day) for day in _days(question)]
    within = narrowed(intervals.merge(days), question.only, question.zone)
    text = service_hours_sentence(service, question.user, question.only)
    blocks = not intervals.Spans(within).cover(question.span)
    yield Reason(ReasonKind.SERVICE_HOURS, blocks, text, days[0][0], days[-1][1])


def start_time_reasons(question: Question) -> Iterator[Reason]:
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
