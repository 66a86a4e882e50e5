"""Time that staff blocked by hand."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from availability.intervals import Span
from practice import time_format


class BlockedSlotQuerySet(models.QuerySet["BlockedSlot"]):
    def overlapping(self, start: datetime, end: datetime) -> BlockedSlotQuerySet:
        """Those that share time with [start, end)."""
        return self.filter(start__lt=end, end__gt=start)

    def upcoming(self, now: datetime) -> BlockedSlotQuerySet:
        """Those that are not over."""
        return self.filter(end__gt=now)


class BlockedSlot(models.Model):
    """Time that cannot be booked, entered by hand: [start, end) in UTC.

    `is_away`: staff said that the person is away then, so what is booked already must be decided. Other slots are
    entered around bookings.
    """

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="blocked_slots", verbose_name=_("staff member")
    )
    start = models.DateTimeField(_("start"))
    end = models.DateTimeField(_("end"))
    note = models.CharField(_("note"), max_length=200, blank=True)
    is_away = models.BooleanField(_("away"), default=False)
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

    @property
    def span(self) -> Span:
        return self.start, self.end
