"""The page of a booking and the week say that its client is asked to choose another time."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.test import Client

from bookings import actions
from bookings.models import Booking, BookingChange, Proposal
from bookings.notifications.client_notice import UNDO_WINDOW
from practice.models import User
from tests.factories import NOW, BookingFactory, ClientFactory
from tests.pages import texts

pytestmark = [pytest.mark.django_db, pytest.mark.time_machine(NOW, tick=False)]
NOTICE = "//*[@id='asked']"


@pytest.fixture
def booking(anna: User) -> Booking:
    """Anna is away on its day, and its client was just asked."""
    booking = BookingFactory.create(staff=anna, client=ClientFactory.create(name="Clara Sommer"))
    actions.note_away(anna, date(2026, 12, 1), now=NOW)
    actions.decide(Proposal.objects.get(), choice="ask", now=NOW, actor=anna)
    return booking


def test_it_says_when_the_client_is_asked_and_then_that_they_are(
    anna_client: Client, booking: Booking, time_machine: Any
) -> None:
    address = booking.get_absolute_url()
    assert texts(anna_client.get(address), NOTICE) == [
        "The client is asked to choose another time at 09:10. Until they choose, the booking keeps its time."
    ]
    time_machine.move_to(NOW + UNDO_WINDOW, tick=False)
    assert texts(anna_client.get(address), NOTICE) == [
        "The client is asked to choose another time. Until they choose, the booking keeps its time."
    ]


def test_it_can_be_undone_there(anna_client: Client, booking: Booking) -> None:
    change = BookingChange.objects.get(kind="asked")
    page = anna_client.post(f"/bookings/changes/{change.pk}/undo/", follow=True)
    assert texts(page, "//div[@id='messages']") == ["Undone. The client is not asked."]
    assert (texts(page, NOTICE), Proposal.objects.open().count()) == ([], 1)


def test_the_week_says_so_too(anna_client: Client, booking: Booking) -> None:
    link = f".//*[starts-with(@id, 'booking-{booking.pk}-')]"
    [words] = texts(anna_client.get("/calendars/"), f"//li[@title and {link}]/span[@class='slot__words']")
    assert words.endswith("· Asked to choose another time")


def test_a_client_who_has_chosen_is_not_asked_any_more(anna_client: Client, anna: User, booking: Booking) -> None:
    actions.reschedule(booking, start=booking.start.replace(day=3), now=NOW, anyway=True, actor=anna)
    assert texts(anna_client.get(booking.get_absolute_url()), NOTICE) == []
