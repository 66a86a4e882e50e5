"""How long a service may take and how far ahead it may reach: what is more is a slip of the finger."""

from __future__ import annotations

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.utils.translation import gettext_lazy as _

_DAY = 24 * 60


def farthest_days() -> int:
    """What is kept of calendars ends there, and so does what can be booked."""
    return int(settings.BOOKING_HORIZON_DAYS)


at_least_one = MinValueValidator(1)
max_one_day = MaxValueValidator(_DAY, _("Enter at most %(limit_value)s minutes, which are a day."))
max_one_week = MaxValueValidator(7 * _DAY, _("Enter at most %(limit_value)s minutes, which are a week."))
max_one_year = MaxValueValidator(365 * _DAY, _("Enter at most %(limit_value)s minutes, which are a year."))
max_horizon = MaxValueValidator(farthest_days, _("Enter at most %(limit_value)s days: Kalends looks no farther ahead."))
