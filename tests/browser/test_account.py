"""One's own account in a real browser: the language of the pages, and the address at which clients book with one."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.browser.booking import kalends as kalends  # a fixture
from tests.browser.test_public_booking import check
from tests.browser.test_road import sign_in

pytestmark = [pytest.mark.django_db(transaction=True)]


@pytest.mark.parametrize("width", [1280, 390])
def test_the_language_changes_and_the_own_booking_page_keeps_its_old_address(
    page: Page, kalends: str, width: int, problems: list[str]
) -> None:
    page.set_viewport_size({"width": width, "height": 900})
    sign_in(page, kalends)
    page.locator(".header details.menu summary").click()
    page.get_by_role("link", name="Your account").click()
    page.locator("input[name=slug]").fill("anna")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Saved.")).to_be_visible()
    page.locator("input[name=slug]").fill("frau-winter")
    page.get_by_label("Language").select_option("de")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Ihr Konto")
    check(page)
    page.goto(f"{kalends}/book/with/anna/")
    expect(page).to_have_url(f"{kalends}/book/with/frau-winter/")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Anna Winter")
    page.get_by_role("link", name="Massage").click()
    expect(page.get_by_role("heading", name="Massage")).to_be_visible()
    assert problems == []
