"""One placement of a booking in a calendar."""

from __future__ import annotations

from datetime import datetime

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from availability.intervals import Span
from bookings.models.booking import Booking
from bookings.models.placement import Placement, PlacementQuerySet


class LinkedEventQuerySet(PlacementQuerySet["LinkedEvent"]):
    owner = "booking__staff"
    revision = "booking__revision"

    def due(self, now: datetime) -> LinkedEventQuerySet:
        return super().due(now).exclude(pk__in=LinkedEvent.objects.awaited_elsewhere().values("pk"))

    def with_content(self) -> LinkedEventQuerySet:
        return (
            super()
            .with_content()
            .select_related("booking__service", "booking__staff")
            .prefetch_related("booking__seats")
        )

    def awaited_elsewhere(self) -> LinkedEventQuerySet:
        """Events to be removed only when the calendar that is linked now has the booking; until then they show it."""
        return self.filter(
            wanted=LinkedEvent.Wanted.ABSENT,
            agreed_start=F("booking__start"),
            agreed_end=F("booking__end"),
            booking__status__in=Booking.LIVE,
            booking__linked_events__wanted=LinkedEvent.Wanted.PRESENT,
            booking__linked_events__etag="",
        )


class LinkedEvent(Placement):
    """One placement of a booking in a calendar."""

    booking = models.ForeignKey(Booking, models.CASCADE, related_name="linked_events", verbose_name=_("booking"))

    objects = LinkedEventQuerySet.as_manager()

    class Meta:
        ordering = ("id",)
        verbose_name = _("linked event")
        verbose_name_plural = _("linked events")
        constraints = (
            models.UniqueConstraint(
                fields=("booking",), condition=Q(wanted="present"), name="one_wanted_placement_per_booking"
            ),
        )

    @property
    def span(self) -> Span:
        return (self.booking.start, self.booking.end)

    @property
    def wanted_revision(self) -> int:
        return self.booking.revision

    @property
    def booking_key(self) -> int:
        return self.booking_id

    @property
    def owner_id(self) -> int:
        return self.booking.staff_id
