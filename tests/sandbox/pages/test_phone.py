"""The pretend iPhone in a real browser: it shows changes by itself and is accessible."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from sandbox.device.device import AppleDevice
from sandbox.pages.app import serve_pages
from tests.chromium import skip_without

pytestmark = [
    pytest.mark.browser,
    skip_without,
]


@pytest.fixture
def screen(icloud, account, chromium) -> Iterator[Page]:
    """A phone-wide page on the pretend iPhone."""
    serve_pages(icloud)
    context = chromium.new_context(viewport={"width": 390, "height": 844}, base_url=icloud.apple_url)
    page = context.new_page()
    page.problems = []
    page.on("console", lambda message: page.problems.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: page.problems.append(str(error)))
    page.goto(f"/iphone/{account.dsid}/")
    yield page
    context.close()


@pytest.fixture
def soon(icloud, account):
    """Two hours from now on the phone's clock."""
    now = icloud.clock.now().astimezone(AppleDevice(account).zone).replace(minute=0, second=0, microsecond=0)
    return now.replace(tzinfo=None)


def test_what_arrives_in_icloud_is_shown_without_a_reload(screen, phone, account, soon):
    screen.evaluate("window.stayed = true")
    work = account.calendar("work")
    href = phone.add(work, "Ada Lovelace", soon)
    expect(screen.get_by_text("Ada Lovelace")).to_be_visible(timeout=5000)
    phone.rename(href, "Grace Hopper")
    expect(screen.get_by_text("Grace Hopper")).to_be_visible(timeout=5000)
    phone.delete(href)
    expect(screen.get_by_text("Grace Hopper")).to_have_count(0, timeout=5000)
    assert screen.evaluate("window.stayed") is True
    assert screen.problems == []


def test_an_event_is_made_moved_and_deleted_by_hand(screen, account, soon):
    screen.get_by_role("link", name="New event", exact=True).click()
    screen.get_by_label("Title").fill("Visit")
    screen.get_by_label("Calendar").select_option(label="Work")
    screen.get_by_label("Travel time").select_option(label="30 minutes")
    screen.get_by_role("button", name="Add").click()
    screen.get_by_role("link", name="Visit").click()
    screen.get_by_role("button", name="1 h later").click()
    (resource,) = account.calendar("work").resources.values()
    assert b"SEQUENCE:1" in resource.data
    screen.get_by_role("link", name="Visit").click()
    screen.get_by_role("button", name="Delete event").click()
    assert account.calendar("work").resources == {}
    assert screen.problems == []


def test_a_password_is_made_and_revoked_by_hand(screen, account):
    screen.get_by_role("link", name="Passwords").click()
    screen.get_by_label("Name").fill("Kalends")
    screen.get_by_role("button", name="Generate").click()
    assert account.accepts(screen.locator("#app-password").inner_text())
    screen.get_by_role("button", name="Revoke Kalends").click()
    expect(screen.get_by_text("The password is revoked.")).to_be_visible()
    assert account.app_passwords == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_no_page_has_a_barrier_and_none_is_wider_than_the_phone(screen, phone, account, soon, scheme):
    href = phone.add(account.calendar("work"), "Class", soon, rule="FREQ=WEEKLY", free=True)
    phone.receive_invitation(account.calendar("work"), "Council " * 12, soon)
    account.new_app_password("Kalends")
    screen.emulate_media(color_scheme=scheme)
    dsid = account.dsid
    paths = ["/", f"/iphone/{dsid}/", f"/iphone/{dsid}/new/", f"/account/{dsid}/"]
    screen.goto(paths[1])
    paths.append(screen.get_by_role("link", name="Class").first.get_attribute("href"))
    for path in paths:
        screen.goto(path)
        found = Axe().run(screen, options={"runOnly": ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa"]})
        assert (path, [one["id"] for one in found.response["violations"]]) == (path, [])
        assert (path, screen.evaluate("document.documentElement.scrollWidth")) == (path, 390)
    assert href in account.calendar("work").resources
