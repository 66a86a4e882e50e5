"""A push that is killed anywhere ends as exactly one event with the right content, or none where none is wanted."""

from __future__ import annotations

from types import ModuleType

import pytest

from bookings import actions
from bookings.models import Booking
from bookings.push import outbox
from connections import dav
from connections.push import writing
from tests.bookings.practice import Practice, berlin, utc
from tests.factories import START

POINTS: dict[str, tuple[ModuleType, str]] = {
    "before the request": (dav, "Session"),
    "after the answer": (writing, "remember"),
    "before the commit": (outbox, "_write"),
}


class Killed(BaseException):
    """As a process that is killed: nothing in it goes on."""


def killed(practice: Practice, monkeypatch: pytest.MonkeyPatch, point: str) -> None:
    """Push, and die at that point."""

    def die(*arguments: object, **more: object) -> None:
        raise Killed

    with monkeypatch.context() as death:
        death.setattr(*POINTS[point], die)
        with pytest.raises(Killed):
            outbox.push_due(practice.now)
    assert practice.push() == []  # whoever died has it in hand until the claim runs out
    practice.later(outbox.CLAIM)


def settled(practice: Practice, booking: Booking) -> tuple[str, list[str]]:
    """How it stands after another push and some polls: its state, and what staff are asked."""
    practice.push()
    practice.poll_later(3)
    assert practice.push() == []
    booking.refresh_from_db()
    return outbox.push_state(booking), [kind for kind, _ in practice.proposals()]


EVERYWHERE = pytest.mark.parametrize("point", POINTS)
READ = pytest.mark.parametrize("read", [False, True], ids=["", "and a sync comes by"])


@EVERYWHERE
@READ
def test_killed_while_an_event_is_made(
    practice: Practice, monkeypatch: pytest.MonkeyPatch, point: str, read: bool
) -> None:
    booking = practice.book()
    killed(practice, monkeypatch, point)
    if read:
        practice.sync()
    assert settled(practice, booking) == ("pushed", [])
    assert (practice.events(), practice.there(booking).start) == ([practice.href(booking)], START)


@EVERYWHERE
@READ
def test_killed_while_an_event_is_changed(
    practice: Practice, monkeypatch: pytest.MonkeyPatch, point: str, read: bool
) -> None:
    booking = practice.booked()
    actions.reschedule(booking, start=utc(1, 13), now=practice.now)
    killed(practice, monkeypatch, point)
    if read:
        practice.sync()
    assert settled(practice, booking) == ("pushed", [])
    assert (practice.events(), practice.there(booking).start) == ([practice.href(booking)], utc(1, 13))


@pytest.mark.parametrize("point", ["before the request", "before the commit"])
@READ
def test_killed_while_an_event_is_removed(
    practice: Practice, monkeypatch: pytest.MonkeyPatch, point: str, read: bool
) -> None:
    booking = practice.booked()
    actions.cancel(booking, now=practice.now)
    killed(practice, monkeypatch, point)
    if read:
        practice.sync()
    assert (settled(practice, booking), practice.events()) == (("pushed", []), [])


@EVERYWHERE
def test_killed_while_an_event_is_made_and_the_booking_moves_on(
    practice: Practice, monkeypatch: pytest.MonkeyPatch, point: str
) -> None:
    booking = practice.book()
    killed(practice, monkeypatch, point)
    actions.reschedule(booking, start=utc(1, 13), now=practice.now)
    assert settled(practice, booking) == ("pushed", [])
    assert (practice.events(), practice.there(booking).start) == ([practice.href(booking)], utc(1, 13))


@EVERYWHERE
def test_killed_while_an_event_is_made_and_the_booking_is_cancelled(
    practice: Practice, monkeypatch: pytest.MonkeyPatch, point: str
) -> None:
    booking = practice.book()
    killed(practice, monkeypatch, point)
    actions.cancel(booking, now=practice.now)
    assert (settled(practice, booking), practice.events()) == (("pushed", []), [])


@EVERYWHERE
def test_killed_while_an_event_is_changed_and_then_the_phone_moves_it(
    practice: Practice, monkeypatch: pytest.MonkeyPatch, point: str
) -> None:
    booking = practice.booked()
    actions.reschedule(booking, start=utc(1, 13), now=practice.now)
    killed(practice, monkeypatch, point)
    practice.phone.move(practice.href(booking), berlin(1, 15))
    assert settled(practice, booking) == ("changed_on_both_sides", ["both_sides"])
    assert (booking.start, practice.there(booking).start) == (utc(1, 13), utc(1, 14))
    assert practice.events() == [practice.href(booking)]
