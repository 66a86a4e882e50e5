"""How a connection is, in words: the same on the list, on its page and wherever else it is named."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from connections.models import Connection

UNTIL_CHOSEN = frozenset({"calendar_gone", "calendar_withdrawn"})  # what follows only a person can say


@dataclass(frozen=True, slots=True)
class Health:
    """`state` is for code, `label` for people; `tone` is a badge’s; `sentence` says what to do."""

    state: str
    label: str | Promise
    tone: str
    sentence: str | Promise


def waits_for_attention(connection: Connection) -> bool:
    """Must a person see to the account, or to a calendar of it that blocks and is there no longer?"""
    lost = (row.is_conflict_calendar and row.error_code in UNTIL_CHOSEN for row in connection.calendars.all())
    return connection.needs_attention or any(lost)


def health(connection: Connection, now: datetime) -> Health:
    """How `connection` is at `now` (aware). What needs a person comes first, then trouble, then progress."""
    trouble = connection.sentence
    if connection.needs_attention:
        return Health("needs_attention", _("Needs you"), "bad", trouble)
    if connection.error_code in UNTIL_CHOSEN:
        return Health("needs_attention", _("Needs you"), "bad", trouble)
    if connection.error_code:
        return Health("trying_again", _("Trying again"), "warn", trouble)
    if connection.is_leased(now):
        return Health("reading", _("Reading now"), "", _("Kalends is reading this account just now."))
    if connection.polled_at is None:
        return Health("waiting", _("Not read yet"), "muted", _("Kalends reads it in a moment."))
    return Health("good", _("Connected"), "good", _("All is well. Kalends looks for changes by itself."))
