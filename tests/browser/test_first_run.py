"""The first run in a real browser: from signing in to calendars that are connected and chosen, in few clicks."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime, time, timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from connections import accounts
from connections.models import Calendar, CalendarConfiguration
from practice.models import User
from sandbox.device.device import AppleDevice
from sandbox.pages.app import serve_pages
from sandbox.server.server import Sandbox
from sandbox.server.store.accounts import Account
from tests.browser.conftest import barriers
from tests.browser.test_road import sign_in
from tests.factories import PASSWORD, CalendarFactory, UserFactory, office_hours

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.today]

MAX_CLICKS = 6
PHONE, SCREEN = {"width": 390, "height": 844}, {"width": 1280, "height": 900}


@pytest.fixture
def kalends(live_server, settings, icloud: Sandbox) -> str:
    """Kalends' address; its iCloud is the sandbox."""
    settings.ICLOUD_CALDAV_URL = icloud.entry_url
    serve_pages(icloud)
    return str(live_server.url)


@pytest.fixture
def anna() -> User:
    anna = UserFactory(username="anna", first_name="Anna", configuration__saved_at=None)
    office_hours(anna)
    return anna


@pytest.mark.parametrize("window", [SCREEN, PHONE], ids=["screen", "phone"])
def test_from_signing_in_to_chosen_calendars_takes_few_clicks(
    page: Page,
    clicks: Callable[[], int],
    kalends: str,
    anna: User,
    account: Account,
    window: dict[str, int],
    problems: list[str],
) -> None:
    page.set_viewport_size(window)  # type: ignore[arg-type]
    page.goto(kalends)
    page.get_by_label("Username").fill("anna")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.get_by_role("link", name="Calendar Settings").click()
    page.get_by_role("link", name="Connect a calendar").click()
    page.get_by_role("link", name="Connect iCloud Calendar").click()
    page.get_by_label("Apple ID", exact=True).fill("anna@example.com")
    page.get_by_label("App-specific password", exact=True).fill(account.new_app_password("Kalends"))
    page.get_by_role("button", name="Connect").click()
    expect(page.get_by_text("Found 3 calendars; 2 can be linked.")).to_be_visible()
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("link", name="See your week")).to_be_visible()

    assert (clicks(), problems) == (MAX_CLICKS, [])
    chosen = Calendar.objects.conflict_calendars().order_by("pk").values_list("name", flat=True)
    assert (list(chosen), str(CalendarConfiguration.objects.get().linked_calendar)) == (["Home", "Work"], "Work")
    page.get_by_role("link", name="See your week").click()
    expect(page.get_by_role("link", name="New booking")).to_be_visible()


@pytest.fixture
def choice(page: Page, kalends: str, anna: User, account: Account) -> Page:
    """Calendar Configuration, right after Anna has connected; next Monday she has a class on her iPhone."""
    phone, today = AppleDevice(account, zone="Europe/Berlin"), timezone.now().date()
    ten = datetime.combine(today + timedelta(days=7 - today.weekday()), time(10))
    phone.add(account.calendar("Team"), "Class", ten, ten + timedelta(hours=1))
    accounts.connect(anna, username="anna@example.com", password=account.new_app_password(), now=timezone.now())
    sign_in(page, kalends)
    page.goto(f"{kalends}/calendars/settings/configuration/")
    expect(page.locator("#preview li").first).to_be_visible()
    return page


def test_a_calendar_that_is_ticked_is_read_and_shows_when_it_would_block(choice: Page, problems: list[str]) -> None:
    days = choice.get_by_role("region", name="Next week").get_by_role("list").first
    expect(days).not_to_contain_text("10:00")
    choice.get_by_role("region", name="Conflict calendars").get_by_role("checkbox", name="Team").check()
    expect(days).to_contain_text("10:00–11:00 Team")
    assert (barriers(choice), problems) == ([], [])
    choice.get_by_role("region", name="Conflict calendars").get_by_role("checkbox", name="Team").uncheck()
    expect(days).not_to_contain_text("10:00")
    assert Calendar.objects.get(name="Team").read_at is None


@pytest.mark.parametrize("window", [SCREEN, PHONE], ids=["screen", "phone"])
def test_save_stays_in_view_and_covers_nothing_that_has_the_focus(choice: Page, window: dict[str, int]) -> None:
    choice.set_viewport_size(window)  # type: ignore[arg-type]
    save = choice.get_by_role("button", name="Save")
    expect(save).to_be_in_viewport(ratio=1)
    choice.locator("details.more > summary").focus()
    choice.keyboard.press("Enter")
    choice.keyboard.press("Tab")
    focused = choice.locator("main :focus")
    expect(focused).to_be_in_viewport(ratio=1)
    under, over = focused.bounding_box(), save.bounding_box()
    assert under is not None
    assert over is not None
    assert under["y"] + under["height"] <= over["y"]
    assert choice.evaluate("document.documentElement.scrollWidth <= innerWidth") is True


def test_a_new_calendar_is_decided_in_place_and_saving_does_not_undo_it(choice: Page, anna: User) -> None:
    choice.get_by_role("button", name="Save").click()
    expect(choice.get_by_text("Saved.")).to_be_visible()
    CalendarFactory(connection=anna.connections.get(), name="Kids", is_conflict_calendar=False, asked_about=False)
    choice.reload()
    choice.evaluate("window.stayed = true")
    choice.get_by_role("button", name="Yes, block").click()
    expect(choice.get_by_text("“Kids” blocks from now on.")).to_be_focused()
    expect(choice.get_by_role("checkbox", name="Kids")).to_be_checked()
    assert choice.evaluate("window.stayed") is True
    choice.get_by_role("button", name="Save").click()
    expect(choice.get_by_text("Saved.")).to_be_visible()
    assert Calendar.objects.get(name="Kids").is_conflict_calendar is True


def test_a_new_calendar_is_decided_on_any_page_without_leaving_it(choice: Page, kalends: str, anna: User) -> None:
    CalendarConfiguration.objects.update(saved_at=timezone.now())
    CalendarFactory(connection=anna.connections.get(), name="Kids", is_conflict_calendar=False, asked_about=False)
    choice.goto(f"{kalends}/clients/")
    choice.get_by_role("button", name=re.compile("^No.*Kids")).click()
    expect(choice.get_by_text("“Kids” does not block.")).to_be_focused()
    assert choice.url == f"{kalends}/clients/"
    assert barriers(choice) == []


@pytest.fixture
def wizard(page: Page, kalends: str, anna: User) -> Page:
    """The page on which an Apple ID and its app-specific password are entered, on a phone."""
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.set_viewport_size(PHONE)  # type: ignore[arg-type]
    sign_in(page, kalends)
    page.goto(f"{kalends}/calendars/settings/connections/new/icloud/")
    return page


def test_on_a_phone_the_form_comes_before_the_steps_and_within_one_swipe(wizard: Page) -> None:
    places = [
        wizard.get_by_role("heading", name=name, exact=True) for name in ("Connect", "Get an app-specific password")
    ]
    tops = [(place.bounding_box() or {"y": -1.0})["y"] for place in places]
    assert tops[0] < tops[1]
    assert tops[0] < PHONE["height"]
    assert barriers(wizard) == []


def test_the_password_can_be_shown_and_hidden_again(wizard: Page) -> None:
    field = wizard.get_by_label("App-specific password", exact=True)
    field.fill("abcd-efgh-ijkl-mnop")
    button = wizard.get_by_role("button", name="Show password")
    seen = []
    for _press in range(2):
        button.click()
        seen.append((field.get_attribute("type"), button.get_attribute("aria-pressed"), field.input_value()))
    assert seen == [("text", "true", "abcd-efgh-ijkl-mnop"), ("password", "false", "abcd-efgh-ijkl-mnop")]


def test_the_label_is_copied_by_a_button(wizard: Page, problems: list[str]) -> None:
    wizard.get_by_role("button", name="Copy Kalends").click()
    expect(wizard.get_by_role("button", name="Copied")).to_be_visible()
    assert (wizard.evaluate("navigator.clipboard.readText()"), problems) == ("Kalends", [])
