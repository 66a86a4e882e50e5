"""How far the calendars of a staff member can be believed: what decides whether there are openings."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, TypeAlias, TypedDict, cast
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import Exists, F, OuterRef

from connections.models import Calendar, CalendarConfiguration, Connection, Event
from connections.plan import BACKLOG_HOLDS_FRESHNESS
from practice.by_user import by_user
from practice.limits import BookingLimits
from practice.models import User


class FreshnessState(StrEnum):
    """What the selected calendars of a staff member are good for."""

    DEACTIVATED = "deactivated"  # whoever it is does not work here any more
    NONE = "none"  # no connection, or nothing selected: hours alone decide
    UNCONFIGURED = "unconfigured"
    NEVER_READ = "never_read"  # not once completely
    FRESH = "fresh"
    TRUSTED = "trusted"  # the last good copy is young enough
    STALE = "stale"


class SelectedCalendar(TypedDict):
    """What is queried along with a selected calendar."""

    has_recent_backlog: bool
    poll_started_at: datetime | None


if TYPE_CHECKING:
    from django_stubs_ext import WithAnnotations

    Selected: TypeAlias = WithAnnotations[Calendar, SelectedCalendar]


@dataclass(frozen=True, slots=True)
class Freshness:
    """How far a staff member's calendars can be believed.

    `as_of`: the moment up to which all selected calendars are known, feeds apart where there is another. It is None
    where none is selected, and where one has never been known in full.
    `trusted_until`: until then a trusted copy is young enough. `bookable` says whether there are openings at all,
    `pending` whether a booking must wait. `zone` and `limits` are the staff member's; without a calendar configuration
    there is no zone and no limit.
    """

    state: FreshnessState
    as_of: datetime | None = None
    bookable: bool = True
    pending: bool = False
    trusted_until: datetime | None = None
    zone: ZoneInfo | None = field(default=None, compare=False)
    limits: BookingLimits = field(default=BookingLimits(), compare=False)

    @property
    def is_doubtful(self) -> bool:
        """Could the calendars not be read of late?"""
        return self.state in (FreshnessState.TRUSTED, FreshnessState.STALE)


def freshness(user: User, *, now: datetime, asked: bool = False) -> Freshness:
    """How fresh the user's selected calendars are at `now`, and what follows for bookings.

    Between two polls a copy is fresh. Where the last try failed it is a last good copy, and so it is where iCloud was
    `asked` for everything as of `now` and did not answer.

    The oldest selected calendar counts. A calendar that is gone, unreadable or stale is never treated as empty: within
    TRUST_MINUTES its last good copy is trusted, afterwards the staff member's policy decides. It decides at once where
    something is known to be unread, an event or a change that was listed: then the last copy is known to be wrong.

    A feed is asked seldom. It is fresh until its interval plus TRUST_MINUTES have passed since it answered last,
    whatever has failed meanwhile; then the policy decides. `as_of` is that of the other calendars, if there are any.

    A calendar that was never known in full has no copy at all: no openings, whatever the policy. It was never read to
    its end, or events of it have been pending since its first read.
    """
    return freshness_by_user([user.pk], now=now, asked=asked)[user.pk]


def freshness_by_user(users: Collection[int], *, now: datetime, asked: bool = False) -> dict[int, Freshness]:
    """By key of the user: what `freshness` says of each, in at most two queries."""
    selected = by_user(users, ((calendar.connection.user_id, calendar) for calendar in _selected(users, now)))
    unselected = _without_selection([user for user, calendars in selected.items() if not calendars])
    found: dict[int, Freshness] = {}
    for user, calendars in selected.items():
        owner = calendars[0].connection.user if calendars else unselected.get(user)
        configuration = getattr(owner, "calendar_configuration", None)
        connected = bool(calendars) or getattr(owner, "is_connected", False)
        fresh = _freshness(calendars, configuration, now, asked=asked, connected=connected)
        if owner is not None and not owner.is_active:
            fresh = Freshness(FreshnessState.DEACTIVATED, bookable=False)
        found[user] = _of_person(fresh, configuration)
    return found


def _of_person(fresh: Freshness, configuration: CalendarConfiguration | None) -> Freshness:
    """The same with the staff member's zone and limits."""
    return replace(fresh, zone=configuration.zone, limits=configuration.limits) if configuration else fresh


def _selected(users: Collection[int], now: datetime) -> list[Selected]:
    """The users' selected calendars, with all that freshness depends upon in one query."""
    pending = Event.objects.pending().filter(calendar=OuterRef("pk"), pending_since__gt=now - BACKLOG_HOLDS_FRESHNESS)
    selected = Calendar.objects.conflict_calendars().filter(connection__user__in=users)
    related = selected.select_related("connection__user__calendar_configuration").only(*_COLUMNS).order_by()
    annotated = related.annotate(has_recent_backlog=Exists(pending), poll_started_at=F("connection__poll_started_at"))
    return cast("list[Selected]", list(annotated))


_COLUMNS = (
    *("fresh_at", "read_at", "error_code", "listed_token", "probe_token", "mass_deletion_suspected_at"),
    *("connection__error_code", "connection__provider", "connection__refresh_seconds"),
    *("connection__user__username", "connection__user__is_active"),
    *(
        f"connection__user__calendar_configuration__{name}"
        for name in ("time_zone", "saved_at", "stale_policy", "user", "max_per_day", "max_per_week")
    ),
)


def _without_selection(users: Collection[int]) -> Mapping[int, User]:
    """By key: these users with their configurations, each with `is_connected`, whether there is any connection."""
    people = User.objects.filter(pk__in=users).select_related("calendar_configuration")
    return people.annotate(is_connected=Exists(Connection.objects.filter(user=OuterRef("pk")))).in_bulk()


def _freshness(
    calendars: Sequence[Selected],
    configuration: CalendarConfiguration | None,
    now: datetime,
    *,
    asked: bool,
    connected: bool,
) -> Freshness:
    if not connected and not (configuration and configuration.must_connect):
        return Freshness(FreshnessState.NONE)
    if configuration is None or configuration.saved_at is None:
        return Freshness(FreshnessState.UNCONFIGURED, bookable=False)
    if not calendars:
        return Freshness(FreshnessState.NONE)
    known = [calendar.fresh_at for calendar in calendars if calendar.read_at and calendar.fresh_at]
    if len(known) < len(calendars):
        return Freshness(FreshnessState.NEVER_READ, bookable=False)
    two_way = [calendar for calendar in calendars if not calendar.connection.is_feed]
    as_of = min(calendar.fresh_at for calendar in two_way or calendars if calendar.fresh_at)
    if any(_is_known_unread(calendar, now) or _is_feed_overdue(calendar, now) for calendar in calendars):
        return _stale(as_of, configuration)
    if not two_way:
        return Freshness(FreshnessState.FRESH, as_of)
    failed = any(calendar.error_code or calendar.connection.error_code for calendar in two_way)
    unanswered = asked and as_of < now
    changed = any(map(_has_changed, two_way))
    return _aged(as_of, configuration, now, readable=not failed and not unanswered, changed=changed)


def _is_feed_overdue(calendar: Selected, now: datetime) -> bool:
    """Is it a feed that should have answered again long ago?"""
    return calendar.connection.is_feed and (calendar.fresh_at is None or now > fresh_until(calendar))


def fresh_until(calendar: Calendar) -> datetime:
    """Until when what a feed answered last is believed, its connection loaded. It must have been read."""
    assert calendar.fresh_at is not None  # noqa: S101 - for the type checker
    return calendar.fresh_at + calendar.connection.interval + timedelta(minutes=settings.TRUST_MINUTES)


def _is_known_unread(calendar: Selected, now: datetime) -> bool:
    """Is something listed of the calendar that could not be read: an event, or a change found by a poll since `now`?

    A change that an earlier poll found is being read by a sync of its own: nobody who merely looks need notice, as long
    as the copy is fresh.
    """
    asked = calendar.poll_started_at is not None and calendar.poll_started_at >= now
    return calendar.has_recent_backlog or (asked and calendar.listed_token != calendar.probe_token)


def _has_changed(calendar: Selected) -> bool:
    """Was it listed as changed since its events were applied? Of a suspected mass deletion all but the removals was."""
    return calendar.mass_deletion_suspected_at is None and calendar.listed_token != calendar.probe_token


def _aged(
    as_of: datetime, configuration: CalendarConfiguration, now: datetime, *, readable: bool, changed: bool
) -> Freshness:
    """What the age of the copy makes of it: a last good copy is trusted unless it is known to have `changed`."""
    if readable and now - as_of <= timedelta(seconds=2 * settings.SYNC_INTERVAL_SECONDS):
        return Freshness(FreshnessState.FRESH, as_of)
    trust = timedelta(minutes=settings.TRUST_MINUTES)
    if not changed and now - as_of <= trust:
        return Freshness(FreshnessState.TRUSTED, as_of, trusted_until=as_of + trust)
    return _stale(as_of, configuration)


def _stale(as_of: datetime, configuration: CalendarConfiguration) -> Freshness:
    policy, policies = configuration.stale_policy, CalendarConfiguration.StalePolicy
    bookable, pending = policy != policies.NO_OPENINGS, policy == policies.PENDING
    return Freshness(FreshnessState.STALE, as_of, bookable=bookable, pending=pending)
