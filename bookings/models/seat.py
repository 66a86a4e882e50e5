"""One client's part of a booking."""

from __future__ import annotations

from datetime import datetime

from django.db import models
from django.db.models import F, QuerySet
from django.utils.translation import gettext_lazy as _

from bookings import links
from bookings.links import LinkState
from bookings.models.booking import Booking
from bookings.models.client import Client
from practice.models.encrypted import EncryptedData, EncryptedText


class SeatManager(models.Manager["Seat"]):
    def get_queryset(self) -> QuerySet[Seat]:
        """Seats with their clients, because nobody reads one without."""
        return super().get_queryset().select_related("client")

    def of_link(self, token: str, now: datetime) -> tuple[LinkState, Seat | None]:
        """What the link with this token is worth at `now`, and the seat that it leads to unless it is unknown."""
        seat = self.filter(public_id=links.public_id_of(token)).select_related("client", "booking").first()
        if seat is None:
            return LinkState.UNKNOWN, None
        state = links.link_state(token, seat.link_generation, seat.booking.end, now)
        return state, None if state is LinkState.UNKNOWN else seat


class Seat(models.Model):
    """One client's part of a booking: who comes, their link, and in which language and zone they are written to.

    An empty language or zone means that of the client. `reminders` is null where nobody was asked. `uid` is that of the
    event in the client's own calendar, which is another one than the event in the calendar of staff.
    """

    class Outcome(models.TextChoices):
        NONE = "", _("—")
        DONE = "done", _("Done")
        NO_SHOW = "no_show", _("Did not come")

    booking = models.ForeignKey(Booking, models.CASCADE, related_name="seats", verbose_name=_("booking"))
    client = models.ForeignKey(Client, models.PROTECT, related_name="seats", verbose_name=_("client"))
    public_id = models.CharField(max_length=22, unique=True, default=links.new_public_id, editable=False)
    link_generation = models.PositiveIntegerField(default=1, editable=False)
    uid = models.CharField(max_length=320, unique=True, default=links.new_calendar_uid, editable=False)
    language = models.CharField(_("language"), max_length=10, blank=True)
    time_zone = models.CharField(_("time zone"), max_length=64, blank=True)
    answers = EncryptedData(_("answers"), default=dict, blank=True)
    note = EncryptedText(_("note of the client"), blank=True, default="")
    reminders = models.BooleanField(_("wants reminders"), null=True, blank=True)
    sequence = models.PositiveIntegerField(_("sequence of the mailed event"), default=0, editable=False)
    cancelled_at = models.DateTimeField(_("cancelled"), null=True, blank=True, editable=False)
    outcome = models.CharField(_("outcome"), max_length=8, choices=Outcome, blank=True, default=Outcome.NONE)

    objects = SeatManager()

    class Meta:
        ordering = ("id",)
        verbose_name = _("seat")
        verbose_name_plural = _("seats")
        constraints = (models.UniqueConstraint(fields=("booking",), name="one_seat_per_booking"),)

    def __str__(self) -> str:
        return str(self.client)

    @property
    def spoken_language(self) -> str:
        """The language that the client is written to in; "" if nothing is known."""
        return self.language or self.client.language

    @property
    def clock_zone(self) -> str:
        """The name of the zone whose clock the client reads; "" if nothing is known."""
        return self.time_zone or self.client.time_zone

    @property
    def link(self) -> str:
        """The address of the client's own page."""
        return links.page_url(self.public_id, self.link_generation)

    def renew_link(self) -> None:
        """From now on only the new link leads here."""
        Seat.objects.filter(pk=self.pk).update(link_generation=F("link_generation") + 1)
        self.refresh_from_db(fields=["link_generation"])
