"""One line of a booking's history."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from bookings.models.booking import Booking
from practice.models.encrypted import EncryptedText


class BookingChange(models.Model):
    """One line of a booking's history. Its mails tell the client.

    `tell_staff_at`: the booking followed the phone, and staff still have to be mailed that; `staff_claimed_until` says
    until when a worker has taken it for that.
    """

    class Kind(models.TextChoices):
        MADE = "made", _("Booked")
        ADDRESS = "address", _("Address confirmed")
        CONFIRMED = "confirmed", _("Confirmed")
        MOVED = "moved", _("Moved")
        HANDED_OVER = "handed_over", _("Given to a colleague")
        ASKED = "asked", _("Asked to choose another time")
        STANDS = "stands", _("The appointment stands after all")
        CANCELLED = "cancelled", _("Cancelled")
        REFUSED = "refused", _("Refused")
        EXPIRED = "expired", _("Not decided in time")
        UNDONE = "undone", _("Undone")
        DONE = "done", _("Done")
        NO_SHOW = "no_show", _("Did not come")

    class Source(models.TextChoices):
        STAFF = "staff", _("by staff")
        PHONE = "phone", _("on the iPhone")
        CLIENT = "client", _("by the client")
        KALENDS = "kalends", _("by Kalends")

    booking = models.ForeignKey(Booking, models.CASCADE, related_name="changes", verbose_name=_("booking"))
    at = models.DateTimeField(_("at"))
    kind = models.CharField(_("what"), max_length=12, choices=Kind)
    source = models.CharField(_("by whom"), max_length=10, choices=Source)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("actor")
    )
    reason = EncryptedText(_("reason"), blank=True, default="")
    old_start = models.DateTimeField(_("old start"), null=True, blank=True)
    old_end = models.DateTimeField(_("old end"), null=True, blank=True)
    new_start = models.DateTimeField(_("new start"))
    new_end = models.DateTimeField(_("new end"))
    undo_until = models.DateTimeField(_("can be undone until"), null=True, blank=True)
    tell_staff_at = models.DateTimeField(_("tell staff at"), null=True, blank=True, editable=False, db_index=True)
    staff_claimed_until = models.DateTimeField(_("staff claimed until"), null=True, blank=True, editable=False)

    class Meta:
        ordering = ("-at", "-id")
        verbose_name = _("change")
        verbose_name_plural = _("history")

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.get_source_display()}"

    @property
    def ends_booking(self) -> bool:
        """Has the client no appointment any more since then?"""
        return self.kind in (self.Kind.CANCELLED, self.Kind.REFUSED)
