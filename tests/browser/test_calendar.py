"""The calendar as a tool in a real browser: press, drag, move by keyboard, keys, and every view without barriers."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, time, timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import Locator, Page, expect

from availability.models import BlockedSlot
from bookings.models import Booking
from practice.models import User
from tests.browser.conftest import barriers
from tests.browser.test_road import sign_in
from tests.factories import (
    BlockedSlotFactory,
    BookingFactory,
    CalendarFactory,
    ClientFactory,
    OccurrenceFactory,
    ServiceFactory,
    UserFactory,
    office_hours,
)

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.today]
HOUR = timedelta(hours=1)
HOUR_PIXELS = 60
MAX_CLICKS = 4  # from a free hour to a booking
PAGES = ("view=day", "view=week", "view=month", "view=list")


@pytest.fixture
def tuesday() -> datetime:
    """Midnight UTC of a Tuesday that lies ahead."""
    today = timezone.now().date()
    return datetime.combine(today + timedelta(days=15 - today.weekday()), time(), tzinfo=UTC)


@pytest.fixture
def booked(tuesday: datetime) -> Booking:
    """Clara's massage with Anna at ten, after the dentist and before Tom's; Ben offers massage too."""
    anna = UserFactory(username="anna", first_name="Anna", role="owner", configuration__time_zone="UTC")
    ben = UserFactory(username="ben", first_name="Ben", configuration__time_zone="UTC")
    office_hours(anna)
    office_hours(ben)
    service = ServiceFactory(name="Massage", slug="massage", staff=[anna, ben])
    now = timezone.now()
    home = CalendarFactory(connection__user=anna, name="Home", fresh_at=now, read_at=now)
    OccurrenceFactory(calendar=home, summary="Dentist", start=tuesday + 9 * HOUR)
    booked: Booking = BookingFactory(
        staff=anna, service=service, client=ClientFactory(name="Clara Blum", email=""), start=tuesday + 10 * HOUR
    )
    return booked


@pytest.fixture
def calendar(page: Page, live_server, booked: Booking, tuesday: datetime) -> Page:
    """That week, before Anna's eyes."""
    sign_in(page, live_server.url)
    page.goto(f"{live_server.url}/calendars/?view=week&date={tuesday:%Y-%m-%d}")
    return page


def hour(calendar: Page, clock: str, column: int = 1) -> Locator:
    return calendar.locator(".day").nth(column).get_by_title(clock, exact=True)


def drag(calendar: Page, start: tuple[float, float], end: tuple[float, float]) -> None:
    calendar.mouse.move(*start)
    calendar.mouse.down()
    calendar.mouse.move(*end, steps=5)
    calendar.mouse.up()


def top(thing: Locator) -> tuple[float, float]:
    """A point near its upper left corner."""
    thing.scroll_into_view_if_needed()
    box = thing.bounding_box()
    assert box
    return box["x"] + 20, box["y"] + 4


def test_a_free_hour_becomes_a_blocked_slot_without_leaving_the_calendar(
    calendar: Page, tuesday: datetime, problems: list[str]
) -> None:
    dialog = calendar.get_by_role("dialog")
    x, y = top(hour(calendar, "14:00"))
    drag(calendar, (x, y), (x, y + 1.25 * HOUR_PIXELS))
    dialog.get_by_text("Block", exact=True).click()
    expect(dialog.get_by_text("Not shown on your iPhone")).to_be_visible()
    assert barriers(calendar) == []
    dialog.get_by_label("Note").fill("Paperwork")
    dialog.get_by_role("button", name="Block this time").click()
    expect(calendar.locator("#said")).to_have_text("Time blocked. It is not shown on your iPhone.")
    expect(dialog).to_have_count(0)
    calendar.locator(".week").get_by_role("link", name="Paperwork").click()
    expect(dialog.get_by_role("heading", name="Paperwork")).to_be_focused()
    slot = BlockedSlot.objects.get()
    assert (slot.start - tuesday, slot.end - tuesday) == (14 * HOUR, 15.5 * HOUR)
    assert problems == []


def test_a_blocked_slot_is_changed_and_removed_on_its_card(
    calendar: Page, booked: Booking, tuesday: datetime, problems: list[str]
) -> None:
    BlockedSlotFactory(user=booked.staff, start=tuesday + 14 * HOUR, note="Paperwork")
    dialog = calendar.get_by_role("dialog")
    calendar.reload()
    calendar.locator(".week").get_by_role("link", name="Paperwork").click()
    dialog.get_by_label("To").fill(f"{tuesday + 16 * HOUR:%Y-%m-%dT%H:%M}")
    dialog.get_by_label("Note").fill("Taxes")
    dialog.get_by_role("button", name="Save").click()
    expect(dialog).to_have_count(0)
    slot = BlockedSlot.objects.get()
    assert (slot.end - tuesday, slot.note) == (16 * HOUR, "Taxes")
    calendar.locator(".week").get_by_role("link", name="Taxes").click()
    dialog.get_by_role("button", name="Remove").click()
    expect(calendar.locator(".week").get_by_role("link", name="Taxes")).to_have_count(0)
    assert (BlockedSlot.objects.count(), problems) == (0, [])


def test_a_free_hour_is_two_presses_from_the_form_with_its_time(calendar: Page, tuesday: datetime) -> None:
    hour(calendar, "15:00").click()
    calendar.get_by_role("dialog").get_by_role("link", name="Book").click()
    expect(calendar.get_by_label("Another time")).to_have_value("15:00")
    expect(calendar.get_by_label("Day", exact=True)).to_have_value(f"{tuesday:%Y-%m-%d}")


def test_a_free_hour_becomes_a_booking_in_few_clicks(
    clicks: Callable[[], int], calendar: Page, booked: Booking, tuesday: datetime, problems: list[str]
) -> None:
    before = clicks()
    hour(calendar, "15:00").click()
    calendar.get_by_role("dialog").get_by_role("link", name="Book").click()
    calendar.get_by_label("Client’s name").click()
    calendar.keyboard.type("Dora Lang")
    calendar.get_by_role("button", name="Book", exact=True).click()
    expect(calendar.get_by_role("heading", name="Dora Lang")).to_be_visible()
    made = Booking.objects.exclude(pk=booked.pk).get()
    assert (clicks() - before, made.start - tuesday) == (MAX_CLICKS, 15 * HOUR)
    assert problems == []


def test_a_booking_is_dragged_to_another_day_after_its_client_was_named(
    calendar: Page, booked: Booking, tuesday: datetime, problems: list[str]
) -> None:
    dialog = calendar.get_by_role("dialog")
    piece = calendar.locator(".slot[data-move]")
    x, y = top(piece)
    other_x, other_y = top(hour(calendar, "13:00", column=2))
    drag(calendar, (x, y), (other_x, other_y))
    expect(dialog.get_by_role("heading", name="Move Clara Blum?")).to_be_focused()
    expect(dialog.get_by_text("Clara Blum has no e-mail address: tell them yourself.")).to_be_visible()
    assert barriers(calendar) == []
    dialog.get_by_role("button", name="Move").click()
    expect(calendar.locator("#said")).to_have_text("Moved: Clara Blum · Massage.")
    expect(calendar.locator(".day").nth(2).locator(".slot[data-move]")).to_contain_text("13:00–14:00")
    booked.refresh_from_db()
    assert booked.start - tuesday == 37 * HOUR
    assert problems == []


def test_the_keyboard_moves_a_booking_and_a_refusal_is_said(
    calendar: Page, booked: Booking, tuesday: datetime, problems: list[str]
) -> None:
    dialog, said = calendar.get_by_role("dialog"), calendar.locator("#said")
    calendar.get_by_role("link", name="Clara Blum").focus()
    calendar.keyboard.press("Enter")
    move = dialog.get_by_role("link", name="Move")
    move.focus()
    calendar.keyboard.press("Enter")
    expect(said).to_contain_text("Arrow keys move the booking")
    for key in ["ArrowUp"] * 3:
        calendar.keyboard.press(key)
    expect(said).to_contain_text("Tuesday 09:15")
    calendar.keyboard.press("Enter")
    dialog.get_by_role("button", name="Move").click()
    expect(dialog.locator("#refusal")).to_contain_text("“Dentist” in “Home”")
    assert barriers(calendar) == []
    dialog.get_by_role("button", name="Move anyway").click()
    expect(calendar.locator(".slot[data-move]")).to_contain_text("09:15–10:15")
    assert problems == []


def test_escape_leaves_a_booking_where_it_is(calendar: Page, booked: Booking) -> None:
    calendar.get_by_role("link", name="Clara Blum").click()
    calendar.get_by_role("dialog").get_by_role("link", name="Move").click()
    calendar.keyboard.press("ArrowDown")
    calendar.keyboard.press("Escape")
    expect(calendar.locator("#said")).to_have_text("The booking stays where it is.")
    expect(calendar.locator(".day__frame")).to_have_count(0)


def test_in_everybodys_day_a_booking_is_dragged_to_a_colleague(
    calendar: Page, booked: Booking, tuesday: datetime, problems: list[str]
) -> None:
    calendar.goto(calendar.url.replace("view=week", "view=day"))
    assert calendar.locator(".day h2 a:first-child").all_text_contents() == ["Anna", "Ben"]
    drag(calendar, top(calendar.locator(".slot[data-move]")), top(hour(calendar, "10:00")))
    calendar.get_by_role("dialog").get_by_role("button", name="Move").click()
    expect(calendar.locator(".day").nth(1).locator(".slot[data-move]")).to_contain_text("Clara Blum")
    booked.refresh_from_db()
    assert (booked.staff, booked.start - tuesday) == (User.objects.get(username="ben"), 10 * HOUR)
    assert problems == []


def test_keys_lead_on_unless_one_types_or_has_switched_them_off(calendar: Page, tuesday: datetime) -> None:
    def heading() -> str:
        calendar.wait_for_load_state()
        return calendar.locator("h1").text_content() or ""

    first = heading()
    calendar.keyboard.press("ArrowRight")
    calendar.wait_for_url("**date=" + f"{tuesday + timedelta(days=7):%Y-%m-%d}")
    assert heading() != first
    calendar.keyboard.press("ArrowLeft")
    calendar.wait_for_url("**date=" + f"{tuesday:%Y-%m-%d}")
    assert heading() == first
    calendar.locator("#go-to summary").click()
    calendar.get_by_label("Find a client").press_sequentially("tn")
    calendar.keyboard.press("Escape")
    assert heading() == first
    calendar.locator("#keys summary").click()
    calendar.get_by_label("Use these keys on this device").uncheck()
    calendar.locator("h1").click()
    calendar.keyboard.press("n")
    assert heading() == first
    calendar.get_by_label("Use these keys on this device").check()
    calendar.locator("h1").click()
    calendar.keyboard.press("n")
    expect(calendar.get_by_role("heading", name="New booking")).to_be_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_view_has_no_barriers_and_nothing_sticks_out(calendar: Page, scheme: str, problems: list[str]) -> None:
    calendar.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    for width in (1280, 900, 390, 320):
        calendar.set_viewport_size({"width": width, "height": 800})
        for view in PAGES:
            calendar.goto(calendar.url.partition("?")[0] + f"?{view}&date={calendar.url.rpartition('date=')[2]}")
            assert (width, view, barriers(calendar)) == (width, view, [])
            assert calendar.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert problems == []


def test_the_cards_are_pages_without_barriers(
    calendar: Page, booked: Booking, tuesday: datetime, problems: list[str]
) -> None:
    slot = BlockedSlotFactory(user=booked.staff, start=tuesday + 14 * HOUR)
    start = f"{calendar.url.partition('/calendars/')[0]}/calendars/"
    event = calendar.get_by_role("link", name="Dentist").get_attribute("href") or ""
    moved = f"move/{booked.pk}/?start={tuesday + 15 * HOUR:%Y-%m-%dT%H:%M:%SZ}"
    for address in ("hour/", f"blocked/{slot.pk}/", event.removeprefix("/calendars/"), moved):
        for width in (1280, 320):
            calendar.set_viewport_size({"width": width, "height": 800})
            calendar.goto(f"{start}{address}")
            assert (address, barriers(calendar)) == (address, [])
            assert calendar.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert problems == []


def test_on_a_phone_the_week_opens_at_today(page: Page, live_server, booked: Booking) -> None:
    sign_in(page, live_server.url)
    page.set_viewport_size({"width": 390, "height": 700})
    page.goto(f"{live_server.url}/calendars/?view=week")
    top = page.locator("#today").evaluate("one => one.getBoundingClientRect().top")
    at_the_end = page.evaluate("scrollY + innerHeight >= document.documentElement.scrollHeight - 2")
    assert at_the_end or 0 <= top <= 120


def test_without_a_script_everything_is_a_link_or_a_form(
    chromium, live_server, booked: Booking, tuesday: datetime
) -> None:
    visitor = chromium.new_context(java_script_enabled=False, locale="en-GB")
    plain = visitor.new_page()
    sign_in(plain, live_server.url)
    plain.goto(f"{live_server.url}/calendars/?view=week&date={tuesday:%Y-%m-%d}")
    plain.get_by_role("link", name="Dentist").click()
    expect(plain.get_by_role("heading", name="Dentist")).to_be_visible()
    plain.go_back()
    hour(plain, "15:00").click()
    expect(plain.get_by_text("The time is free.")).to_be_visible()
    plain.go_back()
    plain.get_by_role("link", name="Month", exact=True).click()
    plain.get_by_role("link", name="Clara Blum").click()
    expect(plain.get_by_role("link", name="Reschedule")).to_be_visible()
    visitor.close()
