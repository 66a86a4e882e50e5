"""On which days did somebody not work although they usually do: vacation, illness, a day taken off."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from availability.intervals import Span, overlaps, subtract
from availability.models import WorkingHours
from availability.openings import PersonTime, time_by_user
from connections.busy import OwnSpans

ONE_DAY = timedelta(days=1)


def span_around(days: Sequence[date]) -> Span:
    """The span that has these days, given in order, in every zone."""
    first, last = (datetime.combine(day, time(0), UTC) for day in (days[0], days[-1]))
    return first - ONE_DAY, last + 2 * ONE_DAY


def absences_by_user(
    zones: Mapping[int, ZoneInfo], days: Sequence[date], own_spans: Mapping[int, OwnSpans]
) -> dict[int, frozenset[date]]:
    """Give by key of the user, for those with a zone: on which of ``days`` they were absent. Six queries.

    On such a day the weekly hours have time, and nothing of it is left: a closure, a date override, events or slots
    blocked by hand take it all. Bookings do not count, so ``own_spans`` are the spans of their events by UID.
    """
    weeks, times = WorkingHours.objects.by_weekday_of(zones), time_by_user(zones, span_around(days), own_spans)
    return {
        user: frozenset(day for day in days if weeks[user].get(day.weekday())) - _present(times[user], zone)
        for user, zone in zones.items()
    }


def _present(person: PersonTime, zone: ZoneInfo) -> set[date]:
    """The days, on the person's own clock, on which something of their hours is left."""
    left = subtract(person.hours, person.blocked)
    return {period[0].astimezone(zone).date() for period in person.hours if overlaps(period, left)}
