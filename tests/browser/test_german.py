"""German words are longer: on a desk and on a phone nothing of the pages for staff is wider than its place."""

from __future__ import annotations

from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import BrowserContext, Page, ViewportSize

from connections.models import CalendarConfiguration, Connection, SyncRun
from practice.models import User
from tests.browser.sessions import signed_in
from tests.factories import BookingFactory, CalendarFactory, ConnectionFactory, MailFactory, UserFactory

pytestmark = [pytest.mark.django_db(transaction=True)]
SIZES: tuple[ViewportSize, ...] = ({"width": 1280, "height": 844}, {"width": 390, "height": 844})
TOO_WIDE = """() => [document.documentElement, ...document.querySelectorAll('h1, h2, h3, .button, .nav__link, .badge')]
    .filter((one) => one.scrollWidth > one.clientWidth + 1 && getComputedStyle(one).display !== 'inline')
    .map((one) => one.innerText.slice(0, 40))"""

WIDER_THAN_ITS_PLACE = """() => [...document.querySelectorAll('.nav__link')].filter((link) => {
    const words = document.createRange();
    words.selectNodeContents([...link.childNodes].findLast((node) => node.nodeName === '#text' && node.data.trim()));
    return words.getBoundingClientRect().width > link.getBoundingClientRect().width;
}).map((link) => link.innerText)"""
PLACES_IN_THE_HEADER = """() => ['.header', '.brand', '.nav', '.header .menu']
    .map((one) => document.querySelector(one).getBoundingClientRect())
    .map((place) => [place.left, place.right, place.top, place.bottom].join(' ')).join(', ')"""


@pytest.fixture
def connection() -> Connection:
    """The account of an owner who reads German, with a long name and something of everything that its page shows."""
    anna = UserFactory.create(username="anna", role=User.Role.OWNER, language="de")
    found: Connection = ConnectionFactory.create(user=anna, username="annemarie.winter-sommerfeld@example.com")
    linked = CalendarFactory.create(connection=found, name="Arbeit", fresh_at=timezone.now())
    CalendarConfiguration.objects.filter(user=anna).update(linked_calendar=linked, saved_at=timezone.now())
    SyncRun.objects.create(connection=found, trigger=SyncRun.Trigger.PERSON, started_at=timezone.now(), changed=2)
    Connection.objects.filter(pk=found.pk).update(
        needs_attention=True, error_code="unauthorized", error_params={"username": found.username}
    )
    return found


@pytest.fixture
def page_of_anna(context: BrowserContext, page: Page, live_server: Any, connection: Connection) -> Page:
    """Her week."""
    signed_in(context, live_server.url, connection.user)
    page.goto(f"{live_server.url}/calendars/")
    return page


def test_nothing_is_cut_off(page_of_anna: Page, live_server: Any, connection: Connection) -> None:
    page = page_of_anna
    settings = "/calendars/settings"
    pages = (
        *("/account/", "/account/second-factor/", "/account/sessions/", "/team/settings/", "/team/activity/"),
        *(
            f"{settings}/connections/",
            f"{settings}/connections/{connection.pk}/",
            f"{settings}/connections/new/icloud/",
        ),
        *(f"{settings}/connections/{connection.pk}/reconnect/", f"{settings}/availability/"),
    )
    found = []
    for path in pages:
        page.goto(f"{live_server.url}{path}")
        assert page.locator("html").get_attribute("lang") == "de"
        for size in SIZES:
            page.set_viewport_size(size)
            found += [(path, size["width"], text) for text in page.evaluate(TOO_WIDE)]
    assert found == []


def test_the_words_of_the_navigation_do_not_run_into_each_other_on_the_smallest_phone(
    page_of_anna: Page, connection: Connection
) -> None:
    booking = BookingFactory.create(staff=connection.user)
    MailFactory.create(seat=booking.seat, state="failed")  # then there is somebody to call, which is the sixth entry
    page_of_anna.set_viewport_size({"width": 320, "height": 640})
    page_of_anna.reload()
    words = page_of_anna.locator(".nav__link")
    assert (words.count(), page_of_anna.evaluate(WIDER_THAN_ITS_PLACE)) == (6, [])


def test_the_header_stays_in_place_from_page_to_page(page_of_anna: Page, live_server: Any) -> None:
    places = set()
    for path in ("/calendars/", "/bookings/", "/bookings/new/", "/calendars/event/", "/team/settings/", "/account/"):
        page_of_anna.goto(f"{live_server.url}{path}")
        places.add(page_of_anna.evaluate(PLACES_IN_THE_HEADER))
    assert len(places) == 1
