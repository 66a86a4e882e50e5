"""Availability in a real browser: weekly hours, limits, dates with other hours, and time that is blocked by hand."""

from __future__ import annotations

from datetime import time, timedelta
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.utils import timezone
from playwright.sync_api import BrowserContext, Locator, Page, expect

from availability.models import WorkingHours, write_week
from connections.models import CalendarConfiguration
from practice.models import User
from tests.browser.conftest import barriers
from tests.factories import UserFactory

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.today]
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


def test_a_limit_is_saved_and_a_wrong_one_is_said_at_its_field(hours: Page, anna: User, problems: list[str]) -> None:
    limits = hours.locator("#limits")
    limits.get_by_label("At most a day").fill("0")
    limits.get_by_role("button", name="Save limits").click()
    expect(limits.locator(".field__error")).to_have_text("Enter at least 1, or nothing for no limit.")
    limits.get_by_label("At most a day").fill("3")
    limits.get_by_role("button", name="Save limits").click()
    expect(limits.get_by_role("status")).to_have_text("Limits saved.")
    assert barriers(hours) == []
    configuration = CalendarConfiguration.objects.get(user=anna)
    assert (configuration.max_per_day, configuration.max_per_week, problems) == (3, None, [])


def test_a_date_gets_other_hours_and_follows_the_week_again(hours: Page, anna: User, problems: list[str]) -> None:
    overrides = hours.locator("#overrides")
    day = timezone.now().date() + timedelta(days=20)
    overrides.get_by_role("textbox", name="Date").fill(f"{day:%Y-%m-%d}")
    overrides.get_by_label("Other hours").check()
    overrides.get_by_label("From").fill("12:00")
    overrides.get_by_label("To").fill("15:00")
    overrides.get_by_role("button", name="Add override").click()
    expect(overrides.get_by_role("row").filter(has_text="12:00")).to_contain_text("15:00")
    assert barriers(hours) == []
    assert [(one.date, one.start, one.end) for one in anna.date_overrides.all()] == [(day, time(12), time(15))]
    overrides.get_by_role("button", name="Remove").click()
    expect(overrides.get_by_text("No overrides. Every day follows the weekly hours.")).to_be_visible()
    assert (anna.date_overrides.count(), problems) == (0, [])


def test_time_is_blocked_by_hand_and_given_back(hours: Page, anna: User, problems: list[str]) -> None:
    blocked = hours.locator("#blocked")
    day = timezone.now().date() + timedelta(days=20)
    for label, clock in (("From", "10:00"), ("To", "11:30")):
        blocked.get_by_label(label).fill(f"{day:%Y-%m-%d}T{clock}")
    blocked.get_by_label("Note").fill("Paperwork")
    blocked.get_by_role("button", name="Block this time").click()
    expect(blocked.get_by_role("row").filter(has_text="Paperwork")).to_contain_text("Not shown on your iPhone")
    assert barriers(hours) == []
    slot = anna.blocked_slots.get()
    assert (slot.end - slot.start, slot.note) == (timedelta(minutes=90), "Paperwork")
    blocked.get_by_role("button", name="Remove").click()
    expect(blocked.get_by_text("No blocked slots.")).to_be_visible()
    assert (anna.blocked_slots.count(), problems) == (0, [])
