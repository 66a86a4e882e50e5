"""Several appointments that were booked at once."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from bookings.models.services.service import Service


class Series(models.Model):
    """Several appointments that were booked at once, and what was wished for them.

    Each is a booking of its own, which may be moved or cancelled by itself. `staff` is with whom all were booked.
    `weekdays` are those that suit, Monday is 0, and none means that every day does; the appointments start between
    `earliest` and `latest` on the clock of `zone`. Where nothing was wished, because somebody chose each time, the
    frequency is empty.
    """

    class Frequency(models.TextChoices):
        TWICE_A_WEEK = "twice_a_week", _("Twice a week")
        WEEKLY = "weekly", _("Every week")
        EVERY_2_WEEKS = "every_2_weeks", _("Every 2 weeks")
        EVERY_3_WEEKS = "every_3_weeks", _("Every 3 weeks")
        EVERY_4_WEEKS = "every_4_weeks", _("Every 4 weeks")

        @property
        def days(self) -> int:
            """How many appointments such a week has."""
            return 2 if self == self.TWICE_A_WEEK else 1

        @property
        def weeks(self) -> int:
            """From one such week to the next."""
            return {self.EVERY_2_WEEKS: 2, self.EVERY_3_WEEKS: 3, self.EVERY_4_WEEKS: 4}.get(self, 1)

        @classmethod
        def of(cls, weeks: int, days: int) -> str:
            """The frequency with so many days in one of so many weeks; empty if it has no name."""
            return next((one for one in cls if (one.weeks, one.days) == (weeks, days)), "")

    service = models.ForeignKey(Service, models.PROTECT, related_name="+", verbose_name=_("service"))
    staff = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("staff member"),
    )
    count = models.PositiveSmallIntegerField(_("appointments"))
    frequency = models.CharField(_("how often"), max_length=14, choices=Frequency, blank=True)
    weekdays = models.JSONField(_("weekdays"), default=list, blank=True)
    earliest = models.TimeField(_("earliest start"), null=True, blank=True)
    latest = models.TimeField(_("latest start"), null=True, blank=True)
    zone = models.CharField(_("time zone"), max_length=64, blank=True)
    created_at = models.DateTimeField(_("made"), default=timezone.now)

    class Meta:
        ordering = ("pk",)
        verbose_name = _("series")
        verbose_name_plural = _("series")

    def __str__(self) -> str:
        return f"{self.service} × {self.count}"
