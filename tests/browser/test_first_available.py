"""First available in a real browser: clients choose no person, and staff read why it is with whom it is."""

from __future__ import annotations

import pytest
from django.test import Client
from playwright.sync_api import BrowserContext, Page, expect
from pytest_django import Settings
from pytest_django.live_server_helper import LiveServer

from bookings.models import Booking
from practice.models import User
from tests.browser.booking import massage, next_monday, open_practice
from tests.browser.test_approval import ENGLISH, GERMAN, Words
from tests.browser.test_questions import WIDTHS, check, sign_in
from tests.factories import UserFactory, office_hours

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.today]


@pytest.fixture
def team(live_server: LiveServer, settings: Settings) -> dict[str, User]:
    """Anna, who owns the practice, and Ben; both give massages."""
    settings.BASE_URL = live_server.url
    settings.DEMO = True  # its mails are received
    open_practice()
    people = {}
    for name, role in (("anna", User.Role.OWNER), ("ben", User.Role.STAFF)):
        people[name] = UserFactory.create(username=name, first_name=name.title(), last_name="Winter", role=role)
        office_hours(people[name])
    massage(*people.values())
    return people


def book(page: Page, address: str, language: str, words: Words, clock: str) -> None:
    page.goto(f"{address}/book/massage/?lang={language}&day={next_monday():%Y-%m-%d}")
    page.get_by_role("button", name=clock).click()
    page.get_by_label("Name").fill(f"Clara {clock}")
    page.get_by_label(words.email).fill(f"clara{clock[:2]}@example.org")
    page.get_by_label(words.reminders).check()
    page.get_by_role("button", name=words.book).click()
    expect(page.get_by_role("heading", name=words.booked)).to_be_visible()


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize(
    ("language", "words", "of"),
    [("en", ENGLISH, "0 of 30 minutes"), ("de", GERMAN, "0 von 30 Minuten")],
    ids=["en", "de"],
)
def test_the_second_booking_goes_to_the_other_and_staff_read_why(
    page: Page,
    context: BrowserContext,
    live_server: LiveServer,
    client: Client,
    team: dict[str, User],
    language: str,
    words: Words,
    of: str,
    width: int,
    problems: list[str],
) -> None:
    User.objects.update(language=language)
    page.set_viewport_size({"width": width, "height": 900})
    for clock in ("09:00", "11:00"):
        book(page, live_server.url, language, words, clock)
    first, second = Booking.objects.order_by("start")
    assert {first.staff, second.staff} == set(team.values())

    sign_in(context, live_server, client, team["anna"])
    page.goto(f"{live_server.url}{second.get_absolute_url()}")
    expect(page.locator("#why-staff")).to_contain_text(f"{second.staff.get_full_name()}: {of}")
    check(page)
    page.goto(f"{live_server.url}/calendars/settings/services/massage/")
    page.locator("summary").last.click()
    check(page)
    assert problems == []
