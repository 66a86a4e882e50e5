"""Clients in a real browser: found, changed, merged and erased, and what the iPhone shows of them then."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect
from pytest_django import Settings

from bookings.models import Booking, Client, ClientChange, LinkedEvent, Service
from bookings.tasks import push_events
from practice.models import Practice, User
from sandbox.server.store.accounts import Account
from tests.browser.booking import kalends as kalends  # a fixture
from tests.browser.booking import next_monday
from tests.browser.conftest import barriers, work
from tests.browser.test_public_booking import check, titles
from tests.browser.test_road import sign_in
from tests.factories import BookingFactory, ClientFactory, UserFactory

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.today]
WIDTHS = pytest.mark.parametrize("width", [1280, 390])


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_page_of_a_client_has_no_barriers(page: Page, live_server, scheme: str, problems: list[str]) -> None:
    Practice.objects.create(country="DE")
    anna = UserFactory(username="anna", is_superuser=True)
    clara = ClientFactory(name="Clara Winter", email="clara@example.org")
    ClientFactory(name="CLARA Winter", email="clara.winter.of.the.other.street@a-very-long-domain.example.org")
    booking = BookingFactory(staff=anna, client=clara)
    ClientChange.objects.create(
        client=clara,
        kind=ClientChange.Kind.CHANGED,
        before={"email": "old@example.org"},
        after={"email": "clara@example.org"},
        at=timezone.now() - timedelta(hours=1),
    )
    page.emulate_media(color_scheme=scheme)
    sign_in(page, live_server.url)
    for width in (1280, 390):
        page.set_viewport_size({"width": width, "height": 800})
        for address in (booking.get_absolute_url(), f"/clients/{clara.pk}/"):
            page.goto(f"{live_server.url}{address}")
            assert page.locator("#client-news p").count() == 1
            assert barriers(page) == []
            assert page.evaluate("document.documentElement.scrollWidth <= innerWidth") is True
    assert problems == []


@pytest.fixture
def twice(kalends: str, settings: Settings, tmp_path: Path) -> list[Booking]:
    """The owner knows Clara Blum twice; each has an appointment on the Monday after next, which is on the iPhone."""
    settings.ERASED_LOG = tmp_path / "erased.log"
    User.objects.update(role=User.Role.OWNER)
    first = ClientFactory.create(name="Clara Blum", email="clara@example.org", phone="")
    second = ClientFactory.create(name="Clara Blum", email="", phone="+49301234567")
    bookings = [booked(first, 10), booked(second, 12)]
    push_events()
    work()
    return bookings


def booked(client: Client, hour: int) -> Booking:
    """A booking of the client with Anna on the Monday after next, which the worker will put on the iPhone."""
    anna, start = User.objects.get(), datetime.combine(next_monday(), time(hour), ZoneInfo("Europe/Berlin"))
    booking: Booking = BookingFactory.create(staff=anna, service=Service.objects.get(), start=start, client=client)
    linked = anna.calendar_configuration.linked_calendar
    assert linked is not None
    LinkedEvent.objects.place(linked, booking=booking)
    return booking


@WIDTHS
def test_a_client_is_found_renamed_and_merged_and_the_iphone_shows_the_new_name(
    page: Page, kalends: str, account: Account, twice: list[Booking], width: int, problems: list[str]
) -> None:
    ClientFactory.create(name="Paul Patient", phone="")
    page.set_viewport_size({"width": width, "height": 900})
    sign_in(page, kalends)
    page.get_by_role("link", name="Clients").click()
    page.get_by_label("Name, e-mail or phone").fill("clara@")
    page.get_by_role("button", name="Search").click()
    expect(page.get_by_role("region", name="Clients").get_by_role("link")).to_have_text(["Clara Blum"])
    check(page)
    page.get_by_role("link", name="Clara Blum").click()
    duplicates = page.get_by_role("region", name="Possible duplicates")
    check(page)
    duplicates.get_by_role("button", name="Merge into this client").click()
    expect(page.get_by_text("Choose which clients are the same person.")).to_be_visible()
    duplicates.get_by_label("Clara Blum").check()
    duplicates.get_by_role("button", name="Merge into this client").click()
    expect(page.get_by_text("Merged. 1 booking moved here.")).to_be_visible()
    expect(duplicates).to_have_count(0)
    expect(page.get_by_role("region", name="Bookings").get_by_role("link")).to_have_count(2)
    expect(page.get_by_label("Phone")).to_have_value("030 1234567")
    check(page)

    page.get_by_label("Name", exact=True).fill("Clara Blume")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Saved.")).to_be_visible()
    expect(page.get_by_role("heading", level=1)).to_have_text("Clara Blume")
    push_events()
    work()
    assert titles(account) == ["SUMMARY:Clara Blume"] * 2
    assert (Client.objects.count(), problems) == (2, [])


@WIDTHS
def test_an_erased_client_loses_the_name_on_the_iphone_too(
    page: Page, kalends: str, account: Account, twice: list[Booking], width: int, problems: list[str]
) -> None:
    assert titles(account) == ["SUMMARY:Clara Blum"] * 2
    page.set_viewport_size({"width": width, "height": 900})
    sign_in(page, kalends)
    page.goto(f"{kalends}/clients/{twice[0].client.pk}/")
    page.get_by_role("link", name="Erase").click()
    check(page)
    page.get_by_role("button", name="Erase").click()
    expect(page.get_by_text("The client is erased.")).to_be_visible()
    expect(page.get_by_text("1 event still has to lose the name.")).to_be_visible()
    check(page)
    push_events()
    work()
    page.reload()
    expect(page.locator("#waiting")).to_have_count(0)
    assert (sorted(titles(account)), problems) == (["SUMMARY:Booked", "SUMMARY:Clara Blum"], [])


@WIDTHS
def test_the_slip_prints_the_appointments_that_are_to_come(
    page: Page, kalends: str, twice: list[Booking], width: int, problems: list[str]
) -> None:
    client = twice[0].client
    booked(client, 14)
    page.set_viewport_size({"width": width, "height": 900})
    sign_in(page, kalends)
    page.goto(f"{kalends}/clients/{client.pk}/")
    page.get_by_role("link", name="Print slip").click()
    expect(page.locator("main ol > li")).to_have_count(2)
    check(page)
    page.evaluate("window.print = () => { document.title = 'printed' }")
    page.get_by_role("button", name="Print").click()
    assert (page.title(), problems) == ("printed", [])
