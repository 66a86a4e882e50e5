"""When a staff member works, and when not.

WORKING HOURS: one period of every week. DATE OVERRIDE: one period of one date, or a mark that the date is closed; a
date with overrides does not follow the weekly hours. BLOCKED SLOT: time that cannot be booked, entered here; it is
written to the linked calendar only where the staff member asked for that.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from datetime import date, datetime, time

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from availability.slots import Period, periods_overlap
from availability.wall_clock import MIDNIGHT
from connections.models import schedule_lock
from practice import time_format
from practice.by_user import by_user
from practice.models import User

ENDS_AFTER_START = Q(end__gt=F("start")) | Q(end=MIDNIGHT)  # 00:00 as the end is the midnight after the day


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


class BlockedSlotQuerySet(models.QuerySet["BlockedSlot"]):
    def overlapping(self, start: datetime, end: datetime) -> BlockedSlotQuerySet:
        """Those that share time with [start, end)."""
        return self.filter(start__lt=end, end__gt=start)

    def upcoming(self, now: datetime) -> BlockedSlotQuerySet:
        """Those that are not over."""
        return self.filter(end__gt=now)


class BlockedSlot(models.Model):
    """Time that cannot be booked, entered by hand: [start, end) in UTC."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="blocked_slots", verbose_name=_("staff member")
    )
    start = models.DateTimeField(_("start"))
    end = models.DateTimeField(_("end"))
    note = models.CharField(_("note"), max_length=200, blank=True)
    created_at = models.DateTimeField(_("created"), auto_now_add=True)

    objects = BlockedSlotQuerySet.as_manager()

    class Meta:
        ordering = ("start", "end", "id")
        verbose_name = _("blocked slot")
        verbose_name_plural = _("blocked slots")
        constraints = (
            models.CheckConstraint(condition=Q(end__gt=F("start")), name="blocked_slot_ends_after_start"),
            models.UniqueConstraint(
                fields=("user", "start", "end"),
                name="blocked_slot_made_once",
                violation_error_message=_("This time is blocked already."),
            ),
        )
        indexes = (models.Index(fields=("user", "end", "start"), name="blocked_slots_by_time"),)

    def __str__(self) -> str:
        return f"{time_format.day_clock_and_zone(self.start)} – {time_format.day_clock_and_zone(self.end)}"


def refuse_overlap(period: Period, others: Iterable[Period]) -> None:
    """Raise ValidationError if the period overlaps one of the others of its day."""
    for other in others:
        if periods_overlap(period, other):
            raise ValidationError(_("This overlaps %(period)s."), params={"period": time_format.period(*other)})
