"""A client books while a calendar has events that cost too much to read: they are never shown an error."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from django.test import Client

from bookings import actions
from bookings.models import Booking, Service
from connections.models import Connection, Event
from connections.plan import READ_INTERRUPTED
from connections.sync import calendar
from connections.sync.state import lease
from practice.models import Practice as PracticeRow
from tests.bookings.practice import Practice, berlin
from tests.bookings.public.steps import booked
from tests.pages import texts


@pytest.fixture
def open_practice(practice_of_clients: PracticeRow, practice: Practice, clock: time_machine.Traveller) -> Practice:
    """Anna's service can be booked by clients; her calendars were read a minute ago."""
    Service.objects.update(visibility="public", slug="massage", slot_minutes=60, notice_minutes=60)
    practice.later(timedelta(minutes=1))
    clock.move_to(practice.now)
    return practice


def outcome(client: Client) -> tuple[list[str], str, str]:
    """What the client reads after booking, and how the booking stands."""
    page = client.get(booked(client))
    booking = Booking.objects.get()
    return texts(page, "//p[@role='status']/strong"), booking.status, booking.cause


PENDING = (["It is not confirmed yet."], "pending", "calendar_unreadable")


def test_one_slow_event_uses_up_the_time_and_the_booking_waits(
    client: Client, open_practice: Practice, monkeypatch: pytest.MonkeyPatch
) -> None:
    practice, clock, read = open_practice, calendar.time.monotonic, calendar.apply.read_event
    late: list[float] = []

    def read_slowly(*given: object) -> object:
        late.append(60.0)  # seconds
        return read(*given)  # type: ignore[arg-type]

    for number in range(3):
        practice.phone.add(practice.account.calendar("Work"), f"Event {number}", berlin(3, 10 + number))
    with monkeypatch.context() as slow:
        slow.setattr(calendar.apply, "read_event", read_slowly)
        slow.setattr("connections.sync.calendar.time.monotonic", lambda: clock() + sum(late))
        assert (outcome(client), len(late)) == (PENDING, 1)
    practice.sync()
    actions.confirm_pending(practice.user, practice.now)
    assert Booking.objects.get().status == "confirmed"


def test_an_event_that_needs_more_memory_than_there_is_ends_no_process(
    client: Client, open_practice: Practice, monkeypatch: pytest.MonkeyPatch
) -> None:
    def read_too_much(*_given: object) -> object:
        raise MemoryError

    open_practice.phone.add(open_practice.account.calendar("Work"), "Event", berlin(3, 10))
    monkeypatch.setattr(calendar.apply, "read_event", read_too_much)
    assert outcome(client) == PENDING


def test_after_a_killed_sync_nothing_is_read_and_the_booking_waits_for_a_worker(
    client: Client, open_practice: Practice, clock: time_machine.Traveller
) -> None:
    practice = open_practice
    practice.phone.add(practice.account.calendar("Work"), "Event", berlin(3, 10))
    lease(Connection.objects.all(), practice.now)  # by a process that is killed
    practice.later(timedelta(hours=1, minutes=30))
    clock.move_to(practice.now)
    practice.icloud.log.clear()
    assert (outcome(client), practice.icloud.log.summary()) == (PENDING, [])


def test_an_event_that_is_known_to_end_processes_is_not_read_and_the_booking_waits(
    client: Client, open_practice: Practice, clock: time_machine.Traveller
) -> None:
    practice = open_practice
    href = practice.phone.add(practice.account.calendar("Work"), "Event", berlin(3, 10))
    practice.sync()
    Event.objects.update(etag="", pending_etag='"1"', pending_since=practice.now - timedelta(days=2))
    Event.objects.update(problem=READ_INTERRUPTED, pending_next_at=practice.now + timedelta(hours=1))
    practice.phone.rename(href, "Another version")
    practice.later(timedelta(minutes=1))
    clock.move_to(practice.now)
    practice.icloud.log.clear()
    assert outcome(client) == PENDING
    assert [line for line in practice.icloud.log.summary() if "multiget" in line] == []
