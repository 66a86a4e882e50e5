"""Forms under attack: a browser proves that it is no robot under our content policy; one without scripts books too."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, Page, expect

from bookings.models import Booking, LinkRequest
from practice.models import Practice
from tests.browser.booking import fill_details, next_monday
from tests.browser.booking import kalends as kalends  # a fixture
from tests.browser.conftest import PATIENCE, leave
from tests.browser.test_public_booking import DESKTOP, PHONE, check

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.today]
COUNT_REFUSALS = "addEventListener('securitypolicyviolation', (event) => console.error('refused', event.blockedURI))"


@pytest.fixture(autouse=True)
def under_attack(kalends: str) -> None:
    Practice.objects.update(under_attack=True)


@pytest.mark.parametrize("size", [PHONE, DESKTOP], ids=["phone", "desktop"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_browser_solves_the_challenge_and_the_policy_refuses_nothing(
    page: Page, kalends: str, size: dict[str, int], scheme: str, problems: list[str]
) -> None:
    page.add_init_script(COUNT_REFUSALS)
    page.set_viewport_size(size)
    page.emulate_media(color_scheme=scheme)
    page.goto(f"{kalends}/book/massage/?day={next_monday():%Y-%m-%d}")
    page.get_by_role("button", name="10:00").click()
    expect(page.get_by_text("Your browser cannot prove")).to_be_hidden()
    check(page)
    fill_details(page)
    page.get_by_role("button", name="Book appointment").click()
    expect(page.get_by_role("heading", name="Your appointment is booked")).to_be_visible()
    page.goto(f"{kalends}/booking/find/?lang=de")
    check(page)
    page.get_by_label("E-Mail").fill("clara@example.org")
    page.get_by_role("button", name="Links zuschicken").click()
    expect(page.get_by_role("heading", name="Wir haben Ihnen eine E-Mail geschickt")).to_be_visible()
    assert (Booking.objects.get().status, LinkRequest.objects.count(), problems) == ("confirmed", 1, [])


def test_a_form_that_is_sent_at_once_waits_for_the_solution_and_keeps_the_button(
    page: Page, kalends: str, problems: list[str]
) -> None:
    page.goto(f"{kalends}/book/massage/?day={next_monday():%Y-%m-%d}")
    # The solution waits until the test says so.
    page.add_init_script(
        "const derive = crypto.subtle.deriveBits.bind(crypto.subtle);"
        "const started = new Promise((resolve) => { window.start = resolve; });"
        "crypto.subtle.deriveBits = async (...how) => { await started; return derive(...how); };"
    )
    page.get_by_role("button", name="10:00").click()
    fill_details(page)
    page.get_by_role("button", name="Book appointment").click()
    expect(page.get_by_text("One moment: your browser is proving")).to_be_visible()
    check(page)
    page.evaluate("start()")
    expect(page.get_by_role("heading", name="Your appointment is booked")).to_be_visible()
    assert (Booking.objects.get().status, problems) == ("confirmed", [])


def test_without_web_crypto_the_address_is_confirmed_instead(page: Page, kalends: str, problems: list[str]) -> None:
    page.add_init_script("Object.defineProperty(window, 'crypto', { value: {} })")
    page.goto(f"{kalends}/book/massage/?day={next_monday():%Y-%m-%d}")
    page.get_by_role("button", name="10:00").click()
    fill_details(page)
    page.get_by_role("button", name="Book appointment").click()
    expect(page.get_by_text("One step is missing: open the e-mail")).to_be_visible()
    assert (Booking.objects.get().cause, problems) == (Booking.Cause.UNCONFIRMED_ADDRESS, [])


@pytest.mark.parametrize("size", [PHONE, DESKTOP], ids=["phone", "desktop"])
def test_without_javascript_the_address_is_confirmed_instead(
    chromium: Browser, kalends: str, size: dict[str, int]
) -> None:
    visitor = chromium.new_context(java_script_enabled=False, locale="en-GB", viewport=size)  # type: ignore[arg-type]
    visitor.set_default_timeout(PATIENCE)
    page = visitor.new_page()
    page.goto(f"{kalends}/book/massage/?day={next_monday():%Y-%m-%d}")
    page.get_by_role("button", name="10:00").click()
    expect(page.get_by_text("Your browser cannot prove that it is not a robot.")).to_be_visible()
    fill_details(page)
    page.get_by_role("button", name="Book appointment").click()
    expect(page.get_by_text("One step is missing: open the e-mail")).to_be_visible()
    page.goto(f"{kalends}/booking/find/")
    page.get_by_label("E-mail").fill("clara@example.org")
    page.get_by_role("button", name="Send me the links").click()
    expect(page.get_by_text("could not prove that it is not a robot. Please call us.")).to_be_visible()
    assert (Booking.objects.get().cause, LinkRequest.objects.count()) == (Booking.Cause.UNCONFIRMED_ADDRESS, 0)
    leave(visitor)
