"""Limits of a service, above all how long it may take and how far ahead it can be booked. More is a typing error."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.utils.translation import gettext_lazy as _

_DAY = 24 * 60


def farthest_days() -> int:
    """How many days ahead Kalends keeps calendars, and so how far ahead anything can be booked."""
    return int(settings.BOOKING_HORIZON_DAYS)


at_least_one = MinValueValidator(1, _("Enter at least %(limit_value)s."))
at_least_two = MinValueValidator(2, _("Enter at least %(limit_value)s."))
MAX_IN_SERIES = 52
max_appointments = MaxValueValidator(MAX_IN_SERIES, _("Enter at most %(limit_value)s."))
max_one_day = MaxValueValidator(_DAY, _("Enter at most %(limit_value)s minutes (one day)."))
max_one_week = MaxValueValidator(7 * _DAY, _("Enter at most %(limit_value)s minutes (one week)."))
max_four_weeks = MaxValueValidator(4 * 7 * 24, _("Enter at most %(limit_value)s hours (four weeks)."))
max_one_year = MaxValueValidator(365 * _DAY, _("Enter at most %(limit_value)s minutes (one year)."))
max_horizon = MaxValueValidator(
    farthest_days, _("Enter at most %(limit_value)s days: Kalends does not look further ahead.")
)
MAX_DURATIONS = 8


def check_durations(minutes: Any) -> None:
    """Raise ValidationError unless these are a few possible durations of a service, in minutes."""
    if not isinstance(minutes, list) or not all(type(one) is int for one in minutes):
        raise ValidationError(_("Enter a list of whole numbers."))
    for one in minutes:
        at_least_one(one)
        max_one_week(one)
    if len(minutes) > MAX_DURATIONS:
        raise ValidationError(_("Enter at most %(limit)s durations."), params={"limit": MAX_DURATIONS})
