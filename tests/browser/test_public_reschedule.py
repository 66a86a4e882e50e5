"""A client chooses another time in a browser, and the event on the iPhone moves along; the page prints."""

from __future__ import annotations

from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect

from bookings.models import Booking
from sandbox.server.store.accounts import Account
from tests.browser.booking import fill_details, next_monday
from tests.browser.booking import kalends as kalends  # a fixture
from tests.browser.conftest import work
from tests.browser.test_public_booking import DESKTOP, PHONE, check

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.today]


def starts(account: Account) -> list[str]:
    """When the events of the linked calendar start."""
    texts = [resource.data.decode() for resource in account.calendar("Home").resources.values()]
    return [
        line.rpartition(":")[2]
        for text in texts
        for line in text.partition("BEGIN:VEVENT")[2].splitlines()
        if line.startswith("DTSTART")
    ]


def book(page: Page, kalends: str) -> None:
    page.goto(f"{kalends}/book/massage/?day={next_monday():%Y-%m-%d}")
    page.get_by_role("button", name="10:00").click()
    fill_details(page)
    page.get_by_role("button", name="Book appointment").click()
    expect(page.get_by_role("heading", name="Your appointment is booked")).to_be_visible()


@pytest.mark.parametrize("size", [PHONE, DESKTOP], ids=["phone", "desktop"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_client_chooses_another_time_and_the_iphone_follows(
    page: Page, kalends: str, account: Account, size: dict[str, int], scheme: str, problems: list[str]
) -> None:
    page.set_viewport_size(size)
    page.emulate_media(color_scheme=scheme)
    book(page, kalends)
    check(page)
    page.get_by_role("link", name="Choose another time").click()
    check(page)
    tuesday = next_monday() + timedelta(days=1)
    page.goto(f"{page.url.partition('?')[0]}?day={tuesday:%Y-%m-%d}")
    check(page)
    page.get_by_role("button", name="11:00").click()
    expect(page.get_by_role("heading", name="Move the appointment?")).to_be_visible()
    check(page)
    page.get_by_role("button", name="Move the appointment").click()
    expect(page.get_by_role("heading", name="Your appointment is booked")).to_be_visible()
    work()
    assert (starts(account), Booking.objects.count(), problems) == ([f"{tuesday:%Y%m%d}T110000"], 1, [])


def test_the_slip_prints_the_appointment_alone(page: Page, kalends: str) -> None:
    book(page, kalends)
    page.get_by_role("link", name="Print slip").click()
    page.evaluate("window.print = () => { document.title = 'printed' }")
    page.get_by_role("button", name="Print").click()
    assert page.title() == "printed"
    page.emulate_media(media="print")
    expect(page.get_by_text("Anna Winter")).to_be_visible()
    for hidden in ("Your appointment", "Deutsch", "Privacy"):
        expect(page.get_by_role("link", name=hidden)).to_have_count(0)
