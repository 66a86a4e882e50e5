"""A time that a visitor keeps for some minutes while they book it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from bookings.links import new_public_id
from bookings.models.booking import Booking
from bookings.models.claim import Claim
from bookings.models.services.service import Service


class HoldQuerySet(models.QuerySet["Hold"]):
    def active(self, now: datetime) -> HoldQuerySet:
        """Those whose time is still kept."""
        return self.filter(claim__expires_at__gt=now)


class Hold(models.Model):
    """A time that a visitor keeps for some minutes while they book it.

    The row outlives its claim, so that what a visitor typed can be submitted after the time has expired. `visitor` is
    a random id, `address_key` a keyed hash of the address, which is not stored itself. `typed` is what the form was
    sent with, by name of the field, while it still has to be put right; a booking empties it.
    """

    public_id = models.CharField(_("public id"), max_length=22, unique=True, default=new_public_id, editable=False)
    visitor = models.CharField(_("visitor"), max_length=64)
    service = models.ForeignKey(Service, models.CASCADE, related_name="+", verbose_name=_("service"))
    staff = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+", verbose_name=_("staff"))
    start = models.DateTimeField(_("start"))
    end = models.DateTimeField(_("end"))
    language = models.CharField(_("language"), max_length=10, blank=True)
    time_zone = models.CharField(_("time zone"), max_length=64, blank=True)
    typed = models.JSONField(_("typed"), default=dict, blank=True, editable=False)
    address_key = models.CharField(_("address key"), max_length=64, blank=True, db_index=True)
    created_at = models.DateTimeField(_("created"))
    extended_at = models.DateTimeField(_("last extended"))
    claim = models.OneToOneField(
        Claim, models.SET_NULL, null=True, blank=True, related_name="hold", verbose_name=_("claim")
    )
    booking = models.OneToOneField(
        Booking, models.SET_NULL, null=True, blank=True, related_name="hold", verbose_name=_("booking")
    )
    booked_at = models.DateTimeField(_("booked"), null=True, blank=True)

    objects = HoldQuerySet.as_manager()

    class Meta:
        ordering = ("created_at", "id")
        verbose_name = _("hold")
        verbose_name_plural = _("holds")
        constraints = (
            models.UniqueConstraint(
                fields=("visitor", "service"),
                condition=models.Q(claim__isnull=False),
                name="one_hold_per_visitor_and_service",
            ),
        )

    def __str__(self) -> str:
        return f"{self.service} {self.start:%Y-%m-%d %H:%M}"

    def keep_typed(self, typed: Mapping[str, str]) -> None:
        """Keep what the form was sent with, unless it has been booked meanwhile."""
        if typed != self.typed:
            self.typed = dict(typed)
            Hold.objects.filter(pk=self.pk, booking=None).update(typed=self.typed)

    @property
    def expires_at(self) -> datetime | None:
        """Until when the time is kept; None once the claim is gone."""
        return self.claim.expires_at if self.claim else None
