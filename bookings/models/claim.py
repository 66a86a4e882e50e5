"""Time of a staff member that is taken, and the lock under which it is taken and given back."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from django.conf import settings
from django.contrib.postgres.fields import DateTimeRangeField, RangeOperators
from django.db import models
from django.db.models import F, Func, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from bookings.models.constraints import PostgreSQLExclusionConstraint
from connections.models import schedule_lock
from practice.models import User


class _TimeRange(Func):
    """tstzrange(from, until), for the exclusion constraint."""

    function = "TSTZRANGE"
    output_field = DateTimeRangeField()


class ClaimQuerySet(models.QuerySet["Claim"]):
    def active(self, now: datetime) -> ClaimQuerySet:
        """Those that count at `now`: an expired claim takes no time, whether or not it has been deleted."""
        return self.filter(Q(expires_at=None) | Q(expires_at__gt=now))

    def expired(self, now: datetime) -> ClaimQuerySet:
        return self.filter(expires_at__lte=now)

    def overlapping(self, start: datetime, end: datetime) -> ClaimQuerySet:
        return self.filter(start__lt=end, end__gt=start)

    def without(self, own: Q) -> ClaimQuerySet:
        """Those but the ones that `own` describes, if any: their time counts as free."""
        return self.filter(~own) if own else self


class Claim(models.Model):
    """[start, end) of a staff member, buffers included, that is taken: by a booking, or for some minutes by a visitor.

    The claim of a booking expires only where the client still has to confirm their address.

    Two claims of one staff member never overlap, except where `overlap_allowed`: staff insisted on that time.
    """

    class Kind(models.TextChoices):
        BOOKING = "booking", _("Booking")
        HOLD = "hold", _("Hold")

    staff = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="claims", verbose_name=_("staff member")
    )
    kind = models.CharField(_("kind"), max_length=10, choices=Kind, default=Kind.BOOKING)
    start = models.DateTimeField(_("start"))
    end = models.DateTimeField(_("end"))
    expires_at = models.DateTimeField(_("expires at"), null=True, blank=True)
    overlap_allowed = models.BooleanField(_("booked anyway"), default=False)

    objects = ClaimQuerySet.as_manager()

    class Meta:
        ordering = ("start", "id")
        verbose_name = _("claim")
        verbose_name_plural = _("claims")
        indexes = (models.Index(fields=("staff", "end", "start"), name="claims_by_time"),)
        constraints = (
            models.CheckConstraint(condition=Q(end__gt=F("start")), name="claim_ends_after_start"),
            models.CheckConstraint(
                condition=Q(kind="booking") | Q(expires_at__isnull=False),
                name="only_bookings_never_expire",
            ),
            PostgreSQLExclusionConstraint(
                name="claims_never_overlap",
                expressions=[
                    (_TimeRange("start", "end"), RangeOperators.OVERLAPS),
                    ("staff", RangeOperators.EQUAL),
                ],
                condition=Q(overlap_allowed=False),
            ),
        )

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.start:%Y-%m-%d %H:%M}"


@contextmanager
def booking_lock(users: User | Collection[User] | QuerySet[Any], now: datetime) -> Iterator[None]:
    """The schedule lock of these staff members, with their expired claims deleted first.

    So whoever books needs no worker that tidies up, and the database's constraint sees only claims that count. A
    booking whose address was not confirmed in time is cancelled with its claim.
    """
    several = [users] if isinstance(users, User) else users
    with schedule_lock(several):
        expired = Claim.objects.expired(now).filter(staff__in=several)
        if expired.exists():  # seldom: one query, where deleting nothing takes two
            _delete(expired, now)
        yield


def _delete(expired: ClaimQuerySet, now: datetime) -> None:
    for claim in expired.filter(booking__isnull=False).select_related("booking"):
        claim.booking.lapse(now)
    expired.delete()
