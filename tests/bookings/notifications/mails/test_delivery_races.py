"""Workers that send the mails of a batch while some of its appointments are cancelled: on both databases."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from django.utils import timezone

from bookings.models import Booking, Mail
from tests.bookings.racing import Racers, command
from tests.factories import BookingFactory, ClientFactory, MailFactory, ServiceFactory, UserFactory
from tests.shared_database import shared_database  # noqa: F401 - a fixture

pytestmark = pytest.mark.usefixtures("shared_database")

WORKERS, CANCELLED = 4, 4
RACERS = WORKERS + CANCELLED
WEEK = timedelta(days=7)
STANDS = [[("confirmation", "sent")]]
AFTER_CANCELLING = [
    [("confirmation", "dropped")],
    [("confirmation", "dropped"), ("cancellation", "dropped")],  # a worker had taken the first, and found it untrue
    [("confirmation", "sent"), ("cancellation", "sent")],
]
SEND = ["send_mails", "--json"]


@pytest.fixture
def bookings() -> list[Booking]:
    """Six appointments that were booked at once and are to be told."""
    now, client, user, service = timezone.now(), ClientFactory(), UserFactory(), ServiceFactory()
    starts = [now + (week + 1) * WEEK for week in range(6)]
    made = [BookingFactory(client=client, staff=user, service=service, start=start) for start in starts]
    for booking in made:
        MailFactory(seat=booking.seat, batch="together", created_at=now, due_at=now)
    return made


def test_of_many_workers_one_sends_the_whole_batch(racers: Racers, bookings: list[Booking]) -> None:
    exits = racers.race(command, [SEND] * (WORKERS + CANCELLED))
    assert ([one.code for one in exits], sorted(json.loads(one.out)["sent"] for one in exits)) == (
        [0] * (WORKERS + CANCELLED),
        [0] * (WORKERS + CANCELLED - 1) + [6],
    )
    assert {(row.state, row.attempts) for row in Mail.objects.all()} == {("sent", 1)}
    assert len(set(Mail.objects.values_list("message_id", flat=True))) == 1


def test_nobody_who_cancels_waits_for_ever_for_a_worker_and_every_cancellation_of_what_was_sent_is_told(
    racers: Racers, bookings: list[Booking]
) -> None:
    cancelled = list(reversed(bookings))[:CANCELLED]
    acts = [*([SEND] * WORKERS), *(["cancel", "--booking", str(one.pk), "--json"] for one in cancelled)]
    assert [(one.code, one.err) for one in racers.race(command, acts)] == [(0, "")] * (WORKERS + CANCELLED)
    assert [one.code for one in racers.race(command, [SEND] * (WORKERS + CANCELLED))] == [0] * (WORKERS + CANCELLED)
    for booking in bookings:
        rows = [(row.kind, row.state) for row in Mail.objects.filter(seat__booking=booking)]
        assert [rows] == [one for one in (AFTER_CANCELLING if booking in cancelled else STANDS) if one == rows]
