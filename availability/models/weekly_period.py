"""What all periods of every week are made of."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import time

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from availability.models.periods import ENDS_AFTER_START
from availability.slots import Period
from practice import time_format

Week = Mapping[int, Sequence[Period]]
"""Periods by weekday, Monday is 0; a weekday without any is left out."""


class WeeklyPeriod(models.Model):
    """A period of one weekday, on the clock of the staff member's zone."""

    class Weekday(models.IntegerChoices):
        MONDAY = 0, _("Monday")
        TUESDAY = 1, _("Tuesday")
        WEDNESDAY = 2, _("Wednesday")
        THURSDAY = 3, _("Thursday")
        FRIDAY = 4, _("Friday")
        SATURDAY = 5, _("Saturday")
        SUNDAY = 6, _("Sunday")

    weekday = models.PositiveSmallIntegerField(_("weekday"), choices=Weekday)
    start = models.TimeField(_("from"))
    end = models.TimeField(_("to"), help_text=_("0:00 means midnight."))

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"{self.get_weekday_display()} {time_format.period(*self.period)}"

    @property
    def period(self) -> Period:
        return self.start, self.end


def weekly_constraints(prefix: str, *owner: str) -> tuple[models.BaseConstraint, ...]:
    """What the database demands of such periods: a real weekday, an end after the start, and none twice."""
    return (
        models.CheckConstraint(condition=Q(weekday__range=(0, 6)), name=f"{prefix}_on_a_weekday"),
        models.CheckConstraint(condition=ENDS_AFTER_START, name=f"{prefix}_end_after_start"),
        models.UniqueConstraint(fields=(*owner, "weekday", "start"), name=f"{prefix}_start_once"),
        models.UniqueConstraint(fields=(*owner, "weekday", "end"), name=f"{prefix}_end_once"),
    )


def group_by_weekday(rows: Iterable[tuple[int, time, time]]) -> dict[int, list[Period]]:
    """Group periods that come with their weekday."""
    rules: dict[int, list[Period]] = defaultdict(list)
    for weekday, start, end in rows:
        rules[weekday].append((start, end))
    return dict(rules)
