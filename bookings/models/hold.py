"""A time that a visitor keeps for some minutes while they book it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from bookings.links import new_public_id
from bookings.models.booking import Booking
from bookings.models.claim import Claim
from bookings.models.services.service import Service
from practice.models.encrypted import EncryptedData


class HoldQuerySet(models.QuerySet["Hold"]):
    def active(self, now: datetime) -> HoldQuerySet:
        """Those whose time is still kept."""
        return self.filter(claim__expires_at__gt=now)

    def group_of(self, first: Hold) -> HoldQuerySet:
        """A hold with the further ones of its series, by their start."""
        return self.filter(models.Q(pk=first.pk) | models.Q(part_of=first.pk)).order_by("start", "pk")

    def firsts(self) -> HoldQuerySet:
        """Each series by its first hold alone, and what is held by itself."""
        return self.filter(part_of=None)


class Hold(models.Model):
    """A time that a visitor keeps for some minutes while they book it.

    The row outlives its claim, so that what a visitor typed can be submitted after the time has expired. `visitor` is
    a random id, `address_key` a keyed hash of the address, which is not stored itself. `typed` is what the form was
    sent with, by name of the field, while it still has to be put right; a booking empties it. It is encrypted, because
    answers to questions are. `why_staff` says why “First available” chose the person, as
    `bookings.openings.shares.stored` writes it; empty if the visitor did. The further holds of a series are `part_of`
    the first, which alone has `typed` and `booked_at`: the visitor keeps all of them or none.
    """

    public_id = models.CharField(_("public id"), max_length=22, unique=True, default=new_public_id, editable=False)
    visitor = models.CharField(_("visitor"), max_length=64)
    service = models.ForeignKey(Service, models.CASCADE, related_name="+", verbose_name=_("service"))
    staff = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+", verbose_name=_("staff"))
    start = models.DateTimeField(_("start"))
    end = models.DateTimeField(_("end"))
    language = models.CharField(_("language"), max_length=10, blank=True)
    time_zone = models.CharField(_("time zone"), max_length=64, blank=True)
    typed: Any = EncryptedData(_("typed"), default=dict, blank=True, editable=False)
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
    part_of = models.ForeignKey(
        "self", models.CASCADE, null=True, blank=True, related_name="further", verbose_name=_("first of the series")
    )
    why_staff = models.JSONField(_("why this person"), default=dict, blank=True, editable=False)

    objects = HoldQuerySet.as_manager()

    class Meta:
        ordering = ("created_at", "id")
        verbose_name = _("hold")
        verbose_name_plural = _("holds")
        constraints = (
            models.UniqueConstraint(
                fields=("visitor", "service"),
                condition=models.Q(claim__isnull=False, part_of=None),
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
    def chosen_service(self) -> Service:
        """The service, as long as the visitor chose it."""
        return self.service.lasting((self.end - self.start) // timedelta(minutes=1))

    @property
    def is_for_anybody(self) -> bool:
        """Did the visitor leave it to Kalends with whom it is?"""
        return bool(self.why_staff)

    @property
    def expires_at(self) -> datetime | None:
        """Until when the time is kept; None once the claim is gone."""
        return self.claim.expires_at if self.claim else None
