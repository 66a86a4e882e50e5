"""Booking with somebody else, as the front desk does on the telephone."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from bookings.models import Booking
from practice.models import User
from tests.factories import (
    NOW,
    START,
    BookingFactory,
    CalendarFactory,
    OccurrenceFactory,
    ServiceFactory,
    UserFactory,
    office_hours,
)
from tests.pages import find, texts

pytestmark = [pytest.mark.django_db, pytest.mark.time_machine(NOW, tick=False)]
URL = "/bookings/new/"
HOUR = timedelta(hours=1)


@pytest.fixture
def people(db: None) -> dict[str, User]:
    """Ben offers advice, Mara a massage; both are at work."""
    made = {}
    for name, offered in (("ben", "Advice"), ("mara", "Massage")):
        made[name] = UserFactory.create(username=name, first_name=name.capitalize())
        office_hours(made[name])
        ServiceFactory.create(name=offered, slug=offered.lower(), slot_minutes=60, staff=[made[name]])
    return made


@pytest.fixture
def desk(client: Client, people: dict[str, User]) -> Client:
    """The front desk, signed in."""
    client.force_login(UserFactory.create(username="fred", role="front_desk"))
    return client


def sent(person: User, **changed: Any) -> dict[str, Any]:
    service = person.services.get().pk
    form = {"staff": person.pk, "service": service, "date": "2026-12-01", "name": "Carla Client"}
    return form | {"opening": START.isoformat()} | changed


def test_the_openings_of_whoever_is_chosen_are_in_view(desk: Client, people: dict[str, User]) -> None:
    BookingFactory.create(staff=people["mara"], start=START)
    page = desk.get(URL, {"staff": people["mara"].pk, "date": "2026-12-01"})
    assert texts(page, "//select[@name='staff']/option") == ["Ben", "Mara"]
    assert texts(page, "//select[@name='service']/option") == ["Massage"]
    assert texts(page, "//label[@class='time']") == ["09:00", "11:00", "12:00", "13:00", "14:00", "15:00", "16:00"]


def test_a_booking_is_made_with_the_person_chosen(desk: Client, people: dict[str, User]) -> None:
    desk.post(URL, sent(people["mara"]))
    booking = Booking.objects.get()
    assert (booking.staff, booking.start, booking.changes.get().actor.username) == (people["mara"], START, "fred")


def test_a_time_that_is_taken_is_refused_without_saying_by_what(desk: Client, people: dict[str, User]) -> None:
    calendar = CalendarFactory.create(connection__user=people["mara"], name="Therapy")
    OccurrenceFactory.create(calendar=calendar, summary="Dentist", start=START)
    page = desk.post(URL, sent(people["mara"]))
    assert texts(page, "//*[@id='refusal']/p") == ["Blocked 10:00–11:00."]
    assert [secret for secret in ("Dentist", "Therapy") if secret in page.content.decode()] == []


def test_staff_book_only_with_themselves(client: Client, people: dict[str, User]) -> None:
    client.force_login(people["ben"])
    assert client.post(URL, sent(people["mara"])).status_code == 404
    page = client.get(URL)
    assert (find(page, "//select[@name='staff']"), texts(page, "//select[@name='service']/option")) == ([], ["Advice"])


def test_the_front_desk_moves_and_cancels_the_booking_of_anybody(desk: Client, people: dict[str, User]) -> None:
    booking = BookingFactory.create(staff=people["mara"], service=people["mara"].services.get())
    later = {"date": "2026-12-01", "opening": (START + HOUR).isoformat()}
    desk.post(f"/bookings/{booking.pk}/reschedule/", later)
    booking.refresh_from_db()
    assert booking.start == START + HOUR
    desk.post(f"/bookings/{booking.pk}/cancel/")
    booking.refresh_from_db()
    assert booking.status == "cancelled"
