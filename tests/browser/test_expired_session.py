"""A session that ends while a page is open: the way back leads to the same page, and nothing typed is lost."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.contrib.sessions.models import Session
from django.utils import timezone
from playwright.sync_api import Browser, Page, expect

from availability.models import BlockedSlot
from connections.models import Connection
from tests.browser.conftest import barriers
from tests.browser.test_road import sign_in
from tests.factories import PASSWORD, ConnectionFactory, UserFactory

pytestmark = [pytest.mark.django_db(transaction=True)]
AVAILABILITY = "/calendars/settings/availability/"
SENTENCE = "You were signed out. Sign in in a new tab, then press Save again."


@pytest.fixture
def connection() -> Connection:
    """Anna's account."""
    return ConnectionFactory(user=UserFactory(username="anna"), username="anna@icloud.com")


@pytest.fixture
def kalends(live_server, connection: Connection) -> str:
    return str(live_server.url)


def end_session() -> None:
    Session.objects.all().delete()


def enter_password(page: Page) -> None:
    page.get_by_label("Username").fill("anna")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()


def sign_in_in_a_new_tab(page: Page) -> Page:
    with page.context.expect_page() as opened:
        page.get_by_role("link", name="Sign in").click()
    enter_password(opened.value)
    expect(opened.value.get_by_role("banner")).to_be_visible()
    return opened.value


def type_a_slot(page: Page) -> None:
    tomorrow = timezone.now().date() + timedelta(days=1)
    form = page.get_by_role("form", name="Block time")
    form.get_by_label("From").fill(f"{tomorrow}T10:00")
    form.get_by_label("To").fill(f"{tomorrow}T11:00")
    form.get_by_label("Note").fill("Dentist")


def test_a_form_on_availability_stays_as_it_was_typed_and_is_saved_after_signing_in(
    page: Page, kalends: str, problems: list[str]
) -> None:
    sign_in(page, kalends)
    page.goto(f"{kalends}{AVAILABILITY}")
    type_a_slot(page)
    end_session()
    page.get_by_role("button", name="Block this time").click()
    expect(page.get_by_text(SENTENCE)).to_be_in_viewport()
    expect(page.get_by_role("form", name="Block time").get_by_label("Note")).to_have_value("Dentist")
    assert barriers(page) == []

    other = sign_in_in_a_new_tab(page)
    assert other.url == f"{kalends}{AVAILABILITY}"
    page.get_by_role("button", name="Block this time").click()
    expect(page.get_by_text("Time blocked.")).to_be_visible()
    expect(page.get_by_text(SENTENCE)).to_have_count(0)
    assert BlockedSlot.objects.values_list("note", flat=True).get() == "Dentist"
    assert problems == []


def test_on_a_phone_the_notice_hides_no_button_for_good(page: Page, kalends: str) -> None:
    page.set_viewport_size({"width": 390, "height": 800})
    sign_in(page, kalends)
    page.goto(f"{kalends}{AVAILABILITY}")
    type_a_slot(page)
    end_session()
    button = page.get_by_role("button", name="Block this time")
    button.click()
    expect(page.get_by_text(SENTENCE)).to_be_in_viewport()
    page.evaluate("scrollTo({top: document.body.scrollHeight, behavior: 'instant'})")
    lower, upper = button.bounding_box(), page.locator("#signed-out").bounding_box()
    assert lower is not None
    assert upper is not None
    assert lower["y"] + lower["height"] <= upper["y"]


def test_the_page_of_a_connection_leads_to_sign_in_and_comes_back(
    page: Page, kalends: str, connection: Connection, problems: list[str]
) -> None:
    sign_in(page, kalends)
    asked = f"{kalends}/calendars/settings/connections/{connection.pk}/?asked={int(timezone.now().timestamp())}"
    page.goto(asked)
    end_session()  # the page asks every two seconds whether the sync is done
    expect(page.get_by_label("Password")).to_be_visible()
    enter_password(page)
    expect(page.get_by_role("heading", name="anna@icloud.com")).to_be_visible()
    assert page.url == asked
    assert problems == []


def test_a_button_on_the_page_of_a_connection_can_be_pressed_again_after_signing_in(
    page: Page, kalends: str, connection: Connection
) -> None:
    sign_in(page, kalends)
    page.goto(f"{kalends}/calendars/settings/connections/{connection.pk}/")
    end_session()
    page.get_by_role("button", name="Sync now").click()
    expect(page.get_by_text(SENTENCE)).to_be_visible()
    assert barriers(page) == []
    sign_in_in_a_new_tab(page)
    page.get_by_role("button", name="Save again").click()
    expect(page.get_by_text("Sync requested.")).to_be_visible()


def test_a_password_is_typed_again_and_the_rest_is_kept(page: Page, kalends: str) -> None:
    sign_in(page, kalends)
    page.goto(f"{kalends}/calendars/settings/connections/new/icloud/")
    page.get_by_label("Apple ID", exact=True).fill("anna@example.com")
    page.get_by_label("App-specific password", exact=True).fill("abcd-efgh-ijkl-mnop")
    end_session()
    page.get_by_role("button", name="Connect").click()
    expect(page.get_by_text(SENTENCE)).to_be_visible()
    assert "abcd" not in page.content()
    sign_in_in_a_new_tab(page)
    page.get_by_role("button", name="Save again").click()
    expect(page.get_by_label("Apple ID", exact=True)).to_have_value("anna@example.com")
    expect(page.get_by_text("Enter the app-specific password that Apple’s page shows.")).to_be_visible()


@pytest.fixture
def plain(chromium: Browser) -> Callable[[], Page]:
    """A tab of a browser without JavaScript."""
    visitor = chromium.new_context(java_script_enabled=False, locale="en-GB")
    visitor.set_default_timeout(10_000)
    return visitor.new_page


def test_without_javascript_what_was_typed_comes_back_and_is_saved_after_signing_in(
    plain: Callable[[], Page], kalends: str
) -> None:
    page = plain()
    sign_in(page, kalends)
    page.goto(f"{kalends}{AVAILABILITY}")
    type_a_slot(page)
    end_session()
    page.get_by_role("button", name="Block this time").click()
    expect(page.get_by_text(SENTENCE)).to_be_visible()
    sign_in_in_a_new_tab(page)
    page.get_by_role("button", name="Save again").click()
    expect(page.get_by_text("You signed in or out in another tab, so nothing was saved yet.")).to_be_visible()
    page.get_by_role("button", name="Save again").click()
    expect(page.get_by_text("Time blocked.")).to_be_visible()
    assert BlockedSlot.objects.values_list("note", flat=True).get() == "Dentist"
