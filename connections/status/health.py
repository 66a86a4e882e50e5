"""How a connection is, in words: the same on the list, on its page and wherever else it is named."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from django.db.models import Case, Count, Q, Value, When
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from connections import leases
from connections.models import Connection
from connections.providers import choices

NEEDS_CHOICE_CODES = frozenset({"calendar_gone", "calendar_withdrawn"})  # only a person can say what follows


class HealthState(StrEnum):
    """How a connection is."""

    NEEDS_ATTENTION = "needs_attention"
    TRYING_AGAIN = "trying_again"
    READING = "reading"
    WAITING = "waiting"
    GOOD = "good"


@dataclass(frozen=True, slots=True)
class Health:
    """`state` is for code, `label` for people; `tone` is the badge’s; `sentence` says what to do."""

    state: HealthState
    label: str | Promise
    tone: str
    sentence: str | Promise


def waits_for_attention(connection: Connection) -> bool:
    """Does the account need a person, or does a conflict calendar of it that is no longer there?"""
    lost = (row.is_conflict_calendar and row.error_code in NEEDS_CHOICE_CODES for row in connection.calendars.all())
    return connection.needs_attention or any(lost)


def health(connection: Connection, now: datetime) -> Health:
    """How `connection` is at `now` (aware). What only a person can mend comes first, then trouble, then progress."""
    trouble = connection.sentence
    if connection.needs_attention or connection.error_code in NEEDS_CHOICE_CODES:
        return Health(HealthState.NEEDS_ATTENTION, _("Action needed"), "bad", trouble)
    if connection.error_code:
        return Health(HealthState.TRYING_AGAIN, _("Trying again"), "warn", trouble)
    if connection.is_leased(now):
        return Health(HealthState.READING, _("Reading now"), "", _("Kalends is reading this account now."))
    if connection.polled_at is None:
        return Health(HealthState.WAITING, _("Not read yet"), "muted", _("Kalends reads it in a moment."))
    return Health(HealthState.GOOD, _("Connected"), "good", _("All is well. Kalends looks for changes by itself."))


def count_by_health(now: datetime) -> dict[tuple[str, str], int]:
    """How many connections there are by provider and the state that `health` gives each at `now`, in one query."""
    rules = (
        (Q(needs_attention=True) | Q(error_code__in=NEEDS_CHOICE_CODES), HealthState.NEEDS_ATTENTION),
        (~Q(error_code=""), HealthState.TRYING_AGAIN),
        (~leases.free(now, "lease_until"), HealthState.READING),
        (Q(polled_at=None), HealthState.WAITING),
    )
    state = Case(*(When(rule, then=Value(state.value)) for rule, state in rules), default=Value(HealthState.GOOD.value))
    counted = Connection.objects.order_by().values("provider").annotate(state=state, count=Count("pk"))
    found = {(provider, state.value): 0 for provider, _name in choices() for state in HealthState}
    return found | {(row["provider"], row["state"]): row["count"] for row in counted}
