"""Comparing while somebody moves a booking."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest
from django.db import connections as databases

from bookings.models import Booking, Claim, Proposal
from bookings.reconcile.engine import reconcile
from connections.models import CalendarConfiguration, schedule_lock
from tests.factories import NOW, START, BookingFactory, CalendarFactory, OccurrenceFactory
from tests.shared_database import shared_database  # noqa: F401 - a fixture

HOUR = timedelta(hours=1)


@pytest.mark.usefixtures("shared_database")
@pytest.mark.parametrize("moved", [True, False])
def test_a_booking_that_is_moved_meanwhile_is_not_asked_about_where_it_was(moved: bool) -> None:
    booking = BookingFactory.create()
    calendar = CalendarFactory.create(connection__user=booking.staff)
    OccurrenceFactory.create(calendar=calendar, start=booking.start, end=booking.end)
    CalendarConfiguration.objects.filter(user=booking.staff).update(reconcile_due=True)
    done = []

    def compare() -> None:
        done.append(reconcile(booking.staff, NOW))
        databases["default"].close()

    other = threading.Thread(target=compare)
    with schedule_lock(booking.staff):
        other.start()
        other.join(timeout=0.3)
        if moved:
            span = {"start": START + 5 * HOUR, "end": START + 6 * HOUR}
            Booking.objects.update(**span)
            Claim.objects.update(**span)
    other.join()
    assert done == [True]
    assert Proposal.objects.open().count() == (0 if moved else 1)
