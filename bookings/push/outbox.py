"""The outbox: what differs from what is wanted is pushed, until the calendar has it.

Nothing lives in a queue: a placement is due because its row says so, is claimed by a conditional update, and a push
that is killed comes back when the claim runs out. UID and href never change between attempts.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from django.db.models import F, Q, QuerySet

from bookings.models import Booking, LinkedEvent, MirroredSlot
from bookings.models.placement import Placement
from bookings.push import event_content, mirrored_slots
from bookings.push.placements import place_upcoming
from connections import dav, guard, ical, push
from connections.models import Calendar, CalendarConfiguration, Connection, Event
from connections.plan import back_off
from connections.problems import Handling, Problem, classify
from practice.models import User

__all__ = ["Pushed", "place_upcoming", "push_again", "push_booking", "push_due", "push_state"]

State = Placement.State
KINDS: tuple[type[Placement], ...] = (LinkedEvent, MirroredSlot)
LOADED: dict[type[Placement], tuple[str, ...]] = {
    LinkedEvent: ("booking__service", "booking__client", "booking__staff"),
    MirroredSlot: ("slot", "staff"),
}
CLAIM = timedelta(seconds=150)  # longer than one push may take
PAUSE = timedelta(seconds=30)
SEARCHES = 8  # for an event that is to go and is not where it was
NEEDS_CHOICE = timedelta(hours=6)  # what waits for a person is not tried again soon, such as a read-only calendar


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
    leaving = [one for one in placements if one.wanted == LinkedEvent.Wanted.ABSENT and one.removed_at is None]
    latest = (present or leaving)[-1:]
    if not latest:
        return State.NO_LINKED_CALENDAR if booking.live or not placements else State.PUSHED
    return latest[0].state if latest[0].calendar_id else _detached(latest[0])


def _detached(placement: LinkedEvent) -> str:
    """The calendar is not known any more: gone with its account, which can come back, or gone from the account."""
    connected = Connection.objects.filter(user=placement.owner_id, username__iexact=placement.account)
    return State.NO_LINKED_CALENDAR if connected.exists() else State.NEEDS_RECONNECT


def push_due(
    now: datetime, *, user: User | None = None, force: bool = False, ignore_retry_after: bool = False
) -> list[Pushed]:
    """Push everything that is due at `now`, of one staff member or of all.

    `force` skips our own pauses; a server that asked to wait is left alone all the same, unless `ignore_retry_after`.
    """
    connections = Connection.objects.askable(now, ignore_retry_after=ignore_retry_after)
    pushed: list[Pushed] = []
    for kind in KINDS:
        _wake(kind, now)
        placements = _due(kind, now, force=force)
        if user is not None:
            placements = placements.filter(calendar__connection__user=user)
        _wait_for_people(kind, placements)
        pushed += _push_ready(kind, placements.filter(calendar__connection__in=connections), now, force=force)
    return pushed


def push_booking(booking_id: int, now: datetime) -> list[Pushed]:
    """Push what is due of one booking."""
    askable = Connection.objects.askable(now)
    placements = LinkedEvent.objects.filter(booking=booking_id).values("pk")
    due = _due(LinkedEvent, now).filter(pk__in=placements, calendar__connection__in=askable)
    return _push_ready(LinkedEvent, due, now)


def _due(kind: type[Placement], now: datetime, *, force: bool = False) -> QuerySet[Placement]:
    """What may be pushed at `now`: unsettled, nobody asked, its pause over (or skipped by `force`)."""
    placements: QuerySet[Placement] = kind.objects.unsettled().exclude(calendar=None)  # type: ignore[attr-defined]
    placements = placements.exclude(state=State.CHANGED_ON_BOTH_SIDES, wanted=Placement.Wanted.PRESENT)
    if force:
        return placements
    if kind is LinkedEvent:
        placements = placements.exclude(pk__in=LinkedEvent.objects.awaited_elsewhere().values("pk"))
    return placements.filter(Q(next_try_at=None) | Q(next_try_at__lte=now))


def _push_ready(
    kind: type[Placement], ready: QuerySet[Placement], now: datetime, *, force: bool = False
) -> list[Pushed]:
    """Push what is ready: first what is wanted somewhere, then what is to go, for which room is made by the first."""
    pushed: list[Pushed] = []
    for wanted in (Placement.Wanted.PRESENT, Placement.Wanted.ABSENT):
        keys = list(ready.filter(wanted=wanted).values_list("pk", flat=True))
        pushed += _push_all(kind, keys, now, force=force)
    return pushed


def push_again(placement: Placement, now: datetime, *, ignore_retry_after: bool = False) -> list[Pushed]:
    """Push one placement because a person asked, whatever pause of ours it is in.

    One whose account waits for a person, or whose server asked to be left alone, is held back with that as its problem;
    `ignore_retry_after` asks the server all the same.
    """
    why = placement.calendar.connection.why_not_asked(now) if placement.calendar else None
    if why and not ignore_retry_after:
        return [Pushed(placement.pk, getattr(placement, "booking_id", None), placement.state, why)]
    return _push_all(type(placement), [placement.pk], now, force=True)


def _wake(kind: type[Placement], now: datetime) -> None:
    """Let what waits for another choice of calendar be tried again if the calendar was read since and can be written.

    A calendar that refuses all the same is asked ever more rarely.
    """
    waiting = _rows(kind).filter(state=State.NO_LINKED_CALENDAR, next_try_at__gt=now, calendar__writable=True)
    for placement in waiting.exclude(calendar__fresh_at=None).select_related("calendar"):
        failed_at = (placement.next_try_at or now) - NEEDS_CHOICE
        if placement.calendar and placement.calendar.fresh_at and placement.calendar.fresh_at > failed_at:
            values = {"state": State.RETRYING, "next_try_at": failed_at + _pause(placement)}
            still = _rows(kind).filter(pk=placement.pk, next_try_at=placement.next_try_at)
            still.update(**values, error_code="", error_params={})


def _wait_for_people(kind: type[Placement], placements: QuerySet[Placement]) -> None:
    """A connection that needs a person pushes nothing; its bookings say what they wait for."""
    waiting = placements.filter(calendar__connection__needs_attention=True)
    _rows(kind).filter(pk__in=waiting.values("pk")).update(state=State.NEEDS_RECONNECT)


def _push_all(kind: type[Placement], keys: Sequence[int], now: datetime, *, force: bool = False) -> list[Pushed]:
    done: list[Pushed] = []
    for key in keys:
        with guard.isolate_failure(f"pushing {kind._meta.verbose_name} {key}", partial(_broke, done, kind, key, now)):
            if pushed := _push(kind, key, now, force=force):
                done.append(pushed)
    return done


def _rows(kind: type[Placement]) -> QuerySet[Placement]:
    rows: QuerySet[Placement] = kind._default_manager.all()
    return rows


def _claim(kind: type[Placement], key: int, now: datetime, *, force: bool) -> Placement | None:
    """Take one placement for this push, unless somebody else has it."""
    # Both claimed rows and paused ones are told apart in one statement, so that of two workers one wins.
    waiting = kind.objects.unsettled().filter(pk=key)  # type: ignore[attr-defined]
    if not force:
        waiting = waiting.filter(Q(next_try_at=None) | Q(next_try_at__lte=now))
    unclaimed = _rows(kind).filter(Q(claimed_until=None) | Q(claimed_until__lte=now), pk__in=waiting.values("pk"))
    if not unclaimed.update(claimed_until=now + CLAIM, attempts=F("attempts") + 1):
        return None
    return _rows(kind).select_related(*LOADED[kind], "calendar__connection__user__calendar_configuration").get(pk=key)


def _push(kind: type[Placement], key: int, now: datetime, *, force: bool) -> Pushed | None:
    placement = _claim(kind, key, now, force=force)
    if placement is None or placement.calendar is None:
        return None
    try:
        if placement.is_withdrawn:
            return _delete(placement, placement.calendar, now)
        return _put(placement, placement.calendar, now)
    except push.ChangedThere as there:
        return _changed_there(placement, placement.calendar, there.stored, now)
    except push.GoneThere:
        return _gone_there(placement, now)
    except push.UidElsewhere as elsewhere:
        return _uid_elsewhere(placement, elsewhere.location, now)
    except dav.DavError as error:
        return _failed(placement, placement.calendar, error, now)


def _put(placement: Placement, calendar: Calendar, now: datetime) -> Pushed:
    span, revision = placement.span, placement.revision
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
    superseded = [etag for etag in (*placement.superseded_etags[-19:], placement.etag) if etag and etag != stored.etag]
    pushed = _write(
        placement,
        State.PUSHED,
        href=stored.href,
        etag=stored.etag,
        superseded_etags=superseded,
        agreed_start=span[0],
        agreed_end=span[1],
        agreed_text=text,
        pushed_revision=revision,
        missing_since=None,
    )
    return replace(pushed, state=State.QUEUED) if _is_reworded(placement, draft) else pushed


def _stored(
    placement: Placement, calendar: Calendar, agreed: push.Placement, draft: ical.EventDraft, now: datetime
) -> push.Stored:
    """Put the event. That of a blocked slot which the phone reshaped keeps its shape, but says what is to be shown."""
    try:
        return push.put(calendar, agreed, draft, now=now)
    except push.ChangedThere as there:
        lagging = there.stored.etag in placement.superseded_etags
        if lagging or not isinstance(placement, MirroredSlot) or not mirrored_slots.is_reshaped(there.stored.text):
            raise
        return push.put_texts(calendar, there.stored, draft, agreed=agreed.text, now=now)


def _is_reworded(placement: Placement, pushed: ical.EventDraft) -> bool:
    """Was another wording chosen while a slot was on its way? Of bookings the revision tells."""
    if not isinstance(placement, MirroredSlot) or event_content.draft(placement) == pushed:
        return False
    rows = MirroredSlot.objects.filter(pk=placement.pk, wanted=Placement.Wanted.PRESENT)
    return bool(rows.update(state=State.QUEUED, pushed_revision=0))


def _delete(placement: Placement, calendar: Calendar, now: datetime) -> Pushed:
    # What was there once may have been moved; where that cannot be found out, the event is not looked for endlessly.
    uid = placement.uid if placement.etag and placement.attempts <= SEARCHES else ""
    dav.despite_one_401(lambda: push.delete(calendar, push.Placement(placement.href, placement.etag), uid=uid))
    return _write(placement, State.PUSHED, removed_at=now)


def _write(placement: Placement, state: str, problem: Problem | None = None, **values: Any) -> Pushed:
    """Record what became of a claimed placement; success forgets earlier failures."""
    values = {"next_try_at": None, "attempts": placement.attempts if problem else 0, **values}
    values |= {"error_code": problem.code if problem else "", "error_params": problem.params if problem else {}}
    _rows(type(placement)).filter(pk=placement.pk).update(state=state, claimed_until=None, **values)
    if state == State.PUSHED and _is_behind(placement):
        state = State.QUEUED
    told = placement.calendar.connection.about(problem) if problem and placement.calendar else problem
    return Pushed(placement.pk, getattr(placement, "booking_id", None), state, told)


def _is_behind(placement: Placement) -> bool:
    """Did somebody change in Kalends what was pushed while the push was on its way? Then it is due again."""
    kind = type(placement)
    behind = kind.objects.unsettled().filter(pk=placement.pk, state=State.PUSHED)  # type: ignore[attr-defined]
    return bool(behind.update(state=State.QUEUED))


def _changed_there(placement: Placement, calendar: Calendar, stored: push.Stored, now: datetime) -> Pushed:
    """Both sides changed it: nothing is overwritten, reconciling asks staff."""
    if stored.etag in placement.superseded_etags:
        lagging = dav.Unavailable("reads lag behind our own writes", path=stored.href)
        return _failed(placement, calendar, lagging, now)
    push.remember(calendar, stored, now)
    _reconcile_soon(placement)
    return _write(placement, State.CHANGED_ON_BOTH_SIDES)


def _gone_there(placement: Placement, now: datetime) -> Pushed:
    """The event was deleted on the phone meanwhile: that is for staff to decide, never recreated unasked."""
    Event.objects.filter(calendar=placement.calendar_id, href=placement.href).delete()
    _reconcile_soon(placement)
    return _write(placement, State.CHANGED_ON_BOTH_SIDES, missing_since=placement.missing_since or now)


def _reconcile_soon(placement: Placement) -> None:
    CalendarConfiguration.objects.filter(user=placement.owner_id).want_reconciling()


def _uid_elsewhere(placement: Placement, location: str, now: datetime) -> Pushed:
    """The account has the event under another name: an earlier push was heard and the phone moved it since.

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
    """Something unforeseen: the row waits, the others go on."""
    problem = Problem("bug", {"error": error})
    for placement in _rows(kind).filter(pk=key):
        done.append(_write(placement, State.RETRYING, problem, next_try_at=now + timedelta(minutes=10)))
