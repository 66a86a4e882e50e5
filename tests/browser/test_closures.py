"""Time off in a real browser: days are closed, the booking inside is cancelled, and the practice keeps holidays."""

from __future__ import annotations

from datetime import datetime, time
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import Page, expect

from availability.models import Closure
from bookings.models import Booking, LinkedEvent, Service
from bookings.tasks import push_events
from practice.models import User
from sandbox.server.store.accounts import Account
from tests.browser.booking import kalends as kalends  # a fixture
from tests.browser.booking import next_monday
from tests.browser.conftest import work
from tests.browser.test_public_booking import check, titles
from tests.browser.test_road import sign_in
from tests.factories import BookingFactory

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.today]
BERLIN = ZoneInfo("Europe/Berlin")
WIDTHS = pytest.mark.parametrize("width", [1280, 390])


@pytest.fixture
def booking(kalends: str) -> Booking:
    """Carla is with Anna on the Monday after next at ten, which stands on the iPhone."""
    anna = User.objects.get(username="anna")
    start = datetime.combine(next_monday(), time(10), BERLIN)
    booking: Booking = BookingFactory.create(
        staff=anna, service=Service.objects.get(), start=start, client__name="Carla Client"
    )
    linked = anna.calendar_configuration.linked_calendar
    assert linked is not None
    LinkedEvent.objects.place(linked, booking=booking)
    push_events()
    work()
    return booking


@WIDTHS
def test_days_are_closed_and_the_booking_inside_is_cancelled(
    page: Page, kalends: str, account: Account, booking: Booking, width: int, problems: list[str]
) -> None:
    assert titles(account) == ["SUMMARY:Carla Client"]
    monday = f"{next_monday():%Y-%m-%d}"
    page.set_viewport_size({"width": width, "height": 900})
    sign_in(page, kalends)
    page.get_by_role("link", name="Calendar Settings").click()
    page.get_by_role("link", name="Time off").click()
    expect(page.get_by_text("No time off is planned.")).to_be_visible()
    plan = page.get_by_role("region", name="Plan time off")
    plan.get_by_label("First day").fill(monday)
    plan.get_by_label("Last day").fill(monday)
    plan.get_by_label("Name").fill("Training")
    check(page)
    plan.get_by_role("button", name="Save").click()
    inside = page.get_by_role("region", name="Bookings on these days")
    expect(inside.get_by_role("row", name="Carla Client")).to_be_visible()
    check(page)

    inside.get_by_role("link", name="Cancel and tell").click()
    page.get_by_role("button", name="Cancel booking").click()
    expect(page.get_by_text("Cancelled: Carla Client")).to_be_visible()
    work()
    assert titles(account) == []
    page.goto(f"{kalends}/book/massage/?day={monday}")
    expect(page.get_by_text("There are no free times on")).to_be_visible()

    page.goto(f"{kalends}/calendars/settings/closures/")
    page.get_by_role("row", name="Training").get_by_role("link").click()
    expect(page.get_by_text("No booking lies on these days.")).to_be_visible()
    page.get_by_role("button", name="Remove this time off").click()
    expect(page.get_by_text("Removed. The usual hours count again.")).to_be_visible()
    page.goto(f"{kalends}/book/massage/?day={monday}")
    expect(page.get_by_role("button", name="10:00")).to_be_visible()
    assert problems == []


@WIDTHS
@pytest.mark.time_machine(datetime(2026, 3, 2, 8, tzinfo=BERLIN), tick=True)
def test_an_owner_closes_the_practice_on_public_holidays(
    page: Page, kalends: str, width: int, problems: list[str]
) -> None:
    User.objects.update(role=User.Role.OWNER)
    page.set_viewport_size({"width": width, "height": 900})
    sign_in(page, kalends)
    page.goto(f"{kalends}/calendars/settings/closures/")
    holidays = page.get_by_role("region", name="Public holidays")
    holidays.get_by_label("Year").select_option("2027")
    holidays.get_by_label("Region").select_option(label="Berlin")
    holidays.get_by_role("button", name="Show").click()
    expect(holidays.get_by_text("Mon 8 Mar 2027 · Women's Day")).to_be_visible()
    check(page)
    holidays.get_by_role("button", name="Close on these 10 days").click()
    expect(page.get_by_text("The practice is closed on 10 more days.")).to_be_visible()
    expect(page.get_by_role("region", name="Time off", exact=True).get_by_role("row")).to_have_count(11)
    check(page)
    assert (Closure.objects.filter(user=None).count(), problems) == (10, [])
