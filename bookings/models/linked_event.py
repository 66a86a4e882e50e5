"""One placement of a booking in a calendar."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from availability.intervals import Span
from bookings.models.booking import Booking
from bookings.models.placement import Placement


class LinkedEventQuerySet(models.QuerySet["LinkedEvent"]):
    def unsettled(self) -> LinkedEventQuerySet:
        """The outbox: placements whose calendar does not yet have what is wanted."""
        wanted = Q(wanted=LinkedEvent.Wanted.PRESENT) & ~Q(pushed_revision=F("booking__revision"))
        unwanted = Q(wanted=LinkedEvent.Wanted.ABSENT, removed_at=None)
        return self.filter(wanted | unwanted)

    def awaited_elsewhere(self) -> LinkedEventQuerySet:
        """Those that are to go, but show their booking as it is until the calendar that is linked now has it too."""
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
    def revision(self) -> int:
        return self.booking.revision

    @property
    def owner_id(self) -> int:
        return self.booking.staff_id
