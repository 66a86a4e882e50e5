from datetime import datetime, timedelta

import pytest
from django.db import IntegrityError, transaction

from bookings import actions
from bookings.models import Booking, Claim
from bookings.openings import explain, search
from tests.bookings.practice import HOUR, Practice
from tests.factories import START, BookingFactory, HoldFactory, UserFactory, cancelled

SECOND = timedelta(seconds=1)


def held(practice: Practice, expires_at: datetime) -> Claim:
    """A claim of somebody who keeps the time."""
    return HoldFactory(staff=practice.user, service=practice.service, expires_at=expires_at).claim


def open_at_start(practice: Practice) -> tuple[bool, str]:
    """Whether openings has the time, and why it has not."""
    shape = practice.service.shape
    return (
        search.can_start(practice.user, shape, START, now=practice.now),
        explain.why_not(practice.user, shape, START, now=practice.now),
    )


def test_an_expired_claim_counts_nowhere_and_is_deleted_by_the_next_booking_without_a_worker(
    practice: Practice,
) -> None:
    held(practice, practice.now)
    assert open_at_start(practice) == (True, "")
    booking = practice.book(START)
    assert (booking.status, list(Claim.objects.all())) == ("confirmed", [booking.claim])


def test_a_claim_counts_until_it_expires(practice: Practice) -> None:
    claim = held(practice, practice.now + SECOND)
    assert open_at_start(practice)[0] is False
    with pytest.raises(actions.NotOpen):
        practice.book(START)
    assert list(Claim.objects.all()) == [claim]


def test_a_live_booking_owns_exactly_one_claim_and_a_cancelled_one_none(practice: Practice) -> None:
    booking = practice.book(START)
    claim = booking.claim
    assert claim is not None
    booking = actions.reschedule(booking, start=START + HOUR, now=practice.now)
    assert list(Claim.objects.values_list("pk", "start", "end")) == [(claim.pk, START + HOUR, START + 2 * HOUR)]
    booking = actions.cancel(booking, now=practice.now)
    assert (booking.claim, Claim.objects.count()) == (None, 0)


def test_the_claim_has_the_buffers_of_the_service(practice: Practice) -> None:
    practice.service.buffer_before_minutes, practice.service.buffer_after_minutes = 10, 20
    practice.service.save()
    booking = practice.book(START)
    assert booking.blocked_span == (START - timedelta(minutes=10), START + HOUR + timedelta(minutes=20))


@pytest.mark.django_db
def test_the_database_refuses_a_live_booking_without_a_claim() -> None:
    booking = BookingFactory()
    with pytest.raises(IntegrityError), transaction.atomic():
        Booking.objects.filter(pk=booking.pk).update(claim=None)
    with pytest.raises(IntegrityError), transaction.atomic():
        Booking.objects.filter(pk=booking.pk).update(status="cancelled")
    assert cancelled(booking).blocked_span == (START, START + HOUR)


@pytest.mark.django_db
def test_the_database_refuses_a_hold_that_never_expires() -> None:
    span = {"staff": UserFactory(), "start": START, "end": START + HOUR}
    with pytest.raises(IntegrityError), transaction.atomic():
        Claim.objects.create(kind=Claim.Kind.HOLD, expires_at=None, **span)
    assert Claim.objects.count() == 0
