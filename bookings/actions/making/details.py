"""Who books, and what they said."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from bookings.actions.checks.preconditions import Refused
from bookings.clients import tidy_contact
from bookings.models.questions import Answer


@dataclass(frozen=True, slots=True)
class ClientDetails:
    """Who books, as typed."""

    name: str
    email: str = ""
    phone: str = ""


@dataclass(frozen=True, slots=True)
class SeatDetails:
    """What the client said beside their name. `reminders` is None if they were not asked.

    `asked` are the words of the questions to which `answers` has answers, by the same keys.
    """

    language: str = ""
    time_zone: str = ""
    note: str = ""
    answers: Mapping[str, Answer] = field(default_factory=dict)
    asked: Mapping[str, str] = field(default_factory=dict)
    reminders: bool | None = None


NOTHING_SAID = SeatDetails()


def tidy_details(client: ClientDetails) -> ClientDetails:
    """The details as they are kept. Raises Refused where they are not enough."""
    try:
        tidy = ClientDetails(*tidy_contact(client.name, client.email, client.phone))
    except ValueError as error:
        raise Refused(str(error)) from None
    if not tidy.name:
        raise Refused(_("Say who the booking is for."))
    return tidy
