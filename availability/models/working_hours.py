"""The hours of every week."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from availability.models.periods import refuse_overlap
from availability.models.weekly_period import WeeklyPeriod, group_by_weekday, weekly_constraints
from availability.slots import Period
from connections.models import schedule_lock
from practice.by_user import by_user
from practice.models import User


class WorkingHoursQuerySet(models.QuerySet["WorkingHours"]):
    def by_weekday(self) -> dict[int, list[Period]]:
        """Give the periods by weekday, Monday is 0. One query."""
        return group_by_weekday(self.order_by("weekday", "start").values_list("weekday", "start", "end"))

    def by_weekday_of(self, users: Collection[int]) -> dict[int, dict[int, list[Period]]]:
        """Give by key of the user what ``by_weekday`` gives. One query."""
        rows = self.filter(user__in=users).order_by("weekday", "start").values_list("user", "weekday", "start", "end")
        of_users = by_user(users, ((user, (weekday, start, end)) for user, weekday, start, end in rows))
        return {user: group_by_weekday(own) for user, own in of_users.items()}


class WorkingHours(WeeklyPeriod):
    """One period of every week in which a staff member works, in their own zone."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="working_hours", verbose_name=_("staff member")
    )

    objects = WorkingHoursQuerySet.as_manager()

    class Meta:
        ordering = ("weekday", "start")
        verbose_name = _("working hours")
        verbose_name_plural = _("working hours")
        constraints = weekly_constraints("hours", "user")

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
