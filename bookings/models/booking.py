"""A piece of a staff member's time given to a client."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.contrib.postgres.fields import DateTimeRangeField, RangeOperators
from django.db import models
from django.db.models import F, Func, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from bookings.models.client import Client
from bookings.models.constraints import PostgreSQLExclusionConstraint
from bookings.models.service import Service


class _TimeRange(Func):
    """tstzrange(from, until), for the exclusion constraint."""

    function = "TSTZRANGE"
    output_field = DateTimeRangeField()


class BookingQuerySet(models.QuerySet["Booking"]):
    def live(self) -> BookingQuerySet:
        """Those that hold time: confirmed or pending."""
        return self.filter(status__in=Booking.LIVE)

    def overlapping(self, start: datetime, end: datetime) -> BookingQuerySet:
        """Those whose time with buffers overlaps [start, end)."""
        return self.filter(blocked_from__lt=end, blocked_until__gt=start)


class Booking(models.Model):
    """A piece of a staff member's time given to a client: [start, end), with buffers [blocked_from, blocked_until)."""

    class Status(models.TextChoices):
        PENDING = "pending", _("Pending")
        CONFIRMED = "confirmed", _("Confirmed")
        CANCELLED = "cancelled", _("Cancelled")

    class Cause(models.TextChoices):
        NONE = "", _("—")
        CALENDAR_UNREADABLE = "calendar_unreadable", _("The calendar could not be read")

    LIVE = (Status.PENDING, Status.CONFIRMED)

    service = models.ForeignKey(Service, models.PROTECT, related_name="bookings", verbose_name=_("service"))
    staff = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="bookings", verbose_name=_("staff member")
    )
    client = models.ForeignKey(Client, models.PROTECT, related_name="bookings", verbose_name=_("client"))
    start = models.DateTimeField(_("start"))
    end = models.DateTimeField(_("end"))
    blocked_from = models.DateTimeField(editable=False)
    blocked_until = models.DateTimeField(editable=False)
    status = models.CharField(_("status"), max_length=10, choices=Status, default=Status.CONFIRMED)
    cause = models.CharField(_("why pending"), max_length=24, choices=Cause, blank=True, default=Cause.NONE)
    overlap_allowed = models.BooleanField(_("booked anyway"), default=False)
    note = models.TextField(_("note, for staff only"), blank=True)
    revision = models.PositiveIntegerField(default=1, editable=False)
    staff_warned_at = models.DateTimeField(null=True, blank=True, editable=False)
    warning_claimed_until = models.DateTimeField(null=True, blank=True, editable=False)
    created_at = models.DateTimeField(_("made"), auto_now_add=True)

    objects = BookingQuerySet.as_manager()

    class Meta:
        ordering = ("start", "id")
        verbose_name = _("booking")
        verbose_name_plural = _("bookings")
        indexes = (models.Index(fields=("staff", "blocked_until", "blocked_from"), name="bookings_by_time"),)
        constraints = (
            models.CheckConstraint(condition=Q(end__gt=F("start")), name="booking_ends_after_start"),
            models.CheckConstraint(
                condition=Q(blocked_from__lte=F("start"), blocked_until__gte=F("end")), name="buffers_surround_booking"
            ),
            PostgreSQLExclusionConstraint(
                name="bookings_never_overlap",
                expressions=[
                    (_TimeRange("blocked_from", "blocked_until"), RangeOperators.OVERLAPS),
                    ("staff", RangeOperators.EQUAL),
                ],
                condition=Q(status__in=("pending", "confirmed"), overlap_allowed=False),
            ),
        )

    def __str__(self) -> str:
        return f"{self.client} · {self.service}"

    def get_absolute_url(self) -> str:
        return reverse("bookings:detail", args=[self.pk])

    @property
    def live(self) -> bool:
        return self.status in self.LIVE
