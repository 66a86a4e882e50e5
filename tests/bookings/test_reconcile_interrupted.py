"""Reconciling that is killed, or that something else runs beside: nothing is lost and nothing is asked twice."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from bookings import reconcile
from bookings.tasks import reconcile_bookings
from connections.models import CalendarConfiguration
from tests.bookings.practice import Practice, berlin, utc


def during(monkeypatch: pytest.MonkeyPatch, act: Callable[[], object]) -> None:
    """Let `act` happen once, in the middle of reconciling, before the first placement is settled."""
    settle = reconcile._settle

    def meanwhile(*arguments: Any, **more: Any) -> bool:
        monkeypatch.setattr(reconcile, "_settle", settle)
        act()
        return settle(*arguments, **more)

    monkeypatch.setattr(reconcile, "_settle", meanwhile)


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
    reconcile_bookings()
    assert due() is False
