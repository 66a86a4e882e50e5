"""Clients choose another time at the moment at which staff let their appointment stand: both are told one thing."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest

from bookings import actions
from bookings.models import Booking, Mail, Proposal
from bookings.notifications.client_notice import UNDO_WINDOW
from bookings.notifications.mails import delivery
from practice.models import User
from tests.bookings.actions.covered.test_races import BERLIN, people, service  # noqa: F401 - fixtures
from tests.bookings.racing import Racers
from tests.shared_database import shared_database  # noqa: F401 - a fixture

pytestmark = pytest.mark.usefixtures("shared_database")

STAFF, CLIENT = "staff", "client"
WHO = (STAFF, CLIENT, STAFF, CLIENT)
DONE, REFUSED = "done", "refused"


def act(who: str) -> str:
    """Let the first booking stand, or choose another time for it."""
    booking, now = Booking.objects.order_by("pk")[0], datetime.now(BERLIN)
    try:
        if who == STAFF:
            actions.let_stand(booking, now=now)
        else:
            start, ben = booking.start + timedelta(days=1), User.objects.get(username="ben")
            actions.choose_time(booking, start=start, people=[ben], now=now)
    except actions.Refused:
        return REFUSED
    return DONE


@pytest.fixture(scope="module")
def racers() -> Iterator[Racers]:
    racing = Racers(len(WHO))
    yield racing
    racing.close()


@pytest.fixture
def asked(service: object) -> Booking:  # noqa: F811 - the fixture
    """The client of the first booking has been asked to choose another time."""
    asked_at = datetime.now(BERLIN) - 2 * UNDO_WINDOW
    actions.decide_day(list(Proposal.objects.open()), choice="ask_all", now=asked_at)
    delivery.send_due(asked_at + UNDO_WINDOW)
    return Booking.objects.order_by("pk")[0]


def test_a_client_who_has_chosen_is_not_told_that_the_appointment_stands(racers: Racers, asked: Booking) -> None:
    ends = racers.race(act, WHO)
    stood = sum(end == DONE for who, end in zip(WHO, ends, strict=True) if who == STAFF)
    booking = Booking.objects.get(pk=asked.pk)
    lines = [str(change.kind) for change in booking.changes.order_by("pk")]
    assert (booking.new_time_asked_at, lines) == (None, ["asked", *["stands"] * stood, "moved"])
    due = Mail.objects.filter(seat__booking=booking, kind="stands").exclude(state="dropped")
    assert (stood in (0, 1), booking.start == asked.start + timedelta(days=1), due.count()) == (True, True, 0)
