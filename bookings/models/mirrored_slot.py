"""One placement of a blocked slot in a calendar."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from availability.intervals import Span
from availability.models import BlockedSlot
from bookings.models.placement import Placement


class MirroredSlotQuerySet(models.QuerySet["MirroredSlot"]):
    def unsettled(self) -> MirroredSlotQuerySet:
        """The outbox: blocked slots that their calendar does not have yet, or still has."""
        wanted = Q(wanted=MirroredSlot.Wanted.PRESENT, pushed_revision=0, slot__isnull=False)
        unwanted = Q(wanted=MirroredSlot.Wanted.ABSENT, removed_at=None)
        return self.filter(wanted | unwanted)


class MirroredSlot(Placement):
    """One placement of a slot blocked by hand, for those who want to see these on their iPhone.

    A slot changes only where the phone moves its event; removed in Kalends, its event is wanted absent.
    """

    staff = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    slot = models.ForeignKey(BlockedSlot, models.SET_NULL, null=True, related_name="mirrored")

    objects = MirroredSlotQuerySet.as_manager()

    class Meta:
        ordering = ("id",)
        verbose_name = _("mirrored blocked slot")
        verbose_name_plural = _("mirrored blocked slots")
        constraints = (
            models.UniqueConstraint(fields=("slot",), condition=Q(wanted="present"), name="one_wanted_mirror_per_slot"),
        )

    @property
    def span(self) -> Span:
        if self.slot is None:
            raise ValueError("a removed slot has no time")
        return (self.slot.start, self.slot.end)

    @property
    def revision(self) -> int:
        return 1

    @property
    def owner_id(self) -> int:
        return self.staff_id
