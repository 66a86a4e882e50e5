"""The calendar under a finger on a phone: a long press lifts a booking, a swipe scrolls, a tap opens a card."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, time, timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import Browser, BrowserContext, CDPSession, Page, expect

from bookings.models import Booking
from tests.browser.conftest import PATIENCE, barriers, leave
from tests.browser.sessions import signed_in
from tests.factories import BookingFactory, ClientFactory, ServiceFactory, UserFactory, office_hours

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.today]
HOUR = timedelta(hours=1)


class Finger:
    """One finger on a page."""

    def __init__(self, page: Page) -> None:
        self._session: CDPSession = page.context.new_cdp_session(page)

    def down(self, x: float, y: float) -> None:
        self._send("touchStart", (x, y))

    def move(self, x: float, y: float) -> None:
        self._send("touchMove", (x, y))

    def up(self) -> None:
        self._send("touchEnd")

    def _send(self, kind: str, *points: tuple[float, float]) -> None:
        touches = [{"x": x, "y": y} for x, y in points]
        self._session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": touches})


@pytest.fixture
def context(chromium: Browser) -> Iterator[BrowserContext]:
    """A visitor with a phone."""
    visitor = chromium.new_context(
        viewport={"width": 390, "height": 800}, has_touch=True, is_mobile=True, locale="en-GB", service_workers="block"
    )
    visitor.set_default_timeout(PATIENCE)
    yield visitor
    leave(visitor)


@pytest.fixture
def tuesday() -> datetime:
    """Midnight UTC of a Tuesday that lies ahead."""
    today = timezone.now().date()
    return datetime.combine(today + timedelta(days=15 - today.weekday()), time(), tzinfo=UTC)


@pytest.fixture
def booked(tuesday: datetime) -> Booking:
    """Clara's massage with Anna at ten."""
    anna = UserFactory(username="anna", first_name="Anna", role="owner", configuration__time_zone="UTC")
    office_hours(anna)
    service = ServiceFactory(name="Massage", slug="massage", staff=[anna])
    client = ClientFactory(name="Clara Blum", email="")
    booked: Booking = BookingFactory(staff=anna, service=service, client=client, start=tuesday + 10 * HOUR)
    return booked


@pytest.fixture
def calendar(context: BrowserContext, page: Page, live_server, booked: Booking, tuesday: datetime) -> Page:
    """That week, before Anna's eyes."""
    signed_in(context, live_server.url, booked.staff)
    page.goto(f"{live_server.url}/calendars/?view=week&date={tuesday:%Y-%m-%d}")
    page.locator(".slot[data-move]").scroll_into_view_if_needed()
    return page


def middle(calendar: Page) -> tuple[float, float]:
    """Where the finger meets the booking."""
    box = calendar.locator(".slot[data-move]").bounding_box()
    assert box
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def test_a_long_press_and_a_drag_move_a_booking_after_its_client_was_named(
    calendar: Page, booked: Booking, tuesday: datetime, problems: list[str]
) -> None:
    finger, frame = Finger(calendar), calendar.locator(".day__frame")
    x, y = middle(calendar)
    finger.down(x, y)
    expect(frame).to_have_text("Tuesday 10:00")
    hour = calendar.locator(".day__asks a").first.bounding_box()
    assert hour
    finger.move(x, y + hour["height"])
    finger.move(x, y + 2 * hour["height"])
    expect(frame).to_have_text("Tuesday 12:00")
    finger.up()
    dialog = calendar.get_by_role("dialog")
    expect(dialog.get_by_role("heading", name="Move Clara Blum?")).to_be_focused()
    expect(calendar.locator(".week--lifting")).to_have_count(0)
    assert barriers(calendar) == []
    dialog.get_by_role("button", name="Move").tap()
    expect(calendar.locator("#said")).to_have_text("Moved: Clara Blum · Massage.")
    booked.refresh_from_db()
    assert booked.start - tuesday == 12 * HOUR
    assert problems == []


def test_the_day_below_is_reached_where_the_page_scrolls_at_its_edge(calendar: Page, problems: list[str]) -> None:
    finger, frame = Finger(calendar), calendar.locator(".day__frame")
    x, y = middle(calendar)
    finger.down(x, y)
    expect(frame).to_have_text("Tuesday 10:00")
    finger.move(x, 790)
    expect(frame).to_contain_text("Wednesday")
    finger.move(x, 400)
    finger.up()
    expect(calendar.get_by_role("dialog").get_by_role("heading", name="Move Clara Blum?")).to_be_visible()
    assert problems == []


def test_a_swipe_that_begins_on_a_booking_scrolls_and_lifts_nothing(calendar: Page, booked: Booking) -> None:
    calendar.evaluate(
        "document.querySelector('.week').addEventListener('pointercancel', () => { window.swiped = true })"
    )
    before = calendar.evaluate("scrollY")
    finger = Finger(calendar)
    x, y = middle(calendar)
    finger.down(x, y)
    for step in range(1, 9):
        finger.move(x, y - 20 * step)
    calendar.wait_for_function("window.swiped")
    finger.up()
    assert calendar.evaluate("scrollY") > before
    expect(calendar.locator(".week--lifting, .slot--lifted")).to_have_count(0)
    expect(calendar.get_by_role("dialog")).to_have_count(0)


def test_a_booking_that_is_lifted_and_put_down_again_stays_where_it_is(calendar: Page, booked: Booking) -> None:
    finger = Finger(calendar)
    finger.down(*middle(calendar))
    expect(calendar.locator(".day__frame")).to_have_text("Tuesday 10:00")
    finger.up()
    expect(calendar.locator(".week--lifting")).to_have_count(0)
    expect(calendar.get_by_role("dialog")).to_have_count(0)


def test_a_tap_opens_the_card(calendar: Page, booked: Booking) -> None:
    calendar.get_by_role("link", name="Clara Blum").tap()
    expect(calendar.get_by_role("dialog").get_by_role("heading", name="Clara Blum")).to_be_focused()


def test_on_a_tablet_a_tap_on_a_free_hour_opens_its_card(calendar: Page, booked: Booking) -> None:
    calendar.set_viewport_size({"width": 1024, "height": 768})
    calendar.locator(".day").nth(1).get_by_title("14:00", exact=True).tap()
    expect(calendar.get_by_role("dialog").get_by_role("link", name="Book")).to_be_visible()


def test_a_client_is_found_by_typing_and_the_menu_stays_on_the_screen(
    calendar: Page, booked: Booking, problems: list[str]
) -> None:
    calendar.locator("#go-to summary").tap()
    calendar.get_by_label("Find a client").press_sequentially("cla")
    found = calendar.locator("#found").get_by_role("link", name="Clara Blum")
    expect(found).to_be_visible()
    assert calendar.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert barriers(calendar) == []
    calendar.get_by_label("Find a client").focus()
    calendar.keyboard.press("Tab")
    expect(found).to_be_focused()
    calendar.keyboard.press("Enter")
    calendar.wait_for_url(f"**#booking-{booked.pk}-*")
    expect(found).not_to_be_visible()
    expect(calendar.get_by_role("link", name="Clara Blum")).to_be_in_viewport()
    assert problems == []
