"""When a client is told of a change, until when it can be undone, and that only one of the two happens."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from bookings import actions
from bookings.models import Booking, BookingChange, Mail
from bookings.notifications import client_notice
from bookings.notifications.client_notice import UNDO_WINDOW
from bookings.notifications.mails import delivery, wording
from tests.bookings.practice import HOUR, Practice, berlin
from tests.factories import NOW, START, BookingChangeFactory, MailFactory

MINUTE = timedelta(minutes=1)
pytestmark = [pytest.mark.django_db, pytest.mark.time_machine(NOW, tick=False)]


def moved() -> BookingChange:
    """A move that the iPhone made, which the client is told when it cannot be undone any more."""
    until = NOW + UNDO_WINDOW
    old = {"old_start": START - HOUR, "old_end": START}
    change = BookingChangeFactory(kind="moved", source="phone", undo_until=until, **old)
    MailFactory(seat=change.booking.seat, change=change, due_at=until)
    return change


def test_a_move_can_be_undone_unless_one_of_its_times_is_near() -> None:
    near, far = (NOW + UNDO_WINDOW, NOW + HOUR), (START, START + HOUR)
    found = [client_notice.undo_until(*times, NOW) for times in ((far, far), (near, far), (far, near))]
    assert found == [NOW + UNDO_WINDOW, None, None]


def test_what_is_undone_is_not_told() -> None:
    change = moved()
    assert client_notice.take_back(change, NOW + UNDO_WINDOW - MINUTE) is True
    assert (delivery.send_due(NOW + UNDO_WINDOW).sent, Mail.objects.get().state) == (0, "dropped")


def test_what_is_being_told_is_not_undone_even_by_a_clock_that_is_slow(monkeypatch: pytest.MonkeyPatch) -> None:
    change, real, undone = moved(), wording.message_of, []

    def undo_just_then(*arguments: Any) -> Any:
        undone.append(client_notice.take_back(change, NOW))
        return real(*arguments)

    monkeypatch.setattr(wording, "message_of", undo_just_then)
    assert (delivery.send_due(NOW + UNDO_WINDOW).sent, undone) == (1, [False])


def test_when_the_time_is_over_a_move_is_not_undone_though_nobody_was_told_yet() -> None:
    change = moved()
    assert client_notice.take_back(change, NOW + UNDO_WINDOW) is False
    assert (change.mails.get().state, client_notice.why_not_undone(change, NOW + UNDO_WINDOW)) == (
        "due",
        "It is too late to undo this. Reschedule the booking instead.",
    )


def test_another_length_of_the_undo_window_affects_only_later_moves(
    practice: Practice, monkeypatch: pytest.MonkeyPatch
) -> None:
    booking = practice.booked()
    told = len(practice.client_mails())
    practice.phone.move(practice.href(booking), berlin(1, 14))
    practice.sync()
    monkeypatch.setattr(client_notice, "UNDO_WINDOW", MINUTE)
    practice.later(9 * MINUTE)
    assert len(practice.client_mails()) == told
    actions.undo(booking.changes.all()[0], now=practice.now)
    assert Booking.objects.get().start == START
    told = len(practice.client_mails())
    practice.push()
    practice.phone.move(practice.href(booking), berlin(1, 15))
    practice.sync()
    practice.later(MINUTE)
    with pytest.raises(actions.Refused, match="It is too late"):
        actions.undo(booking.changes.all()[0], now=practice.now)
    assert len(practice.client_mails()) == told + 1
