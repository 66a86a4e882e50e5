"""Ways to book: with the keyboard alone, without JavaScript, in German, on another clock, with Back and Change time."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import Browser, BrowserContext, Page, expect

from bookings.models import Booking, Claim, Seat, Service
from tests.browser.booking import fill_details, next_monday
from tests.browser.booking import kalends as kalends  # a fixture
from tests.browser.conftest import PATIENCE, barriers, leave

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.today]
Visit = Callable[..., Page]


@pytest.fixture
def visit(chromium: Browser) -> Iterator[Visit]:
    """Open a page as a visitor with a phone and options of their own."""
    contexts: list[BrowserContext] = []

    def open_page(**options: object) -> Page:
        given = {"viewport": {"width": 390, "height": 844}, "locale": "en-GB", "timezone_id": "Europe/Berlin"} | options
        contexts.append(chromium.new_context(**given))  # type: ignore[arg-type]
        contexts[-1].set_default_timeout(PATIENCE)
        return contexts[-1].new_page()

    yield open_page
    for context in contexts:
        leave(context)


def monday(kalends: str) -> str:
    return f"{kalends}/book/massage/?day={next_monday():%Y-%m-%d}"


def tab_to(page: Page, words: str) -> None:
    """Press Tab until what has the focus says these words."""
    for _ in range(60):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.innerText || document.activeElement.name") == words:
            return
    raise AssertionError(f"the keyboard does not reach {words!r}")


def test_with_the_keyboard_alone(visit: Visit, kalends: str) -> None:
    page = visit()
    page.goto(monday(kalends))
    tab_to(page, "11:00")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Your details")).to_be_visible()
    tab_to(page, "name")
    page.keyboard.type("Clara Sommer")
    tab_to(page, "phone")
    page.keyboard.type("0170 1234567")
    tab_to(page, "reminders")
    page.keyboard.press("ArrowDown")
    tab_to(page, "Book appointment")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Your appointment is booked")).to_be_visible()
    tab_to(page, "Cancel the appointment")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Cancel the appointment?")).to_be_visible()
    tab_to(page, "Cancel the appointment")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Your appointment is cancelled")).to_be_visible()
    assert Seat.objects.get().client.phone == "+491701234567"


def test_without_javascript(visit: Visit, kalends: str) -> None:
    Service.objects.update(location_kind="video")
    page = visit(java_script_enabled=False, timezone_id="America/New_York")
    page.goto(monday(kalends))
    page.locator("summary").click()
    page.get_by_label("Your city").select_option("America/New_York")
    page.get_by_role("button", name="Show times").click()
    expect(page.get_by_text("All times are New York time.")).to_be_visible()
    page.goto(f"{page.url}&day={next_monday():%Y-%m-%d}")  # a day that can still be cancelled
    page.locator("button[name=start]").first.click()
    page.get_by_role("button", name="Book appointment").click()
    expect(page.get_by_role("link", name="Enter your name.")).to_be_visible()
    fill_details(page)
    page.get_by_role("button", name="Book appointment").click()
    expect(page.get_by_role("heading", name="Your appointment is booked")).to_be_visible()
    expect(page.get_by_text("(New York time)")).to_be_visible()
    page.get_by_role("link", name="Cancel the appointment").click()
    page.get_by_role("button", name="Cancel the appointment").click()
    expect(page.get_by_role("heading", name="Your appointment is cancelled")).to_be_visible()
    assert Booking.objects.get().status == "cancelled"


def test_in_german(visit: Visit, kalends: str) -> None:
    page = visit(locale="de-DE")
    page.goto(f"{kalends}/book/")
    expect(page.get_by_role("heading", name="Termin buchen")).to_be_visible()
    page.get_by_role("link", name="Massage").click()
    expect(page.get_by_role("heading", name="Früheste Termine")).to_be_visible()
    page.goto(monday(kalends))
    page.get_by_role("button", name="10:00").click()
    assert barriers(page) == []
    page.get_by_role("button", name="Termin buchen").click()
    expect(page.get_by_role("link", name="Geben Sie Ihren Namen ein.")).to_be_visible()
    page.get_by_label("Name").fill("Clara Sommer")
    page.get_by_label("E-Mail freiwillig").fill("clara@example.org")
    page.get_by_label("Nein, danke").check()
    page.get_by_role("button", name="Termin buchen").click()
    expect(page.get_by_role("heading", name="Ihr Termin ist gebucht")).to_be_visible()
    assert barriers(page) == []
    assert (page.evaluate("document.documentElement.lang"), Seat.objects.get().language) == ("de", "de")


def test_a_client_elsewhere_reads_their_own_clock_without_being_asked(visit: Visit, kalends: str) -> None:
    Service.objects.update(location_kind="phone")
    page = visit(timezone_id="America/New_York")
    page.goto(monday(kalends))
    expect(page.get_by_text("All times are New York time.")).to_be_visible()
    expect(page.get_by_role("button", name="03:00")).to_be_visible()
    assert barriers(page) == []


def test_change_time_keeps_what_was_typed(visit: Visit, kalends: str) -> None:
    page = visit()
    page.goto(monday(kalends))
    page.get_by_role("button", name="10:00").click()
    fill_details(page)
    page.get_by_role("button", name="Change time").click()
    page.locator(".days button").nth(2).click()
    page.get_by_role("button", name="14:00").click()
    expect(page.get_by_label("Name")).to_have_value("Clara Sommer")
    expect(page.get_by_label("Yes, please")).to_be_checked()
    page.get_by_role("button", name="Book appointment").click()
    expect(page.get_by_role("heading", name="Your appointment is booked")).to_be_visible()
    assert [claim.kind for claim in Claim.objects.all()] == ["booking"]


def test_back_and_sending_again_make_one_booking(visit: Visit, kalends: str) -> None:
    page = visit()
    page.goto(monday(kalends))
    page.get_by_role("button", name="10:00").click()
    fill_details(page)
    page.get_by_role("button", name="Book appointment").click()
    expect(page.get_by_role("heading", name="Your appointment is booked")).to_be_visible()
    page.go_back()
    page.reload()
    expect(page.get_by_role("heading", name="Your appointment is booked")).to_be_visible()
    assert Booking.objects.count() == 1


def test_back_and_loading_again_send_no_form_with_errors_a_second_time(visit: Visit, kalends: str) -> None:
    page = visit(java_script_enabled=False)
    page.goto(monday(kalends))
    page.get_by_role("button", name="10:00").click()
    page.get_by_label("E-mail optional").fill("clara@gmial.com")
    page.get_by_role("button", name="Book appointment").click()
    question = page.get_by_text("Did you mean clara@gmail.com?")
    expect(question).to_be_visible()
    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.method))
    page.reload()
    expect(question).to_be_visible()
    page.go_back()
    expect(page.get_by_label("E-mail optional")).to_have_value("clara@gmial.com")
    page.go_forward()
    expect(question).to_be_visible()
    assert set(sent) == {"GET"}
    fill_details(page, email="clara@gmial.com")
    page.get_by_role("button", name="Yes, use clara@gmail.com").click()
    expect(page.get_by_role("heading", name="Your appointment is booked")).to_be_visible()
    assert Seat.objects.get().client.email == "clara@gmail.com"


def test_back_and_loading_again_move_no_appointment_a_second_time(visit: Visit, kalends: str) -> None:
    page, quick = visit(java_script_enabled=False), visit(java_script_enabled=False)
    page.goto(monday(kalends))
    page.get_by_role("button", name="10:00").click()
    fill_details(page)
    page.get_by_role("button", name="Book appointment").click()
    page.get_by_role("link", name="Choose another time").click()
    page.goto(f"{page.url}{'&' if '?' in page.url else '?'}day={next_monday():%Y-%m-%d}")
    page.get_by_role("button", name="11:00").click()
    quick.goto(monday(kalends))
    quick.get_by_role("button", name="11:00").click()
    page.get_by_role("button", name="Move the appointment").click()
    gone = page.get_by_role("status").get_by_text("That time has gone. Nearest:")
    expect(gone).to_be_visible()
    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.method))
    page.reload()
    expect(gone).to_be_visible()
    page.go_back()
    page.go_forward()
    expect(gone).to_be_visible()
    assert set(sent) == {"GET"}


def test_two_clients_race_for_the_last_time(visit: Visit, kalends: str) -> None:
    first, second = visit(), visit()
    for page in (first, second):
        page.goto(monday(kalends))
    first.get_by_role("button", name="10:00").click()
    expect(first.get_by_role("heading", name="Your details")).to_be_visible()
    second.get_by_role("button", name="10:00").click()
    expect(second.get_by_role("status")).to_contain_text("That time has gone. Nearest:")
    assert barriers(second) == []
    second.get_by_role("status").get_by_role("button").first.click()
    for page in (first, second):
        fill_details(page)
        page.get_by_role("button", name="Book appointment").click()
        expect(page.get_by_role("heading", name="Your appointment is booked")).to_be_visible()
    assert Booking.objects.values("start").distinct().count() == 2


def test_a_time_that_lapsed_and_went_keeps_what_was_typed(visit: Visit, kalends: str) -> None:
    slow, quick = visit(), visit()
    slow.goto(monday(kalends))
    slow.get_by_role("button", name="10:00").click()
    fill_details(slow)
    Claim.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    quick.goto(monday(kalends))
    quick.get_by_role("button", name="10:00").click()
    slow.get_by_role("button", name="Book appointment").click()
    expect(slow.get_by_role("status")).to_be_focused()
    slow.get_by_role("status").get_by_role("button").first.click()
    expect(slow.get_by_label("Name")).to_have_value("Clara Sommer")
    slow.get_by_role("button", name="Book appointment").click()
    expect(slow.get_by_role("heading", name="Your appointment is booked")).to_be_visible()
