"""The week as it is drawn in a real browser."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import Page

from tests.browser.conftest import barriers
from tests.browser.test_road import sign_in
from tests.factories import BlockedSlotFactory, UserFactory, office_hours

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.today]
CUT_OFF = """all => all.filter(one => one.getBoundingClientRect().right >
    one.parentElement.getBoundingClientRect().right + 1).map(one => one.textContent)"""


@pytest.mark.parametrize("width", [1280, 390])
def test_no_hour_is_cut_off_in_the_week_in_which_the_clocks_go_back(page: Page, live_server, width: int) -> None:
    anna = UserFactory(username="anna")
    office_hours(anna)
    night = datetime(2027, 10, 31, 0, 15, tzinfo=UTC)
    BlockedSlotFactory(user=anna, start=night, end=night + timedelta(hours=1))
    sign_in(page, live_server.url)
    page.set_viewport_size({"width": width, "height": 900})
    page.goto(f"{live_server.url}/calendars/?week=2027-W43")
    assert page.locator(".week__hour", has_text="again").all_text_contents() == ["02:00 again"]
    assert page.locator(".week__hour").evaluate_all(CUT_OFF) == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert barriers(page) == []
