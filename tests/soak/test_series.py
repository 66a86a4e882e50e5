"""The audit of series: each has all the bookings with which it was made."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bookings import actions
from bookings.models import Booking, Series
from soak.findings import Findings
from soak.series import audit_series
from tests.bookings.practice import CARLA
from tests.factories import START, ClientFactory
from tests.soak.stage import Stage

DAY = timedelta(days=1)


@pytest.fixture
def series(stage: Stage) -> Series:
    return actions.book_series(
        service=stage.practice.service,
        staff=stage.practice.user,
        starts=[START + 2 * DAY, START + 3 * DAY],
        client=CARLA,
        now=stage.practice.now,
    )


def audited() -> Findings:
    found = Findings()
    audit_series(found)
    return found


def test_a_series_that_is_whole_is_fine_even_if_one_is_cancelled(stage: Stage, series: Series) -> None:
    actions.cancel(series.bookings.all()[0], now=stage.practice.now)
    assert (audited().clean, audited().looked_at["series"]) == (True, 1)


def test_a_series_that_lacks_a_booking_is_found(series: Series) -> None:
    Booking.objects.filter(pk=series.bookings.all()[0].pk).update(series=None)
    assert audited().lost == [f"series {series.pk} was made with 2 bookings and has 1"]


def test_a_series_with_more_bookings_is_found(series: Series) -> None:
    Series.objects.update(count=1)
    assert audited().doubled == [f"series {series.pk} was made with 1 bookings and has 2"]


def test_a_series_of_several_clients_is_found(series: Series) -> None:
    series.bookings.all()[0].seats.update(client=ClientFactory.create())
    assert audited().wrong == [f"series {series.pk} is of several clients"]
