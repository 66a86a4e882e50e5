"""Reconciling that is killed, or that something else runs beside: nothing is lost and nothing is asked twice."""

from __future__ import annotations

from collections.abc import Callable
from itertools import count
from typing import Any

import pytest

from bookings import actions
from bookings.models import Proposal
from bookings.reconcile import engine
from bookings.tasks import after_sync
from connections.models import CalendarConfiguration, Event
from tests.bookings.practice import HOUR, Practice, berlin, utc
from tests.factories import START


def during(monkeypatch: pytest.MonkeyPatch, act: Callable[[], object], *, after: int = 0) -> None:
    """Let `act` happen once, in the middle of reconciling, when so many placements are settled."""
    settle = engine._settle
    settled = count()

    def meanwhile(*arguments: Any, **more: Any) -> bool:
        if next(settled) == after:
            monkeypatch.setattr(engine, "_settle", settle)
            act()
        return settle(*arguments, **more)

    monkeypatch.setattr(engine, "_settle", meanwhile)


def due() -> bool:
    return CalendarConfiguration.objects.get().reconcile_due


def test_the_change_of_the_phone_survives_a_kill_in_the_middle_of_reconciling(
    practice: Practice, monkeypatch: pytest.MonkeyPatch
) -> None:
    booking = practice.booked()
    practice.phone.move(practice.href(booking), berlin(1, 14))
    seen: list[bool] = []
    during(monkeypatch, lambda: seen.append(due()))
    practice.poll_later()
    booking.refresh_from_db()
    assert (seen, due(), booking.start) == ([True], False, utc(1, 13))  # whatever dies there leaves it due


def test_what_a_sync_applies_while_reconciling_runs_stays_due(
    practice: Practice, monkeypatch: pytest.MonkeyPatch
) -> None:
    booking = practice.booked()
    practice.phone.move(practice.href(booking), berlin(1, 14))
    during(monkeypatch, lambda: CalendarConfiguration.objects.all().want_reconciling())
    practice.poll_later()
    booking.refresh_from_db()
    assert (due(), booking.start) == (True, utc(1, 13))
    after_sync(practice.user.pk, practice.now)
    assert due() is False


def test_what_one_process_has_not_settled_stays_due_though_another_settled_all_at_the_same_time(
    practice: Practice, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = practice.booked(), practice.booked(START + 3 * HOUR)
    practice.phone.move_to(practice.href(second), practice.account.add_calendar("Private"))
    practice.poll_later()
    settled: list[bool] = []

    def delete_and_reconcile() -> None:
        Event.objects.get(uid=practice.placement(first).uid).delete()
        settled.append(engine.reconcile(practice.user, practice.now))

    during(monkeypatch, delete_and_reconcile, after=1)
    practice.poll_later()
    assert (settled, due()) == ([False], True)


def test_what_is_decided_while_reconciling_runs_is_not_asked_again(
    practice: Practice, monkeypatch: pytest.MonkeyPatch
) -> None:
    CalendarConfiguration.objects.update(when_moved="ask")
    booking = practice.booked()
    practice.phone.move(practice.href(booking), berlin(1, 14))
    practice.poll_later()
    CalendarConfiguration.objects.all().want_reconciling()
    asked = Proposal.objects.open().get()
    during(monkeypatch, lambda: actions.decide(asked, choice="put_back", now=practice.now))
    after_sync(practice.user.pk, practice.now)
    assert (practice.proposals(), due(), practice.push()) == ([], True, ["pushed"])
    practice.poll_later(2)
    assert (practice.proposals(), practice.there(booking).start, due()) == ([], START, False)


def test_a_deletion_decided_while_reconciling_runs_is_not_asked_about_again(
    practice: Practice, monkeypatch: pytest.MonkeyPatch
) -> None:
    booking = practice.booked()
    practice.phone.delete(practice.href(booking))
    practice.poll_later(2)
    CalendarConfiguration.objects.all().want_reconciling()
    asked = Proposal.objects.open().get()
    during(monkeypatch, lambda: actions.decide(asked, choice="put_back", now=practice.now))
    after_sync(practice.user.pk, practice.now)
    assert (practice.proposals(), practice.push()) == ([], ["pushed"])
    practice.poll_later(2)
    assert (practice.proposals(), practice.events()) == ([], [practice.href(booking)])
