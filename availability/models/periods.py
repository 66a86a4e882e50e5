"""Rules that all periods of a day follow."""

from __future__ import annotations

from collections.abc import Iterable

from django.core.exceptions import ValidationError
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from availability.slots import Period, periods_overlap
from availability.wall_clock import MIDNIGHT
from practice import time_format

ENDS_AFTER_START = Q(end__gt=F("start")) | Q(end=MIDNIGHT)  # 00:00 as the end is the midnight after the day


def refuse_overlap(period: Period, others: Iterable[Period]) -> None:
    """Raise ValidationError if the period overlaps one of the others of its day."""
    for other in others:
        if periods_overlap(period, other):
            raise ValidationError(_("This overlaps %(period)s."), params={"period": time_format.period(*other)})
