"""Connecting an account, giving it a new password, and forgetting it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db.models import Q
from django.utils.module_loading import import_string

from connections import dav
from connections.accounts.credentials import clean_url, clean_username, spellings
from connections.accounts.discovering import discovered
from connections.accounts.refusals import ADDRESS_FIELD, PASSWORD_FIELD, ConnectFailed
from connections.accounts.storing import HEALTHY, renew, store_account
from connections.models import CalendarConfiguration, Connection, Event, SyncRun, schedule_lock
from connections.problems import ADDRESS_PROBLEMS, Problem, classify_connecting
from connections.providers import ICLOUD, UNNAMED_SERVER, Provider, provider_for, provider_named, start_url
from connections.sync import home
from connections.sync.run import sync_connection
from practice.activity.journal import note
from practice.models import Activity, User

NOT_ACCEPTED = "not_accepted"
RECONNECT_SECONDS = 20.0  # a person is looking at the page


@dataclass(frozen=True, slots=True)
class ReconnectReport:
    """What a reconnection found: events added, changed and removed meanwhile, and those that are still there.

    `differing` counts bookings that the calendars do not have as they are here; `complete` says whether everything
    could be read at once.
    """

    added: int
    removed: int
    confirmed: int
    changed: int = 0
    differing: int = 0
    complete: bool = True

    @property
    def matches(self) -> bool:
        """Was everything read, and is everything as it was known?"""
        return self.complete and not (self.added or self.removed or self.changed or self.differing)


@dataclass(frozen=True, slots=True)
class _Found:
    """An account that let us in: what was found there, and the spelling of the password that it took."""

    values: dict[str, Any] = field(repr=False)
    calendars: Sequence[dav.RemoteCalendar]


def connect(
    user: User, *, username: str, password: str, url: str = "", provider: str = "", now: datetime
) -> Connection:
    """Check the credentials live, then store the account with its calendars; nothing is stored if that fails.

    `provider` is a slug, and `url` what a person typed as the address of its server, if one is asked for. Without a
    slug, `url` is the start address ("" for iCloud's) and tells whose it is. The same account of the same user is
    updated, not doubled, whichever of its addresses is given. A linked calendar of another connection stays the linked
    one. Raises ConnectFailed.
    """
    at, url = _place(provider, url)
    username = clean_username(username, at)
    account = _enter(at, url, username, password)
    CalendarConfiguration.objects.get_or_create(user=user)
    with schedule_lock(user):  # so that the same account in two spellings is not stored twice at once
        key = {"url": url, "username": _known_as(user, url, username, account)}
        values = account.values | {"next_sync_at": now, "listing_digest": ""}
        return store_account(user, key, values, account.calendars, now)


def _place(slug: str, typed: str) -> tuple[Provider, str]:
    """Where an account is, from the provider that was chosen and the address that was typed. Raises ConnectFailed."""
    chosen = provider_named(slug or ICLOUD)
    given = start_url(chosen, typed) if slug or not typed else typed
    if not given:
        raise ConnectFailed(Problem("no_address", words=chosen.words), ADDRESS_FIELD)
    words = chosen.words if slug else UNNAMED_SERVER
    url = clean_url(discovered(given) if slug and chosen.discovers else given, words)
    return provider_for(slug, url), url


def _known_as(user: User, url: str, username: str, account: _Found) -> str:
    """The user name under which the account is stored already, else the one that was given."""
    same = Q(username__iexact=username) | Q(principal_path=account.values["principal_path"])
    known = Connection.objects.filter(same, user=user, url=url).first()
    return known.username if known else username


def _enter(provider: Provider, url: str, username: str, password: str) -> _Found:
    """Look whether the account lets us in. Raises ConnectFailed."""
    *first, last = spellings(password, provider)
    for spelling in first:
        try:
            return _look_inside(provider, url, username, spelling)
        except ConnectFailed as failure:
            if failure.problem.code != NOT_ACCEPTED:
                raise
    return _look_inside(provider, url, username, last)


def _look_inside(provider: Provider, url: str, username: str, password: str) -> _Found:
    candidate = Connection(provider=provider.slug, url=url, username=username, password=password)
    try:
        with dav.Session(candidate.account) as session:
            look = home.look(session, "")
            candidate.origin = session.origin
    except dav.DavError as error:
        problem = classify_connecting(error, right_address=provider.is_at(url))
        raise ConnectFailed(candidate.about(problem), _field_of(problem)) from error
    if look.home:
        home.note(candidate, look.home)
    if not look.calendars:
        raise ConnectFailed(candidate.about(Problem("no_calendars")))
    found = ("provider", "password", "origin", "principal_path", "home_path", "addresses")
    return _Found({name: getattr(candidate, name) for name in found} | HEALTHY, look.calendars)


def _field_of(problem: Problem) -> str:
    """The field beside which the problem is shown."""
    if problem.code == NOT_ACCEPTED:
        return PASSWORD_FIELD
    return ADDRESS_FIELD if problem.code in ADDRESS_PROBLEMS else ""


def reconnect(connection: Connection, *, password: str, url: str = "", now: datetime) -> ReconnectReport:
    """Give the same account a new password, keep all choices, sync, and say what changed meanwhile.

    `url` is what a person typed as the new address of its server, "" if it is where it was. The calendars must have the
    paths that they had, because those are how they are known. Raises ConnectFailed; then everything stays as it was.
    What cannot be read in 20 seconds follows by the schedule.
    """
    provider, address = _new_place(connection, url)
    account = _enter(provider, address, connection.username, password)
    _check_same(connection, account, address)
    return renew_and_compare(connection, {**account.values, "url": address}, now)


def renew_and_compare(connection: Connection, values: dict[str, Any], now: datetime) -> ReconnectReport:
    """Store the `values` of an account that has just answered, sync it, and say what changed meanwhile."""
    before = _etags(connection)
    renew(connection, {**values, "next_sync_at": now})
    report = sync_connection(
        connection.pk, now=now, full=True, trigger=SyncRun.Trigger.PERSON, seconds=RECONNECT_SECONDS
    )
    connection.refresh_from_db()
    after = _etags(connection)
    note(Activity.Kind.RECONNECTED, now, user=connection.user, detail=connection.provider)
    return ReconnectReport(
        added=len(after.keys() - before.keys()),
        removed=len(before.keys() - after.keys()),
        confirmed=len(before.keys() & after.keys()),
        changed=_changed(before, after),
        differing=import_string(settings.DIFFERING_BOOKINGS)(connection, now).count(),
        complete=not (report.busy or report.unfinished or report.error),
    )


def _new_place(connection: Connection, typed: str) -> tuple[Provider, str]:
    """Where the account is now: at the address that was typed, or where it was. Raises ConnectFailed."""
    at = provider_for(connection.provider, connection.url)
    if typed.strip() in ("", connection.url):
        return at, connection.url
    return _place(at.slug, typed)


def _check_same(connection: Connection, account: _Found, address: str) -> None:
    """Raises ConnectFailed if what answered is not the account that is known, at an address where it can be stored."""
    has_moved = address != connection.url
    if connection.principal_path not in ("", account.values["principal_path"]):
        code, field = ("other_paths", ADDRESS_FIELD) if has_moved else ("other_account", PASSWORD_FIELD)
        raise ConnectFailed(connection.about(Problem(code)), field)
    others = Connection.objects.filter(user=connection.user, url=address, username=connection.username)
    if has_moved and others.exclude(pk=connection.pk).exists():
        raise ConnectFailed(connection.about(Problem("already_connected")), ADDRESS_FIELD)


def _changed(before: Mapping[tuple[int, str], str], after: Mapping[tuple[int, str], str]) -> int:
    """How many events have another version now. One whose version is to be read again was not known before."""
    return sum(bool(etag) and after.get(event, etag) != etag for event, etag in before.items())


def _etags(connection: Connection) -> dict[tuple[int, str], str]:
    rows = Event.objects.filter(calendar__connection=connection).values_list("calendar_id", "href", "etag")
    return {(calendar, href): etag for calendar, href, etag in rows}


def disconnect(connection: Connection) -> None:
    """Forget the account: its password, calendars, events and occurrences go; bookings stay."""
    connection.delete()
