"""The first run and the settings of the practice, in a real browser."""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from practice.models import Practice, User
from practice.setup.token import setup_address
from tests.browser.conftest import barriers

pytestmark = [pytest.mark.django_db(transaction=True)]


def begin(page: Page) -> None:
    """Fill in the page of the first run, and send it."""
    for label, text in (
        ("Name of the practice", "Praxis Winter"),
        ("First name", "Anna"),
        ("E-mail", "anna@example.com"),
        ("User name", "anna"),
        ("Password again", "correct horse battery"),
    ):
        page.get_by_label(label).fill(text)
    page.get_by_label("Password", exact=True).fill("correct horse battery")
    page.get_by_label("Country").select_option("DE")
    page.get_by_role("button", name="Begin").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Settings of the practice")


def test_the_first_run_leads_to_the_settings(page: Page, live_server: Any, settings: Any, problems: list[str]) -> None:
    settings.BASE_URL = live_server.url
    page.goto(setup_address())
    zone = page.evaluate("Intl.DateTimeFormat().resolvedOptions().timeZone")
    assert page.get_by_label("Time zone").input_value() == zone
    assert barriers(page) == []
    page.set_viewport_size({"width": 320, "height": 800})
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth") is True
    begin(page)
    page.get_by_label("Phone").fill("030 1234567")
    page.get_by_role("button", name="Write a draft in German").click()
    expect(page.get_by_label("Privacy notice")).to_have_value(re.compile("^Entwurf, bitte prüfen lassen"))
    assert page.get_by_label("Phone").input_value() == "030 1234567"
    page.get_by_role("button", name="Save", exact=True).last.click()
    expect(page.get_by_text("Saved.")).to_be_visible()
    for width in (1280, 390):
        page.set_viewport_size({"width": width, "height": 800})
        assert barriers(page) == []
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth") is True
    assert (Practice.objects.get().phone, User.objects.get().username, problems) == ("030 1234567", "anna", [])


def test_without_javascript_it_works_too(chromium: Browser, live_server: Any, settings: Any) -> None:
    settings.BASE_URL = live_server.url
    visitor = chromium.new_context(java_script_enabled=False, locale="en-GB")
    page = visitor.new_page()
    page.goto(setup_address())
    begin(page)
    page.get_by_role("textbox", name="Imprint").fill("Anna Winter")
    page.get_by_role("button", name="Save", exact=True).last.click()
    expect(page.get_by_text("Saved.")).to_be_visible()
    page.goto(f"{live_server.url}/calendars/")
    expect(page.get_by_role("button", name="Copy")).to_be_hidden()
    page.get_by_role("link", name="QR code").click()
    expect(page.get_by_role("img", name=f"QR code for {live_server.url}/book/")).to_be_visible()
    visitor.close()


def test_the_address_is_copied(page: Page, live_server: Any, settings: Any, problems: list[str]) -> None:
    settings.BASE_URL = live_server.url
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.goto(setup_address())
    begin(page)
    page.goto(f"{live_server.url}/calendars/")
    page.get_by_role("button", name="Copy").click()
    expect(page.get_by_role("button", name="Copied")).to_be_visible()
    assert (page.evaluate("navigator.clipboard.readText()"), problems) == (f"{live_server.url}/book/", [])
