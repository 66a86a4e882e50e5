"""Fetched events in a real browser: found, explained, and made to block by one press or on the iPhone."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import Locator, Page, expect

from connections.models import Calendar, Occurrence
from sandbox.device.device import AppleDevice
from sandbox.server.store.accounts import Account
from tests.browser.booking import kalends as kalends  # a fixture
from tests.browser.booking import next_monday
from tests.browser.conftest import work
from tests.browser.test_public_booking import check
from tests.browser.test_road import sign_in

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.today]
BERLIN = ZoneInfo("Europe/Berlin")


@pytest.fixture
def choir(kalends: str, account: Account, phone: AppleDevice) -> str:
    """On the Monday after next the iPhone has choir at ten and, all day and marked Free, a trip; gives choir's path."""
    calendar, ten = account.calendar("Work"), datetime.combine(next_monday(), time(10), BERLIN)
    phone.add(calendar, "Crete", next_monday(), free=True)
    choir = phone.add(calendar, "Choir", ten, ten + timedelta(hours=1))
    work()
    return choir


@pytest.mark.parametrize("width", [1280, 390])
def test_an_event_is_found_and_made_to_block_or_not(
    page: Page, kalends: str, choir: str, phone: AppleDevice, width: int, problems: list[str]
) -> None:
    page.set_viewport_size({"width": width, "height": 900})
    sign_in(page, kalends)
    page.get_by_role("link", name="Calendar Settings").click()
    page.get_by_role("link", name="Events").click()
    check(page)
    page.get_by_label("Title contains").fill("cre")
    page.get_by_role("button", name="Show", exact=True).click()
    expect(page.get_by_role("row", name="Choir")).to_have_count(0)
    crete = page.get_by_role("row", name="Crete")
    expect(crete).to_contain_text("Does not block")
    crete.get_by_role("button", name="Always block all-day events of this calendar").click()
    expect(page.get_by_text("All-day events of “Work” always block from now on.")).to_be_visible()
    expect(page.get_by_text("1 more upcoming event blocks now.")).to_be_visible()
    expect(page.get_by_label("Title contains")).to_have_value("cre")
    expect(badge(crete)).to_have_text("Blocks")
    check(page)
    assert is_offered(page, kalends, "09:00") is False

    page.goto(f"{kalends}/calendars/settings/events/?q=cre")
    crete.get_by_role("button", name="Block all-day events of this calendar only if marked Busy").click()
    expect(badge(crete)).to_have_text("Does not block")
    assert [is_offered(page, kalends, clock) for clock in ("09:00", "10:00")] == [True, False]

    phone.free(choir)
    work()
    page.goto(f"{kalends}/calendars/settings/events/")
    expect(badge(page.get_by_role("row", name="Choir"))).to_have_text("Does not block")
    assert is_offered(page, kalends, "10:00") is True
    assert (Calendar.objects.get(name="Work").all_day_rule, problems) == ("as_marked", [])
    assert Occurrence.objects.filter(blocks=True).count() == 0


def badge(row: Locator) -> Locator:
    return row.locator(".badge")


def is_offered(page: Page, kalends: str, clock: str) -> bool:
    """Can clients book a massage at this time of the Monday?"""
    page.goto(f"{kalends}/book/massage/?day={next_monday():%Y-%m-%d}")
    start = datetime.combine(next_monday(), time.fromisoformat(clock), BERLIN)
    return page.locator(f"button[name=start][value='{start.isoformat()}']").count() == 1
