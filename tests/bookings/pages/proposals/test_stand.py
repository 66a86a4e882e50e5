"""After clients were asked: the appointments stand after all, from the page of the day, the mail and the booking."""

from __future__ import annotations

from typing import Any

import pytest
from django.core import mail
from django.test import Client

from bookings import actions
from bookings.models import Booking, BookingChange, CoveredDay, Proposal
from bookings.notifications import outgoing
from bookings.notifications.client_notice import UNDO_WINDOW
from bookings.notifications.mails import delivery
from bookings.proposals import collisions
from connections.models import Occurrence
from practice.models import User
from tests.bookings.pages.proposals.test_covered import HOUR, MESSAGES, URL, ben_is_free, covered, mailed_link, press
from tests.factories import NOW, START, UserFactory, office_hours
from tests.pages import texts

pytestmark = [pytest.mark.django_db, pytest.mark.time_machine(NOW, tick=False)]
ANSWERS = "//section[@aria-labelledby='answers']"
TOLD = NOW + UNDO_WINDOW


@pytest.fixture
def day(anna: User, time_machine: Any) -> CoveredDay:
    """Three clients of the day have been asked to choose another time."""
    day = covered(anna)
    actions.decide_day(list(Proposal.objects.open()), choice="ask_all", now=NOW, actor=anna)
    time_machine.move_to(TOLD, tick=False)
    delivery.send_due(TOLD)
    mail.outbox.clear()
    return day


def waiting() -> int:
    return Booking.objects.exclude(new_time_asked_at=None).count()


def test_all_who_have_not_chosen_are_told_with_one_press(anna_client: Client, day: CoveredDay) -> None:
    first = Booking.objects.order_by("start")[0]
    actions.choose_time(first, start=START + 49 * HOUR, people=[ben_is_free(day)], now=TOLD)
    page = anna_client.get(f"{URL}day/{day.pk}/")
    assert texts(page, f"{ANSWERS}//button") == [
        "The appointment stands",
        "The appointment stands",
        "The appointments stand after all",
    ]
    after = press(anna_client, day, "stand_after_all")
    assert texts(after, MESSAGES) == ["2 appointments stand after all. Clients who were asked already are told."]
    assert texts(after, f"{ANSWERS}//li/p") == [
        "Now Thu 3 Dec, 11:00, with Ben Berg",
        "The appointment stands",
        "The appointment stands",
    ]
    assert texts(after, f"{ANSWERS}//form") == ["Keep asking Until 09:20 nobody is told that their appointment stands."]
    assert (waiting(), mail.outbox) == (0, [])


def test_it_is_undone_with_one_press(anna_client: Client, day: CoveredDay) -> None:
    press(anna_client, day, "stand_after_all")
    page = press(anna_client, day, "undo_standing")
    assert texts(page, MESSAGES) == ["3 clients are still asked to choose another time."]
    assert (waiting(), texts(page, f"{ANSWERS}/p")) == (3, ["0 of 3 have answered."])


def test_one_by_one(anna_client: Client, day: CoveredDay) -> None:
    second = Booking.objects.order_by("start")[1]
    page = press(anna_client, day, "stand_after_all", booking=second.pk)
    assert texts(page, MESSAGES) == ["1 appointment stands after all. A client who was asked already is told."]
    assert texts(page, f"{ANSWERS}//li/p") == [
        "Asked, no answer yet",
        "The appointment stands",
        "To be called: no e-mail address",
    ]
    again = press(anna_client, day, "stand_after_all", booking=second.pk)
    assert texts(again, MESSAGES) == ["This client is no longer asked to choose another time. Look again."]


def test_an_appointment_that_was_moved_since_is_shown_there(anna_client: Client, anna: User, day: CoveredDay) -> None:
    office_hours(anna)
    press(anna_client, day, "stand_after_all")
    moved = Booking.objects.order_by("start")[0]
    actions.choose_time(moved, start=START + 24 * HOUR, people=[anna], now=TOLD)
    page = anna_client.get(f"{URL}day/{day.pk}/")
    assert texts(page, f"{ANSWERS}//li/p") == [
        "Now Wed 2 Dec, 10:00",
        "The appointment stands",
        "The appointment stands",
    ]


def test_on_the_page_of_the_booking_too(anna_client: Client, day: CoveredDay) -> None:
    booking = Booking.objects.order_by("start")[0]
    address = booking.get_absolute_url()
    page = anna_client.post(f"{address}stand/", follow=True)
    assert texts(page, MESSAGES) == [
        "The appointment stands after all. If the client was asked already, they are told."
    ]
    assert texts(page, "//*[@id='asked']") == []
    change = BookingChange.objects.get(kind="stands")
    undone = anna_client.post(f"/bookings/changes/{change.pk}/undo/", follow=True)
    assert texts(undone, MESSAGES) == ["Undone. The client is still asked to choose another time."]
    assert waiting() == 3


def test_nobody_else_can_press_it_and_a_get_does_nothing(client: Client, anna_client: Client, day: CoveredDay) -> None:
    address = f"{Booking.objects.order_by('start')[0].get_absolute_url()}stand/"
    assert anna_client.get(address).status_code == 405
    client.force_login(UserFactory.create())
    assert (client.post(address).status_code, press(client, day, "stand_after_all").status_code) == (404, 404)
    assert waiting() == 3


def test_when_the_event_is_gone_one_question_is_asked_about_all(anna_client: Client, day: CoveredDay) -> None:
    gone(day)
    page = anna_client.get(f"{URL}day/{day.pk}/")
    section = "//section[starts-with(@aria-labelledby, 'covered-')]"
    assert texts(page, f"{section}/h2") == [
        "“Ill” no longer covers 3 bookings on Tue 1 Dec. The clients were asked to choose another time."
    ]
    assert texts(page, f"{section}//form/button") == ["The appointments stand", "Keep asking"]
    assert texts(page, f"{section}//button[contains(@class, 'button--primary')]") == ["Keep asking"]
    kept = press(anna_client, day, "keep_asking_all")
    assert texts(kept, MESSAGES) == ["3 clients are still asked to choose another time."]
    assert (waiting(), Proposal.objects.open().count(), mail.outbox) == (3, 0, [])


def test_one_of_them_is_decided_alone(anna_client: Client, day: CoveredDay) -> None:
    gone(day)
    first = "//section[starts-with(@aria-labelledby, 'proposal-')]"
    page = anna_client.get(f"{URL}day/{day.pk}/")
    assert texts(page, f"{first}//h2") == ["Nothing overlaps the booking any more"] * 3
    asked = Proposal.objects.open().order_by("booking__start")[0]
    anna_client.post(f"{URL}{asked.pk}/", {"choice": "stand"})
    assert (waiting(), asked.booking.changes.all()[0].kind) == (2, "stands")


def test_the_mailed_page_decides_about_it(client: Client, day: CoveredDay) -> None:
    gone(day)
    outgoing.mail_proposals(TOLD)
    link = mailed_link()
    page = client.get(link)
    assert texts(page, "//h1") == [
        "“Ill” no longer covers 3 bookings on Tue 1 Dec. The clients were asked to choose another time."
    ]
    shown = client.post(link, {"choice": "stand_all"}, follow=True)
    assert (waiting(), texts(shown, "//h1")) == (0, ["Tuesday 1 December"])


def gone(day: CoveredDay) -> None:
    Occurrence.objects.all().delete()
    collisions.update_notices(day.person, TOLD)


def test_it_is_said_in_german(german_client: Client, day: CoveredDay) -> None:
    page = german_client.get(f"{URL}day/{day.pk}/")
    assert texts(page, f"{ANSWERS}//button") == [
        "Der Termin bleibt bestehen",
        "Der Termin bleibt bestehen",
        "Der Termin bleibt bestehen",
        "Die Termine bleiben doch bestehen",
    ]
