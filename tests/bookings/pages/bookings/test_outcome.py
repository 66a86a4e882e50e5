"""What became of a booking that is over: done, or nobody came."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client

from bookings.models import Booking
from practice.models import User
from tests.factories import NOW, START, BookingFactory, ClientFactory, ServiceFactory, cancelled
from tests.pages import find, texts

pytestmark = [pytest.mark.django_db, pytest.mark.time_machine(NOW, tick=False)]
HOUR = timedelta(hours=1)


@pytest.fixture
def over(anna: User) -> Booking:
    return BookingFactory(
        staff=anna, service=ServiceFactory(name="Massage"), client=ClientFactory(name="Clara"), start=NOW - 3 * HOUR
    )


def answered(client: Client, booking: Booking, answer: str) -> int:
    return client.post(f"/bookings/{booking.pk}/outcome/", {"outcome": answer}).status_code


def test_a_past_booking_is_done_or_nobody_came_and_that_is_counted_on_the_client(
    anna_client: Client, anna: User, over: Booking
) -> None:
    client = over.client
    missed = BookingFactory(staff=anna, client=client, start=NOW - 30 * HOUR)
    assert (answered(anna_client, over, "done"), answered(anna_client, missed, "no_show")) == (302, 302)
    assert answered(anna_client, over, "done") == 302
    page = anna_client.get(f"/clients/{client.pk}/")
    assert texts(page, "//*[@id='attendance']") == ["Came: 1. Did not come: 1."]
    shown = anna_client.get(f"/bookings/{over.pk}/")
    assert texts(shown, "//form[contains(@action, 'outcome')]//button") == ["Did not come"]
    assert texts(shown, "//ol[@class='history']/li/p[1]") == ["Done by staff (Anna): Mon 30 Nov 2026, 06:00–07:00"]


def test_an_answer_can_be_corrected(anna_client: Client, over: Booking) -> None:
    answered(anna_client, over, "no_show")
    answered(anna_client, over, "done")
    assert (over.seats.get().outcome, [change.kind for change in over.changes.all()]) == ("done", ["done", "no_show"])


def test_neither_what_is_to_come_nor_what_was_cancelled_has_an_outcome(anna_client: Client, anna: User) -> None:
    to_come, gone = BookingFactory(staff=anna), cancelled(BookingFactory(staff=anna, start=NOW - 3 * HOUR))
    for booking, refusal in ((to_come, "This booking is not over yet."), (gone, "This booking is cancelled.")):
        assert answered(anna_client, booking, "done") == 302
        page = anna_client.get(f"/bookings/{booking.pk}/")
        assert (texts(page, "//div[@id='messages']"), booking.seats.get().outcome) == ([refusal], "")
        assert find(page, "//form[contains(@action, 'outcome')]") == []


def test_other_answers_and_bookings_of_others_are_refused(anna_client: Client, over: Booking) -> None:
    others = BookingFactory(start=NOW - 3 * HOUR)
    assert (answered(anna_client, over, "late"), answered(anna_client, others, "done")) == (400, 404)


def test_a_past_booking_offers_no_reschedule(anna_client: Client, over: Booking) -> None:
    assert texts(anna_client.get(f"/bookings/{over.pk}/"), "//div[@class='page-head']//a") == ["Book again", "Cancel"]
    response = anna_client.get(f"/bookings/{over.pk}/reschedule/")
    assert (response.status_code, response["Location"]) == (302, over.get_absolute_url())


def test_a_reason_for_cancelling_stays_in_the_history(anna_client: Client, anna: User) -> None:
    booking = BookingFactory(staff=anna, start=START)
    anna_client.post(f"/bookings/{booking.pk}/cancel/", {"reason": "Ill\nagain"})
    assert booking.changes.get().reason == "Ill again"
    page = anna_client.get(f"/bookings/{booking.pk}/")
    assert texts(page, "//ol[@class='history']/li/p[1]") == [
        "Cancelled by staff (Anna): Tue 1 Dec 2026, 10:00–11:00 · “Ill again”"
    ]
