"""The choice of calendars in a real browser: what is linked is locked as soon as it is chosen, and is sent."""

from __future__ import annotations

import pytest
from playwright.sync_api import Locator, Page, expect

from connections.models import Calendar, CalendarConfiguration
from practice.models import User
from tests.browser.conftest import barriers
from tests.browser.test_road import sign_in
from tests.factories import CalendarFactory, ConnectionFactory, UserFactory

pytestmark = [pytest.mark.django_db(transaction=True)]
LINKED = "The linked calendar always blocks"
FORMER = "It was linked until now, so it keeps blocking."


@pytest.fixture
def configuration(page: Page, live_server) -> Page:
    """Anna's choice: Home is linked, Work blocks, Kids does not."""
    anna: User = UserFactory(username="anna", first_name="Anna")
    connection = ConnectionFactory(user=anna)
    home = CalendarFactory(connection=connection, name="Home")
    CalendarFactory(connection=connection, name="Work")
    CalendarFactory(connection=connection, name="Kids", is_conflict_calendar=False)
    CalendarConfiguration.objects.filter(user=anna).update(linked_calendar=home)
    sign_in(page, live_server.url)
    page.goto(f"{live_server.url}/calendars/settings/configuration/")
    return page


def link(page: Page, name: str) -> None:
    page.get_by_role("group", name="Linked calendar").get_by_role("radio", name=name).check()


def box(page: Page, name: str) -> Locator:
    return page.get_by_role("checkbox", name=name)


def test_what_is_linked_is_locked_at_once_and_what_was_linked_goes_on_blocking(
    configuration: Page, problems: list[str]
) -> None:
    page = configuration
    expect(box(page, "Home")).to_be_disabled()
    link(page, "Kids")
    for name, words in (("Kids", LINKED), ("Home", FORMER)):
        expect(box(page, name)).to_be_checked()
        expect(box(page, name)).to_be_disabled()
        expect(page.locator(".calendar", has=box(page, name)).get_by_text(words)).to_be_visible()
    assert barriers(page) == []

    link(page, "Work")
    expect(box(page, "Kids")).to_be_enabled()
    expect(box(page, "Kids")).not_to_be_checked()
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Saved.")).to_be_visible()
    chosen = Calendar.objects.order_by("pk").values_list("name", "is_conflict_calendar")
    assert (list(chosen), problems) == ([("Home", True), ("Work", True), ("Kids", False)], [])
    assert str(CalendarConfiguration.objects.get().linked_calendar) == "Work"


def test_without_a_linked_calendar_the_former_one_can_be_unticked(configuration: Page) -> None:
    page = configuration
    link(page, "None")
    expect(box(page, "Home")).to_be_checked()
    box(page, "Home").uncheck()
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Saved.")).to_be_visible()
    chosen = Calendar.objects.order_by("pk").values_list("name", "is_conflict_calendar")
    assert list(chosen) == [("Home", False), ("Work", True), ("Kids", False)]
