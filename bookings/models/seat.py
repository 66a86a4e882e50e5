"""One client's part of a booking."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import models
from django.db.models import F, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from bookings import links
from bookings.contacts import written
from bookings.links import LinkState
from bookings.models.booking import Booking
from bookings.models.client import Client
from bookings.models.questions import answer_lines, answer_words
from bookings.models.questions.question import FIELD_PREFIX
from practice.models.encrypted import EncryptedData, EncryptedText


class SeatManager(models.Manager["Seat"]):
    def get_queryset(self) -> QuerySet[Seat]:
        """Seats with their clients, because nobody reads one without."""
        return super().get_queryset().select_related("client")

    def of_address(self, email: str) -> QuerySet[Seat]:
        """The seats about which this address is mailed, however it is written."""
        key = written.email_key(email)
        own, of_client = Q(email_key=key), Q(email_key="", client__in=Client.objects.filter(email_key=key))
        return self.filter(own | of_client) if key else self.none()

    def of_link(self, token: str, now: datetime) -> tuple[LinkState, Seat | None]:
        """What the link with this token is worth at `now`, and the seat that it leads to unless it is unknown."""
        seat = self.filter(public_id=links.public_id_of(token)).select_related("client", "booking").first()
        if seat is None:
            return LinkState.UNKNOWN, None
        state = links.link_state(token, seat.link_generation, seat.booking.end, now)
        return state, None if state is LinkState.UNKNOWN else seat


class Seat(models.Model):
    """One client's part of a booking: who comes, their link, and how they are reached.

    An empty language, zone, e-mail address or phone number means that of the client. An address or number is here if
    it was typed on the public pages for a known client whose row has another or none: anybody may have typed it.
    `email_key` is made by `save`, so `update` must not write an address. `reminders` is null where nobody was asked.
    `uid` is that of the event in the client's own calendar, which is another one than that in the calendar of staff.
    `answers` and `asked`, the words that were asked, are by the key of the question.
    """

    class Outcome(models.TextChoices):
        NONE = "", _("—")
        DONE = "done", _("Done")
        NO_SHOW = "no_show", _("Did not come")

    booking = models.ForeignKey(Booking, models.CASCADE, related_name="seats", verbose_name=_("booking"))
    client = models.ForeignKey(Client, models.PROTECT, related_name="seats", verbose_name=_("client"))
    public_id = models.CharField(
        _("public id"), max_length=22, unique=True, default=links.new_public_id, editable=False
    )
    link_generation = models.PositiveIntegerField(_("link generation"), default=1, editable=False)
    uid = models.CharField("UID", max_length=320, unique=True, default=links.new_calendar_uid, editable=False)
    email = models.EmailField(_("e-mail for this appointment"), blank=True)
    phone = models.CharField(_("phone for this appointment"), max_length=40, blank=True)
    email_key = models.CharField(
        _("email key"), max_length=written.MAX_KEY_LENGTH, blank=True, editable=False, db_index=True
    )
    language = models.CharField(_("language"), max_length=10, blank=True)
    time_zone = models.CharField(_("time zone"), max_length=64, blank=True)
    answers = EncryptedData(_("answers"), default=dict, blank=True)
    asked = EncryptedData(_("questions asked"), default=dict, blank=True)
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

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.email_key = written.email_key(self.email)
        super().save(*args, **kwargs)

    @property
    def address(self) -> str:
        """The e-mail address to which mails about this appointment go; "" if the client is told by phone."""
        return self.email or self.client.email

    @property
    def address_key(self) -> str:
        """The same, as addresses are compared."""
        return self.email_key or self.client.email_key

    @property
    def number(self) -> str:
        """The phone number, in E.164, under which the client is called about this appointment; "" if none is known."""
        return self.phone or self.client.phone

    @property
    def spoken_language(self) -> str:
        """The language that the client is written to in; "" if nothing is known."""
        return self.language or self.client.language

    @property
    def clock_zone(self) -> str:
        """The name of the zone whose clock the client reads; "" if nothing is known."""
        return self.time_zone or self.client.time_zone

    @property
    def answered(self) -> list[tuple[str, str]]:
        """The questions as they were asked, each with the answer as people read it."""
        return [(self.asked.get(key, key), answer_words(answer)) for key, answer in self.answers.items()]

    @property
    def answer_texts(self) -> dict[str, str]:
        """The answers as forms give them, by the names of the fields."""
        return {f"{FIELD_PREFIX}{key}": "\n".join(answer_lines(answer)) for key, answer in self.answers.items()}

    @property
    def link(self) -> str:
        """The address of the client's own page."""
        return links.page_url(self.public_id, self.link_generation)

    def renew_link(self) -> None:
        """From now on only the new link leads here."""
        Seat.objects.filter(pk=self.pk).update(link_generation=F("link_generation") + 1)
        self.refresh_from_db(fields=["link_generation"])
