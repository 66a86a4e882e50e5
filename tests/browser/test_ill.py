"""Somebody is ill: one question about the whole day, the client's choice, and the button of the week."""

from __future__ import annotations

import re
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone
from playwright.sync_api import BrowserContext, Page, expect

from bookings.models import Booking, Proposal, Service
from practice.models import User
from sandbox.device.device import AppleDevice
from sandbox.server.store.accounts import Account
from tests.browser.booking import kalends as kalends  # a fixture
from tests.browser.booking import next_monday
from tests.browser.conftest import work
from tests.browser.test_public_booking import DESKTOP, PHONE, check
from tests.browser.test_road import sign_in
from tests.factories import BookingFactory, ClientFactory, UserFactory, office_hours

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.today]
SIZES = pytest.mark.parametrize("size", [PHONE, DESKTOP], ids=["phone", "desktop"])
SCHEMES = pytest.mark.parametrize("scheme", ["light", "dark"])
BERLIN = ZoneInfo("Europe/Berlin")


@pytest.fixture
def bookings(kalends: str) -> list[Booking]:
    """Three bookings of Anna on a Monday, two hours apart; Tom is free for the second and the third."""
    anna, service = User.objects.get(username="anna"), Service.objects.get()
    tom = UserFactory.create(username="tom", first_name="Tom", last_name="Berg", slug="tom-berg")
    office_hours(tom)
    service.staff.add(tom)
    first = datetime.combine(next_monday(), time(9), BERLIN)
    BookingFactory.create(staff=tom, service=service, start=first)
    clients = [ClientFactory.create(name=name) for name in ("Clara Sommer", "Noah Berg")]
    clients.append(ClientFactory.create(name="Ida Lund", email=""))
    return [
        BookingFactory.create(staff=anna, service=service, start=first + timedelta(hours=2 * number), client=client)
        for number, client in enumerate(clients)
    ]


@pytest.fixture
def ill(bookings: list[Booking], account: Account) -> None:
    """The iPhone has an all-day event on that Monday, which is read."""
    AppleDevice(account).add(account.calendar("Work"), "Ill", next_monday(), free=False)
    work()


def path_of(link: str) -> str:
    """The address of the client's page without its host, which is not that of the server of the test."""
    return re.sub(r"^https?://[^/]+", "", link)


@SIZES
@SCHEMES
def test_all_clients_of_a_day_are_asked_and_one_chooses(
    page: Page,
    context: BrowserContext,
    kalends: str,
    bookings: list[Booking],
    ill: None,
    size: dict[str, int],
    scheme: str,
    problems: list[str],
) -> None:
    page.set_viewport_size(size)
    page.emulate_media(color_scheme=scheme)
    sign_in(page, kalends)
    page.goto(f"{kalends}/bookings/proposals/")
    card = page.get_by_role("region", name="“Ill” covers your 3 bookings")
    expect(card.get_by_role("button")).to_have_text(
        ["Ask all three to choose another time", "Give them to a colleague who is free: 2 of 3", "Keep them"]
    )
    check(page)
    card.get_by_role("link", name="Decide one by one").click()
    expect(page.get_by_role("button", name="Ask to choose another time")).to_have_count(3)
    check(page)
    page.get_by_role("button", name="Ask all three to choose another time").click()
    expect(page.get_by_text("0 of 3 have answered.")).to_be_visible()
    check(page)
    Booking.objects.exclude(new_time_asked_at=None).update(new_time_asked_at=timezone.now())
    page.goto(f"{kalends}{path_of(bookings[0].seat.link)}")
    expect(page.get_by_role("heading", name="Please choose another time")).to_be_visible()
    expect(page.get_by_text("Anna Winter cannot see you on")).to_be_visible()
    check(page)
    page.locator(".steps").first.get_by_role("link").first.click()
    expect(page.get_by_role("heading", name="Move the appointment?")).to_be_visible()
    check(page)
    page.get_by_role("button", name="Move the appointment").click()
    expect(page.get_by_role("heading", name="Your appointment is booked")).to_be_visible()
    page.goto(f"{kalends}/bookings/proposals/")
    page.get_by_role("region", name="Clients who were asked").get_by_role("link").click()
    expect(page.get_by_text("1 of 3 have answered.")).to_be_visible()
    expect(page.get_by_text("To be called: no e-mail address")).to_be_visible()
    check(page)
    page.get_by_role("button", name="The appointments stand after all").click()
    expect(page.get_by_text("2 appointments stand after all.")).to_be_visible()
    expect(page.get_by_role("button", name="Keep asking")).to_be_visible()
    check(page)
    assert problems == []


@SIZES
@SCHEMES
def test_the_week_says_that_somebody_is_away_and_takes_it_back(
    page: Page, kalends: str, size: dict[str, int], scheme: str, problems: list[str]
) -> None:
    page.set_viewport_size(size)
    page.emulate_media(color_scheme=scheme)
    anna = User.objects.get(username="anna")
    tomorrow = timezone.now().astimezone(BERLIN).date() + timedelta(days=1)
    for hour in (9, 12):
        start = datetime.combine(tomorrow, time(hour), BERLIN)
        BookingFactory.create(staff=anna, service=Service.objects.get(), start=start)
    sign_in(page, kalends)
    check(page)
    page.get_by_role("button", name="Away tomorrow").click()
    expect(page.get_by_role("region", name="You are away on")).to_be_visible()
    check(page)
    page.goto(f"{kalends}/calendars/")
    page.get_by_role("button", name="Here tomorrow after all").click()
    expect(page.get_by_role("button", name="Away tomorrow")).to_be_visible()
    assert (Proposal.objects.open().count(), problems) == (0, [])
