"""Compare Kalends with the calendars event by event: what differs, in sentences, and repair what can be repaired."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from django.utils import timezone
from django.utils.translation import gettext as _

from bookings.models import LinkedEvent
from bookings.reconcile.engine import PAST
from connections.models import Calendar, CalendarConfiguration, Connection, SyncRun
from connections.sync import reexpand
from connections.sync.inspect import Inspected, inspect
from connections.sync.run import sync_connection
from practice.models import User
from practice.time_format import day_clock_and_zone

State = LinkedEvent.State
Wanted = LinkedEvent.Wanted


class Mismatch(StrEnum):
    """In what Kalends and the calendar differ."""

    MISSING = "missing"  # a pushed event is not there
    WRONG_TIME = "wrong_time"  # it is there at another time, or is not a plain event any more
    STILL_THERE = "still_there"  # it was removed, but is there
    NOT_MIRRORED = "not_mirrored"  # an event that Kalends does not know
    MIRROR_STALE = "mirror_stale"  # an event that Kalends knows as it was, or that is gone
    WRONG_OCCURRENCES = "wrong_occurrences"  # times that are kept here are not those of the event as it was read
    UNREAD = "unread"  # it could not be compared


@dataclass(frozen=True, slots=True)
class Difference:
    """One difference. `note` says why a repair left it."""

    kind: Mismatch
    text: str
    calendar: str
    href: str = ""
    booking: int | None = None
    placement: int | None = None
    note: str = ""


def audit(user: User, now: datetime, *, two_way_only: bool = False) -> list[Difference]:
    """Compare the user's upcoming bookings and selected calendars with the server; nothing is written.

    What cannot be read counts as a difference; a push or a sync that runs meanwhile does not. `two_way_only` leaves out
    the calendars by web address, in which no booking can stand. Times are in the user's zone.
    """
    configuration = CalendarConfiguration.objects.filter(user=user).first()
    connections = Connection.objects.two_way() if two_way_only else Connection.objects.all()
    with timezone.override(configuration.zone if configuration else None):
        return _differences(user, connections.filter(user=user), now)


def _differences(user: User, connections: Iterable[Connection], now: datetime) -> list[Difference]:
    placements = _stated(user, now)
    found: list[Difference] = [_disconnected(one) for one in placements if one.calendar is None]
    for connection in connections:
        mine = [one for one in placements if one.calendar and one.calendar.connection_id == connection.pk]
        asked: dict[int, list[str]] = {}
        for one in mine:
            asked.setdefault(one.calendar_id or 0, []).append(one.href)
        for inspected in inspect(connection, asked, now):
            here = [one for one in mine if one.calendar_id == inspected.calendar.pk]
            found += [*_of_bookings(inspected, here), *_of_mirror(inspected)]
            found += _of_times(inspected.calendar, now)
    return _without_changed(found, placements)


def _stated(user: User, now: datetime) -> list[LinkedEvent]:
    """Placements that Kalends shows as in the calendar or as removed; bookings that are over do not matter."""
    placements = LinkedEvent.objects.filter(booking__staff=user, booking__end__gt=now - PAST)
    present = placements.filter(wanted=Wanted.PRESENT, state=State.PUSHED, booking__end__gt=now)
    removed = placements.filter(wanted=Wanted.ABSENT).exclude(removed_at=None)
    return list(
        (present | removed)
        .select_related("booking__service", "calendar__connection")
        .prefetch_related("booking__seats")
    )


def _disconnected(placement: LinkedEvent) -> Difference:
    text = _("%(booking)s: the account %(account)s is no longer connected, so its event cannot be checked.")
    return _about(placement, Mismatch.UNREAD, text % {"booking": placement.booking, "account": placement.account})


def _about(placement: LinkedEvent, kind: Mismatch, text: str) -> Difference:
    return Difference(
        kind=kind,
        text=text,
        calendar=placement.calendar_path,
        href=placement.href,
        booking=placement.booking_id,
        placement=placement.pk,
    )


def _of_bookings(inspected: Inspected, placements: Iterable[LinkedEvent]) -> Iterator[Difference]:
    if inspected.problem is not None:
        return  # reported once, for the calendar
    for placement in placements:
        words = {"booking": placement.booking, "calendar": inspected.calendar}
        if problem := inspected.unread.get(placement.href):
            text = _("%(booking)s: its event in “%(calendar)s” could not be read. %(problem)s")
            yield _about(placement, Mismatch.UNREAD, text % {**words, "problem": problem.sentence})
        elif placement.wanted == Wanted.PRESENT:
            yield from _of_pushed(placement, inspected)
        else:
            yield from _of_removed(placement, inspected)


def _of_pushed(placement: LinkedEvent, inspected: Inspected) -> Iterator[Difference]:
    words = {"booking": placement.booking, "calendar": inspected.calendar}
    there = inspected.found.get(placement.href)
    if there is None or there.event.uid != placement.uid or there.event.cancelled:
        yield _about(placement, Mismatch.MISSING, _("%(booking)s: its event is not in “%(calendar)s”.") % words)
        return
    booking, event = placement.booking, there.event
    if event.shape == "unreadable":
        text = _("%(booking)s: its event in “%(calendar)s” cannot be understood.")
        yield _about(placement, Mismatch.UNREAD, text % words)
    elif (event.shape, event.start, event.end) != ("timed", booking.start, booking.end):
        times = {"here": _when(booking.start), "there": _when(event.start)}
        text = _("%(booking)s: booked for %(here)s, but its event in “%(calendar)s” is at %(there)s.")
        if event.shape != "timed" or event.start == booking.start:
            text = _("%(booking)s: its event in “%(calendar)s” has another length or is no longer a plain event.")
        yield _about(placement, Mismatch.WRONG_TIME, text % {**words, **times})


def _of_removed(placement: LinkedEvent, inspected: Inspected) -> Iterator[Difference]:
    there = inspected.found.get(placement.href)
    if there is None or there.event.uid != placement.uid:
        return
    # Its ETag does not tell: servers that make it from the text give the same one to an event that is put back.
    text = _("%(booking)s: its event was removed, but a device put it back into “%(calendar)s”. It stays and blocks.")
    words = {"booking": placement.booking, "calendar": inspected.calendar}
    yield _about(placement, Mismatch.STILL_THERE, text % words)


def _when(moment: datetime | None) -> str:
    return day_clock_and_zone(moment) if moment else _("no time")


def _of_mirror(inspected: Inspected) -> Iterator[Difference]:
    calendar = inspected.calendar
    if inspected.problem is not None:
        text = _("“%(calendar)s” could not be read: %(problem)s")
        words = {"calendar": calendar, "problem": inspected.problem.sentence}
        yield Difference(Mismatch.UNREAD, text % words, calendar.path)
        return
    for kind, hrefs, text in _sides(inspected):
        for href in sorted(hrefs):
            yield Difference(kind, text % {"calendar": calendar, "href": href}, calendar.path, href)


def _sides(inspected: Inspected) -> list[tuple[Mismatch, frozenset[str], str]]:
    return [
        (
            Mismatch.NOT_MIRRORED,
            inspected.unmirrored,
            _("“%(calendar)s” has an event that Kalends does not know: %(href)s"),
        ),
        (Mismatch.MIRROR_STALE, inspected.vanished, _("“%(calendar)s” no longer has this event: %(href)s")),
        (
            Mismatch.MIRROR_STALE,
            inspected.outdated,
            _("“%(calendar)s” has a newer version of an event: %(href)s"),
        ),
        (
            Mismatch.UNREAD,
            inspected.pending,
            _("“%(calendar)s” lists an event that could not be read yet: %(href)s"),
        ),
    ]


def _of_times(calendar: Calendar, now: datetime) -> Iterator[Difference]:
    """Compare the times that block with the events as they were read; makes no request."""
    text = _("“%(calendar)s” has an event for which Kalends keeps other times: %(href)s")
    for href in reexpand.find_inconsistent(calendar, now) if calendar.is_conflict_calendar else ():
        words = {"calendar": calendar, "href": href}
        yield Difference(Mismatch.WRONG_OCCURRENCES, text % words, calendar.path, href)


def _without_changed(found: list[Difference], placements: Iterable[LinkedEvent]) -> list[Difference]:
    """Leave out placements that a push or a decision changed while they were compared."""
    before = {one.pk: _version(one) for one in placements}
    suspects = [one.placement for one in found if one.placement is not None]
    rows = LinkedEvent.objects.filter(pk__in=suspects).select_related("booking")
    still = {row.pk for row in rows if _version(row) == before[row.pk]}
    return [one for one in found if one.placement is None or one.placement in still]


def _version(placement: LinkedEvent) -> tuple[object, ...]:
    return (
        placement.wanted,
        placement.state,
        placement.etag,
        placement.href,
        placement.calendar_id,
        placement.pushed_revision,
        placement.removed_at,
        placement.booking.revision,
    )


def repair(user: User, differences: Iterable[Difference], *, clock: Callable[[], datetime]) -> None:
    """Repair what can be repaired without overwriting the iPhone: read all again and reconcile.

    An event that the iPhone changed, moved or deleted is handled as reconciling does; none is overwritten. One that was
    removed and is there again stays. `clock` tells the time, because this may take a while.
    """
    differences = list(differences)
    _expand_again(user, {one.calendar for one in differences if one.kind is Mismatch.WRONG_OCCURRENCES}, clock())
    kinds = {one.kind for one in differences}
    if kinds - {Mismatch.STILL_THERE, Mismatch.WRONG_OCCURRENCES}:
        CalendarConfiguration.objects.filter(user=user).want_reconciling()
        for connection in Connection.objects.filter(user=user, needs_attention=False):
            _read_again(connection, clock)


def _expand_again(user: User, paths: Collection[str], now: datetime) -> None:
    for calendar in Calendar.objects.conflict_calendars().of(user).filter(path__in=paths):
        reexpand.expand_calendar(calendar, now)


def with_notes(left: Iterable[Difference]) -> list[Difference]:
    """The differences that a repair left, each with the reason where it is known."""
    return [replace(one, note=_why_left(one)) for one in left]


def _why_left(difference: Difference) -> str:
    if difference.kind is not Mismatch.MISSING or difference.placement is None:
        return ""
    placement = LinkedEvent.objects.select_related("calendar__connection").get(pk=difference.placement)
    if placement.calendar is not None and placement.calendar.mass_deletion_suspected_at is not None:
        text = _("%(provider)s suddenly lists far fewer events, so none counts as deleted yet. A sync checks again.")
        return text % {"provider": placement.calendar.connection.words.name}
    if placement.missing_since is not None:
        return _("It counts as deleted when it was missing twice, a minute apart. The next sync checks again.")
    return ""


def _read_again(connection: Connection, clock: Callable[[], datetime]) -> None:
    """Sync all its calendars in full, in as many runs as it takes; reconciling follows each of them."""
    if connection.not_before is not None and connection.not_before > clock():
        return
    report = sync_connection(connection.pk, now=clock(), full=True, trigger=SyncRun.Trigger.PERSON)
    while report.unfinished:
        report = sync_connection(connection.pk, now=clock(), trigger=SyncRun.Trigger.PERSON)
