"""The days for which the week says that somebody is away."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from availability.models import BlockedSlot
from availability.wall_clock import MIDNIGHT, start_of
from connections.models import CalendarConfiguration
from practice.models import User


@dataclass(frozen=True, slots=True)
class AwayDay:
    """Today or tomorrow of one person, and whether they are away then."""

    date: date
    is_today: bool
    is_away: bool


def away_days(person: User, now: datetime) -> list[AwayDay]:
    """Today and tomorrow, on the person's own calendar. One query."""
    zone = CalendarConfiguration.of(person).zone
    today = now.astimezone(zone).date()
    days = (today, today + timedelta(days=1))
    starts = {start_of(day, MIDNIGHT, zone): day for day in days}
    slots = BlockedSlot.objects.filter(user=person, is_away=True, start__in=starts)
    away = {starts[start] for start in slots.values_list("start", flat=True)}
    return [AwayDay(day, day == today, day in away) for day in days]
