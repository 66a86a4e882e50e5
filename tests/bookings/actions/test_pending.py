"""Three facts keep a booking pending; each verb clears its own, and whoever clears the last confirms."""

from itertools import combinations, permutations

import pytest
from django.db import IntegrityError, transaction

from bookings import actions
from bookings.models import Booking
from tests.bookings.practice import HOUR, Practice
from tests.factories import NOW, START, BookingFactory

FACTS = ("address_due_at", "approval_due_at", "calendar_unread_since")
CAUSES = {
    "address_due_at": "unconfirmed_address",
    "approval_due_at": "approval",
    "calendar_unread_since": "calendar_unreadable",
    "": "",
}
COMBINATIONS = [facts for count in range(4) for facts in combinations(FACTS, count)]
ORDERS = [order for facts in COMBINATIONS for order in permutations(facts)]


def pending(practice: Practice, facts: tuple[str, ...]) -> Booking:
    booking = practice.book(START)
    for fact in facts:
        setattr(booking, fact, NOW)
    booking.status = Booking.Status.PENDING if facts else Booking.Status.CONFIRMED
    booking.save()
    return booking


def clear(booking: Booking, fact: str, practice: Practice) -> bool:
    if fact == "address_due_at":
        return actions.confirm_address(booking, now=practice.now)
    if fact == "approval_due_at":
        return actions.approve(booking, now=practice.now)
    return actions.confirm(booking, now=practice.now)


def standing(booking: Booking) -> tuple[str, str]:
    booking.refresh_from_db()
    return booking.status, booking.cause


@pytest.mark.parametrize("order", ORDERS, ids=" then ".join)
def test_in_whatever_order_the_facts_are_cleared_the_last_one_confirms(
    practice: Practice, order: tuple[str, ...]
) -> None:
    booking = pending(practice, order)
    seen, confirmed = [standing(booking)], []
    for fact in order:
        confirmed.append(clear(booking, fact, practice))
        seen.append(standing(booking))
    left = [order[number:] for number in range(len(order) + 1)]
    causes = [CAUSES[next((fact for fact in FACTS if fact in facts), "")] for facts in left]
    assert seen == [("pending" if cause else "confirmed", cause) for cause in causes]
    assert confirmed == [number == len(order) for number in range(1, len(order) + 1)]
    assert booking.changes.filter(kind="confirmed").count() == min(len(order), 1)


@pytest.mark.parametrize("facts", COMBINATIONS, ids=" and ".join)
def test_a_good_read_clears_only_that_the_calendars_were_unread(practice: Practice, facts: tuple[str, ...]) -> None:
    booking = pending(practice, facts)
    actions.confirm_pending(practice.user, practice.now)
    others = [fact for fact in FACTS if fact in facts and fact != "calendar_unread_since"]
    assert standing(booking) == (("pending", CAUSES[others[0]]) if others else ("confirmed", ""))


def test_a_cancelled_booking_waits_for_nothing(practice: Practice) -> None:
    booking = pending(practice, FACTS)
    actions.cancel(booking, now=practice.now)
    assert standing(booking) == ("cancelled", "")
    with pytest.raises(actions.Refused):
        actions.approve(booking, now=practice.now)


def test_rescheduling_clears_nothing(practice: Practice) -> None:
    booking = pending(practice, FACTS)
    actions.reschedule(booking, start=START + HOUR, now=practice.now)
    assert standing(booking) == ("pending", "unconfirmed_address")


@pytest.mark.django_db
@pytest.mark.parametrize("fact", FACTS)
def test_the_database_refuses_a_pending_booking_without_a_fact_and_a_confirmed_one_with_one(fact: str) -> None:
    booking = BookingFactory()
    with pytest.raises(IntegrityError), transaction.atomic():
        Booking.objects.filter(pk=booking.pk).update(status="pending")
    with pytest.raises(IntegrityError), transaction.atomic():
        Booking.objects.filter(pk=booking.pk).update(**{fact: NOW})
    assert standing(booking) == ("confirmed", "")
