"""When a staff member works, and when not.

WEEKLY PERIOD: a period of one weekday, whatever it is for. WORKING HOURS: one period of every week. DATE OVERRIDE: one
period of one date, or a mark that the date is closed; a date with overrides does not follow the weekly hours. BLOCKED
SLOT: time that cannot be booked, entered here; it is written to the linked calendar only where the staff member asked
for that. CLOSURE: dates without working hours, of one person or of the whole practice; never written to a calendar.
"""

from __future__ import annotations

from availability.models.blocked_slot import BlockedSlot, BlockedSlotQuerySet
from availability.models.closure import ClosedDay, Closure, ClosureQuerySet
from availability.models.date_override import DateOverride, DateOverrideQuerySet
from availability.models.periods import refuse_overlap
from availability.models.weekly_period import Week, WeeklyPeriod, group_by_weekday, weekly_constraints
from availability.models.working_hours import WorkingHours, WorkingHoursQuerySet, write_week

__all__ = [
    "BlockedSlot",
    "BlockedSlotQuerySet",
    "ClosedDay",
    "Closure",
    "ClosureQuerySet",
    "DateOverride",
    "DateOverrideQuerySet",
    "Week",
    "WeeklyPeriod",
    "WorkingHours",
    "WorkingHoursQuerySet",
    "group_by_weekday",
    "refuse_overlap",
    "weekly_constraints",
    "write_week",
]
