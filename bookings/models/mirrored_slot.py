"""One placement of a blocked slot in a calendar."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from availability.intervals import Span
from availability.models import BlockedSlot
from bookings.models.placement import Placement, PlacementQuerySet


class MirroredSlotQuerySet(PlacementQuerySet["MirroredSlot"]):
    owner = "staff"
    revision = "revision"

    def unsettled(self) -> MirroredSlotQuerySet:
        """A slot that was removed has nothing to push; `follow_slots` withdraws its event."""
        return super().unsettled().exclude(slot=None, wanted=MirroredSlot.Wanted.PRESENT)

    def with_content(self) -> MirroredSlotQuerySet:
        return super().with_content().select_related("slot", "staff")


class MirroredSlot(Placement):
    """One placement of a slot blocked by hand, for those who want to see these on their iPhone.

    A slot changes only where the iPhone moves its event; removed in Kalends, its event is withdrawn. `revision` grows
    when the event is to say something else.
    """

    keeps_shape = True

    staff = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+", verbose_name=_("staff"))
    slot = models.ForeignKey(BlockedSlot, models.SET_NULL, null=True, related_name="mirrored", verbose_name=_("slot"))
    revision = models.PositiveIntegerField(_("revision"), default=1, editable=False)

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
    def wanted_revision(self) -> int:
        return self.revision

    @property
    def owner_id(self) -> int:
        return self.staff_id
