"""Outages: staff are mailed once for each outage of a calendar account."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import F, Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from bookings.contacts.written import one_line
from bookings.models import Booking
from bookings.notifications import emails
from bookings.notifications.client_notice import MAIL_LEASE
from bookings.push import outbox
from bookings.readers import as_read_by
from connections import guard, leases
from connections.models import CalendarConfiguration, Connection
from practice import time_format
from practice.models.restore import outgoing_waits

COLUMN = "outage_mail_claimed_until"
MAX_NAMED = 20  # bookings
Policy = CalendarConfiguration.StalePolicy


def mail_outages(now: datetime) -> int:
    """Mail staff whose account needs them, or has failed for as long as its last good copy is trusted.

    Once, and a second time only if the outage turns into one that needs them; how many mails went out. A mail that
    could not be sent is sent later. Staff without an address read of it on every page.
    """
    untold = _untold(now).filter(leases.free(now, COLUMN)).select_related("user__calendar_configuration")
    sent, failing = 0, list(untold)
    for connection in failing if failing and not outgoing_waits() else ():
        told = {"notified_error_code": connection.notified_error_code, "error_code": connection.error_code}
        mine = Connection.objects.filter(**told, pk=connection.pk)
        if leases.take(mine, now, until=now + MAIL_LEASE, column=COLUMN):
            with guard.isolate_failure(f"telling of the outage of connection {connection.pk}"):
                _mail(connection, now)
                # Not if the outage ended meanwhile: the next one is told again.
                leases.release(mine, column=COLUMN, notified_error_code=connection.error_code)
                sent += 1
    return sent


def _untold(now: datetime) -> QuerySet[Connection]:
    trusted_since = now - timedelta(minutes=settings.TRUST_MINUTES)
    lasting = Q(failing_since__lte=trusted_since, notified_error_code="")
    reachable = Connection.objects.filter(user__is_active=True).exclude(user__email="").exclude(error_code="")
    return reachable.filter(lasting | Q(needs_attention=True) & ~Q(notified_error_code=F("error_code"))).order_by("pk")


def _mail(connection: Connection, now: datetime) -> None:
    page = "connections:reconnect" if connection.needs_attention else "connections:detail"
    with as_read_by(connection.user):
        paragraphs = [
            "\n".join(_troubles(connection)),
            _what_follows(connection),
            "\n".join(_unpushed(connection, now)),
            _link(page, connection),
        ]
        emails.send(_subject(connection), "\n\n".join(filter(None, paragraphs)), connection.user.email)


def _subject(connection: Connection) -> str:
    account = connection.title if connection.is_feed else connection
    if connection.needs_attention:
        return _("Please reconnect: %(account)s") % {"account": account}
    return _("Cannot be read: %(account)s") % {"account": account}


def _troubles(connection: Connection) -> list[str]:
    """What is wrong: with each calendar, or else with the account."""
    calendars = connection.calendars.filter(is_conflict_calendar=True).exclude(error_code="")
    if connection.needs_attention or not calendars:
        return [connection.sentence]
    text = _("“%(calendar)s”: %(problem)s")
    return [text % {"calendar": calendar, "problem": calendar.sentence} for calendar in calendars]


def _what_follows(connection: Connection) -> str:
    """What an outage means, as the staff member chose it."""
    policy = connection.user.calendar_configuration.stale_policy
    if connection.is_feed:
        known = _("Until this is fixed, Kalends does not see new events of this calendar; the last known ones block.")
        return f"{known} {_POLICY_ABOUT_FEED[policy]()}"
    known = _("Until this is fixed, Kalends does not see changes made on your iPhone, and bookings may not reach it.")
    return f"{known} {_POLICY[policy]() % {'minutes': settings.TRUST_MINUTES}}"


def _unpushed(connection: Connection, now: datetime) -> Iterator[str]:
    """What the iPhone does not show as it is here: a line for each of the first bookings.

    Nothing for an account that bookings are not written to.
    """
    differing = outbox.differing_bookings(connection, now).select_related("service").prefetch_related("seats__client")
    bookings = list(differing[: MAX_NAMED + 1])
    if bookings:
        yield _("Not on your iPhone yet:")
    elif connection.calendars.exclude(linked_by=None).exists():
        yield _("Everything that was booked so far is on your iPhone.")
    for booking in bookings[:MAX_NAMED]:
        yield f"- {_line(booking)}"
    if len(bookings) > MAX_NAMED:
        yield _("- and more")


def _line(booking: Booking) -> str:
    words = {
        "time": time_format.day_and_clocks((booking.start, booking.end)),
        "client": one_line(booking.client.name),
        "service": booking.service.name,
    }
    if booking.live:
        return _("%(time)s: %(client)s, %(service)s") % words
    return _("%(time)s: %(client)s, %(service)s (cancelled)") % words


_POLICY: dict[str, Callable[[], str]] = {
    Policy.PENDING: lambda: _(
        "Kalends relies on what it read last for %(minutes)s minutes; after that new bookings stay pending."
    ),
    Policy.NO_OPENINGS: lambda: _(
        "Kalends relies on what it read last for %(minutes)s minutes; after that no times are offered."
    ),
    Policy.TRUST: lambda: _("As you chose, Kalends goes on relying on what it read last."),
}
_POLICY_ABOUT_FEED: dict[str, Callable[[], str]] = {
    Policy.PENDING: lambda: _("New bookings stay pending until it answers, or until you untick it."),
    Policy.NO_OPENINGS: lambda: _("No times are offered until it answers, or until you untick it."),
    Policy.TRUST: lambda: _("As you chose, Kalends goes on relying on what it read last."),
}


def _link(page: str, connection: Connection) -> str:
    return f"{settings.BASE_URL}{reverse(page, args=[connection.pk])}"
