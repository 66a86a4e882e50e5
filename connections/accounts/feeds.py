"""Adding a calendar by its web address, and giving it a new address."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.conf import settings

from connections import dav, feeds
from connections.accounts.connecting import ReconnectReport, renew_and_compare
from connections.accounts.refusals import ConnectFailed
from connections.accounts.storing import HEALTHY, store_account
from connections.models import Calendar, CalendarConfiguration, Connection, SyncRun, schedule_lock
from connections.problems import Problem, classify_feed
from connections.providers import ICS
from connections.sync import home
from connections.sync.run import sync_connection
from practice.models import User

FIELD = "address"
READ_SECONDS = 10.0  # a person is looking at the page


@dataclass(frozen=True, slots=True)
class _Feed:
    """What answered at an address: the values of its connection, and its one calendar."""

    values: dict[str, Any] = field(repr=False)
    calendars: Sequence[dav.RemoteCalendar]


def connect_feed(user: User, *, address: str, now: datetime) -> Connection:
    """Ask the address live, then store it as a connection with one calendar, which blocks.

    The address of a calendar that is connected already is read again, not stored twice. Nothing is stored if the
    address is refused or what answers is no calendar. Raises ConnectFailed.
    """
    feed = _look(address)
    CalendarConfiguration.objects.get_or_create(user=user)
    with schedule_lock(user):
        key = {name: feed.values[name] for name in ("url", "username")}
        connection = store_account(user, key, feed.values | {"next_sync_at": now}, feed.calendars, now)
        Calendar.objects.filter(connection=connection).update(is_conflict_calendar=True, asked_about=True)
    if connection.user.calendar_configuration.saved_at is not None:
        # It blocks from now on, and while it is not read there are no openings.
        sync_connection(connection.pk, now=now, trigger=SyncRun.Trigger.PERSON, seconds=READ_SECONDS)
        connection.refresh_from_db()
    return connection


def reconnect_feed(connection: Connection, *, address: str, now: datetime) -> ReconnectReport:
    """Read the same calendar at another address from now on: what it blocks and its rules stay.

    Raises ConnectFailed; then the stored address stays as it was.
    """
    feed = _look(address)
    others = Connection.objects.filter(user=connection.user_id).exclude(pk=connection.pk)
    if others.filter(url=feed.values["url"], username=feed.values["username"]).exists():
        raise ConnectFailed(connection.about(Problem("feed_connected")), FIELD)
    Calendar.objects.filter(connection=connection).update(compared_at=None)
    return renew_and_compare(connection, feed.values, now)


def _look(typed: str) -> _Feed:
    """Ask what a person typed. Raises ConnectFailed."""
    try:
        address = feeds.clean_address(typed)
    except feeds.UnusableAddress as refusal:
        raise _failed(Problem(refusal.code)) from None
    if feeds.is_own_address(address, settings.BASE_URL):
        raise _failed(Problem("own_feed"))
    candidate = Connection(provider=ICS, url=feeds.site(address), username=feeds.label(address), password=address)
    try:
        with feeds.FeedSession(candidate.account) as session:
            look = home.look(session, "")
            candidate.origin = session.origin
            data = session.data
    except dav.DavError as error:
        raise ConnectFailed(candidate.about(classify_feed(error)), FIELD) from error
    if feeds.is_own_file(data, settings.BASE_URL):
        raise _failed(Problem("own_feed"))
    if look.home:
        home.note(candidate, look.home)
    found = ("provider", "url", "username", "password", "origin", "principal_path", "home_path", "addresses")
    values = {name: getattr(candidate, name) for name in found}
    # The file is asked for without a condition when its events are read.
    asked_anew = {"feed_validators": {}, "listing_digest": ""}
    return _Feed(values | asked_anew | HEALTHY, look.calendars)


def _failed(problem: Problem) -> ConnectFailed:
    return ConnectFailed(Connection(provider=ICS).about(problem), FIELD)
