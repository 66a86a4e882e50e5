"""Somebody is deactivated while others book with them, and owners deactivate each other: on both databases."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from bookings.actions import leaving
from bookings.models import Booking
from practice.models import User
from tests.bookings.racing import Racers, command
from tests.factories import ServiceFactory, UserFactory
from tests.shared_database import shared_database  # noqa: F401 - a fixture

pytestmark = pytest.mark.usefixtures("shared_database", "at_work")

RACERS = 8
BERLIN = ZoneInfo("Europe/Berlin")


def booking(number: int) -> list[str]:
    """The command that books one of several hours of next Monday; it reads the clock itself."""
    today = datetime.now(BERLIN).replace(hour=9 + number, minute=0, second=0, microsecond=0)
    start = today + timedelta(days=7 - today.weekday())
    return ["book", "--service", "talk", "--start", start.isoformat(), "--name", f"Client {number}", "--json"]


def test_what_is_booked_at_the_moment_of_deactivating_is_there_to_be_decided(racers: Racers, anna: User) -> None:
    UserFactory.create(role=User.Role.OWNER)
    ServiceFactory.create(slug="talk", staff=[anna])
    exits = racers.race(command, [*map(booking, range(RACERS - 1)), ["deactivate", "--user", "anna", "--json"]])
    booked = [number for number, one in enumerate(exits[:-1]) if one.code == 0]
    assert ({one.code for one in exits} - {0, 2}, exits[-1].code) == (set(), 0)
    left = leaving.bookings_left(anna, timezone.now())
    assert [str(one.client) for one in left] == [f"Client {number}" for number in booked]
    assert Booking.objects.count() == len(booked)


def test_owners_who_deactivate_each_other_leave_one(racers: Racers, anna: User) -> None:
    names = [f"owner{number}" for number in range(RACERS)]
    for name in names:
        UserFactory.create(username=name, role=User.Role.OWNER)
    exits = racers.race(command, [["deactivate", "--user", name, "--json"] for name in names])
    assert sorted(one.code for one in exits) == [0] * (RACERS - 1) + [2]
    assert User.owners().count() == 1
