"""People and what they booked.

BOOKING: a piece of a staff member's time given to a client. LINKED EVENT: one placement of a booking in a calendar, and
how far that calendar has it. PROPOSAL: a change made on the phone that staff must decide.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings
from django.contrib.postgres.fields import DateTimeRangeField, RangeOperators
from django.db import models
from django.db.models import F, Func, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from availability.intervals import Span
from availability.models import BlockedSlot
from availability.slots import Shape
from bookings.constraints import PostgreSQLExclusionConstraint
from bookings.limits import A_DAY, A_WEEK, A_YEAR, SOME, THE_HORIZON, farthest_days
from bookings.placement import Placement


class Client(models.Model):
    """A person who books. Never created from the guests of a calendar's events."""

    name = models.CharField(_("name"), max_length=200)
    email = models.EmailField(_("e-mail"), blank=True)
    phone = models.CharField(_("phone"), max_length=40, blank=True)
    language = models.CharField(_("language"), max_length=10, blank=True)
    time_zone = models.CharField(_("time zone"), max_length=64, blank=True)
    created_at = models.DateTimeField(_("created"), auto_now_add=True)

    class Meta:
        ordering = ("name", "id")
        verbose_name = _("client")
        verbose_name_plural = _("clients")

    def __str__(self) -> str:
        return self.name


class Service(models.Model):
    """What can be booked, how long it takes and with whom."""

    slug = models.SlugField(_("address"), unique=True)
    name = models.CharField(_("name"), max_length=200)
    staff = models.ManyToManyField(settings.AUTH_USER_MODEL, related_name="services", verbose_name=_("staff"))
    minutes = models.PositiveIntegerField(_("minutes"), validators=[SOME, A_WEEK])
    slot_minutes = models.PositiveIntegerField(_("start every … minutes"), default=15, validators=[SOME, A_DAY])
    buffer_before_minutes = models.PositiveIntegerField(_("minutes kept free before"), default=0, validators=[A_DAY])
    buffer_after_minutes = models.PositiveIntegerField(_("minutes kept free after"), default=0, validators=[A_DAY])
    notice_minutes = models.PositiveIntegerField(_("minimum notice in minutes"), default=60, validators=[A_YEAR])
    horizon_days = models.PositiveIntegerField(
        _("can be booked days ahead"), default=farthest_days, validators=[SOME, THE_HORIZON]
    )
    location = models.CharField(_("location or call link"), max_length=300, blank=True)
    neutral_title = models.CharField(_("neutral title on the calendar"), max_length=200, blank=True)
    active = models.BooleanField(_("can be booked"), default=True)

    class Meta:
        ordering = ("name", "id")
        verbose_name = _("service")
        verbose_name_plural = _("services")
        constraints = (
            models.CheckConstraint(condition=Q(minutes__gt=0), name="service_takes_time"),
            models.CheckConstraint(condition=Q(slot_minutes__gt=0), name="service_starts_at_intervals"),
        )

    def __str__(self) -> str:
        return self.name

    @property
    def duration(self) -> timedelta:
        return timedelta(minutes=self.minutes)

    @property
    def shape(self) -> Shape:
        """What the search for openings needs to know."""
        return Shape(
            duration=self.duration,
            interval=timedelta(minutes=self.slot_minutes),
            buffer_before=timedelta(minutes=self.buffer_before_minutes),
            buffer_after=timedelta(minutes=self.buffer_after_minutes),
            notice=timedelta(minutes=self.notice_minutes),
            horizon=timedelta(days=min(self.horizon_days, settings.BOOKING_HORIZON_DAYS)),
        )


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


QUIET = timedelta(minutes=10)  # what the phone moved may be undone before the client is told


class BookingChange(models.Model):
    """One line of a booking's history; the latest may still have to be told to the client."""

    class Kind(models.TextChoices):
        MADE = "made", _("Booked")
        CONFIRMED = "confirmed", _("Confirmed")
        MOVED = "moved", _("Moved")
        CANCELLED = "cancelled", _("Cancelled")
        UNDONE = "undone", _("Undone")

    class Source(models.TextChoices):
        STAFF = "staff", _("by staff")
        PHONE = "phone", _("on the phone")
        CLIENT = "client", _("by the client")
        KALENDS = "kalends", _("by Kalends")

    booking = models.ForeignKey(Booking, models.CASCADE, related_name="changes", verbose_name=_("booking"))
    at = models.DateTimeField(_("at"))
    kind = models.CharField(_("what"), max_length=12, choices=Kind)
    source = models.CharField(_("by whom"), max_length=10, choices=Source)
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")
    old_start = models.DateTimeField(null=True, blank=True)
    old_end = models.DateTimeField(null=True, blank=True)
    new_start = models.DateTimeField()
    new_end = models.DateTimeField()
    tell_client_at = models.DateTimeField(_("client is told at"), null=True, blank=True, db_index=True)
    told_at = models.DateTimeField(_("client was told at"), null=True, blank=True)

    class Meta:
        ordering = ("-at", "-id")
        verbose_name = _("change")
        verbose_name_plural = _("history")

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.get_source_display()}"

    @property
    def can_be_undone(self) -> bool:
        """Is it a move of which the client hears later, and has nobody begun to write to them?"""
        return self.kind == self.Kind.MOVED and self.told_at is None and self.tell_client_at == self.at + QUIET


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
    def whose(self) -> int:
        return self.booking.staff_id


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
    def whose(self) -> int:
        return self.staff_id


REMIND_BEFORE = timedelta(hours=24)


class ProposalQuerySet(models.QuerySet["Proposal"]):
    def open(self) -> ProposalQuerySet:
        """Those that wait for a decision; about a booking that is cancelled there is none to take."""
        return self.filter(decided_at=None, withdrawn_at=None, booking__status__in=Booking.LIVE)

    def to_mail(self, now: datetime) -> ProposalQuerySet:
        """Open ones that staff were not mailed yet, or not reminded of in the last 24 hours before the start.

        What a worker is about to mail is not to be mailed by another, unless that worker died over it.
        """
        near = Q(booking__start__gt=now, booking__start__lte=now + REMIND_BEFORE)
        forgotten = near & Q(reminded_at=None, mailed_at__lt=F("booking__start") - REMIND_BEFORE)
        free = Q(mail_claimed_until=None) | Q(mail_claimed_until__lte=now)
        return self.open().filter(Q(mailed_at=None) | forgotten).filter(free)


class Proposal(models.Model):
    """A change made on the phone that staff must decide. Until then the booking stands."""

    class Kind(models.TextChoices):
        MOVED = "moved", _("Moved on the phone")
        RESHAPED = "reshaped", _("Made all-day, floating or repeating on the phone")
        DELETED = "deleted", _("Deleted on the phone")
        BOTH_SIDES = "both_sides", _("Changed on the phone and in Kalends")
        COLLISION = "collision", _("An event now overlaps the booking")

    class Choice(models.TextChoices):
        ACCEPT = "accept", _("Accept anyway")
        PUT_BACK = "put_back", _("Put it back")
        CANCEL = "cancel", _("Cancel and tell the client")
        KEEP = "keep", _("Keep the booking")

    booking = models.ForeignKey(Booking, models.CASCADE, related_name="proposals", verbose_name=_("booking"))
    linked_event = models.ForeignKey(LinkedEvent, models.CASCADE, null=True, blank=True, related_name="proposals")
    kind = models.CharField(_("what happened"), max_length=12, choices=Kind)
    new_start = models.DateTimeField(null=True, blank=True)
    new_end = models.DateTimeField(null=True, blank=True)
    reason = models.TextField(_("why it is asked"), blank=True)
    created_at = models.DateTimeField(_("found"))
    mailed_at = models.DateTimeField(null=True, blank=True)
    reminded_at = models.DateTimeField(null=True, blank=True)
    mail_claimed_until = models.DateTimeField(null=True, blank=True, editable=False)
    decided_at = models.DateTimeField(_("decided"), null=True, blank=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    choice = models.CharField(_("decision"), max_length=10, choices=Choice, blank=True)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")

    objects = ProposalQuerySet.as_manager()

    CHOICES = {
        Kind.MOVED: (Choice.ACCEPT, Choice.PUT_BACK),
        Kind.RESHAPED: (Choice.ACCEPT, Choice.PUT_BACK),
        Kind.DELETED: (Choice.CANCEL, Choice.PUT_BACK),
        Kind.BOTH_SIDES: (Choice.ACCEPT, Choice.PUT_BACK),
        Kind.COLLISION: (Choice.KEEP, Choice.CANCEL),
    }

    class Meta:
        ordering = ("created_at", "id")
        verbose_name = _("proposal")
        verbose_name_plural = _("proposals")
        constraints = (
            models.UniqueConstraint(
                fields=("booking", "kind"),
                condition=Q(decided_at=None, withdrawn_at=None),
                name="one_open_proposal_of_a_kind",
            ),
        )

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.booking}"

    @property
    def seen(self) -> Span | None:
        """The time that the event has on the phone, as far as staff were told; None where it has none that counts."""
        if self.kind not in (self.Kind.MOVED, self.Kind.BOTH_SIDES) or not self.new_start or not self.new_end:
            return None
        return (self.new_start, self.new_end)

    @property
    def choices(self) -> tuple[Choice, ...]:
        """What staff may decide."""
        if self.kind == self.Kind.RESHAPED and self.new_start is None:
            return (self.Choice.PUT_BACK, self.Choice.CANCEL)
        return self.CHOICES[self.Kind(self.kind)]
