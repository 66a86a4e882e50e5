"""One message to one recipient about one seat."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from bookings.models.change import BookingChange
from bookings.models.seat import Seat
from connections import leases

MAIL_LEASE_COLUMN = "claimed_until"


class MailQuerySet(models.QuerySet["Mail"]):
    def to_clients(self) -> MailQuerySet:
        return self.exclude(kind__in=Mail.STAFF_KINDS)

    def news(self) -> MailQuerySet:
        """Those that tell a client how the booking stands; the others change nothing about that."""
        return self.to_clients().exclude(kind__in=Mail.REPEATING_KINDS)

    def told(self) -> MailQuerySet:
        """Those that the recipient has, or may have: a worker that was killed over one may have sent it.

        So may the former copy, after a restore.
        """
        maybe = (
            Q(error_code=Mail.SENT_BEFORE_RESTORE)
            | Q(state=Mail.State.DUE, claimed_until__isnull=False)
            | Q(interruptions__gt=0)
        )
        return self.filter(Q(state=Mail.State.SENT) | maybe)

    def unsent(self) -> MailQuerySet:
        """Those that nobody has begun to send."""
        return self.filter(state=Mail.State.DUE, claimed_until=None)

    def latest_news(self) -> MailQuerySet:
        """Those that no later news about the same seat has replaced."""
        later = Mail.objects.news().filter(seat=OuterRef("seat"), pk__gt=OuterRef("pk"))
        return self.exclude(Exists(later.exclude(state=Mail.State.DROPPED)))

    def drop_as_sent(self) -> int:
        """Send none of these after a restore, because the recipients have them from the former copy; how many."""
        values = {"state": Mail.State.DROPPED, "error_code": Mail.SENT_BEFORE_RESTORE}
        return self.filter(state=Mail.State.DUE).update(next_try_at=None, **values)

    def to_send(self, now: datetime) -> MailQuerySet:
        """Those to be mailed now, which nobody is sending."""
        due = Q(next_try_at=None, due_at__lte=now) | Q(next_try_at__lte=now)
        waiting = self.filter(due, leases.free(now, MAIL_LEASE_COLUMN), state=Mail.State.DUE)
        return waiting.exclude(recipient="").with_details().order_by("pk")

    def to_call(self, now: datetime) -> MailQuerySet:
        """What a client must be told by phone: they have no address, or the e-mail failed; until the time has come."""
        silent = Q(recipient="", state=Mail.State.DUE, due_at__lte=now) | Q(state=Mail.State.FAILED)
        waiting = self.to_clients().filter(silent, start__gt=now).latest_news().without_known_links()
        return waiting.with_details().order_by("start", "pk")

    def without_known_links(self) -> MailQuerySet:
        """Without new links that the client hears with other news, or has heard with them since."""
        since = Q(state=Mail.State.SENT, sent_at__gt=OuterRef("created_at"))
        other = Mail.objects.news().filter(Q(state__in=(Mail.State.DUE, Mail.State.FAILED)) | since)
        return self.exclude(Exists(other.filter(seat=OuterRef("seat"))), kind=Mail.Kind.NEW_LINK)

    def with_details(self) -> MailQuerySet:
        return self.select_related("seat__client", "seat__booking__service", "seat__booking__staff", "change")


class Mail(models.Model):
    """One message to one recipient about one seat; without a recipient it is to be said by phone.

    The row is written in the transaction of the change and fixes what a repetition must not change: the Message-ID,
    UID and SEQUENCE of the calendar part, its DTSTAMP (`created_at`), start and end. `claimed_until` says until when a
    worker is sending it. Those of one `batch` to one recipient go out as one message. `told_by` is who told the client
    by phone.
    """

    class Kind(models.TextChoices):
        CONFIRMATION = "confirmation", _("Confirmation")
        CONFIRMED_AFTER_PENDING = "confirmed_after_pending", _("Confirmation of a request")
        CHANGE = "change", _("New time")
        MOVED_BY_PRACTICE = "moved_by_practice", _("New time, given by the practice")
        HANDED_OVER = "handed_over", _("With somebody else")
        ASKED_NEW_TIME = "asked_new_time", _("Please choose another time")
        STANDS = "stands", _("The appointment stands after all")
        CANCELLATION = "cancellation", _("Cancellation")
        NOT_CONFIRMED = "not_confirmed", _("Request refused")
        PENDING = "pending", _("Request received")
        ADDRESS_TO_CONFIRM = "address_to_confirm", _("Address to confirm")
        REMINDER = "reminder", _("Reminder")
        NEW_LINK = "new_link", _("New link")
        STAFF_BOOKED = "staff_booked", _("To staff: booked by the client")
        STAFF_MOVED = "staff_moved", _("To staff: moved by the client")
        STAFF_CANCELLED = "staff_cancelled", _("To staff: cancelled by the client")
        STAFF_EXPIRED = "staff_expired", _("To staff: not decided in time")

    class State(models.TextChoices):
        DUE = "due", _("Due")
        SENT = "sent", _("Sent")
        FAILED = "failed", _("Failed")
        DROPPED = "dropped", _("Dropped")

    SENT_BEFORE_RESTORE = "sent_before_restore"
    """The `error_code` of mails that were dropped after a restore: the recipient may have them from the former copy."""
    ENDING_KINDS = (Kind.CANCELLATION, Kind.NOT_CONFIRMED)
    REPEATING_KINDS = (Kind.REMINDER, Kind.NEW_LINK, Kind.ASKED_NEW_TIME, Kind.STANDS)
    STAFF_KINDS = (Kind.STAFF_BOOKED, Kind.STAFF_MOVED, Kind.STAFF_CANCELLED, Kind.STAFF_EXPIRED)

    seat = models.ForeignKey(Seat, models.CASCADE, related_name="mails", verbose_name=_("seat"))
    change = models.ForeignKey(
        BookingChange, models.CASCADE, null=True, blank=True, related_name="mails", verbose_name=_("change")
    )
    kind = models.CharField(_("kind"), max_length=24, choices=Kind)
    state = models.CharField(_("state"), max_length=8, choices=State, default=State.DUE)
    recipient = models.EmailField(_("recipient"), blank=True)
    message_id = models.CharField(_("message id"), max_length=320, editable=False)
    uid = models.CharField("UID", max_length=320, editable=False)
    sequence = models.PositiveIntegerField(_("sequence"), editable=False)
    created_at = models.DateTimeField(_("made"))
    start = models.DateTimeField(_("start"))
    end = models.DateTimeField(_("end"))
    due_at = models.DateTimeField(_("due"))
    attempts = models.PositiveIntegerField(_("attempts"), default=0)
    interruptions = models.PositiveIntegerField(_("interruptions"), default=0, editable=False)
    next_try_at = models.DateTimeField(_("next try"), null=True, blank=True)
    claimed_until = models.DateTimeField(_("claimed until"), null=True, blank=True, editable=False)
    sent_at = models.DateTimeField(_("sent"), null=True, blank=True)
    error_code = models.CharField(_("error"), max_length=60, blank=True)
    batch = models.CharField(_("batch"), max_length=22, blank=True, editable=False, db_index=True)
    told_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("told by")
    )

    objects = MailQuerySet.as_manager()

    class Meta:
        ordering = ("pk",)
        verbose_name = _("e-mail")
        verbose_name_plural = _("e-mails")
        indexes = (models.Index(fields=("state", "due_at"), name="mails_by_due_time"),)
        constraints = (
            models.UniqueConstraint(
                fields=("seat", "start", "kind", "recipient"),
                condition=Q(kind="reminder") & ~Q(state="dropped"),
                name="one_reminder_per_start",
            ),
        )

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.recipient}".strip()

    @property
    def is_to_staff(self) -> bool:
        return self.kind in self.STAFF_KINDS
