"""Moving a booking in the calendar: what is said before, and what a press does."""

from __future__ import annotations

import json
from datetime import datetime, timedelta

import pytest
from django.test import Client

from bookings.models import Booking, Mail
from bookings.models import Client as Person
from practice.models import User
from tests.bookings.pages.week.cards.dialog import DIALOG, buttons, in_dialog, stamp, title
from tests.factories import (
    NOW,
    START,
    BookingFactory,
    ClientFactory,
    OccurrenceFactory,
    ServiceFactory,
    UserFactory,
    office_hours,
)
from tests.pages import find, links, texts

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.time_machine(NOW, tick=False),
    pytest.mark.usefixtures("at_work"),
]
HOUR = timedelta(hours=1)
LATER = START + 4 * HOUR


@pytest.fixture
def ben(db: None) -> User:
    """A colleague who works too."""
    ben = UserFactory.create(username="ben", first_name="Ben")
    office_hours(ben)
    return ben


@pytest.fixture
def booked(anna: User, ben: User) -> Booking:
    """Clara's massage with Anna on Tuesday at ten; Ben offers it as well."""
    anna.role = User.Role.OWNER
    anna.save()
    service = ServiceFactory.create(name="Massage", slug="massage", minutes=60, staff=[anna, ben])
    client = ClientFactory.create(name="Clara Winter", email="clara@example.org")
    return BookingFactory.create(staff=anna, service=service, client=client)


def url(booking: Booking) -> str:
    return f"/calendars/move/{booking.pk}/"


def now_at(booking: Booking) -> tuple[str, str]:
    booking.refresh_from_db()
    return f"{booking.start:%H:%M}", booking.staff.username


def test_the_calendar_says_which_bookings_can_be_moved(anna_client: Client, booked: Booking) -> None:
    assert find(anna_client.get("/calendars/"), "//li/@data-move") == [str(booked.pk)]


def test_the_card_of_a_booking_offers_to_move_and_to_open_it(anna_client: Client, booked: Booking) -> None:
    card = in_dialog(anna_client, f"/bookings/{booked.pk}/")
    assert (title(card), card["HX-Push-Url"]) == (["Clara Winter"], "false")
    assert texts(card, "//section/p")[0] == "Tue 1 Dec 2026, 10:00–11:00 Confirmed"
    assert links(card, "//section//div[@class='row']/a") == [
        ("Move", f"/bookings/{booked.pk}/reschedule/"),
        ("Open", f"/bookings/{booked.pk}/"),
    ]


def test_before_a_move_it_says_who_is_told(anna_client: Client, booked: Booking) -> None:
    card = in_dialog(anna_client, url(booked), start=stamp(LATER), staff="")
    assert (title(card), buttons(card)) == (["Move Clara Winter?"], ["Move", "Choose another time"])
    assert texts(card, "//dd") == ["Tue 1 Dec 2026, 10:00–11:00", "Tue 1 Dec 2026, 14:00–15:00"]
    assert texts(card, "//section/p") == ["Clara Winter is told by e-mail (clara@example.org)."]
    assert now_at(booked) == ("09:00", "anna")


def test_a_client_without_an_address_is_told_by_staff(anna_client: Client, booked: Booking) -> None:
    Person.objects.update(email="")
    card = in_dialog(anna_client, url(booked), start=stamp(LATER))
    assert texts(card, "//section/p") == ["Clara Winter has no e-mail address: tell them yourself."]


def test_a_press_moves_the_booking_and_tells_the_client(anna_client: Client, booked: Booking) -> None:
    answer = anna_client.post(url(booked), {"start": LATER.isoformat()}, headers=DIALOG)
    said = json.loads(answer["HX-Trigger"])["calendar-changed"]["said"]
    assert (answer.status_code, said) == (204, "Moved: Clara Winter · Massage.")
    assert now_at(booked) == ("13:00", "anna")
    assert Mail.objects.to_clients().filter(change__booking=booked).count() == 1


def test_without_a_script_the_form_is_a_page_and_leads_to_the_day(anna_client: Client, booked: Booking) -> None:
    page = anna_client.get(url(booked), {"start": stamp(LATER)})
    assert title(page) == ["Move Clara Winter?"]
    moved = anna_client.post(url(booked), {"start": LATER.isoformat()}, follow=True)
    assert moved.redirect_chain == [("/calendars/?date=2026-12-01", 302)]


@pytest.mark.parametrize(("start", "clock"), [(LATER, "13:00"), (START, "09:00")])
def test_a_booking_goes_to_a_colleague(
    anna_client: Client, booked: Booking, ben: User, start: datetime, clock: str
) -> None:
    card = in_dialog(anna_client, url(booked), start=stamp(start), staff=ben.pk)
    assert [words.rpartition(", ")[2] for words in texts(card, "//dd")] == ["Anna", "Ben"]
    sent = {name: find(card, f"//input[@name='{name}']/@value")[0] for name in ("start", "staff")}
    assert anna_client.post(url(booked), sent, headers=DIALOG).status_code == 204
    assert now_at(booked) == (clock, "ben")


def test_a_refusal_is_said_in_the_card_and_one_can_insist(anna_client: Client, booked: Booking, work: object) -> None:
    OccurrenceFactory(calendar=work, summary="Dentist", start=LATER)
    sent = {"start": LATER.isoformat(), "staff": booked.staff_id}
    card = anna_client.post(url(booked), sent, headers=DIALOG)
    assert texts(card, "//*[@id='refusal']") == ["“Dentist” in “Work” (14:00–15:00) is marked Busy, so it blocks."]
    assert (buttons(card), now_at(booked)) == (["Move anyway", "Choose another time"], ("09:00", "anna"))
    assert anna_client.post(url(booked), sent | {"anyway": "on"}, headers=DIALOG).status_code == 204
    assert now_at(booked) == ("13:00", "anna")


def test_who_does_not_offer_the_service_does_not_get_the_booking(
    anna_client: Client, booked: Booking, ben: User
) -> None:
    booked.service.staff.remove(ben)
    ServiceFactory(name="Advice", slug="advice", staff=[ben])
    card = anna_client.post(url(booked), {"start": LATER.isoformat(), "staff": ben.pk}, headers=DIALOG)
    assert texts(card, "//*[@id='refusal']") == ["ben does not offer “Massage”."]
    assert (buttons(card), now_at(booked)) == (["Choose another time"], ("09:00", "anna"))


def test_bookings_of_others_strange_people_and_times_are_not_found(client: Client, booked: Booking, ben: User) -> None:
    client.force_login(ben)
    assert client.post(url(booked), {"start": LATER.isoformat()}).status_code == 404
    client.force_login(booked.staff)
    wrong = [{"start": "soon"}, {"start": LATER.isoformat(), "staff": "x"}, {"start": LATER.isoformat(), "staff": "0"}]
    assert [client.post(url(booked), one).status_code for one in wrong] == [404, 404, 404]
    assert now_at(booked) == ("09:00", "anna")


def test_what_is_over_or_cancelled_is_shown_instead(anna_client: Client, anna: User) -> None:
    past = BookingFactory(staff=anna, start=NOW - 3 * HOUR)
    assert anna_client.get(url(past), {"start": stamp(LATER)}).url == f"/bookings/{past.pk}/"


@pytest.mark.parametrize("seconds", [timedelta(seconds=30), timedelta(microseconds=1)])
def test_no_booking_is_moved_to_a_time_with_seconds(anna_client: Client, booked: Booking, seconds: timedelta) -> None:
    asked = {"start": (LATER + seconds).isoformat(), "anyway": "on"}
    assert (anna_client.post(url(booked), asked).status_code, now_at(booked)) == (404, ("09:00", "anna"))
