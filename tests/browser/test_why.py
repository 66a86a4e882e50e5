"""Asking from the week why a time is open or not, in a real browser: in place, by mouse, keyboard and on a phone."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from connections.models import Calendar
from practice.models import User
from tests.browser.conftest import barriers
from tests.browser.test_road import sign_in
from tests.factories import CalendarFactory, OccurrenceFactory, ServiceFactory, UserFactory, office_hours

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.today]
PHONE = {"width": 390, "height": 800}


@pytest.fixture
def monday() -> datetime:
    """Midnight UTC of the Monday after next."""
    today = timezone.now().date()
    return datetime.combine(today + timedelta(days=14 - today.weekday()), time(), tzinfo=UTC)


@pytest.fixture
def home(monday: datetime) -> Calendar:
    """Anna's calendar: a dentist on Tuesday, a trip on Wednesday that is marked Free."""
    anna: User = UserFactory(username="anna", first_name="Anna", configuration__time_zone="UTC")
    office_hours(anna)
    ServiceFactory(name="Massage", slug="massage", staff=[anna])
    now = timezone.now()
    home: Calendar = CalendarFactory(connection__user=anna, name="Home", fresh_at=now, read_at=now)
    OccurrenceFactory(calendar=home, summary="Dentist", start=monday + timedelta(days=1, hours=10))
    trip = monday + timedelta(days=2)
    OccurrenceFactory(
        calendar=home, summary="Crete", start=trip, end=trip + timedelta(days=1), all_day=True, blocks=False
    )
    return home


@pytest.fixture
def week(page: Page, live_server, home: Calendar, monday: datetime) -> Page:
    """That week, before Anna's eyes."""
    sign_in(page, live_server.url)
    page.goto(f"{live_server.url}/calendars/?week={monday:%G-W%V}")
    return page


def day(number: str) -> str:
    return f"section[aria-labelledby='day-{number}']"


def test_an_hour_answers_in_place_and_for_a_service(week: Page, monday: datetime, problems: list[str]) -> None:
    address = week.url
    tuesday = monday + timedelta(days=1)
    dialog = week.get_by_role("dialog")
    week.locator(day(f"{tuesday:%Y-%m-%d}")).get_by_title("11:00", exact=True).click()
    dialog.get_by_role("link", name="Why?").click()
    expect(dialog.get_by_text("The time is free.")).to_be_visible()
    assert barriers(week) == []

    dialog.get_by_role("link", name="Hour before").click()
    expect(dialog.get_by_text("“Dentist” in “Home” (10:00–11:00) is marked Busy, so it blocks.")).to_be_visible()
    dialog.get_by_label("For").select_option("Massage")
    dialog.get_by_role("button", name="Ask").click()
    expect(dialog.get_by_text("“Massage” cannot start at this time.")).to_be_visible()
    expect(dialog.get_by_text("Next possible times")).to_be_visible()
    assert barriers(week) == []

    dialog.get_by_role("button", name="Close").click()
    expect(dialog).to_have_count(0)
    assert (week.url, problems) == (address, [])


def test_the_keyboard_asks_at_an_event_and_below_the_week(week: Page, problems: list[str]) -> None:
    dialog = week.get_by_role("dialog")
    event = week.get_by_role("link", name="Dentist")
    event.focus()
    week.keyboard.press("Enter")
    expect(dialog.get_by_text("is marked Busy, so it blocks.")).to_be_visible()
    expect(dialog.get_by_role("heading", level=2)).to_be_focused()
    week.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
    expect(event).to_be_focused()

    week.locator("#week-why").focus()
    week.keyboard.press("Enter")
    expect(dialog.get_by_label("When")).to_be_visible()
    assert problems == []


def test_a_press_in_the_dialog_blocks_all_day_events_at_once(week: Page, home: Calendar, problems: list[str]) -> None:
    address = week.url
    dialog = week.get_by_role("dialog")
    week.get_by_role("link", name="Crete").click()
    dialog.get_by_role("button", name="Always block all-day events of this calendar").click()
    expect(dialog.get_by_text("All-day events of “Home” always block from now on.")).to_be_visible()
    home.refresh_from_db()
    assert (home.all_day_rule, week.url, problems) == ("always", address, [])


# An observer runs at the end of the task that opens the dialog: nobody can press sooner.
PRESS_AS_IT_OPENS = """label => {
    const dialog = document.querySelector("dialog");
    const press = () => [...dialog.querySelectorAll("button")].find((one) => one.innerText.startsWith(label)).click();
    new MutationObserver(press).observe(dialog, {attributeFilter: ["open"]});
}"""


def test_a_press_as_the_dialog_opens_stays_in_the_week(week: Page, home: Calendar, problems: list[str]) -> None:
    address = week.url
    week.evaluate(PRESS_AS_IT_OPENS, "Always block all-day events of this calendar")
    week.get_by_role("link", name="Crete").click()
    expect(week.get_by_role("dialog").get_by_text("All-day events of “Home” always block from now on.")).to_be_visible()
    home.refresh_from_db()
    assert (home.all_day_rule, week.url, problems) == ("always", address, [])


def test_on_a_phone_each_day_asks(week: Page, problems: list[str]) -> None:
    week.set_viewport_size(PHONE)
    week.locator(".day__why").nth(3).click()
    expect(week.get_by_role("dialog").get_by_text("The time is free.")).to_be_visible()
    assert barriers(week) == []
    assert problems == []


def test_the_events_page_and_the_answers_own_page_have_no_barriers(week: Page, problems: list[str]) -> None:
    for width in (1280, 390):
        week.set_viewport_size({"width": width, "height": 800})
        for address in ("settings/events/", "why/?service=massage", "why/?at=soon"):
            week.goto(f"{week.url.split('/calendars/')[0]}/calendars/{address}")
            assert barriers(week) == []
            assert week.evaluate("document.documentElement.scrollWidth <= innerWidth") is True
    assert problems == []
