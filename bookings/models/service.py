"""What can be booked, how long it takes and with whom."""

from __future__ import annotations

from datetime import timedelta

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from availability.slots import Shape
from bookings.limits import at_least_one, farthest_days, max_horizon, max_one_day, max_one_week, max_one_year
from practice.slugs import refuse_reserved_slug


class Service(models.Model):
    """What can be booked, how long it takes and with whom."""

    slug = models.SlugField(_("address"), unique=True, validators=[refuse_reserved_slug])
    name = models.CharField(_("name"), max_length=200)
    staff = models.ManyToManyField(settings.AUTH_USER_MODEL, related_name="services", verbose_name=_("staff"))
    minutes = models.PositiveIntegerField(_("minutes"), validators=[at_least_one, max_one_week])
    slot_minutes = models.PositiveIntegerField(
        _("start every … minutes"), default=15, validators=[at_least_one, max_one_day]
    )
    buffer_before_minutes = models.PositiveIntegerField(
        _("minutes kept free before"), default=0, validators=[max_one_day]
    )
    buffer_after_minutes = models.PositiveIntegerField(
        _("minutes kept free after"), default=0, validators=[max_one_day]
    )
    notice_minutes = models.PositiveIntegerField(_("minimum notice in minutes"), default=60, validators=[max_one_year])
    horizon_days = models.PositiveIntegerField(
        _("can be booked days ahead"), default=farthest_days, validators=[at_least_one, max_horizon]
    )
    location = models.CharField(_("location or call link"), max_length=300, blank=True)
    neutral_title = models.CharField(_("neutral title on the calendar"), max_length=200, blank=True)
    active = models.BooleanField(_("can be booked"), default=True)

    class Meta:
        ordering = ("name", "id")
        verbose_name = _("service")
        verbose_name_plural = _("services")
        constraints = (
            models.CheckConstraint(condition=Q(minutes__gt=0), name="service_takes_time"),
            models.CheckConstraint(condition=Q(slot_minutes__gt=0), name="service_starts_at_intervals"),
        )

    def __str__(self) -> str:
        return self.name

    @property
    def duration(self) -> timedelta:
        return timedelta(minutes=self.minutes)

    @property
    def shape(self) -> Shape:
        """What the search for openings needs to know."""
        return Shape(
            duration=self.duration,
            interval=timedelta(minutes=self.slot_minutes),
            buffer_before=timedelta(minutes=self.buffer_before_minutes),
            buffer_after=timedelta(minutes=self.buffer_after_minutes),
            notice=timedelta(minutes=self.notice_minutes),
            horizon=timedelta(days=min(self.horizon_days, settings.BOOKING_HORIZON_DAYS)),
        )
