"""How the calendars of a colleague are, in one sentence each: what is wrong, and since when.

What the colleague is told says what to do and names the account. Others are told neither.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from bookings.openings.freshness_words import SILENCE, incomplete_since, near, silent_since
from connections.models import CalendarConfiguration, Connection
from connections.status.health import NEEDS_CHOICE_CODES, HealthState, health, waits_for_attention
from practice.models import User


@dataclass(frozen=True, slots=True)
class AccountHealth:
    """How one account is; `tone` is the badge’s."""

    sentence: str
    tone: str


def account_health(person: User, connections: Iterable[Connection], now: datetime) -> list[AccountHealth]:
    """How each of the person's accounts is. `connections` come with their calendars, the person with a configuration.

    Times are on the clock of the active zone.
    """
    found = [_health(person, connection, now) for connection in connections]
    if found and not _has_chosen(person):
        found.append(AccountHealth(_("No calendars are chosen yet, so no times can be booked."), "warn"))
    return found


def _has_chosen(person: User) -> bool:
    configuration: CalendarConfiguration | None = getattr(person, "calendar_configuration", None)
    return configuration is not None and configuration.saved_at is not None


def _health(person: User, connection: Connection, now: datetime) -> AccountHealth:
    found = health(connection, now)
    words = {"provider": connection.words.name, "person": person.get_short_name() or person.get_username()}
    code, since = _trouble(connection)
    if code:
        words["time"] = near(since or connection.polled_at or connection.created_at, now)
        cause = _cause_of_feed(code) if connection.is_feed else _cause(code)
        return AccountHealth(cause % words, "bad" if waits_for_attention(connection) else found.tone)
    if found.state is HealthState.GOOD:
        return AccountHealth(_("%(provider)s is connected.") % words, found.tone)
    return AccountHealth(f"{words['provider']}: {found.label}", found.tone)


def _trouble(connection: Connection) -> tuple[str, datetime | None]:
    """The code of what is wrong, with the account or a calendar that only a person can replace, and since when."""
    if connection.error_code or connection.needs_attention:
        return connection.error_code or "unauthorized", connection.failing_since
    lost = (row for row in connection.calendars.all() if row.is_conflict_calendar)
    return next(((row.error_code, row.gone_at) for row in lost if row.error_code in NEEDS_CHOICE_CODES), ("", None))


def _cause_of_feed(code: str) -> str:
    """What is wrong with a calendar by web address; which one it is, is told to nobody else."""
    if code in SILENCE:
        return _("A calendar by web address of %(person)s has not answered since %(time)s.")
    return _("A calendar by web address of %(person)s cannot be read since %(time)s.")


def _cause(code: str) -> str:
    """What is wrong, for a stored code."""
    if code == "unauthorized":
        return _("%(provider)s refuses %(person)s’s password since %(time)s.")
    if code == "password_unreadable":
        return _("The password that is stored for %(person)s cannot be read since %(time)s.")
    if code in NEEDS_CHOICE_CODES:
        return _("A calendar of %(provider)s has been missing since %(time)s.")
    return silent_since() if code in SILENCE else incomplete_since()
