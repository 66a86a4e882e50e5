"""A calendar that is lost is not lost in silence: staff are mailed once for each outage of their accounts."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial

from django.conf import settings
from django.db.models import F, Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from bookings.notifications import emails
from connections import guard
from connections.models import CalendarConfiguration, Connection

Policy = CalendarConfiguration.StalePolicy


def tell_of_outages(now: datetime) -> int:
    """Mail staff whose account needs them, or has been in trouble for as long as its last good copy is trusted.

    Once, and a second time only if an outage turns into one that needs them; how many mails went out. An account is
    claimed by noting what is told; if the mail cannot be sent, it is still to be. Who has no address reads it on every
    page.
    """
    sent = 0
    for connection in _untold(now).select_related("user__calendar_configuration"):
        row = Connection.objects.filter(pk=connection.pk)
        mine = row.filter(notified_error_code=connection.notified_error_code, error_code=connection.error_code)
        if mine.update(notified_error_code=connection.error_code):
            untell = partial(_untell, row, connection.notified_error_code)
            with guard.isolate_failure(f"telling of the outage of connection {connection.pk}", untell):
                _mail(connection)
                sent += 1
    return sent


def _untold(now: datetime) -> QuerySet[Connection]:
    trusted_since = now - timedelta(minutes=settings.TRUST_MINUTES)
    lasting = Q(failing_since__lte=trusted_since, notified_error_code="")
    reachable = Connection.objects.filter(user__is_active=True).exclude(user__email="").exclude(error_code="")
    return reachable.filter(lasting | Q(needs_attention=True) & ~Q(notified_error_code=F("error_code"))).order_by("pk")


def _untell(row: QuerySet[Connection], told: str, error: str) -> None:
    row.update(notified_error_code=told)


def _mail(connection: Connection) -> None:
    if connection.needs_attention:
        subject, page = _("Please reconnect: %(account)s"), "connections:reconnect"
    else:
        subject, page = _("Cannot be read: %(account)s"), "connections:detail"
    lines = [*_troubles(connection), "", _what_follows(connection), "", _link(page, connection)]
    emails.send(subject % {"account": connection}, "\n".join(lines), connection.user.email)


def _troubles(connection: Connection) -> list[str]:
    """What is wrong: with each calendar, or else with the account."""
    calendars = connection.calendars.filter(is_conflict_calendar=True).exclude(error_code="")
    if connection.needs_attention or not calendars:
        return [connection.sentence]
    return [f"“{calendar}”: {calendar.sentence}" for calendar in calendars]


def _what_follows(connection: Connection) -> str:
    """What an outage means, as the staff member chose it."""
    known = _("Until it is mended, changes made on your iPhone are not seen, and bookings may not reach it.")
    policy = connection.user.calendar_configuration.stale_policy
    return f"{known} {_POLICY[policy]() % {'minutes': settings.TRUST_MINUTES}}"


_POLICY: dict[str, Callable[[], str]] = {
    Policy.PENDING: lambda: _(
        "What was known last counts for %(minutes)s minutes; after that new bookings stay pending."
    ),
    Policy.NO_OPENINGS: lambda: _(
        "What was known last counts for %(minutes)s minutes; after that no times are offered."
    ),
    Policy.TRUST: lambda: _("As you chose, what was known last goes on counting."),
}


def _link(page: str, connection: Connection) -> str:
    return f"{settings.BASE_URL}{reverse(page, args=[connection.pk])}"
