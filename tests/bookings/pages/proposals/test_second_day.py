"""Whoever was asked because of one day, chose another and is asked again there: each day says what became of it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from bookings import actions
from bookings.models import Booking, CoveredDay
from bookings.notifications.client_notice import UNDO_WINDOW
from bookings.notifications.mails import delivery
from practice.models import User
from tests.bookings.pages.proposals.test_covered import MESSAGES, URL, covered, press
from tests.factories import NOW, START, CoveredDayFactory, ProposalFactory, office_hours
from tests.pages import texts

pytestmark = [pytest.mark.django_db, pytest.mark.time_machine(NOW, tick=False)]
ANSWERS = "//section[@aria-labelledby='answers']"
WEDNESDAY = START + timedelta(days=1)
CHOSEN = NOW + UNDO_WINDOW
ASKED_AGAIN = NOW + 2 * UNDO_WINDOW


@pytest.fixture
def days(anna: User, anna_client: Client, time_machine: Any) -> tuple[CoveredDay, CoveredDay]:
    """Clara was asked because of Tuesday and chose Wednesday, of which Anna is ill too: asked again just now."""
    office_hours(anna)
    tuesday = covered(anna)
    press(anna_client, tuesday, "ask_all")
    time_machine.move_to(CHOSEN, tick=False)
    delivery.send_due(CHOSEN)
    booking = Booking.objects.order_by("start")[0]
    actions.choose_time(booking, start=WEDNESDAY, people=[anna], now=CHOSEN)
    delivery.send_due(CHOSEN)
    time_machine.move_to(ASKED_AGAIN, tick=False)
    shift = WEDNESDAY - START
    start, end = tuesday.start + shift, tuesday.end + shift
    wednesday = CoveredDayFactory.create(person=anna, date=tuesday.date + shift, start=start, end=end, title="Ill")
    asked = ProposalFactory.create(
        booking=booking, kind="collision", covered_day=wednesday, new_start=start, new_end=end
    )
    actions.decide(asked, choice="ask", now=ASKED_AGAIN, actor=anna)
    return tuesday, wednesday


def test_the_first_day_says_that_the_client_has_answered(
    anna_client: Client, days: tuple[CoveredDay, CoveredDay]
) -> None:
    pages = [anna_client.get(f"{URL}day/{day.pk}/") for day in days]
    assert texts(pages[0], f"{ANSWERS}/p") == ["1 of 3 have answered."]
    assert texts(pages[0], f"{ANSWERS}//li")[0] == "Clara Sommer · Massage Now Wed 2 Dec, 10:00"
    assert texts(pages[1], f"{ANSWERS}/p") == ["0 of 1 has answered."]


def test_undoing_the_first_day_leaves_what_was_asked_on_the_second(
    anna_client: Client, days: tuple[CoveredDay, CoveredDay]
) -> None:
    press(anna_client, days[0], "undo")
    assert Booking.objects.get(start=WEDNESDAY).new_time_asked_at == ASKED_AGAIN + UNDO_WINDOW


def test_the_appointments_of_the_first_day_stand_and_that_of_the_second_does_not(
    anna_client: Client, days: tuple[CoveredDay, CoveredDay], time_machine: Any
) -> None:
    told = ASKED_AGAIN + UNDO_WINDOW
    time_machine.move_to(told, tick=False)
    delivery.send_due(told)
    page = press(anna_client, days[0], "stand_after_all")
    assert texts(page, MESSAGES) == ["2 appointments stand after all. Clients who were asked already are told."]
    assert Booking.objects.get(start=WEDNESDAY).new_time_asked_at == told


def test_keeping_to_ask_on_the_first_day_leaves_the_second_standing(
    anna_client: Client, days: tuple[CoveredDay, CoveredDay], time_machine: Any
) -> None:
    told = ASKED_AGAIN + UNDO_WINDOW
    time_machine.move_to(told, tick=False)
    delivery.send_due(told)
    press(anna_client, days[1], "stand_after_all")
    press(anna_client, days[0], "undo_standing")
    assert Booking.objects.get(start=WEDNESDAY).new_time_asked_at is None
