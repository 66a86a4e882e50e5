"""The hours of every week."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from datetime import time

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from availability.models.periods import ENDS_AFTER_START, refuse_overlap
from availability.slots import Period
from connections.models import schedule_lock
from practice import time_format
from practice.by_user import by_user
from practice.models import User


class WorkingHoursQuerySet(models.QuerySet["WorkingHours"]):
    def by_weekday(self) -> dict[int, list[Period]]:
        """Give the periods by weekday, Monday is 0. One query."""
        return _by_weekday(self.order_by("weekday", "start").values_list("weekday", "start", "end"))

    def by_weekday_of(self, users: Collection[int]) -> dict[int, dict[int, list[Period]]]:
        """Give by key of the user what ``by_weekday`` gives. One query."""
        rows = self.filter(user__in=users).order_by("weekday", "start").values_list("user", "weekday", "start", "end")
        of_users = by_user(users, ((user, (weekday, start, end)) for user, weekday, start, end in rows))
        return {user: _by_weekday(own) for user, own in of_users.items()}


def _by_weekday(rows: Iterable[tuple[int, time, time]]) -> dict[int, list[Period]]:
    """Group periods that come with their weekday."""
    rules: dict[int, list[Period]] = defaultdict(list)
    for weekday, start, end in rows:
        rules[weekday].append((start, end))
    return dict(rules)


class WorkingHours(models.Model):
    """One period of every week in which a staff member works, in their own zone."""

    class Weekday(models.IntegerChoices):
        MONDAY = 0, _("Monday")
        TUESDAY = 1, _("Tuesday")
        WEDNESDAY = 2, _("Wednesday")
        THURSDAY = 3, _("Thursday")
        FRIDAY = 4, _("Friday")
        SATURDAY = 5, _("Saturday")
        SUNDAY = 6, _("Sunday")

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="working_hours", verbose_name=_("staff member")
    )
    weekday = models.PositiveSmallIntegerField(_("weekday"), choices=Weekday)
    start = models.TimeField(_("from"))
    end = models.TimeField(_("to"), help_text=_("0:00 means midnight."))

    objects = WorkingHoursQuerySet.as_manager()

    class Meta:
        ordering = ("weekday", "start")
        verbose_name = _("working hours")
        verbose_name_plural = _("working hours")
        constraints = (
            models.CheckConstraint(condition=Q(weekday__range=(0, 6)), name="hours_on_a_weekday"),
            models.CheckConstraint(condition=ENDS_AFTER_START, name="hours_end_after_start"),
            models.UniqueConstraint(fields=("user", "weekday", "start"), name="hours_start_once"),
            models.UniqueConstraint(fields=("user", "weekday", "end"), name="hours_end_once"),
        )

    def __str__(self) -> str:
        return f"{self.get_weekday_display()} {time_format.period(*self.period)}"

    @property
    def period(self) -> Period:
        return self.start, self.end

    def clean(self) -> None:
        """Refuse what overlaps other hours of the weekday."""
        others = WorkingHours.objects.filter(user_id=self.user_id, weekday=self.weekday).exclude(pk=self.pk)
        if self.start is not None and self.end is not None:
            refuse_overlap(self.period, (other.period for other in others))


def write_week(user: User, hours: Iterable[tuple[int, Period]]) -> None:
    """Replace the weekly hours by these periods, given with their weekdays."""
    with schedule_lock(user):
        WorkingHours.objects.filter(user=user).delete()
        WorkingHours.objects.bulk_create(
            WorkingHours(user=user, weekday=weekday, start=start, end=end) for weekday, (start, end) in hours
        )
