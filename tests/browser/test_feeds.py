"""A calendar is added by its web address in a real browser, blocks, and is given a new address."""

from __future__ import annotations

from datetime import datetime, time
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import Page, expect

from connections.models import Connection
from tests.browser.booking import kalends as kalends  # a fixture
from tests.browser.booking import next_monday
from tests.browser.conftest import work
from tests.browser.test_public_booking import check
from tests.browser.test_road import sign_in
from tests.feed_server import Fault, FeedServer, event_text, feed_text

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.today]
BERLIN = ZoneInfo("Europe/Berlin")
NEW = "/calendars/settings/connections/new/ics/"


def fixture_at(hour: int, title: str) -> bytes:
    """A file with one event of two hours on the Monday after next, in Berlin."""
    day = f"{next_monday():%Y%m%d}"
    return feed_text(
        event_text(f"{title}@club", f"{day}T{hour:02}0000", f"{day}T{hour + 2:02}0000", f"SUMMARY:{title}")
    )


@pytest.mark.parametrize("width", [1280, 390])
def test_a_club_calendar_is_added_blocks_and_gets_a_new_address(
    page: Page, kalends: str, feed_server: FeedServer, width: int, problems: list[str]
) -> None:
    feed_server.data = fixture_at(10, "Match")
    page.set_viewport_size({"width": width, "height": 900})
    sign_in(page, kalends)
    page.goto(f"{kalends}{NEW}")
    check(page)
    address = page.get_by_label("Web address", exact=True)
    feed_server.fault = Fault.HTML
    address.fill(feed_server.address)
    page.get_by_role("button", name="Add").click()
    expect(page.get_by_text("there is a web page and no calendar file")).to_be_visible()
    expect(address).to_have_value(feed_server.address)
    check(page)

    feed_server.fault = Fault.NONE
    page.get_by_role("button", name="Add").click()
    expect(page.get_by_text("The calendar is added. It blocks time from now on.")).to_be_visible()
    expect(page.get_by_role("heading", name="Club")).to_be_visible()
    expect(page.get_by_text("Read-only: blocks time, receives no bookings")).to_be_visible()
    check(page)
    page.goto(f"{kalends}/calendars/?view=week&date={next_monday():%Y-%m-%d}")
    expect(page.get_by_role("link", name="Match").first).to_be_visible()
    asked = Connection.objects.get(provider="ics")
    assert asked.password == feed_server.address
    day = datetime.combine(next_monday(), time(10, 30), BERLIN)
    page.goto(f"{kalends}/calendars/why/?at={day:%Y-%m-%dT%H:%M}")
    assert "private-5ec0e7f1" not in page.content()
    work()
    assert problems == []
