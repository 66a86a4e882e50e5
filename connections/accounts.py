"""What a staff member does with an account: connect, reconnect, disconnect, choose calendars."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from connections import dav
from connections.models import Calendar, CalendarConfiguration, Connection, Event, SyncRun, schedule_lock
from connections.problems import Problem, classify_connecting
from connections.sync import home
from connections.sync.run import sync_connection
from connections.sync.state import LeasedConnection
from practice.models import User

APP_PASSWORD = re.compile(r"[a-z]{4}(?:-?[a-z]{4}){3}", re.IGNORECASE)

NOT_ACCEPTED = ("not_accepted", "not_accepted_there")

RECONNECT_SECONDS = 20.0  # a person is looking at the page


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
    return _origin(url) == _origin(settings.ICLOUD_CALDAV_URL) or _is_apples(urlsplit(url).hostname or "")


def _is_apples(host: str) -> bool:
    return f".{host.rstrip('.')}".endswith(".icloud.com")


def goes_unencrypted(url: str) -> bool:
    """Does a password for this start address cross a network in clear?"""
    parts = urlsplit(url)
    return parts.scheme == "http" and not dav.is_loopback(parts.hostname or "")


def _origin(url: str) -> tuple[str, str | None, int | None]:
    parts = urlsplit(url)
    return parts.scheme, parts.hostname, parts.port or {"http": 80, "https": 443}.get(parts.scheme)


def clean_url(url: str) -> str:
    """The start address in the one spelling that is stored: scheme, host and path only. Raises ConnectFailed."""
    try:
        parts = urlsplit(url.strip())
        host, port = parts.hostname, parts.port
    except ValueError:
        host, port = None, None
    if not host or parts.scheme not in ("http", "https"):
        raise ConnectFailed(Problem("no_caldav"))
    if parts.scheme == "http" and _is_apples(host):
        raise ConnectFailed(Problem("unencrypted"))
    host = f"[{host}]" if ":" in host else host
    place = host if port in (None, {"http": 80, "https": 443}[parts.scheme]) else f"{host}:{port}"
    return f"{parts.scheme}://{place}{dav.path_of(parts.path)}"


@dataclass(frozen=True, slots=True)
class Account:
    """An account that let us in: what was found there, and the spelling of the password that it took."""

    values: dict[str, Any] = field(repr=False)
    calendars: Sequence[dav.RemoteCalendar]


def connect(user: User, *, username: str, password: str, url: str = "", now: datetime) -> Connection:
    """Check the credentials live, then store the account with its calendars; nothing is stored if that fails.

    The same account of the same user is updated, not doubled, whichever of its addresses is given. A linked calendar
    of another connection stays the linked one. Raises ConnectFailed.
    """
    username, url = username.strip(), clean_url(url or settings.ICLOUD_CALDAV_URL)
    if not username:
        raise ConnectFailed(Problem("no_apple_id"), "apple_id")
    account = _enter(url, username, password)
    CalendarConfiguration.objects.get_or_create(user=user)
    with schedule_lock(user):  # so that the same account in two spellings is not stored twice at once
        stored = _stored(user, url, username, account, now)
        connection = Connection.objects.select_related("user__calendar_configuration").get(pk=stored.pk)
        leased = LeasedConnection(connection)
        leased.reload()
        home.follow(leased, account.calendars)
    return connection


def _stored(user: User, url: str, username: str, account: Account, now: datetime) -> Connection:
    same = Q(username__iexact=username) | Q(principal_path=account.values["principal_path"])
    known = Connection.objects.filter(same, user=user, url=url).first()
    values = {**account.values, "next_sync_at": now}
    connection, made = Connection.objects.get_or_create(
        user=user, url=url, username=known.username if known else username, defaults=values
    )
    if not made:
        _renew(connection, values)
    return connection


def _renew(connection: Connection, values: dict[str, Any]) -> None:
    """Store what was found, and end a sync that is under way: with the old password it has nothing more to say."""
    Connection.objects.filter(pk=connection.pk).revoke_lease()
    if set(connection.addresses) != set(values["addresses"]):
        home.read_again(connection)
    Connection.objects.filter(pk=connection.pk).update(**values)
    connection.refresh_from_db()


def _enter(url: str, username: str, password: str) -> Account:
    """Look whether the account lets us in. Raises ConnectFailed."""
    *first, last = _spellings(password, url)
    for spelling in first:
        try:
            return _look_inside(url, username, spelling)
        except ConnectFailed as failure:
            if failure.problem.code not in NOT_ACCEPTED:
                raise
    return _look_inside(url, username, last)


def _spellings(password: str, url: str) -> list[str]:
    """The password as it will be tried. What is shaped like a normal Apple password is never sent to iCloud."""
    if not password.strip():
        raise ConnectFailed(Problem("no_password"), "app_password")
    shaped = looks_like_app_password(password)
    if is_icloud(url):
        if not shaped:
            raise ConnectFailed(Problem("not_app_password"), "app_password")
        return [clean_password(password)]
    typed = password.strip("\r\n")
    return list(dict.fromkeys([typed, clean_password(password)] if shaped else [typed]))


def _look_inside(url: str, username: str, password: str) -> Account:
    candidate = Connection(url=url, username=username, password=password)
    try:
        with dav.Session(candidate.account) as session:
            look = home.look(session, "")
            candidate.origin = session.origin
    except dav.DavError as error:
        problem = classify_connecting(error, right_address=is_icloud(url))
        raise ConnectFailed(problem, "app_password" if problem.code in NOT_ACCEPTED else "") from error
    if look.home:
        home.note(candidate, look.home)
    if not look.calendars:
        raise ConnectFailed(Problem("no_calendars" if is_icloud(url) else "no_calendars_there"))
    found = ("password", "origin", "principal_path", "home_path", "addresses")
    healthy = {"needs_attention": False, "error_code": "", "error_params": {}, "failing_since": None, "failures": 0}
    healthy |= {"not_before": None, "notified_error_code": ""}
    return Account({name: getattr(candidate, name) for name in found} | healthy, look.calendars)


def reconnect(connection: Connection, *, password: str, now: datetime) -> Report:
    """Give the same account a new password, keep all choices, sync, and say what changed meanwhile.

    Raises ConnectFailed; then the stored password stays as it was. What cannot be read in 20 seconds follows by the
    schedule.
    """
    account = _enter(connection.url, connection.username, password)
    if connection.principal_path not in ("", account.values["principal_path"]):
        raise ConnectFailed(Problem("other_account"), "app_password")
    before = _etags(connection)
    _renew(connection, {**account.values, "next_sync_at": now})
    sync_connection(connection.pk, now=now, full=True, trigger=SyncRun.Trigger.PERSON, seconds=RECONNECT_SECONDS)
    connection.refresh_from_db()
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
    ConfigurationRefused for a calendar of somebody else, for a linked one that is gone or lacks writer's access, and
    for one that is gone and did not block before.
    """
    chosen = {calendar.pk for calendar in conflicts}
    if linked is not None:
        _check_linked(linked)
        chosen.add(linked.pk)
    _check_chosen(user, chosen)
    CalendarConfiguration.objects.get_or_create(user=user)
    with schedule_lock(user):
        configuration = CalendarConfiguration.objects.get(user=user)
        former = configuration.linked_calendar_id
        if former and linked is not None and former != linked.pk:
            chosen.add(former)
        mine = Calendar.objects.of(user)
        mine.filter(pk__in=chosen, is_conflict_calendar=False).update(
            is_conflict_calendar=True, read_at=None, fresh_at=None, compared_at=None
        )
        _forget(mine.exclude(pk__in=chosen).filter(is_conflict_calendar=True))
        mine.update(asked_about=True)
        configuration.linked_calendar = linked
        configuration.saved_at = now
        configuration.save(update_fields=["linked_calendar", "saved_at"])
        Connection.objects.filter(user=user, needs_attention=False).update(next_sync_at=now)


def _forget(calendars: QuerySet[Calendar]) -> None:
    """Calendars that do not block any more keep no events of theirs in Kalends; those that are gone go altogether."""
    calendars.exclude(gone_at=None).delete()
    Event.objects.filter(calendar__in=calendars).only("pk").delete()
    tokens = {"sync_token": "", "probe_token": "", "read_at": None, "fresh_at": None, "compared_at": None}
    doubts: dict[str, Any] = {
        "mass_deletion_suspected_at": None,
        "suspected_deletion_digest": "",
        "error_code": "",
        "error_params": {},
    }
    calendars.update(is_conflict_calendar=False, **tokens, **doubts)


def _check_chosen(user: User, chosen: Collection[int]) -> None:
    mine = Calendar.objects.of(user).filter(pk__in=chosen)
    if mine.count() != len(chosen):
        raise ConfigurationRefused(_("A calendar can only be chosen by its owner."))
    if gone := mine.filter(is_conflict_calendar=False).exclude(gone_at=None).first():
        raise ConfigurationRefused(
            _("“%(name)s” is no longer in the account, so it cannot be chosen.") % {"name": gone}
        )


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
