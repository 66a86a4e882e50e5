"""A series is booked as a whole or not at all."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from bookings import actions
from bookings.models import Booking, Claim, Hold, Mail, Series
from bookings.openings.series.pattern import Wish
from practice.models import Practice as Settings
from tests.bookings.practice import CARLA, HOUR, Practice
from tests.factories import START

WEEK = timedelta(weeks=1)
THREE = [START, START + WEEK, START + 2 * WEEK]
VERA = actions.Visitor("vera", "192.0.2.1", "de")
OTTO = actions.Visitor("otto", "192.0.2.2")


@pytest.fixture
def practice(practice: Practice) -> Practice:
    practice.service.series_allowed = True
    practice.service.save()
    return practice


def book(practice: Practice, starts: list[datetime] = THREE, **more: Any) -> Series:
    given = {"service": practice.service, "staff": practice.user, "client": CARLA, "now": practice.now} | more
    return actions.book_series(starts=starts, **given)


def hold(practice: Practice, starts: list[datetime] = THREE, visitor: actions.Visitor = VERA) -> Hold:
    return actions.hold_series(
        service=practice.service, staff=practice.user, starts=starts, visitor=visitor, now=practice.now
    )


def times(series: Series) -> list[datetime]:
    return [booking.start for booking in series.bookings.all()]


def made() -> tuple[int, int, int]:
    return Series.objects.count(), Booking.objects.count(), Claim.objects.count()


def test_each_appointment_is_a_booking_of_its_own(practice: Practice) -> None:
    series = book(practice, list(reversed(THREE)))
    bookings = list(series.bookings.all())
    assert [(one.start, one.status, one.staff) for one in bookings] == [
        (at, "confirmed", practice.user) for at in THREE
    ]
    assert [one.client.name for one in bookings] == ["Carla Client"] * 3
    assert [one.changes.count() for one in bookings] == [1] * 3


def test_their_mails_are_one_batch(practice: Practice) -> None:
    book(practice)
    assert [mail.kind for mail in Mail.objects.all()] == ["confirmation"] * 3
    assert len({mail.batch for mail in Mail.objects.all()}) == 1


def test_where_one_time_is_taken_nothing_is_booked(practice: Practice) -> None:
    practice.book(THREE[1])
    before = made()
    with pytest.raises(actions.NotOpen) as refused:
        book(practice)
    assert (refused.value.gone, made()) == ([THREE[1]], before)


def test_the_wish_is_kept(practice: Practice) -> None:
    berlin = ZoneInfo("Europe/Berlin")
    wish = Wish(count=3, first=START.date(), zone=berlin, weekdays=frozenset({1, 3}), earliest=time(9), latest=time(12))
    series = book(practice, wish=wish)
    kept = (series.frequency, series.weekdays, series.earliest, series.latest, series.zone, series.count)
    assert kept == ("weekly", [1, 3], time(9), time(12), "Europe/Berlin", 3)
