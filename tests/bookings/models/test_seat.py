from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from bookings.links import LinkState
from bookings.models import Seat
from tests.factories import NOW, START, BookingFactory, ClientFactory

pytestmark = pytest.mark.django_db


def test_a_booking_has_one_seat_at_most() -> None:
    booking = BookingFactory()
    with pytest.raises(IntegrityError), transaction.atomic():
        Seat.objects.create(booking=booking, client=ClientFactory())
    assert booking.seats.count() == 1


def test_a_link_leads_to_its_seat_until_30_days_after_the_end_or_until_a_new_one_is_sent() -> None:
    seat = BookingFactory().seat
    token = seat.link.split("/")[-2]
    assert seat.link == f"http://127.0.0.1:8000/booking/{token}/"
    assert Seat.objects.of_link(token, NOW) == (LinkState.VALID, seat)
    assert Seat.objects.of_link(token, START + timedelta(days=31)) == (LinkState.EXPIRED, seat)
    seat.renew_link()
    assert Seat.objects.of_link(token, NOW) == (LinkState.UNKNOWN, None)
    assert Seat.objects.of_link(seat.link.split("/")[-2], NOW) == (LinkState.VALID, seat)
    assert Seat.objects.of_link("\0nobody's", NOW) == (LinkState.UNKNOWN, None)


def test_language_and_zone_of_a_seat_come_before_those_of_its_client() -> None:
    seat = BookingFactory(client=ClientFactory(language="de", time_zone="Asia/Tokyo")).seat
    assert (seat.spoken_language, seat.clock_zone) == ("de", "Asia/Tokyo")
    seat.language, seat.time_zone = "en", "Europe/Lisbon"
    assert (seat.spoken_language, seat.clock_zone) == ("en", "Europe/Lisbon")
