"""A booking in the hands of staff, in a real browser: found, moved, cancelled, its link replaced, a move undone."""

from __future__ import annotations

import re
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.core import mail
from playwright.sync_api import Page, expect

from bookings.models import Booking, LinkedEvent, Service
from bookings.tasks import push_events
from practice.models import User
from sandbox.device.device import AppleDevice
from sandbox.server.store.accounts import Account
from tests.browser.booking import kalends as kalends  # a fixture
from tests.browser.booking import next_monday
from tests.browser.conftest import work
from tests.browser.test_public_booking import check, titles
from tests.browser.test_public_reschedule import starts
from tests.browser.test_road import sign_in
from tests.factories import BookingFactory, ClientFactory

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.today]
BERLIN = ZoneInfo("Europe/Berlin")
WIDTHS = pytest.mark.parametrize("width", [1280, 390])


def at(hour: int) -> datetime:
    """That hour of the Monday after next in Berlin."""
    return datetime.combine(next_monday(), time(hour), BERLIN)


@pytest.fixture
def booking(kalends: str, settings) -> Booking:
    """Carla is with Anna on the Monday after next at ten, which stands on the iPhone."""
    settings.BASE_URL = kalends
    anna, client = User.objects.get(), ClientFactory.create(name="Carla Client", email="carla@example.org")
    booking: Booking = BookingFactory.create(staff=anna, service=Service.objects.get(), start=at(10), client=client)
    linked = anna.calendar_configuration.linked_calendar
    assert linked is not None
    LinkedEvent.objects.place(linked, booking=booking)
    push_events()
    work()
    return booking


@pytest.fixture
def found(page: Page, kalends: str, booking: Booking, width: int) -> Page:
    """The page of the booking, to which the list has led."""
    BookingFactory.create(staff=booking.staff, service=booking.service, start=at(14), client__name="Paul Patient")
    page.set_viewport_size({"width": width, "height": 900})
    sign_in(page, kalends)
    page.get_by_role("link", name="Bookings").click()
    page.get_by_label("Client or service").fill("carl")
    page.get_by_role("button", name="Search").click()
    rows = page.get_by_role("region", name="Bookings").locator("tbody tr")
    expect(rows).to_have_count(1)
    check(page)
    rows.get_by_role("link").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Carla Client")
    check(page)
    return page


@WIDTHS
def test_staff_move_a_booking_then_cancel_it_and_the_iphone_follows(
    found: Page, account: Account, booking: Booking, problems: list[str]
) -> None:
    found.get_by_role("link", name="Reschedule").click()
    check(found)
    found.get_by_label("12:00", exact=True).check()
    found.get_by_role("button", name="Reschedule", exact=True).last.click()
    expect(found.get_by_text("12:00–13:00").first).to_be_visible()
    push_events()
    work()
    assert starts(account) == [f"{next_monday():%Y%m%d}T120000"]

    found.get_by_role("link", name="Cancel", exact=True).click()
    found.get_by_label("Reason, for staff only").fill("Water damage")
    check(found)
    found.get_by_role("button", name="Cancel booking").click()
    expect(found.get_by_text("Cancelled: Carla Client")).to_be_visible()
    expect(found.get_by_role("region", name="History")).to_contain_text("“Water damage”")
    push_events()
    work()
    assert titles(account) == []
    found.get_by_role("link", name="Bookings").first.click()
    found.get_by_role("link", name="Cancelled").click()
    expect(found.get_by_role("row", name="Carla Client")).to_be_visible()
    booking.refresh_from_db()
    assert (booking.status, problems) == ("cancelled", [])


@WIDTHS
def test_a_new_link_replaces_that_of_the_client(
    found: Page, kalends: str, booking: Booking, problems: list[str]
) -> None:
    old = booking.seat.link
    found.get_by_role("button", name="Send a new link").click()
    expect(found.get_by_text("The new one is e-mailed to carla@example.org.")).to_be_visible()
    check(found)
    work()
    new = link(r"/booking/\S+")
    found.goto(kalends + new)
    expect(found.get_by_role("heading", name="Your appointment is booked")).to_be_visible()
    answer = found.goto(old)
    assert answer is not None
    problems.remove("Failed to load resource: the server responded with a status of 404 (Not Found)")
    assert (answer.status, problems) == (404, [])


@WIDTHS
@pytest.mark.parametrize("way", ["page", "mail"])
def test_a_move_on_the_iphone_is_undone(
    found: Page, kalends: str, booking: Booking, phone: AppleDevice, way: str, problems: list[str]
) -> None:
    href = booking.linked_events.get().href
    phone.move(href, datetime.combine(next_monday(), time(11)))
    work()
    if way == "page":
        expect(found.get_by_text("11:00–12:00").first).to_be_visible()
    else:
        found.goto(kalends + link(r"/bookings/changes/mail/\S+"))
        expect(found.get_by_role("heading", name="Moved on your iPhone")).to_be_visible()
    check(found)
    found.get_by_role("button", name="Undo").click()
    expect(found.get_by_text("Undone. The booking is back at its old time.")).to_be_visible()
    push_events()
    work()
    booking.refresh_from_db()
    assert (booking.start, phone.begins(href), problems) == (at(10), at(10), [])
    assert booking.end - booking.start == timedelta(hours=1)


def link(pattern: str) -> str:
    """The path of a link in one of the mails, the latest first."""
    texts = [str(one.body) for one in reversed(mail.outbox)]
    return next(found[0] for text in texts if (found := re.search(pattern, text)))
