"""Connecting an account of another provider than iCloud in a real browser: by its own page, and by the common one."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect
from pytest_django import Settings
from pytest_django.live_server_helper import LiveServer

from connections.models import CalendarConfiguration, Connection
from tests.browser.test_public_booking import check
from tests.browser.test_road import sign_in
from tests.factories import UserFactory, office_hours
from tests.servers import PASSWORD, USERNAME, CalendarServer

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.today]

WIDTHS = pytest.mark.parametrize("width", [1280, 390])
NEW = "/calendars/settings/connections/new/"


@pytest.fixture
def kalends(live_server: LiveServer, settings: Settings) -> str:
    """Kalends’ address; Anna has connected nothing yet."""
    office_hours(UserFactory.create(username="anna", first_name="Anna", configuration__saved_at=None))
    return str(live_server.url)


def choose(page: Page, kalends: str, width: int, name: str) -> None:
    """Sign in, and follow the list of providers to this one."""
    page.set_viewport_size({"width": width, "height": 900})
    sign_in(page, kalends)
    page.goto(kalends + NEW)
    check(page)
    page.get_by_role("link", name=f"Connect {name}", exact=True).click()
    expect(page.get_by_role("heading", name=f"Connect {name}")).to_be_visible()
    check(page)


def enter(page: Page, address: str, username_label: str, password_label: str, password: str) -> None:
    page.get_by_label("Server address", exact=True).fill(address)
    page.get_by_label(username_label, exact=True).fill(USERNAME)
    page.get_by_label(password_label, exact=True).fill(password)
    page.get_by_role("button", name="Connect").click()


@WIDTHS
def test_a_nextcloud_in_a_directory_is_connected(
    page: Page, kalends: str, cloud: CalendarServer, width: int, problems: list[str]
) -> None:
    cloud.add_calendar("personal", "Personal")
    choose(page, kalends, width, "Nextcloud")
    enter(page, f"{cloud.url}nextcloud/apps/calendar/", "Login name", "App password", "wrong")
    expect(page.get_by_text("Not accepted. Check the login name")).to_be_visible()
    check(page)
    expect(page.get_by_label("Login name", exact=True)).to_have_value(USERNAME)
    expect(page.get_by_label("App password", exact=True)).to_have_value("")
    page.get_by_label("App password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Connect").click()
    expect(page.get_by_text(f"Nextcloud · {USERNAME} is connected.")).to_be_visible()
    check(page)
    page.get_by_role("region", name="Linked calendar").get_by_label("Personal").check()
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("link", name="See your week")).to_be_visible()
    assert (str(CalendarConfiguration.objects.get().linked_calendar), problems) == ("Personal", [])


@WIDTHS
def test_a_provider_of_the_common_page_is_connected(
    page: Page, kalends: str, radicale: CalendarServer, width: int, problems: list[str]
) -> None:
    radicale.add_calendar("work", "Work")
    choose(page, kalends, width, "Radicale")
    expect(page.get_by_text("Not yet tried with a real account")).to_be_visible()
    enter(page, radicale.url, "User name", "Password", PASSWORD)
    expect(page.get_by_text(f"Radicale · {USERNAME} is connected.")).to_be_visible()
    assert (Connection.objects.get().provider, problems) == ("radicale", [])
