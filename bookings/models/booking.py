"""A piece of a staff member's time given to a client."""

from __future__ import annotations

from datetime import datetime
from functools import cached_property
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from availability.intervals import Span
from bookings.models.claim import Claim
from bookings.models.client import Client
from bookings.models.series import Series
from bookings.models.services.service import Service
from bookings.rooms import MAX_ROOM, new_room, with_room
from practice.models.encrypted import EncryptedText

if TYPE_CHECKING:
    from bookings.models.seat import Seat

_SETTLED = Q(approval_due_at=None, calendar_unread_since=None, address_due_at=None)


class BookingQuerySet(models.QuerySet["Booking"]):
    def live(self) -> BookingQuerySet:
        """Those that hold time: confirmed or pending."""
        return self.filter(status__in=Booking.LIVE)

    def overlapping(self, start: datetime, end: datetime) -> BookingQuerySet:
        """Live ones whose time with buffers overlaps [start, end)."""
        return self.filter(claim__start__lt=end, claim__end__gt=start)

    def with_details(self) -> BookingQuerySet:
        """With the people, the service and the claim of each, in two queries however many there are."""
        return self.select_related("service", "staff", "claim").prefetch_related("seats")


class Booking(models.Model):
    """A piece of a staff member's time given to a client: [start, end) without buffers, which its claim has.

    It is pending while at least one of three facts holds, each cleared by a verb of its own: staff still have to
    approve it (until `approval_due_at`), the calendars could not be read (`calendar_unread_since`), or the client still
    has to confirm their address (until `address_due_at`).

    `new_time_asked_at` is since when its client is asked to choose another time, because the person cannot see them: a
    moment that may still be to come. Until they choose, the booking keeps its time.

    `why_staff` says why “First available” chose the person, as `bookings.openings.shares.stored` writes it; it is empty
    if somebody named the person.
    """

    class Status(models.TextChoices):
        PENDING = "pending", _("Pending")
        CONFIRMED = "confirmed", _("Confirmed")
        CANCELLED = "cancelled", _("Cancelled")

    class Cause(models.TextChoices):
        NONE = "", _("—")
        UNCONFIRMED_ADDRESS = "unconfirmed_address", _("The client has not confirmed their e-mail address yet")
        APPROVAL = "approval", _("Not approved yet")
        CALENDAR_UNREADABLE = "calendar_unreadable", _("The calendar could not be read")

    LIVE = (Status.PENDING, Status.CONFIRMED)

    service = models.ForeignKey(Service, models.PROTECT, related_name="bookings", verbose_name=_("service"))
    staff = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="bookings", verbose_name=_("staff member")
    )
    claim = models.OneToOneField(
        Claim, models.PROTECT, null=True, blank=True, editable=False, related_name="booking", verbose_name=_("claim")
    )
    series = models.ForeignKey(
        Series, models.SET_NULL, null=True, blank=True, related_name="bookings", verbose_name=_("series")
    )
    start = models.DateTimeField(_("start"))
    end = models.DateTimeField(_("end"))
    status = models.CharField(_("status"), max_length=10, choices=Status, default=Status.CONFIRMED)
    approval_due_at = models.DateTimeField(_("to be approved by"), null=True, blank=True)
    calendar_unread_since = models.DateTimeField(_("calendar not read since"), null=True, blank=True)
    address_due_at = models.DateTimeField(_("address to be confirmed by"), null=True, blank=True)
    new_time_asked_at = models.DateTimeField(_("asked to choose another time"), null=True, blank=True)
    note = EncryptedText(_("note, for staff only"), blank=True, default="")
    why_staff = models.JSONField(_("why this person"), default=dict, blank=True, editable=False)
    room = models.CharField(_("room"), max_length=MAX_ROOM, default=new_room, editable=False)
    revision = models.PositiveIntegerField(_("revision"), default=1, editable=False)
    staff_warned_at = models.DateTimeField(_("staff warned at"), null=True, blank=True, editable=False)
    warning_claimed_until = models.DateTimeField(_("warning claimed until"), null=True, blank=True, editable=False)
    created_at = models.DateTimeField(_("made"), auto_now_add=True)

    objects = BookingQuerySet.as_manager()

    class Meta:
        ordering = ("start", "id")
        verbose_name = _("booking")
        verbose_name_plural = _("bookings")
        indexes = (
            models.Index(fields=("staff", "end", "start"), name="bookings_by_time"),
            models.Index(fields=("service", "staff", "created_at"), name="bookings_by_time_made"),
        )
        constraints = (
            models.CheckConstraint(condition=Q(end__gt=F("start")), name="booking_ends_after_start"),
            models.CheckConstraint(
                condition=(Q(status="pending") & ~_SETTLED) | (~Q(status="pending") & _SETTLED),
                name="pending_bookings_wait_for_something",
            ),
            models.CheckConstraint(
                condition=Q(status="cancelled", claim=None) | (~Q(status="cancelled") & Q(claim__isnull=False)),
                name="live_bookings_own_a_claim",
            ),
        )

    def __str__(self) -> str:
        return f"{self.client} · {self.service}"

    def get_absolute_url(self) -> str:
        return reverse("bookings:detail", args=[self.pk])

    @property
    def live(self) -> bool:
        return self.status in self.LIVE

    @property
    def cause(self) -> Cause:
        """Why it is pending: the first fact that holds."""
        if self.address_due_at:
            return self.Cause.UNCONFIRMED_ADDRESS
        if self.approval_due_at:
            return self.Cause.APPROVAL
        return self.Cause.CALENDAR_UNREADABLE if self.calendar_unread_since else self.Cause.NONE

    def lapse(self, now: datetime) -> None:
        """Cancel it, because the client did not confirm their address in time. Nobody is mailed. Inside the lock."""
        self.status, self.claim = self.Status.CANCELLED, None
        self.approval_due_at = self.calendar_unread_since = self.address_due_at = None
        self.revision += 1
        self.save()
        self.seats.update(cancelled_at=now)
        for seat in self.seats.all():
            seat.mails.unsent().update(state="dropped")
        self.changes.create(at=now, kind="cancelled", source="kalends", new_start=self.start, new_end=self.end)

    @cached_property
    def seat(self) -> Seat:
        """The seat of its one client."""
        return self.seats.all()[0]

    @property
    def client(self) -> Client:
        return self.seat.client

    @property
    def location(self) -> str:
        """Where it takes place: as the service says, in the link of a call with the room of this booking."""
        return with_room(self.service.location, self.room)

    @property
    def blocked_span(self) -> Span:
        """The time that it takes with its buffers; of a cancelled booking, which takes none, the time that it had."""
        return (self.claim.start, self.claim.end) if self.claim else (self.start, self.end)

    @property
    def overlap_allowed(self) -> bool:
        """Did staff insist on its time although it overlaps?"""
        return self.claim is not None and self.claim.overlap_allowed
