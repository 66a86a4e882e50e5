"""What follows every sync: hardly anything, nearly always."""

from __future__ import annotations

from datetime import timedelta

import pytest
from pytest_django import DjangoAssertNumQueries

from bookings.models import Booking, LinkedEvent
from bookings.tasks import after_sync
from connections.models import CalendarConfiguration
from tests.bookings.practice import Practice
from tests.factories import NOW, BookingFactory, LinkedEventFactory, UserFactory

RECONNECT = LinkedEvent.State.NEEDS_RECONNECT


@pytest.mark.django_db
def test_where_nothing_waits_one_query_tells(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    anna, otto = UserFactory(), UserFactory()
    BookingFactory(staff=anna)
    BookingFactory(staff=anna, status=Booking.Status.PENDING, start=NOW - timedelta(days=1))
    LinkedEventFactory(booking__staff=anna, booking__start=NOW + timedelta(days=2), pushed=True)
    BookingFactory(staff=otto, status=Booking.Status.PENDING)
    LinkedEventFactory(booking__staff=otto, booking__start=NOW + timedelta(days=2), state=RECONNECT)
    CalendarConfiguration.objects.filter(user=otto).update(reconcile_due=True)
    with django_assert_num_queries(1):
        after_sync(anna.pk, NOW)


@pytest.mark.parametrize(("offline", "settled"), [(False, "pushed"), (True, "needs_reconnect")])
def test_what_waited_for_the_account_goes_out_unless_a_client_waits(
    practice: Practice, offline: bool, settled: str
) -> None:
    placement = practice.placement(practice.book())
    LinkedEvent.objects.update(state=RECONNECT)
    after_sync(practice.user.pk, practice.now, offline=offline)
    placement.refresh_from_db()
    assert placement.state == settled
