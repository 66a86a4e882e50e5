"""Hours of single dates that replace those of the week."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from datetime import date

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from availability.models.periods import ENDS_AFTER_START, refuse_overlap
from availability.slots import Period
from practice import time_format
from practice.by_user import by_user


class DateOverrideQuerySet(models.QuerySet["DateOverride"]):
    def within(self, first: date, last: date) -> DateOverrideQuerySet:
        """Those of the dates from ``first`` to ``last``, both included."""
        return self.filter(date__range=(first, last))

    def upcoming(self, today: date) -> DateOverrideQuerySet:
        return self.filter(date__gte=today)

    def by_date(self) -> dict[date, list[Period]]:
        """Give the periods by date; a closed date has none, whatever else is written for it. One query."""
        return _by_date(self.order_by("date", "start"))

    def by_date_of(self, users: Collection[int]) -> dict[int, dict[date, list[Period]]]:
        """Give by key of the user what ``by_date`` gives. One query."""
        rows = self.filter(user__in=users).order_by("date", "start")
        of_users = by_user(users, ((override.user_id, override) for override in rows))
        return {user: _by_date(own) for user, own in of_users.items()}


def _by_date(overrides: Iterable[DateOverride]) -> dict[date, list[Period]]:
    days: dict[date, list[Period]] = defaultdict(list)
    closed: set[date] = set()
    for override in overrides:
        if (period := override.period) is None:
            closed.add(override.date)
        else:
            days[override.date].append(period)
    return dict(days) | {day: [] for day in closed}


class DateOverride(models.Model):
    """One period of one date that replaces the weekly hours; without times the date is closed."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.CASCADE,
        related_name="date_overrides",
        verbose_name=_("staff member"),
    )
    date = models.DateField(_("date"))
    start = models.TimeField(_("from"), null=True, blank=True)
    end = models.TimeField(_("to"), null=True, blank=True, help_text=_("0:00 means midnight."))

    objects = DateOverrideQuerySet.as_manager()

    class Meta:
        ordering = ("date", "start")
        verbose_name = _("date override")
        verbose_name_plural = _("date overrides")
        constraints = (
            models.CheckConstraint(
                condition=Q(start=None, end=None) | (Q(start__isnull=False, end__isnull=False) & ENDS_AFTER_START),
                name="override_closed_or_a_period",
            ),
            models.UniqueConstraint(fields=("user", "date"), condition=Q(start=None), name="override_closes_once"),
            models.UniqueConstraint(fields=("user", "date", "start"), name="override_starts_once"),
            models.UniqueConstraint(fields=("user", "date", "end"), name="override_ends_once"),
        )

    def __str__(self) -> str:
        return f"{date_format(self.date)}, {self.hours}"

    @property
    def hours(self) -> str:
        """What people read: the period, or that the date is closed."""
        return str(_("Closed")) if self.period is None else time_format.period(*self.period)

    @property
    def period(self) -> Period | None:
        return None if self.start is None or self.end is None else (self.start, self.end)

    def clean(self) -> None:
        """Refuse what overlaps or contradicts other overrides of the date."""
        others = list(DateOverride.objects.filter(user_id=self.user_id, date=self.date).exclude(pk=self.pk))
        if any(other.period is None for other in others):
            raise ValidationError(_("This date is closed already. Remove that first."))
        if self.period is None and others:
            raise ValidationError(_("This date already has hours of its own. Remove them first."))
        if self.period is not None:
            refuse_overlap(self.period, (other.period for other in others if other.period))
