"""How many bookings a day and a week may have. No Django, no clock."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class BookingLimits:
    """At most so many bookings a day and a week; None means no limit."""

    per_day: int | None = None
    per_week: int | None = None

    def __bool__(self) -> bool:
        return self.per_day is not None or self.per_week is not None
