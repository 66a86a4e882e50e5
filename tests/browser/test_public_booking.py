"""A client books in a real browser; the appointment is on the iPhone, and is gone after the client cancels."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from bookings.models import Booking
from sandbox.server.store.accounts import Account
from tests.browser.booking import fill_details, next_monday
from tests.browser.booking import kalends as kalends  # a fixture
from tests.browser.conftest import barriers, work

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.today]

PHONE, DESKTOP = {"width": 390, "height": 844}, {"width": 1280, "height": 900}


def titles(account: Account) -> list[str]:
    """The lines with titles of what is in the linked calendar."""
    texts = [resource.data.decode() for resource in account.calendar("Home").resources.values()]
    return [line for text in texts for line in text.splitlines() if line.startswith("SUMMARY")]


def check(page: Page) -> None:
    """No barriers, and nothing to scroll sideways."""
    assert barriers(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth") is True


@pytest.mark.parametrize("size", [PHONE, DESKTOP], ids=["phone", "desktop"])
def test_a_client_books_and_cancels_and_the_iphone_follows(
    page: Page, kalends: str, account: Account, size: dict[str, int], problems: list[str]
) -> None:
    page.set_viewport_size(size)
    page.goto(f"{kalends}/book/")
    check(page)
    page.get_by_role("link", name="Massage").click()
    check(page)
    page.goto(f"{kalends}/book/massage/?day={next_monday():%Y-%m-%d}")
    check(page)
    page.get_by_role("button", name="10:00").click()
    expect(page.get_by_role("heading", name="Your details")).to_be_visible()
    check(page)
    page.get_by_role("button", name="Book appointment").click()
    expect(page.get_by_role("group", name="Please check:")).to_be_focused()
    check(page)
    fill_details(page)
    page.get_by_role("button", name="Book appointment").click()
    expect(page.get_by_role("heading", name="Your appointment is booked")).to_be_visible()
    check(page)
    work()
    assert titles(account) == ["SUMMARY:Clara Sommer"]

    page.get_by_role("link", name="Cancel the appointment").click()
    check(page)
    page.get_by_role("button", name="Cancel the appointment").click()
    expect(page.get_by_role("heading", name="Your appointment is cancelled")).to_be_visible()
    check(page)
    work()
    assert titles(account) == []
    assert (Booking.objects.get().status, problems) == ("cancelled", [])
