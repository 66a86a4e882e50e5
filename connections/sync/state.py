"""How a connection and its calendars stand in the tables when a sync begins, and what that makes due."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, TypeAlias, TypedDict, cast

from django.db.models import OuterRef, QuerySet, Subquery

from connections.models import Calendar, Connection, ConnectionQuerySet, Event
from connections.plan import BACKLOG_HOLDS_FRESHNESS, CONFIRM_DELETION_AFTER

COMPARE_EVERY = timedelta(hours=24)
# The home does not list the calendar any more: whether it is gone is asked of its own URL, and it is not read.
MISSING = {"calendar_gone", "calendar_missing", "calendar_withdrawn"}


@dataclass(slots=True)
class CalendarState:
    """A calendar: when its next pending event is asked for again, and since when its youngest one is pending."""

    calendar: Calendar
    next_retry_at: datetime | None = None
    pending_since: datetime | None = None

    @property
    def selected(self) -> bool:
        """Do its events block, and is it still in the account?"""
        return self.calendar.is_conflict_calendar and self.calendar.gone_at is None

    @property
    def unchanged(self) -> bool:
        """Did the home list it with the token it had when its events were last applied? Without tokens nobody knows."""
        return bool(self.calendar.listed_token) and self.calendar.listed_token == self.calendar.probe_token

    def is_due(self, now: datetime, *, include_scheduled: bool = True, full: bool = False) -> bool:
        """Must it be read at `now`? Without `include_scheduled` only if something changed, not if it is merely time.

        After a suspected mass deletion it is not asked before its pause is over, unless a person wants a `full` sync.
        """
        calendar = self.calendar
        if not self.selected or calendar.error_code in MISSING:
            return False
        if full or (calendar.read_at is None and not include_scheduled):
            return full
        if calendar.mass_deletion_suspected_at is not None:
            return now >= calendar.mass_deletion_suspected_at + CONFIRM_DELETION_AFTER
        retries = self.next_retry_at is not None and self.next_retry_at <= now
        return (
            retries or not self.unchanged or bool(calendar.error_code) or (include_scheduled and self.must_compare(now))
        )

    def must_compare(self, now: datetime) -> bool:
        """Is its daily comparison with everything that is listed due?"""
        compared_at = self.calendar.compared_at
        return compared_at is None or now >= compared_at + COMPARE_EVERY

    def is_known(self, now: datetime) -> bool:
        """Is all that was listed of it applied, and has nothing changed since? Then it is fresh."""
        calendar = self.calendar
        read = calendar.read_at is not None and calendar.compared_at is not None and not calendar.error_code
        return self.selected and read and self.unchanged and not self.has_recent_backlog(now)

    def has_recent_backlog(self, now: datetime) -> bool:
        """Is an event pending, and for less than the 24 hours after which that is a problem and no longer a delay?"""
        return self.pending_since is not None and self.pending_since > now - BACKLOG_HOLDS_FRESHNESS

    def asks_at(self) -> datetime | None:
        """When it wants to be asked besides the regular polls."""
        if not self.selected:
            return None
        if self.calendar.mass_deletion_suspected_at is not None:
            return self.calendar.mass_deletion_suspected_at + CONFIRM_DELETION_AFTER
        return None if self.calendar.error_code else self.next_retry_at


@dataclass(slots=True)
class LeasedConnection:
    """A connection under a lease with all its calendars, by path."""

    connection: Connection
    states: dict[str, CalendarState] = field(default_factory=dict)

    def __iter__(self) -> Iterator[CalendarState]:
        return iter(self.states.values())

    def known_digest(self, now: datetime, *, include_scheduled: bool = True, full: bool = False) -> str:
        """Of a feed: the digest of the file that its rows follow, "" if the file is wanted in any case.

        It is wanted where something of it must be read, so once a day too: a server that says for ever that nothing has
        changed is not believed for ever. Nor is it once that was noticed, until a file comes.
        """
        due = any(state.is_due(now, include_scheduled=include_scheduled, full=full) for state in self)
        due |= self.connection.error_code == "not_caldav"
        return "" if due or not self.connection.is_feed else self.connection.listing_digest

    def reload(self) -> None:
        """Look again at the calendars, after some were read."""
        rows = _calendars().filter(connection=self.connection)
        self.states = {row.path: _state(row, self.connection) for row in rows}


def lease(connections: ConnectionQuerySet, now: datetime) -> list[LeasedConnection]:
    """Lease those of `connections` that nobody holds: two queries for all, one more if some have no calendars."""
    token, count = connections.lease(now)
    return load_leased(Connection.objects.leased_as(token, now), count) if count else []


def load_leased(connections: ConnectionQuerySet, count: int) -> list[LeasedConnection]:
    """These connections, which are leased: one query, one more if fewer than `count` have calendars."""
    found: dict[int, LeasedConnection] = {}
    rows = _calendars().filter(connection__in=connections)
    for row in rows.select_related("connection__user__calendar_configuration"):
        leased = found.setdefault(row.connection_id, LeasedConnection(row.connection))
        leased.states[row.path] = _state(row, leased.connection)
    if len(found) < count:
        bare = connections.exclude(pk__in=found).select_related("user__calendar_configuration")
        found |= {one.pk: LeasedConnection(one) for one in bare}
    return list(found.values())


class _Backlog(TypedDict):
    next_retry_at: datetime | None
    pending_since: datetime | None


if TYPE_CHECKING:
    from django_stubs_ext import WithAnnotations

    _CalendarWithBacklog: TypeAlias = WithAnnotations[Calendar, _Backlog]


def _calendars() -> QuerySet[_CalendarWithBacklog]:
    pending = Event.objects.pending().filter(calendar=OuterRef("pk"))
    rows = Calendar.objects.annotate(
        next_retry_at=Subquery(pending.order_by("pending_next_at").values("pending_next_at")[:1]),
        pending_since=Subquery(pending.order_by("-pending_since").values("pending_since")[:1]),
    )
    return cast("QuerySet[_CalendarWithBacklog]", rows)


def _state(row: _CalendarWithBacklog, connection: Connection) -> CalendarState:
    row.connection = connection
    return CalendarState(row, row.next_retry_at, row.pending_since)
