"""Several people decide about the same day at the same moment: the first decision about a booking counts."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from availability.models import BlockedSlot
from bookings.models import Booking, Proposal, Service
from bookings.proposals import collisions
from practice.models import User
from tests.bookings.racing import Racers, command
from tests.factories import BookingFactory, ClientFactory, ServiceFactory, UserFactory, office_hours
from tests.shared_database import shared_database  # noqa: F401 - a fixture

pytestmark = pytest.mark.usefixtures("shared_database")

CHOICES = ("ask_all", "hand_over_all", "keep_all", "ask_all", "hand_over_all", "ask_all")
COUNT = 5
BERLIN = ZoneInfo("Europe/Berlin")
CHANGES = {"ask": "asked", "hand_over": "handed_over", "keep": None}
"""By what was decided: the line of the history that says so."""


@pytest.fixture(scope="module")
def racers() -> Iterator[Racers]:
    racing = Racers(len(CHOICES))
    yield racing
    racing.close()


@pytest.fixture
def people(transactional_db: None) -> tuple[User, User]:
    """Anna and Ben at work, without calendars."""
    anna, ben = UserFactory.create(username="anna"), UserFactory.create(username="ben")
    for user in (anna, ben):
        office_hours(user)
    return anna, ben


@pytest.fixture
def service(people: tuple[User, User]) -> Service:
    """Of a Monday to come, for which both are free; Anna has bookings and is away."""
    anna, _ben = people
    service = ServiceFactory.create(slug="talk", staff=list(people))
    today = datetime.now(BERLIN).date()
    monday = datetime.combine(today + timedelta(days=14 - today.weekday()), time(), BERLIN)
    for number in range(COUNT):
        start = monday + timedelta(hours=9 + number)
        BookingFactory.create(staff=anna, service=service, start=start, client=ClientFactory.create())
    BlockedSlot.objects.create(user=anna, start=monday, end=monday + timedelta(days=1), is_away=True)
    collisions.update_notices(anna, datetime.now(BERLIN))
    return service


def test_each_booking_is_decided_about_once(racers: Racers, service: Service, people: tuple[User, User]) -> None:
    proposal = Proposal.objects.order_by("pk")[0]
    exits = racers.race(
        command, [["decide", "--proposal", str(proposal.pk), "--choice", choice, "--json"] for choice in CHOICES]
    )
    assert {one.code for one in exits} - {0, 2} == set()
    assert Proposal.objects.open().count() == 0
    for booking in Booking.objects.all():
        [decided] = booking.proposals.exclude(decided_at=None)
        lines = [str(change.kind) for change in booking.changes.all()]
        expected = CHANGES[decided.choice]
        assert lines == ([expected] if expected else [])
        assert (booking.staff == people[1], booking.new_time_asked_at is not None) == (
            decided.choice == "hand_over",
            decided.choice == "ask",
        )
