"""The hours in which a person gives one service, where these are fewer than the hours in which they work."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from availability.models import Week, WeeklyPeriod, group_by_weekday, weekly_constraints
from availability.slots import Period
from bookings.models.services.service import Service
from connections.models import schedule_lock
from practice.by_user import by_user
from practice.models import User


class ServiceHoursQuerySet(models.QuerySet["ServiceHours"]):
    def by_weekday_of(self, service: Service, users: Collection[int]) -> dict[int, Week]:
        """By key of the user, for those with own hours for the service: the periods by weekday. One query."""
        found = self.filter(service=service, user__in=users).order_by("weekday", "start")
        rows = found.values_list("user", "weekday", "start", "end")
        of_users = by_user(users, ((user, (weekday, start, end)) for user, weekday, start, end in rows))
        return {user: group_by_weekday(own) for user, own in of_users.items() if own}


class ServiceHours(WeeklyPeriod):
    """One period of every week in which a person gives a service. Without any they give it whenever they work.

    These hours only narrow the working hours: of each date, weekly hours and overrides alike, the time within them is
    left. They open nothing by themselves.
    """

    service = models.ForeignKey(Service, models.CASCADE, related_name="own_hours", verbose_name=_("service"))
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="service_hours", verbose_name=_("staff member")
    )

    objects = ServiceHoursQuerySet.as_manager()

    class Meta:
        ordering = ("weekday", "start")
        verbose_name = _("own hours for a service")
        verbose_name_plural = _("own hours for services")
        constraints = weekly_constraints("service_hours", "service", "user")


def write_service_hours(service: Service, user: User, hours: Iterable[tuple[int, Period]]) -> None:
    """Replace the person's own hours for the service by these periods, given with their weekdays."""
    with schedule_lock(user):
        ServiceHours.objects.filter(service=service, user=user).delete()
        ServiceHours.objects.bulk_create(
            ServiceHours(service=service, user=user, weekday=weekday, start=start, end=end)
            for weekday, (start, end) in hours
        )
