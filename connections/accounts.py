"""What a staff member does with an account: connect, reconnect, disconnect, choose calendars."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from connections import dav, home
from connections.models import Calendar, CalendarConfiguration, Connection, Event, SyncRun
from connections.problems import Problem, classify
from connections.sync import account_of, sync_connection

APP_PASSWORD = re.compile(r"[a-z]{4}(?:-?[a-z]{4}){3}", re.IGNORECASE)


class ConnectFailed(Exception):
    """The account was not connected. `problem.sentence` says what to do, `field` which input it concerns ("" none)."""

    def __init__(self, problem: Problem, field: str = "") -> None:
        super().__init__(problem.sentence)
        self.problem = problem
        self.field = field


class ConfigurationRefused(ValueError):
    """The choice of calendars cannot be kept; str() is the sentence that says why."""


@dataclass(frozen=True, slots=True)
class Report:
    """What a reconnection found: events added and removed meanwhile, events that still stand."""

    added: int
    removed: int
    confirmed: int


def clean_password(text: str) -> str:
    """An app-specific password as Apple writes it, from what a person pasted: no blanks, four groups with dashes.

    Anything else comes back without the blanks around it, untouched.
    """
    bare = "".join(text.split())
    letters = bare.replace("-", "").replace("‐", "").replace("–", "").replace("—", "")
    if len(letters) == 16 and letters.isascii() and letters.isalpha():
        return "-".join(letters[at : at + 4] for at in range(0, 16, 4)).lower()
    return text.strip()


def looks_like_app_password(text: str) -> bool:
    """Is it shaped like `abcd-efgh-ijkl-mnop`, with or without dashes and blanks?"""
    return APP_PASSWORD.fullmatch(clean_password(text)) is not None


def is_icloud(url: str) -> bool:
    """Does this start address belong to the configured iCloud, so that its password rules hold?"""
    return bool(url == settings.ICLOUD_CALDAV_URL)


def connect(user: User, *, username: str, password: str, url: str = "", now: datetime) -> Connection:
    """Check the credentials live, then store the account with its calendars; nothing is stored if that fails.

    The same account of the same user is updated, not doubled. Raises ConnectFailed.
    """
    url = url or settings.ICLOUD_CALDAV_URL
    connection = Connection.objects.filter(user=user, url=url, username=username.strip()).first() or Connection(
        user=user, url=url, username=username.strip()
    )
    listed = _check(connection, _accepted(password, url))
    with transaction.atomic():
        CalendarConfiguration.objects.get_or_create(user=user)
        connection.next_sync_at = now
        connection.save()
        home.follow(connection, listed)
    return connection


def _accepted(password: str, url: str) -> str:
    """The password as it will be sent. What is shaped like a normal Apple password is never sent to iCloud."""
    if is_icloud(url) and not looks_like_app_password(password):
        raise ConnectFailed(Problem("not_app_password"), "app_password")
    return clean_password(password) if is_icloud(url) else password.strip("\r\n")


def _check(connection: Connection, password: str) -> list[dav.RemoteCalendar]:
    """Discover and list with this password; sets what was found on the connection, saves nothing."""
    connection.password = password
    connection.origin = ""
    try:
        with dav.Session(account_of(connection)) as session:
            home.discover(session, connection)
            listed = session.calendars(connection.home_path)
            connection.origin = session.origin
    except dav.Unauthorized as error:
        raise ConnectFailed(Problem("not_accepted"), "app_password") from error
    except dav.NotCalDav as error:
        raise ConnectFailed(Problem("no_caldav")) from error
    except dav.NotFound as error:
        raise ConnectFailed(Problem("no_caldav")) from error
    except dav.DavError as error:
        raise ConnectFailed(classify(error).problem) from error
    if not listed:
        raise ConnectFailed(Problem("no_calendars"))
    connection.needs_person, connection.error_code, connection.error_params = False, "", {}
    connection.failing_since, connection.failures, connection.not_before = None, 0, None
    return listed


def reconnect(connection: Connection, *, password: str, now: datetime) -> Report:
    """Give the same account a new password, keep all choices, sync, and say what changed meanwhile.

    Raises ConnectFailed; then the stored password stays as it was.
    """
    principal = connection.principal_path
    old_password = connection.password
    try:
        _check(connection, _accepted(password, connection.url))
        if principal and connection.principal_path != principal:
            raise ConnectFailed(Problem("other_account"), "app_password")
    except ConnectFailed:
        connection.password, connection.principal_path = old_password, principal
        raise
    before = _etags(connection)
    connection.next_sync_at = now
    connection.save()
    sync_connection(connection.pk, now=now, full=True, trigger=SyncRun.Trigger.PERSON)
    after = _etags(connection)
    return Report(
        added=len(after.keys() - before.keys()),
        removed=len(before.keys() - after.keys()),
        confirmed=len(before.keys() & after.keys()),
    )


def _etags(connection: Connection) -> dict[tuple[int, str], str]:
    rows = Event.objects.filter(calendar__connection=connection).values_list("calendar_id", "href", "etag")
    return {(calendar, href): etag for calendar, href, etag in rows}


def disconnect(connection: Connection) -> None:
    """Forget the account: its password, calendars, events and occurrences go; bookings stay."""
    connection.delete()


def configure(user: User, *, linked: Calendar | None, conflicts: Sequence[Calendar], now: datetime) -> None:
    """Replace the user's whole choice: the linked calendar (None: bookings stay in Kalends) and the conflict calendars.

    The linked calendar is always a conflict calendar as well, and one that was linked before stays one. Raises
    ConfigurationRefused for a calendar of somebody else, one that is gone, or a linked one without writer's access.
    """
    chosen = {calendar.pk for calendar in conflicts}
    if linked is not None:
        _check_linked(linked)
        chosen.add(linked.pk)
    if Calendar.objects.of(user).filter(pk__in=chosen).count() != len(chosen):
        raise ConfigurationRefused(_("A calendar can only be chosen by its owner."))
    with transaction.atomic():
        configuration = CalendarConfiguration.objects.select_for_update().get_or_create(user=user)[0]
        former = configuration.linked_calendar_id
        if former and linked is not None and former != linked.pk:
            chosen.add(former)
        mine = Calendar.objects.of(user)
        mine.filter(pk__in=chosen, conflict=False).update(conflict=True, read_at=None, fresh_at=None, compared_at=None)
        _forget(mine.exclude(pk__in=chosen).filter(conflict=True))
        mine.update(asked_about=True)
        configuration.linked_calendar = linked
        configuration.saved_at = now
        configuration.save(update_fields=["linked_calendar", "saved_at"])
        Connection.objects.filter(user=user, needs_person=False).update(next_sync_at=now)


def _forget(calendars: QuerySet[Calendar]) -> None:
    """Calendars that do not block any more keep no events of theirs in Kalends."""
    Event.objects.filter(calendar__in=calendars).delete()
    calendars.update(conflict=False, sync_token="", probe_token="", read_at=None, fresh_at=None, compared_at=None)


def _check_linked(linked: Calendar) -> None:
    if linked.gone_at is not None:
        raise ConfigurationRefused(
            _("“%(name)s” is no longer in the account. Choose another linked calendar.") % {"name": linked}
        )
    if not linked.writable:
        raise ConfigurationRefused(
            _(
                "“%(name)s” is read-only for you, so bookings cannot be added to it. Choose a calendar with writer’s "
                "access, or let it only block."
            )
            % {"name": linked}
        )
