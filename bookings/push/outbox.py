"""The outbox: pushes placements until their calendar has what is wanted.

There is no queue beside the table: a placement is due because its row says so. One worker takes it by a conditional
update; if that worker is killed, it is due again when the lease is over. UID and href never change between attempts.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial, reduce
from operator import or_
from typing import Any

from django.db.models import F, Q, QuerySet

from bookings.models import Booking, LinkedEvent, MirroredSlot, Placement, PlacementQuerySet
from bookings.push import event_content
from connections import dav, guard, ical, leases, push
from connections.models import Calendar, CalendarConfiguration, Connection, Event
from connections.plan import back_off
from connections.problems import Handling, Problem, classify
from practice.models import User
from practice.models.restore import outgoing_waits
from practice.profile.limit_in_force import follow_limit
from practice.telemetry.measurements import PUSH

State = Placement.State
KINDS: tuple[type[Placement], ...] = (LinkedEvent, MirroredSlot)
LEASE = timedelta(seconds=150)  # longer than one push may take
PAUSE = timedelta(seconds=30)
MAX_SEARCHES = 8  # for an event that is to be removed and is not where it was
NEEDS_CHOICE = timedelta(hours=6)  # what waits for a person is not tried again soon, such as a read-only calendar
AFTER_BUG = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Pushed:
    """What became of one placement: its state, and the problem where there is one. `booking` is None for a slot."""

    placement: int
    booking: int | None
    state: str
    problem: Problem | None = None


def push_state(booking: Booking) -> str:
    """How far the linked calendar has this booking: one of the push states."""
    placements = list(booking.linked_events.all())
    present = [one for one in placements if one.wanted == LinkedEvent.Wanted.PRESENT]
    withdrawn = [one for one in placements if one.wanted == LinkedEvent.Wanted.ABSENT and one.removed_at is None]
    latest = (present or withdrawn)[-1:]
    if not latest:
        return State.NO_LINKED_CALENDAR if booking.live or not placements else State.PUSHED
    return latest[0].state if latest[0].calendar_id else _detached(latest[0])


def _detached(placement: LinkedEvent) -> str:
    """The state of a placement whose calendar was removed, alone or with its account (which can be reconnected)."""
    connections = Connection.objects.two_way().filter(user=placement.owner_id)
    is_connected = any(one.is_account(placement.account, placement.server) for one in connections)
    return State.NO_LINKED_CALENDAR if is_connected else State.NEEDS_RECONNECT


def push_due(
    now: datetime, *, user: User | None = None, force: bool = False, ignore_retry_after: bool = False
) -> list[Pushed]:
    """Push everything that is due at `now`, of one staff member or of all.

    `force` skips Kalends' own pauses but not what a server asked for with Retry-After; that takes `ignore_retry_after`.
    With all goes what shows more than the practice allows by now, however that came about.
    """
    if user is None:
        follow_limit(now)
    connections = Connection.objects.askable(now, ignore_retry_after=ignore_retry_after)
    pushed: list[Pushed] = []
    for kind in KINDS:
        _retry_where_readable(kind, now)
        placements = kind.rows().pushable() if force else kind.rows().due(now)
        if user is not None:
            placements = placements.filter(calendar__connection__user=user)
        _wait_for_people(kind, placements)
        pushed += _push_ready(kind, placements.filter(calendar__connection__in=connections), now, force=force)
    return pushed


def deactivated_with_pushes() -> QuerySet[User]:
    """Deactivated staff in whose calendars something waits to be pushed (the setting DEACTIVATED_WITH_PUSHES)."""
    several = [kind.rows().pushable().values("calendar__connection__user") for kind in KINDS]
    waits = reduce(or_, (Q(pk__in=users) for users in several))
    return User.objects.filter(waits, is_active=False)


def differing_bookings(connection: Connection, now: datetime) -> QuerySet[Booking]:
    """The bookings, by start, that are not over and not in the account's calendars as they are here.

    What a reconnection counts (the setting DIFFERING_BOOKINGS).
    """
    mine = LinkedEvent.objects.filter(calendar__connection=connection).filter(
        Q(booking__end__gt=now) | Q(agreed_end__gt=now)
    )
    differing = mine.unsettled() | mine.undecided().wanted()
    return Booking.objects.filter(pk__in=differing.values("booking")).order_by("start", "pk")


def push_booking(booking_id: int, now: datetime) -> list[Pushed]:
    """Push what is due of one booking."""
    askable = Connection.objects.askable(now)
    placements = LinkedEvent.objects.filter(booking=booking_id).values("pk")
    due = LinkedEvent.rows().due(now).filter(pk__in=placements, calendar__connection__in=askable)
    return _push_ready(LinkedEvent, due, now)


def _push_ready(
    kind: type[Placement], ready: PlacementQuerySet[Placement], now: datetime, *, force: bool = False
) -> list[Pushed]:
    """Push what is ready: first what is wanted, then the removals, some of which were waiting for that."""
    pushed = _push_all(kind, ready.wanted(), now, force=force)
    return pushed + _push_all(kind, ready.withdrawn(), now, force=force)


def push_again(placement: Placement, now: datetime, *, ignore_retry_after: bool = False) -> list[Pushed]:
    """Push one placement because a person asked, even if its own pause is not over.

    It is held back where its account needs a person or its server asked Kalends to wait, which is then its problem;
    `ignore_retry_after` asks the server all the same.
    """
    if outgoing_waits():
        return [Pushed(placement.pk, placement.booking_key, placement.state, Problem("restored"))]
    why = placement.calendar.connection.why_not_asked(now) if placement.calendar else None
    if why and not ignore_retry_after:
        return [Pushed(placement.pk, placement.booking_key, placement.state, why)]
    return _push_all(type(placement), placement.row, now, force=True)


def _retry_where_readable(kind: type[Placement], now: datetime) -> None:
    """Try again soon what waits for another choice of calendar, if the calendar was read since and can be written.

    A calendar that refuses all the same is asked ever more rarely.
    """
    waiting = kind.rows().filter(state=State.NO_LINKED_CALENDAR, next_try_at__gt=now, calendar__writable=True)
    for placement in waiting.exclude(calendar__fresh_at=None).select_related("calendar"):
        failed_at = (placement.next_try_at or now) - NEEDS_CHOICE
        if placement.calendar and placement.calendar.fresh_at and placement.calendar.fresh_at > failed_at:
            placement.row.filter(next_try_at=placement.next_try_at).retry_at(failed_at + _pause(placement))


def _wait_for_people(kind: type[Placement], placements: PlacementQuerySet[Placement]) -> None:
    """A connection that needs a person pushes nothing; its bookings say what they wait for."""
    waiting = placements.filter(calendar__connection__needs_attention=True)
    kind.rows().filter(pk__in=waiting.values("pk")).await_reconnection()


def _push_all(
    kind: type[Placement], ready: PlacementQuerySet[Placement], now: datetime, *, force: bool
) -> list[Pushed]:
    """Push those that are ready; none in a copy that was restored, because it does not know what was pushed since."""
    done: list[Pushed] = []
    keys = list(ready.values_list("pk", flat=True))
    for key in keys if keys and not outgoing_waits() else ():
        what = f"pushing {kind._meta.verbose_name_raw} {key}"
        with guard.isolate_failure(what, partial(_broke, done, kind, key, now)):
            began = time.monotonic()
            if pushed := _push(kind, key, now, force=force):
                PUSH.observe(time.monotonic() - began, pushed.state)
                done.append(pushed)
    return done


def _take(kind: type[Placement], key: int, now: datetime, *, force: bool) -> Placement | None:
    """Take one placement for this push; None if another worker has it, or has pushed it already."""
    waiting = kind.rows().unsettled().filter(pk=key)
    if not force:
        waiting = waiting.rested(now)
    mine, until = kind.rows().filter(pk__in=waiting.values("pk")), now + LEASE
    if not leases.take(mine, now, until=until, column="claimed_until", attempts=F("attempts") + 1):
        return None
    return kind.rows().with_content().get(pk=key)


def _push(kind: type[Placement], key: int, now: datetime, *, force: bool) -> Pushed | None:
    placement = _take(kind, key, now, force=force)
    if placement is None or placement.calendar is None:
        return None
    try:
        if placement.is_withdrawn:
            return _delete(placement, placement.calendar, now)
        if placement.erase_due:
            return _erase(placement, placement.calendar, now)
        return _put(placement, placement.calendar, now)
    except push.ChangedThere as there:
        return _changed_there(placement, placement.calendar, there.stored, now)
    except push.GoneThere:
        return _gone_there(placement, now)
    except push.UidElsewhere as elsewhere:
        return _uid_elsewhere(placement, elsewhere.location, now)
    except dav.DavError as error:
        pushed = _failed(placement, placement.calendar, error, now)
        if placement.erase_due and placement.is_undecided and not placement.is_withdrawn:
            # Erasing failed and is tried again; what staff are asked stays asked.
            placement.row.await_decision(changed_here=placement.state == State.CHANGED_ON_BOTH_SIDES)
        return pushed


def _erase(placement: Placement, calendar: Calendar, now: datetime) -> Pushed:
    """Make the event nameless. A change of its time on the iPhone that nobody has compared yet is not taken as known.

    One that staff are asked about goes on waiting for them.
    """
    draft = event_content.nameless(placement)
    stored = dav.despite_one_401(lambda: push.erase(calendar, placement.href, draft, now=now))
    state = State(placement.state) if placement.is_undecided else State.PUSHED
    if stored is None:
        return _write(placement, state, erase_due=False, next_try_at=None)
    there = ical.own_event(stored.text)
    values: dict[str, Any] = {"erase_due": False, "href": stored.href, "agreed_text": stored.text}
    if (there.start, there.end) != (placement.agreed_start, placement.agreed_end):
        _reconcile_soon(placement)
        return _write(placement, state, **values)
    return _write(placement, state, **values, **placement.remember_etag(stored.etag))


def _put(placement: Placement, calendar: Calendar, now: datetime) -> Pushed:
    span, revision = placement.span, placement.wanted_revision
    agreed = push.Placement(
        placement.href,
        placement.etag,
        placement.agreed_start,
        placement.agreed_end,
        bytes(placement.agreed_text),
    )
    draft = event_content.draft(placement)
    try:
        text = ical.compose(draft, now=now)
    except (ValueError, OverflowError):  # nothing was sent, and no later try will go better by itself
        return _write(placement, State.RETRYING, Problem("not_writable"), next_try_at=now + NEEDS_CHOICE)
    stored = dav.despite_one_401(lambda: _stored(placement, calendar, agreed, draft, now))
    return _write(
        placement,
        State.PUSHED,
        href=stored.href,
        **placement.remember_etag(stored.etag),
        agreed_start=span[0],
        agreed_end=span[1],
        agreed_text=text,
        pushed_revision=revision,
        missing_since=None,
    )


def _stored(
    placement: Placement, calendar: Calendar, agreed: push.Placement, draft: ical.EventDraft, now: datetime
) -> push.Stored:
    """Put the event. One that may keep the shape that the iPhone gave it is only reworded then."""
    try:
        return push.put(calendar, agreed, draft, now=now)
    except push.ChangedThere as there:
        lagging = there.stored.etag in placement.superseded_etags
        if lagging or not placement.keeps_shape or not event_content.is_reshaped(there.stored.text):
            raise
        return push.put_texts(calendar, there.stored, draft, agreed=agreed.text, now=now)


def _delete(placement: Placement, calendar: Calendar, now: datetime) -> Pushed:
    # An event that was there may have been moved, so it is looked for by its UID, but not endlessly.
    uid = placement.uid if placement.etag and placement.attempts <= MAX_SEARCHES else ""
    dav.despite_one_401(lambda: push.delete(calendar, push.Placement(placement.href, placement.etag), uid=uid))
    return _write(placement, State.PUSHED, removed_at=now)


def _write(placement: Placement, state: State, problem: Problem | None = None, **values: Any) -> Pushed:
    """Record what became of a push."""
    placement.row.record(state, problem, attempts=placement.attempts, **values)
    # Was it changed in Kalends while the push was on its way? Then it is due again.
    if state == State.PUSHED and placement.row.unsettled().requeue():
        state = State.QUEUED
    told = placement.calendar.connection.about(problem) if problem and placement.calendar else problem
    return Pushed(placement.pk, placement.booking_key, state, told)


def _changed_there(placement: Placement, calendar: Calendar, stored: push.Stored, now: datetime) -> Pushed:
    """The event was changed on the iPhone: nothing is overwritten, and reconciling settles it or asks staff."""
    if stored.etag in placement.superseded_etags:
        lagging = dav.Unavailable("reads lag behind our own writes", path=stored.href)
        return _failed(placement, calendar, lagging, now)
    push.remember(calendar, stored, now)
    _reconcile_soon(placement)
    return _write(placement, State.CHANGED_ON_BOTH_SIDES)


def _gone_there(placement: Placement, now: datetime) -> Pushed:
    """The event was deleted on the iPhone: it is not created again unless staff decide so."""
    Event.objects.filter(calendar=placement.calendar_id, href=placement.href).delete()
    _reconcile_soon(placement)
    return _write(placement, State.CHANGED_ON_BOTH_SIDES, missing_since=placement.missing_since or now)


def _reconcile_soon(placement: Placement) -> None:
    CalendarConfiguration.objects.filter(user=placement.owner_id).want_reconciling()


def _uid_elsewhere(placement: Placement, location: str, now: datetime) -> Pushed:
    """The account has the event under another name: an earlier push succeeded unnoticed, and the iPhone moved it since.

    Most servers do not say where (`location` is ""); then the next sync finds it.
    """
    connection = placement.calendar.connection_id if placement.calendar else None
    if not location:
        read = Event.objects.filter(calendar__connection=connection, uid=placement.uid).exclude(href=placement.href)
        location = next(iter(read.values_list("href", flat=True)), "")
    calendar = Calendar.objects.filter(connection=connection, path=location.rsplit("/", 1)[0] + "/").first()
    problem = Problem("uid_elsewhere")
    if not location or calendar is None:
        return _write(placement, State.RETRYING, problem, next_try_at=now + _pause(placement))
    return _write(
        placement,
        State.RETRYING,
        problem,
        href=location,
        calendar=calendar,
        calendar_path=calendar.path,
        next_try_at=now,
    )


def _failed(placement: Placement, calendar: Calendar, error: dav.DavError, now: datetime) -> Pushed:
    """What an error of the wire means for this placement: wait for a person, for a choice, or for time."""
    verdict = classify(error)
    if verdict.handling is Handling.ASK_PERSON:
        problem = push.report_refused(calendar.connection, verdict.problem, now)
        return _write(placement, State.NEEDS_RECONNECT, problem)
    if isinstance(error, dav.Forbidden):
        Calendar.objects.filter(pk=calendar.pk).update(writable=False)
        return _write(placement, State.NO_LINKED_CALENDAR, Problem("read_only"), next_try_at=now + NEEDS_CHOICE)
    if isinstance(error, dav.NotFound):
        return _write(placement, State.NO_LINKED_CALENDAR, Problem("linked_gone"), next_try_at=now + NEEDS_CHOICE)
    if verdict.retry_after:
        push.report_pause(calendar.connection, verdict.retry_after, now)
    pause = max(_pause(placement), timedelta(seconds=verdict.retry_after or 0))
    return _write(placement, State.RETRYING, verdict.problem, next_try_at=now + pause)


def _pause(placement: Placement) -> timedelta:
    return back_off(PAUSE, placement.attempts, placement.pk % 16 / 16)


def _broke(done: list[Pushed], kind: type[Placement], key: int, now: datetime, error: str) -> None:
    """An unforeseen error: this placement is tried again later, the others go on."""
    problem = Problem("bug", {"error": error})
    for placement in kind.rows().filter(pk=key):
        done.append(_write(placement, State.RETRYING, problem, next_try_at=now + AFTER_BUG))
