"""A booking by hand with the keyboard alone: one screen, and few keys besides the name."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from bookings.models import Booking
from tests.browser.conftest import barriers
from tests.browser.sessions import signed_in
from tests.factories import ClientFactory, ServiceFactory, UserFactory, office_hours

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.today]

MAX_KEYS = 12


class Keyboard:
    """Counts the keys that are pressed besides those of the name."""

    def __init__(self, page: Page) -> None:
        self.page, self.count = page, 0

    def press(self, key: str) -> None:
        self.count += 1
        self.page.keyboard.press(key)

    def press_until(self, key: str, name: str) -> None:
        """Press the key until the field with this name has the cursor."""
        while self.page.evaluate("document.activeElement.name") != name:
            self.press(key)
            assert self.count <= MAX_KEYS


@pytest.fixture
def page_of_anna(context: BrowserContext, page: Page, live_server: Any) -> Page:
    """The form for a new booking; Clara is known."""
    anna = UserFactory.create(username="anna", first_name="Anna", role="owner")
    office_hours(anna)
    ServiceFactory.create(name="Massage", slot_minutes=60, staff=[anna])
    ClientFactory.create(name="Clara Sommer", email="clara@example.org")
    signed_in(context, live_server.url, anna)
    page.goto(f"{live_server.url}/bookings/new/")
    return page


def test_a_known_client_is_booked_with_at_most_twelve_keys_and_a_part_of_the_name(page_of_anna: Page) -> None:
    page, keys = page_of_anna, Keyboard(page_of_anna)
    expect(page.locator("label.time input").first).to_be_focused()
    keys.press("ArrowDown")  # not the first time but the second
    chosen = page.locator("label.time input:checked").get_attribute("value")
    keys.press_until("Tab", "name")
    page.keyboard.type("clara")
    suggested = page.get_by_role("button", name="Clara Sommer, clara@example.org")
    expect(suggested).to_be_visible()
    keys.press("Tab")
    expect(suggested).to_be_focused()
    keys.press("Enter")
    expect(page.get_by_label("E-mail")).to_have_value("clara@example.org")
    expect(page.get_by_label("Client’s name")).to_be_focused()
    keys.press("Enter")
    expect(page.get_by_role("heading", name="Clara Sommer")).to_be_visible()
    booking = Booking.objects.get()
    assert (booking.start, booking.client.email) == (datetime.fromisoformat(str(chosen)), "clara@example.org")
    assert keys.count <= MAX_KEYS


def test_the_form_is_one_screen(page_of_anna: Page) -> None:
    below = "button => button.getBoundingClientRect().bottom - innerHeight"
    assert page_of_anna.get_by_role("button", name="Book", exact=True).last.evaluate(below) <= 0


def test_the_month_leads_to_a_day_and_its_times(page_of_anna: Page, problems: list[str]) -> None:
    page = page_of_anna
    month = page.locator(".open-days__head strong")
    before = month.inner_text()
    page.get_by_role("link", name="Next month").click()
    expect(month).not_to_have_text(before)
    day = page.locator("a.open-days__day").last
    words = day.locator("span").last.inner_text()
    day.click()
    expect(page.get_by_role("group", name=f"Times on {words}")).to_be_visible()
    expect(page.locator("label.time input").first).to_be_focused()
    assert barriers(page) == []
    assert problems == []
