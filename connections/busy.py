"""What other apps may ask: when is this person busy, why, and how fresh is that?"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import Exists, F, OuterRef

from connections.models import Calendar, CalendarConfiguration, Connection, Event, Occurrence
from connections.plan import BACKLOG_HOLDS_FRESHNESS
from practice.models import User

Span = tuple[datetime, datetime]
OwnSpans = Mapping[str, Sequence[Span]]
OWN_BOOKING = "own_booking"


@dataclass(frozen=True, slots=True)
class Busy:
    """One occurrence: [start, end) in UTC, unclipped, travel time included. `blocking` is what of it blocks."""

    start: datetime
    end: datetime
    blocks: bool
    reason: str
    all_day: bool
    summary: str
    uid: str
    recurrence_id: str | None
    calendar: str
    calendar_name: str
    provider: str
    color: str
    blocking: tuple[Span, ...]


@dataclass(frozen=True, slots=True)
class Freshness:
    """How far a staff member's calendars can be believed.

    `as_of`: the moment up to which all selected calendars are known, None where there are none or one was never read.
    `state`: none (no connection: hours decide), unconfigured, never_read, fresh, trusted (the last good copy is young
    enough, that is before `trusted_until`), stale. `bookable` says whether there are openings at all, `pending` whether
    a booking must wait. `zone` is the staff member's, None without a calendar configuration.
    """

    state: str
    as_of: datetime | None = None
    bookable: bool = True
    pending: bool = False
    trusted_until: datetime | None = None
    zone: ZoneInfo | None = field(default=None, compare=False)


def busy(user: User, start: datetime, end: datetime, *, own_spans: OwnSpans | None = None) -> list[Busy]:
    """Occurrences in the user's selected calendars that overlap [start, end), sorted by start.

    `own_spans` names, by UID, the spans that Kalends itself answers for: an event that the caller pushed does not block
    them. One UID seen through two connections is shown once.
    """
    own_spans = own_spans or {}
    rows = (
        Occurrence.objects.filter(
            calendar__connection__user=user, calendar__is_conflict_calendar=True, start__lt=end, end__gte=start
        )
        .select_related("event", "calendar")
        .annotate(provider=F("calendar__connection__provider"))
        .defer("event__text")
        .order_by("start", "end", "pk")
    )
    touching = (row for row in rows if row.end > start or row.start == row.end)
    return _once(_busy(row, row.provider, own_spans.get(row.event.uid, ())) for row in touching)


def blocking(user: User, start: datetime, end: datetime, *, own_spans: OwnSpans | None = None) -> list[Span]:
    """Only the time in which `busy` blocks, unsorted and perhaps twice: all that the search for openings wants."""
    own_spans = own_spans or {}
    rows = Occurrence.objects.filter(
        calendar__connection__user=user, calendar__is_conflict_calendar=True, blocks=True, start__lt=end, end__gt=start
    )
    found = rows.order_by().values_list("start", "end", "event__uid")
    return [span for begin, until, uid in found for span in _outside((begin, until), own_spans.get(uid, ()))]


def _busy(row: Occurrence, provider: str, own_spans: Sequence[Span]) -> Busy:
    blocking = tuple(_outside((row.start, row.end), own_spans)) if row.blocks else ()
    own = row.blocks and row.end > row.start and not blocking
    return Busy(
        start=row.start,
        end=row.end,
        blocks=row.blocks and not own,
        reason=OWN_BOOKING if own else row.reason,
        all_day=row.all_day,
        summary=row.summary,
        uid=row.event.uid,
        recurrence_id=row.recurrence_id or None,
        calendar=row.calendar.path,
        calendar_name=row.calendar.name,
        provider=Connection.Provider(provider).label,
        color=row.calendar.color,
        blocking=blocking,
    )


def _outside(span: Span, own_spans: Sequence[Span]) -> list[Span]:
    """What of `span` lies outside `own_spans`, in order."""
    start, end = span
    left = []
    for held_start, held_end in sorted(own_spans):
        if held_end <= start or held_start >= end:
            continue
        if held_start > start:
            left.append((start, held_start))
        start = max(start, held_end)
    if start < end:
        left.append((start, end))
    return left


def _once(rows: Iterable[Busy]) -> list[Busy]:
    """Drop an instance already seen: same UID, slot and time. What blocks wins over what does not."""
    seen: dict[tuple[str, str | None, datetime, datetime], Busy] = {}
    for number, row in enumerate(rows):
        key = (row.uid or f"#{number}", row.recurrence_id, row.start, row.end)
        if key not in seen or (row.blocks and not seen[key].blocks):
            seen[key] = row
    return list(seen.values())


def all_events(user: User, uids: Iterable[str]) -> list[Event]:
    """Events with these UIDs in any calendar of the user's connections, calendars loaded."""
    events = Event.objects.filter(calendar__connection__user=user, uid__in=list(uids))
    return list(events.select_related("calendar__connection"))


def freshness(user: User, *, now: datetime, asked: bool = False) -> Freshness:
    """How fresh the user's selected calendars are at `now`, and what follows for bookings.

    Between two polls a copy is fresh. Where the last try failed it is a last good copy, and so it is where iCloud was
    `asked` for everything as of `now` and did not answer.

    The oldest selected calendar counts. A calendar that is gone, unreadable or stale is never treated as empty: within
    TRUST_MINUTES its last good copy is trusted, afterwards the staff member's policy decides. It decides at once where
    something is known to be unread, an event or a change that was listed: then the last copy is known to be wrong. One
    that was never read completely has no good copy: no openings, whatever the policy.
    """
    calendars = _selected(user, now)
    configuration = _configuration(user, calendars)
    zone = configuration.zone if configuration else None
    return replace(_freshness(user, calendars, configuration, now, asked=asked), zone=zone)


def _configuration(user: User, calendars: Sequence[Calendar]) -> CalendarConfiguration | None:
    if not calendars:
        return CalendarConfiguration.objects.filter(user=user).first()
    return getattr(calendars[0].connection.user, "calendar_configuration", None)


def _selected(user: User, now: datetime) -> list[Calendar]:
    """The user's selected calendars, with all that freshness depends upon in one query."""
    owed = Event.objects.pending().filter(calendar=OuterRef("pk"), pending_since__gt=now - BACKLOG_HOLDS_FRESHNESS)
    selected = Calendar.objects.conflict_calendars().of(user).select_related("connection__user__calendar_configuration")
    return list(selected.annotate(owes=Exists(owed), poll_started_at=F("connection__poll_started_at")))


def _freshness(
    user: User,
    calendars: Sequence[Calendar],
    configuration: CalendarConfiguration | None,
    now: datetime,
    *,
    asked: bool,
) -> Freshness:
    if not calendars and not Connection.objects.filter(user=user).exists():
        return Freshness("none")
    if configuration is None or configuration.saved_at is None:
        return Freshness("unconfigured", bookable=False)
    if not calendars:
        return Freshness("none")
    if any(calendar.read_at is None for calendar in calendars):
        return Freshness("never_read", bookable=False)
    known = [calendar.fresh_at for calendar in calendars if calendar.fresh_at]
    # Read once, but with events owed ever since: there is a copy, and it was never complete.
    as_of = min(known) if len(known) == len(calendars) else None
    if any(_is_known_unread(calendar, now) for calendar in calendars):
        return _stale(as_of, configuration)
    failed = any(calendar.error_code or calendar.connection.error_code for calendar in calendars)
    unanswered = asked and as_of is not None and as_of < now
    changed = any(map(_has_changed, calendars))
    return _aged(as_of, configuration, now, readable=not failed and not unanswered, changed=changed)


def _is_known_unread(calendar: Calendar, now: datetime) -> bool:
    """Is something listed of the calendar that could not be read: an event, or a change found by a poll since `now`?

    A change that an earlier poll found is being read by a sync of its own: nobody who merely looks need notice, as long
    as the copy is fresh.
    """
    started_at: datetime | None = getattr(calendar, "poll_started_at")  # noqa: B009 - annotated above
    asked = started_at is not None and started_at >= now
    return getattr(calendar, "owes") or (asked and calendar.listed_token != calendar.probe_token)  # noqa: B009


def _has_changed(calendar: Calendar) -> bool:
    """Was it listed as changed since its events were applied? Of a doubted emptiness all but the removals was."""
    return calendar.mass_deletion_suspected_at is None and calendar.listed_token != calendar.probe_token


def _aged(
    as_of: datetime | None, configuration: CalendarConfiguration, now: datetime, *, readable: bool, changed: bool
) -> Freshness:
    """What the age of the copy makes of it: a last good copy is trusted unless it is known to have `changed`."""
    if readable and as_of and now - as_of <= timedelta(seconds=2 * settings.SYNC_INTERVAL_SECONDS):
        return Freshness("fresh", as_of)
    trust = timedelta(minutes=settings.TRUST_MINUTES)
    if as_of and not changed and now - as_of <= trust:
        return Freshness("trusted", as_of, trusted_until=as_of + trust)
    return _stale(as_of, configuration)


def _stale(as_of: datetime | None, configuration: CalendarConfiguration) -> Freshness:
    policy = configuration.stale_policy
    policies = CalendarConfiguration.StalePolicy
    return Freshness("stale", as_of, bookable=policy != policies.NO_OPENINGS, pending=policy == policies.PENDING)
