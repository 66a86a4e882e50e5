"""A club's calendar that does not answer, in a real browser: which one it is, what follows, and how to be rid of it."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from connections.models import Connection
from practice.models import User
from tests.browser.booking import kalends as kalends  # a fixture
from tests.browser.booking import next_monday
from tests.browser.test_public_booking import check
from tests.browser.test_road import sign_in
from tests.factories import FEED_ADDRESS, OccurrenceFactory, dead_feed

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.today]
BERLIN = ZoneInfo("Europe/Berlin")
SILENT = "The calendar by web address “Club fixtures” has not answered since"


@pytest.mark.parametrize("width", [1280, 390])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_calendar_that_does_not_answer_is_named_and_can_be_unticked(
    page: Page, kalends: str, width: int, scheme: str, problems: list[str]
) -> None:
    long_ago = timezone.now() - timedelta(days=2)
    feed = dead_feed(User.objects.get(username="anna"), fresh_at=long_ago, read_at=long_ago)
    at = datetime.combine(next_monday(), time(10), BERLIN)
    OccurrenceFactory.create(calendar=feed, summary="Final", start=at)
    page.emulate_media(color_scheme=scheme)
    page.set_viewport_size({"width": width, "height": 900})
    sign_in(page, kalends)

    page.goto(f"{kalends}/calendars/?view=week&date={next_monday():%Y-%m-%d}")
    expect(page.get_by_text(SILENT)).to_be_visible()
    page.get_by_role("link", name="Final").first.click()
    card = page.get_by_role("dialog")
    expect(card.get_by_text("from Club fixtures, by web address")).to_be_visible()
    expect(card.get_by_text("Only whoever publishes this calendar can mark the event Free.")).to_be_visible()
    page.goto(f"{kalends}/calendars/why/?at={at:%Y-%m-%dT%H:%M}")
    expect(page.get_by_role("region").get_by_text(SILENT)).to_be_visible()
    assert FEED_ADDRESS not in page.content()
    check(page)

    page.goto(f"{kalends}/calendars/settings/configuration/")
    linked = page.get_by_role("region", name="Linked calendar")
    expect(linked.get_by_text("Read-only: blocks time, receives no bookings")).to_be_visible()
    expect(linked.get_by_role("radio", name="Club fixtures")).to_have_count(0)
    check(page)
    page.get_by_role("region", name="Conflict calendars").get_by_label("Club fixtures").uncheck()
    page.get_by_role("button", name="Save").click()
    page.goto(f"{kalends}/calendars/")
    expect(page.get_by_text("Calendars last checked:")).to_be_visible()

    page.goto(f"{kalends}/calendars/settings/connections/{feed.connection_id}/disconnect/")
    expect(page.get_by_role("heading", name="Remove this calendar?")).to_be_visible()
    check(page)
    page.get_by_role("button", name="Disconnect").click()
    expect(page.get_by_text("is removed and its web address deleted.")).to_be_visible()
    assert [one.provider for one in Connection.objects.all()] == ["icloud"]
    assert problems == []
