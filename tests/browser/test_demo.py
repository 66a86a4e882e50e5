"""The demo as visitors meet it: its real processes, its three frames, and nothing but clicks."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import FrameLocator, Page, Route, expect

from tests.browser.conftest import barriers
from tests.sandbox.demo.running import Demo

pytestmark = pytest.mark.today

SOON = 60_000  # milliseconds: polls come every five seconds


@pytest.fixture
def address(tmp_path: Path) -> Iterator[str]:
    """A demo's one address."""
    demo = Demo(tmp_path / "demo")
    yield demo.address()
    demo.stop()


def connect(page: Page, iphone: FrameLocator, kalends: FrameLocator) -> None:
    """Make an app-specific password on the left and give it to Kalends on the right."""
    page.get_by_role("link", name="Make an app-specific password").click()
    iphone.get_by_label("Name").fill("Kalends")
    iphone.get_by_role("button", name="Generate").click()
    password = iphone.locator("#app-password").inner_text()
    page.get_by_role("link", name="Connect iCloud").click()
    kalends.get_by_label("Apple ID", exact=True).fill("lea.brandt@icloud.com")
    kalends.get_by_label("App-specific password", exact=True).fill(password)
    kalends.get_by_role("button", name="Connect").click()


def test_visitors_connect_choose_and_see_a_dragged_booking_follow(
    page: Page, address: str, problems: list[str]
) -> None:
    iphone, kalends = page.frame_locator("[name=iphone]"), page.frame_locator("[name=kalends]")
    page.goto(address)
    expect(iphone.get_by_text("Mara Winter")).to_be_visible()
    expect(kalends.get_by_role("button", name="Sign in")).to_be_visible()
    assert barriers(page) == []

    page.get_by_role("button", name="Sign in as Lea").click()
    expect(iphone.get_by_text("Lea Brandt")).to_be_visible()
    expect(kalends.get_by_text("No calendar is connected.")).to_be_visible()
    connect(page, iphone, kalends)
    kalends.get_by_role("region", name="Linked calendar").get_by_label("Work").check()
    kalends.get_by_role("button", name="Save").click()
    expect(page.get_by_role("button", name="Drag the next booking")).to_be_enabled(timeout=SOON)
    assert barriers(page) == []

    kalends.get_by_role("link", name="Bookings", exact=True).click()
    kalends.get_by_role("row").nth(1).get_by_role("link").click()
    expect(kalends.get_by_role("link", name="Reschedule")).to_be_visible()
    before = kalends.locator("main").inner_text()
    page.evaluate("frames.kalends.stayed = true")
    page.get_by_role("button", name="Drag the next booking").click()
    expect(page.get_by_role("status")).to_contain_text("Kalends follows within seconds")
    expect(kalends.get_by_text("on the iPhone").first).to_be_visible(timeout=SOON)
    assert kalends.locator("main").inner_text() != before
    assert page.evaluate("frames.kalends.stayed") is True
    assert problems == []


def test_a_button_counts_also_while_the_page_asks_for_news(page: Page, address: str) -> None:
    page.goto(address)
    page.get_by_role("button", name="Sign in as Mara").click()
    expect(page.get_by_role("heading", name="Six things to try")).to_be_visible()
    asked: list[Route] = []
    page.route("**/demo/bar/**", lambda route: asked.append(route), times=1)
    with page.expect_request("**/demo/bar/**"):
        pass
    page.get_by_role("button", name="Take iCloud down").click()
    asked[0].fulfill(status=204)  # no news
    expect(page.get_by_role("status")).to_contain_text("iCloud is down now")


def book(client: FrameLocator) -> None:
    """Book the earliest massage on the client's phone."""
    client.get_by_role("link", name="Massage").click()
    client.get_by_role("group", name="Earliest times").get_by_role("button").first.click()
    client.get_by_label("Name").fill("Clara Neu")
    client.get_by_label("E-mail optional").fill("clara.neu@example.org")
    client.get_by_label("Yes, please").check()
    client.get_by_role("button", name="Book appointment").click()
    expect(client.get_by_role("heading", name="Your appointment is booked")).to_be_visible()


@pytest.mark.parametrize("width", [390, 1280])
def test_what_a_client_books_appears_on_the_iphone_and_in_the_week(
    page: Page, address: str, width: int, problems: list[str]
) -> None:
    page.set_viewport_size({"width": width, "height": 844})
    iphone, kalends, client = (page.frame_locator(f"[name={name}]") for name in ("iphone", "kalends", "client"))
    page.goto(address)
    page.get_by_role("button", name="Sign in as Mara").click()
    expect(client.get_by_role("heading", name="Book an appointment with Mara Winter")).to_be_visible()
    expect(iphone.get_by_text("Today", exact=True).first).to_be_visible()
    assert page.evaluate("[document.documentElement.scrollWidth <= innerWidth, scrollY]") == [True, 0]
    book(client)  # at the weekend before the week that is shown
    page.get_by_role("link", name="in the week").click(timeout=SOON)
    expect(kalends.get_by_text("Clara Neu").first).to_be_visible(timeout=SOON)
    page.get_by_role("link", name="on the iPhone").click(timeout=SOON)
    expect(iphone.get_by_text("Clara Neu")).to_be_in_viewport(timeout=SOON)
    assert barriers(page) == []
    page.locator("#mails").click()
    expect(kalends.get_by_text("clara.neu@example.org").first).to_be_visible()
    assert problems == []
