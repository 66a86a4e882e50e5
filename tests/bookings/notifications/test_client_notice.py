"""When a client is told of a change, until when it can be undone, and that only one of the two happens."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core import mail

from bookings import actions
from bookings.models import Booking, BookingChange
from bookings.notifications import client_notice, emails, outgoing
from bookings.notifications.client_notice import MAIL_LEASE, UNDO_WINDOW
from tests.bookings.practice import HOUR, Practice, berlin
from tests.factories import NOW, START, BookingChangeFactory, BookingFactory

MINUTE = timedelta(minutes=1)
pytestmark = [pytest.mark.django_db, pytest.mark.time_machine(NOW, tick=False)]


def moved() -> BookingChange:
    until = NOW + UNDO_WINDOW
    old = {"old_start": START - HOUR, "old_end": START}
    return BookingChangeFactory(kind="moved", source="phone", notify_client_at=until, undo_until=until, **old)


def test_a_move_can_be_undone_unless_one_of_its_times_is_near() -> None:
    near, far = (NOW + UNDO_WINDOW, NOW + HOUR), (START, START + HOUR)
    found = [client_notice.undo_until(*times, NOW) for times in ((far, far), (near, far), (far, near))]
    assert found == [NOW + UNDO_WINDOW, None, None]


def test_of_two_workers_one_takes_a_change() -> None:
    change = BookingChangeFactory(notify_client_at=NOW)
    assert [client_notice.take(change, NOW) for _worker in range(2)] == [True, False]


def test_what_a_worker_died_over_can_be_taken_again_when_its_lease_is_over() -> None:
    change = BookingChangeFactory(notify_client_at=NOW)
    moments = (NOW, NOW + MAIL_LEASE - MINUTE, NOW + MAIL_LEASE)
    assert [client_notice.take(change, moment) for moment in moments] == [True, False, True]


def test_a_change_whose_client_was_told_is_not_taken() -> None:
    change = BookingChangeFactory(notify_client_at=NOW, notified_at=NOW)
    assert client_notice.take(change, NOW) is False


def test_what_another_worker_has_mailed_and_not_yet_noted_is_not_mailed_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """Both workers found the same two changes; the second one is killed right after its mail went out."""
    for booking in (BookingFactory(), BookingFactory(start=START + HOUR)):
        BookingChangeFactory(booking=booking, notify_client_at=NOW)
    real = emails.tell_client

    def mail_and_die(change: BookingChange, known: BookingChange | None = None) -> bool:
        real(change, known)
        raise SystemExit

    def meanwhile(change: BookingChange, known: BookingChange | None = None) -> bool:
        monkeypatch.setattr(emails, "tell_client", mail_and_die)
        with pytest.raises(SystemExit):
            outgoing.tell_clients(NOW)
        monkeypatch.setattr(emails, "tell_client", real)
        return real(change, known)

    monkeypatch.setattr(emails, "tell_client", meanwhile)
    assert (outgoing.tell_clients(NOW), len(mail.outbox)) == (1, 2)


def test_what_is_undone_is_not_told() -> None:
    change = moved()
    assert client_notice.take_back(change, NOW + UNDO_WINDOW - MINUTE) is True
    assert client_notice.take(change, NOW + UNDO_WINDOW) is False


def test_what_is_being_told_is_not_undone_even_by_a_clock_that_is_slow() -> None:
    change = moved()
    assert client_notice.take(change, NOW + UNDO_WINDOW) is True
    assert client_notice.take_back(change, NOW) is False


def test_when_the_time_is_over_a_move_is_not_undone_though_nobody_was_told_yet() -> None:
    change = moved()
    assert client_notice.take_back(change, NOW + UNDO_WINDOW) is False
    assert client_notice.why_not_undone(change, NOW + UNDO_WINDOW) == (
        "It is too late to undo this. Reschedule the booking instead."
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
