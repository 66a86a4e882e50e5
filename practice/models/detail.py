"""How much of a booking stands in a calendar at a provider, and how much the practice allows at most."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

CAUTIOUS_COUNTRIES = frozenset({"DE", "AT", "CH"})
"""Where practices start with initials, because names of clients are often under professional secrecy there."""


class CalendarDetail(models.TextChoices):
    """From the most to the least."""

    FULL = "full", _("Client, service and contact")
    NAME = "name", _("Client’s name")
    INITIALS = "initials", _("Client’s initials")
    BUSY = "busy", _("Only “Busy”")

    @property
    def no_more(self) -> tuple[CalendarDetail, ...]:
        """This much and everything that is less."""
        every = tuple(CalendarDetail)
        return every[every.index(self) :]

    @property
    def more(self) -> tuple[CalendarDetail, ...]:
        """Everything that is more than this."""
        every = tuple(CalendarDetail)
        return every[: every.index(self)]

    def at_most(self, limit: CalendarDetail) -> CalendarDetail:
        """This much, or the limit if that is less."""
        return self if self in limit.no_more else limit


def usual_limit(country: str) -> CalendarDetail:
    """What a new practice in this country allows at most."""
    return CalendarDetail.INITIALS if country in CAUTIOUS_COUNTRIES else CalendarDetail.FULL
