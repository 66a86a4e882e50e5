"""A question that staff must decide."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings
from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from availability.intervals import Span
from bookings.models.booking import Booking
from bookings.models.linked_event import LinkedEvent
from bookings.models.proposals.covered_day import CoveredDay
from connections import leases
from practice.models import User

REMIND_BEFORE = timedelta(hours=24)


class ProposalQuerySet(models.QuerySet["Proposal"]):
    def open(self) -> ProposalQuerySet:
        """Those that wait for a decision; about a booking that is cancelled there is none to take."""
        return self.filter(decided_at=None, withdrawn_at=None, booking__status__in=Booking.LIVE)

    def latest_decided_so(self) -> ProposalQuerySet:
        """Those that are the last about their booking with this decision: earlier ones were about other times of it."""
        again = Proposal.objects.filter(
            booking=OuterRef("booking"), kind=OuterRef("kind"), choice=OuterRef("choice"), decided_at__isnull=False
        )
        later = Q(decided_at__gt=OuterRef("decided_at")) | Q(decided_at=OuterRef("decided_at"), pk__gt=OuterRef("pk"))
        return self.exclude(decided_at=None).exclude(Exists(again.filter(later)))

    def with_details(self) -> ProposalQuerySet:
        """With all that is shown of them."""
        return self.select_related(
            "booking__service", "booking__staff", "linked_event", "covered_day__person"
        ).prefetch_related("booking__seats")

    def to_mail(self, now: datetime) -> ProposalQuerySet:
        """Open ones that staff were not mailed yet, or not reminded of in the last 24 hours before the start.

        Without those that another worker has taken to mail them.
        """
        near = Q(booking__start__gt=now, booking__start__lte=now + REMIND_BEFORE)
        forgotten = near & Q(reminded_at=None, mailed_at__lt=F("booking__start") - REMIND_BEFORE)
        return self.open().filter(Q(mailed_at=None) | forgotten).filter(leases.free(now, "mail_claimed_until"))


class Proposal(models.Model):
    """What staff must decide: a change made on the iPhone, or a client's request. Until then the booking stands."""

    class Kind(models.TextChoices):
        MOVED = "moved", _("Moved on the iPhone")
        RESHAPED = "reshaped", _("Made all-day, without a zone, or repeating on the iPhone")
        DELETED = "deleted", _("Deleted on the iPhone")
        BOTH_SIDES = "both_sides", _("Changed on the iPhone and in Kalends")
        COLLISION = "collision", _("An event now overlaps the booking")
        UNCOVERED = "uncovered", _("Nothing overlaps the booking any more")
        APPROVAL = "approval", _("A client asks for an appointment")

    class Choice(models.TextChoices):
        ACCEPT = "accept", _("Accept anyway")
        PUT_BACK = "put_back", _("Put it back")
        CANCEL = "cancel", _("Cancel and tell the client")
        KEEP = "keep", _("Keep the booking")
        ASK = "ask", _("Ask to choose another time")
        HAND_OVER = "hand_over", _("Give it to a colleague")
        STAND = "stand", _("The appointment stands")
        KEEP_ASKING = "keep_asking", _("Keep asking")
        APPROVE = "approve", _("Approve")
        REFUSE = "refuse", _("Refuse")

    booking = models.ForeignKey(Booking, models.CASCADE, related_name="proposals", verbose_name=_("booking"))
    linked_event = models.ForeignKey(
        LinkedEvent, models.CASCADE, null=True, blank=True, related_name="proposals", verbose_name=_("linked event")
    )
    covered_day = models.ForeignKey(
        CoveredDay, models.SET_NULL, null=True, blank=True, related_name="proposals", verbose_name=_("covered day")
    )
    kind = models.CharField(_("what happened"), max_length=12, choices=Kind)
    new_start = models.DateTimeField(_("new start"), null=True, blank=True)
    new_end = models.DateTimeField(_("new end"), null=True, blank=True)
    reason = models.TextField(_("why it is asked"), blank=True)
    untitled_reason = models.TextField(_("why it is asked, without titles"), blank=True)
    created_at = models.DateTimeField(_("found"))
    mailed_at = models.DateTimeField(_("mailed at"), null=True, blank=True)
    reminded_at = models.DateTimeField(_("reminded at"), null=True, blank=True)
    mail_claimed_until = models.DateTimeField(_("mail claimed until"), null=True, blank=True, editable=False)
    decided_at = models.DateTimeField(_("decided"), null=True, blank=True)
    withdrawn_at = models.DateTimeField(_("withdrawn at"), null=True, blank=True)
    choice = models.CharField(_("decision"), max_length=12, choices=Choice, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("decided by")
    )
    decided_by_mail = models.BooleanField(_("decided by mail"), default=False)

    objects = ProposalQuerySet.as_manager()

    CHOICES = {
        Kind.MOVED: (Choice.ACCEPT, Choice.PUT_BACK),
        Kind.RESHAPED: (Choice.ACCEPT, Choice.PUT_BACK),
        Kind.DELETED: (Choice.CANCEL, Choice.PUT_BACK),
        Kind.BOTH_SIDES: (Choice.ACCEPT, Choice.PUT_BACK),
        Kind.COLLISION: (Choice.KEEP, Choice.CANCEL),
        Kind.UNCOVERED: (Choice.STAND, Choice.KEEP_ASKING),
        Kind.APPROVAL: (Choice.APPROVE, Choice.REFUSE),
    }
    ENDING = (Choice.CANCEL, Choice.REFUSE)
    _SAFE = {Kind.COLLISION: Choice.KEEP, Kind.UNCOVERED: Choice.KEEP_ASKING, Kind.APPROVAL: Choice.APPROVE}

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
    def headline(self) -> str:
        """What happened, in a few words."""
        if self.kind == self.Kind.COLLISION and self.covered_day and self.covered_day.is_away:
            return str(_("Away at the time of the booking"))
        return str(self.get_kind_display())

    @property
    def person(self) -> User:
        """About whose time staff are asked; the booking may have gone to somebody else since."""
        return self.covered_day.person if self.covered_day else self.booking.staff

    def reason_for(self, reader: User) -> str:
        """Why it is asked. Only the owner of the time reads titles of events."""
        return self.reason if self.booking.staff_id == reader.pk else self.untitled_reason

    @property
    def seen(self) -> Span | None:
        """The time that the event has on the iPhone, as far as staff were told; None where it has none that counts."""
        if self.kind not in (self.Kind.MOVED, self.Kind.BOTH_SIDES) or not self.new_start or not self.new_end:
            return None
        return (self.new_start, self.new_end)

    @property
    def choices(self) -> tuple[Choice, ...]:
        """What staff may decide."""
        choices: tuple[Proposal.Choice, ...] = self.CHOICES[self.Kind(self.kind)]
        if self.kind == self.Kind.RESHAPED and self.new_start is None:
            choices = (self.Choice.PUT_BACK, self.Choice.CANCEL)
        if self.covered_day_id is not None and self.kind == self.Kind.COLLISION:
            choices = (self.Choice.KEEP, self.Choice.ASK, self.Choice.CANCEL)
        if self.booking.approval_due_at:  # what nobody has approved is not cancelled but refused
            return tuple(self.Choice.REFUSE if choice == self.Choice.CANCEL else choice for choice in choices)
        return choices

    def offered(self, choice: str) -> Choice | None:
        """What a choice means here, None if it is not offered: where bookings are cancelled, a request is refused."""
        return next(
            (one for one in self.choices if one == choice or (one in self.ENDING and choice in self.ENDING)), None
        )

    @property
    def safe_choice(self) -> Choice:
        """The choice under which the booking stays as the client knows it: the one that pages offer first."""
        return self._SAFE.get(self.Kind(self.kind), self.Choice.PUT_BACK)
