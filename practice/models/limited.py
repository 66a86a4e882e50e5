"""What limits how many bookings a day and a week have: the same two fields for a service and for a person."""

from __future__ import annotations

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from practice.limits import BookingLimits

MAX_LIMIT = 1000
limit_validators = (
    MinValueValidator(1, _("Enter at least %(limit_value)s, or nothing for no limit.")),
    MaxValueValidator(MAX_LIMIT, _("Enter at most %(limit_value)s, or nothing for no limit.")),
)


class Limited(models.Model):
    """At most so many bookings a day and a week. Days and weeks are those of the staff member's zone."""

    max_per_day = models.PositiveIntegerField(
        _("bookings a day at most"), null=True, blank=True, validators=limit_validators
    )
    max_per_week = models.PositiveIntegerField(
        _("bookings a week at most"), null=True, blank=True, validators=limit_validators
    )

    class Meta:
        abstract = True

    @property
    def limits(self) -> BookingLimits:
        return BookingLimits(self.max_per_day, self.max_per_week)
