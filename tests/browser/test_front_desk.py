"""The front desk at work: everybody's day, and a booking with Mara for a client who calls."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import Page

from bookings.models import Booking
from practice.models import Practice, User
from tests.browser.conftest import barriers
from tests.browser.test_road import sign_in
from tests.factories import ServiceFactory, UserFactory, office_hours

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.today]


def a_wednesday() -> date:
    """The next one that is not near."""
    day = timezone.localdate() + timedelta(days=2)
    return day + timedelta(days=(2 - day.weekday()) % 7)


@pytest.mark.parametrize("width", [1280, 390])
def test_the_front_desk_books_with_somebody_by_phone(page: Page, live_server, width: int, problems: list[str]) -> None:
    Practice.objects.create(name="Praxis Winter", time_zone="Europe/Berlin")
    for name, offered in (("ben", "Advice"), ("mara", "Massage")):
        person = UserFactory(username=name, first_name=name.capitalize())
        office_hours(person)
        ServiceFactory(name=offered, slug=offered.lower(), slot_minutes=60, staff=[person])
    UserFactory(username="anna", role=User.Role.FRONT_DESK, configuration=None)
    sign_in(page, live_server.url)
    page.set_viewport_size({"width": width, "height": 900})
    page.goto(f"{live_server.url}/calendars/?day={a_wednesday().isoformat()}")
    assert page.locator("section h2 a:first-child").all_text_contents() == ["Ben", "Mara"]
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert barriers(page) == []

    page.get_by_role("link", name="Book Ben").click()
    page.get_by_label("With", exact=True).select_option("Mara")
    page.locator("select[name=service] option", has_text="Massage").wait_for(state="attached")
    assert page.locator("select[name=service] option").all_text_contents() == ["Massage"]
    assert barriers(page) == []
    page.get_by_label("10:00").check()
    page.get_by_label("Client’s name").fill("Carla Client")
    page.get_by_label("Phone").fill("+49 30 1234567")
    page.get_by_role("button", name="Book", exact=True).last.click()
    page.get_by_role("heading", name="Carla Client").wait_for()
    booking = Booking.objects.get()
    assert (booking.staff.username, booking.client.name) == ("mara", "Carla Client")
    assert problems == []
