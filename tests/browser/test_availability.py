"""Weekly hours in a real browser: a day is one line on a phone, and its hours are copied to others."""

from __future__ import annotations

from datetime import time
from typing import Any

import pytest
from django.conf import settings as django_settings
from playwright.sync_api import BrowserContext, Locator, Page, expect

from availability.models import WorkingHours, write_week
from practice.models import User
from tests.browser.conftest import barriers
from tests.factories import UserFactory

pytestmark = [pytest.mark.django_db(transaction=True)]
DAY = (time(9), time(17))


@pytest.fixture
def anna() -> User:
    user: User = UserFactory.create(username="anna")
    write_week(user, [(0, DAY), (1, (time(10), time(11)))])
    return user


@pytest.fixture
def hours(context: BrowserContext, page: Page, live_server: Any, client: Any, anna: User) -> Page:
    """Anna's page on a phone."""
    client.force_login(anna)
    name = django_settings.SESSION_COOKIE_NAME
    context.add_cookies([{"name": name, "value": client.cookies[name].value, "url": live_server.url}])
    page.set_viewport_size({"width": 390, "height": 800})
    page.goto(f"{live_server.url}/calendars/settings/availability/")
    return page


def middle(part: Locator) -> float:
    box = part.bounding_box()
    assert box is not None
    return box["y"] + box["height"] / 2


def test_on_a_phone_a_day_with_one_period_is_one_line(hours: Page, problems: list[str]) -> None:
    monday = hours.get_by_role("group", name="Monday")
    parts = [monday.get_by_role("heading"), monday.get_by_label("From"), monday.get_by_label("To")]
    parts += [monday.get_by_role("button", name=name) for name in ("Remove", "Add a period")]
    parts.append(monday.locator("summary"))
    middles = [middle(part) for part in parts]
    assert max(middles) - min(middles) < 8
    assert hours.evaluate("document.documentElement.scrollWidth <= innerWidth") is True
    assert (barriers(hours), problems) == ([], [])


def test_the_hours_of_a_day_are_copied_and_saved(hours: Page, anna: User, problems: list[str]) -> None:
    monday = hours.get_by_role("group", name="Monday")
    monday.locator("summary").click()
    assert barriers(hours) == []
    for day in ("Tuesday", "Friday"):
        monday.get_by_role("checkbox", name=day).check()
    monday.get_by_role("button", name="Copy these hours").click()
    expect(hours.locator("#hours").get_by_role("status")).to_have_text("Copied. Save the hours to keep them.")
    hours.get_by_role("button", name="Save hours").click()
    expect(hours.locator("#hours").get_by_role("status")).to_have_text("Weekly hours saved.")
    assert WorkingHours.objects.filter(user=anna).by_weekday() == {0: [DAY], 1: [DAY], 4: [DAY]}
    assert problems == []
