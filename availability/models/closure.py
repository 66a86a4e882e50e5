"""Dates on which the practice, or one person, does not work."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import formats
from django.utils.translation import gettext_lazy as _

ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class ClosedDay:
    """Why a date is closed. `yields`: hours that somebody entered for that date count all the same."""

    name: str
    whole_practice: bool
    yields: bool


class ClosureQuerySet(models.QuerySet["Closure"]):
    def within(self, first: date, last: date) -> ClosureQuerySet:
        """Those that have a date from `first` to `last`, both included."""
        return self.filter(first__lte=last, last__gte=first)

    def upcoming(self, today: date) -> ClosureQuerySet:
        """Those that are not over."""
        return self.filter(last__gte=today)

    def of(self, users: Collection[int]) -> ClosureQuerySet:
        """Those of any of the users, and those of the whole practice."""
        return self.filter(Q(user__in=users) | Q(user=None))

    def by_date_of(self, users: Collection[int], first: date, last: date) -> dict[int, dict[date, ClosedDay]]:
        """Give by key of the user the closed dates from `first` to `last`. One query.

        Where a date is closed twice, a closure that yields to nothing counts, and one's own before the practice's.
        """
        closed: dict[int, dict[date, ClosedDay]] = {user: {} for user in users}
        days: dict[int | None, list[tuple[date, ClosedDay]]] = defaultdict(list)
        for closure in self.of(users).within(first, last):
            days[closure.user_id] += closure.days(first, last)
        for user, own in closed.items():
            for day, reason in sorted([*days[None], *days[user]], key=_weight):
                own[day] = reason
        return closed


def _weight(closed: tuple[date, ClosedDay]) -> tuple[bool, bool]:
    return not closed[1].yields, not closed[1].whole_practice


class Closure(models.Model):
    """Dates from `first` to `last`, both included, that have no working hours.

    Without `user` they are those of the whole practice. A closure is a matter of hours: it is never written to a
    calendar. A public holiday yields to hours that a person entered for the date, any other closure does not.
    """

    class Kind(models.TextChoices):
        CLOSED = "closed", _("Closed")
        HOLIDAY = "holiday", _("Public holiday")

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.CASCADE,
        related_name="closures",
        verbose_name=_("staff member"),
        null=True,
        blank=True,
        help_text=_("Without a staff member the whole practice is closed."),
    )
    first = models.DateField(_("first day"))
    last = models.DateField(_("last day"))
    name = models.CharField(_("name"), max_length=100, blank=True)
    kind = models.CharField(_("kind"), max_length=10, choices=Kind, default=Kind.CLOSED)

    objects = ClosureQuerySet.as_manager()

    class Meta:
        ordering = ("first", "last", "id")
        verbose_name = _("closure")
        verbose_name_plural = _("closures")
        constraints = (
            models.CheckConstraint(condition=Q(last__gte=F("first")), name="closure_ends_after_it_begins"),
            models.UniqueConstraint(fields=("first",), condition=Q(kind="holiday"), name="one_public_holiday_a_date"),
        )
        indexes = (models.Index(fields=("last", "first"), name="closures_by_date"),)

    def __str__(self) -> str:
        return f"{self.name or self.get_kind_display()}, {self.dates}"

    @property
    def dates(self) -> str:
        """What people read: the date, or the first and the last."""
        first, last = formats.date_format(self.first), formats.date_format(self.last)
        return first if first == last else f"{first} – {last}"

    def days(self, first: date, last: date) -> Iterator[tuple[date, ClosedDay]]:
        """Give its dates from `first` to `last`, both included."""
        reason = ClosedDay(self.name, self.user_id is None, self.kind == self.Kind.HOLIDAY)
        day = max(first, self.first)
        while day <= min(last, self.last):
            yield day, reason
            day += ONE_DAY
