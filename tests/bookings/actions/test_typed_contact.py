"""What a visitor types for a client who is known: it counts for that appointment alone until staff store it."""

from __future__ import annotations

import pytest
from django.core import mail

from bookings import actions
from bookings.models import Booking, Client, ClientChange, Mail, Seat
from bookings.notifications.mails import asked_links, delivery
from practice.models import Practice, User
from tests.factories import (
    NOW,
    START,
    BookingFactory,
    ClientFactory,
    HoldFactory,
    ServiceFactory,
    UserFactory,
    office_hours,
)

pytestmark = [pytest.mark.django_db, pytest.mark.time_machine(NOW, tick=False)]
KNOWN, TYPED, OTHER = "clara@example.org", "typed@example.org", "other@example.org"
NUMBER, OTHER_NUMBER = "+493012345678", "+493087654321"


@pytest.fixture(autouse=True)
def winter(db: None) -> None:
    Practice.objects.create(
        name="Praxis Winter", email="praxis@winter.example", time_zone="Europe/Berlin", country="AU"
    )


@pytest.fixture
def anna() -> User:
    anna = UserFactory(username="anna")
    office_hours(anna)
    return anna


def book(anna: User, *, email: str = "", phone: str = "", is_public: bool = True, day: int = 0) -> Booking:
    """Clara is booked for an hour, by a visitor of the public pages or by Anna."""
    start = START.replace(hour=10 + day)
    service = ServiceFactory(staff=[anna])
    hold = HoldFactory(staff=anna, service=service, start=start) if is_public else None
    details = actions.ClientDetails("Clara", email, phone)
    return actions.book(
        service=service, staff=anna, start=start, client=details, now=NOW, hold=hold, actor=None if is_public else anna
    )


def reached(booking: Booking) -> tuple[str, str]:
    """Where mails about the booking go, and the number under which its client is called."""
    seat = Seat.objects.get(booking=booking)
    return seat.address, seat.number


def noted() -> list[tuple[str, dict[str, str], dict[str, str]]]:
    return list(ClientChange.objects.order_by("pk").values_list("kind", "before", "after"))


@pytest.mark.parametrize(
    ("stored", "typed"),
    [
        ({"email": "", "phone": NUMBER}, {"email": TYPED, "phone": NUMBER}),
        ({"email": KNOWN, "phone": NUMBER}, {"email": TYPED, "phone": NUMBER}),
        ({"email": KNOWN, "phone": ""}, {"email": KNOWN, "phone": OTHER_NUMBER}),
        ({"email": KNOWN, "phone": NUMBER}, {"email": KNOWN, "phone": OTHER_NUMBER}),
    ],
)
def test_what_a_visitor_types_for_a_known_client_counts_for_that_appointment_alone(
    anna: User, stored: dict[str, str], typed: dict[str, str]
) -> None:
    clara = ClientFactory(name="Clara", **stored)
    earlier = BookingFactory(staff=anna, client=clara, start=START)
    booking = book(anna, **typed)
    clara.refresh_from_db()
    other = {field: value for field, value in typed.items() if value != stored[field]}
    assert (booking.client, clara.email, clara.phone) == (clara, stored["email"], stored["phone"])
    assert (reached(booking), reached(earlier)) == (tuple(typed.values()), tuple(stored.values()))
    assert noted() == [("not_taken", {field: stored[field] for field in other}, other)]


def test_the_mails_of_the_appointment_go_where_its_visitor_said_and_those_of_others_do_not(anna: User) -> None:
    clara = ClientFactory(name="Clara", email="", phone=NUMBER)
    earlier = BookingFactory(staff=anna, client=clara, start=START)
    book(anna, email=TYPED, phone=NUMBER)
    actions.cancel(earlier, now=NOW)
    delivery.send_due(NOW)
    assert [(row.seat.booking == earlier, row.recipient) for row in Mail.objects.order_by("pk")] == [
        (False, TYPED),
        (True, ""),
    ]
    assert [one.to for one in mail.outbox] == [[TYPED]]


def test_later_bookings_of_staff_know_nothing_of_what_a_visitor_typed(anna: User) -> None:
    ClientFactory(name="Clara", email="", phone=NUMBER)
    book(anna, email=TYPED, phone=NUMBER)
    assert reached(book(anna, phone=NUMBER, is_public=False, day=2)) == ("", NUMBER)


def test_staff_add_what_was_missing_as_before(anna: User) -> None:
    clara = ClientFactory(name="Clara", email="", phone=NUMBER)
    booking = book(anna, email=KNOWN, phone=NUMBER, is_public=False)
    clara.refresh_from_db()
    assert (clara.email, Seat.objects.get().email, reached(booking)) == (KNOWN, "", (KNOWN, NUMBER))
    assert noted() == [("changed", {"email": ""}, {"email": KNOWN})]


def test_a_visitor_who_is_not_known_is_stored_as_they_say(anna: User) -> None:
    booking = book(anna, email=TYPED, phone=NUMBER)
    assert (Client.objects.get().email, Seat.objects.get().email, reached(booking)) == (TYPED, "", (TYPED, NUMBER))


def test_what_staff_store_replaces_what_was_typed_for_appointments(anna: User) -> None:
    clara = ClientFactory(name="Clara", email=KNOWN, phone=NUMBER)
    by_email, by_phone = book(anna, email=TYPED, phone=NUMBER), book(anna, email=KNOWN, phone=OTHER_NUMBER, day=2)
    clara.email = OTHER
    actions.change_client(clara, now=NOW, actor=anna)
    assert [reached(one) for one in (by_email, by_phone)] == [(OTHER, NUMBER), (OTHER, OTHER_NUMBER)]
    clara.phone = "+493011111111"
    actions.change_client(clara, now=NOW, actor=anna)
    assert [reached(one)[1] for one in (by_email, by_phone)] == ["+493011111111"] * 2


@pytest.mark.parametrize(("asked", "number"), [(TYPED, 1), ("TYPED@example.org", 1), (KNOWN, 1), (OTHER, 0)])
def test_each_address_finds_the_appointments_that_it_is_mailed_about(anna: User, asked: str, number: int) -> None:
    clara = ClientFactory(name="Clara", email=KNOWN, phone=NUMBER)
    earlier = BookingFactory(staff=anna, client=clara, start=START)
    booking = book(anna, email=TYPED, phone=NUMBER)
    asked_links.ask(asked, address_key="", now=NOW)
    asked_links.answer_due(NOW)
    links = [seat.link for seat in Seat.objects.filter(booking__in=[earlier, booking])]
    assert [sum(link in str(one.body) for link in links) for one in mail.outbox] == [number] * number
    assert [one.to for one in mail.outbox] == [[TYPED if "YPED" in asked.upper() else asked]] * number


def test_an_address_to_confirm_is_the_one_that_was_typed(anna: User) -> None:
    Practice.objects.update(confirm_addresses=True)
    ClientFactory(name="Clara", email=KNOWN, phone=NUMBER)
    book(anna, email=TYPED, phone=NUMBER)
    assert Mail.objects.values_list("kind", "recipient").get() == ("address_to_confirm", TYPED)
