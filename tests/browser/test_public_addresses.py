"""A client confirms the e-mail address in a browser, and another finds what they have booked, by links in mails."""

from __future__ import annotations

import pytest
from django.core import mail
from playwright.sync_api import Page, expect

from bookings.models import Booking
from practice.models import Practice
from sandbox.server.store.accounts import Account
from tests.browser.booking import fill_details, next_monday
from tests.browser.booking import kalends as kalends  # a fixture
from tests.browser.conftest import work
from tests.browser.test_public_booking import DESKTOP, PHONE, check, titles

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.today]


def link(kalends: str, part: str) -> str:
    """The link in the last mail that has this part, at the address of this test."""
    [line] = [line for line in str(mail.outbox[-1].body).splitlines() if part in line]
    return kalends + line[line.index("/booking/") :]


@pytest.mark.parametrize("size", [PHONE, DESKTOP], ids=["phone", "desktop"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_booking_comes_to_the_iphone_when_its_address_is_confirmed(
    page: Page, kalends: str, account: Account, size: dict[str, int], scheme: str, problems: list[str]
) -> None:
    Practice.objects.update(confirm_addresses=True)
    page.set_viewport_size(size)
    page.emulate_media(color_scheme=scheme)
    page.goto(f"{kalends}/book/massage/?day={next_monday():%Y-%m-%d}")
    page.get_by_role("button", name="10:00").click()
    fill_details(page)
    page.get_by_role("button", name="Book appointment").click()
    expect(page.get_by_text("One step is missing: open the e-mail")).to_be_visible()
    check(page)
    work()
    assert titles(account) == []
    page.goto(link(kalends, "/confirm/"))
    check(page)
    page.get_by_role("button", name="Confirm the appointment").click()
    expect(page.get_by_role("heading", name="Your appointment is booked")).to_be_visible()
    work()
    assert (titles(account), Booking.objects.get().status, problems) == (["SUMMARY:Clara Sommer"], "confirmed", [])


@pytest.mark.parametrize("size", [PHONE, DESKTOP], ids=["phone", "desktop"])
def test_a_client_finds_the_appointment_again_in_german(
    page: Page, kalends: str, size: dict[str, int], problems: list[str]
) -> None:
    page.set_viewport_size(size)
    page.goto(f"{kalends}/book/massage/?day={next_monday():%Y-%m-%d}")
    page.get_by_role("button", name="10:00").click()
    fill_details(page)
    page.get_by_role("button", name="Book appointment").click()
    page.goto(f"{kalends}/book/?lang=de")
    page.get_by_role("link", name="Schon gebucht? Eigene Termine finden").click()
    check(page)
    page.get_by_role("button", name="Links zuschicken").click()
    expect(page.locator(".field__error")).to_be_visible()
    check(page)
    page.get_by_label("E-Mail").fill("clara@example.org")
    page.get_by_role("button", name="Links zuschicken").click()
    expect(page.get_by_role("heading", name="Wir haben Ihnen eine E-Mail geschickt")).to_be_visible()
    check(page)
    work()
    page.goto(link(kalends, "/booking/"))
    expect(page.get_by_role("heading", name="Your appointment is booked")).to_be_visible()
    assert problems == []
