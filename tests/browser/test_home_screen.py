"""Kalends on the home screen of an iPhone: the hint how to put it there, and what it shows without a connection."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.browser.conftest import PATIENCE, barriers, leave
from tests.browser.sessions import signed_in
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db(transaction=True)

SAFARI = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) "
    "Version/18.5 Mobile/15E148 Safari/604.1"
)
CHROME = SAFARI.replace("Version/18.5", "CriOS/138.0.7204.119")
HINT = "#home-screen-hint"
STORED = """async () => {
  const stores = await Promise.all((await caches.keys()).map((name) => caches.open(name)));
  const requests = (await Promise.all(stores.map((store) => store.keys()))).flat();
  return requests.map((request) => new URL(request.url).pathname).sort();
}"""


@pytest.fixture
def phone(chromium: Browser) -> Iterator[BrowserContext]:
    """An iPhone with Safari, on which Kalends is not on the home screen yet."""
    yield from _phone(chromium, SAFARI, standalone="false")


def _phone(chromium: Browser, user_agent: str, *, standalone: str) -> Iterator[BrowserContext]:
    visitor = chromium.new_context(viewport={"width": 390, "height": 844}, user_agent=user_agent, locale="en-GB")
    visitor.set_default_timeout(PATIENCE)
    visitor.add_init_script(f"Object.defineProperty(navigator, 'standalone', {{ value: {standalone} }})")
    yield visitor
    leave(visitor)


def opened(phone: BrowserContext, address: str) -> Page:
    """A page of staff on the phone."""
    signed_in(phone, address, UserFactory(username="mara", first_name="Mara"))
    page = phone.new_page()
    page.goto(f"{address}/clients/")
    return page


def test_safari_on_an_iphone_says_once_how_to_put_kalends_on_the_home_screen(
    phone: BrowserContext, live_server: Any
) -> None:
    page = opened(phone, live_server.url)
    expect(page.locator(HINT)).to_contain_text("Add to Home Screen")
    assert barriers(page) == []
    page.get_by_role("button", name="Do not show again").click()
    expect(page.locator(HINT)).to_have_count(0)
    page.reload()
    expect(page.locator(HINT)).to_be_hidden()


@pytest.mark.parametrize(("browser", "standalone"), [(SAFARI, "true"), (CHROME, "false"), (CHROME, "undefined")])
def test_whoever_has_it_there_or_uses_another_browser_sees_no_hint(
    chromium: Browser, live_server: Any, browser: str, standalone: str
) -> None:
    for visitor in _phone(chromium, browser, standalone=standalone):
        page = opened(visitor, live_server.url)
        expect(page.get_by_role("heading", name="Clients", exact=True)).to_be_visible()
        expect(page.locator(HINT)).to_be_hidden()


def test_without_a_connection_a_page_says_so_and_no_page_was_stored(phone: BrowserContext, live_server: Any) -> None:
    page = opened(phone, live_server.url)
    page.evaluate("navigator.serviceWorker.ready")
    page.reload()  # now the script serves the page
    phone.set_offline(True)
    page.goto(f"{live_server.url}/bookings/")
    expect(page.get_by_role("heading", name="No connection")).to_be_visible()
    assert page.evaluate("getComputedStyle(document.querySelector('.button')).display") == "flex"
    assert barriers(page) == []
    assert [path for path in page.evaluate(STORED) if not path.startswith("/static/")] == ["/offline/"]
    phone.set_offline(False)
    page.evaluate("dispatchEvent(new Event('online'))")  # which Chromium does not send where it only pretends
    expect(page.get_by_role("heading", name="Bookings", exact=True)).to_be_visible()
    assert page.url == f"{live_server.url}/bookings/"
