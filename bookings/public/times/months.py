"""The months through which a client can turn."""

from __future__ import annotations

from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta

from practice.times import YEARS


@dataclass(frozen=True, slots=True)
class Month:
    """A month of the calendar."""

    first: date

    @property
    def last(self) -> date:
        return self.first.replace(day=monthrange(self.first.year, self.first.month)[1])

    @property
    def key(self) -> str:
        """As in addresses: 2026-12."""
        return f"{self.first:%Y-%m}"

    def before(self, earliest: date) -> Month | None:
        """The month before, unless it ends before the earliest day."""
        month = Month((self.first - timedelta(days=1)).replace(day=1))
        return month if month.last >= earliest else None

    def after(self, latest: date) -> Month | None:
        """The month after, unless it begins after the latest day."""
        month = Month(self.last + timedelta(days=1))
        return month if month.first <= latest else None


def parse_month(text: str) -> Month | None:
    """The month that an address names; None if it names none."""
    day = parse_day(f"{text}-01")
    return Month(day) if day else None


def parse_day(text: str) -> date | None:
    """The day that an address names; None if it names none."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day if day.year in YEARS else None
