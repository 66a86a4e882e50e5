"""One connection in a real browser: synced on a press, reconnected after its password was revoked, disconnected."""

from __future__ import annotations

from datetime import datetime, time
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import Page, expect

from bookings.models import Booking, LinkedEvent, Service
from bookings.tasks import push_events
from connections.models import Connection
from practice.models import User
from sandbox.device.device import AppleDevice
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


def at(hour: int) -> datetime:
    """That hour of the Monday after next in Berlin."""
    return datetime.combine(next_monday(), time(hour), BERLIN)


@pytest.fixture
def connection(kalends: str) -> Connection:
    """Anna's connection; Carla is with her on the Monday after next at ten, which stands on the iPhone."""
    anna = User.objects.get(username="anna")
    booking = BookingFactory.create(
        staff=anna, service=Service.objects.get(), start=at(10), client__name="Carla Client"
    )
    linked = anna.calendar_configuration.linked_calendar
    assert linked is not None
    LinkedEvent.objects.place(linked, booking=booking)
    push_events()
    work()
    return Connection.objects.get()


def open_connection(page: Page, kalends: str, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 900})
    sign_in(page, kalends)
    page.get_by_role("link", name="Calendar Settings").click()
    page.get_by_role("link", name="Connections").click()
    page.get_by_role("link", name="anna@example.com", exact=True).click()
    expect(page.get_by_role("heading", name="anna@example.com")).to_be_visible()


@WIDTHS
def test_a_press_syncs_and_the_page_says_what_came(
    page: Page,
    kalends: str,
    connection: Connection,
    account: Account,
    phone: AppleDevice,
    width: int,
    problems: list[str],
) -> None:
    open_connection(page, kalends, width)
    check(page)
    phone.add(account.calendar("Work"), "Choir", at(12), at(13))
    for name in ("Sync now", "Full resync"):
        page.get_by_role("button", name=name).click()
        expect(page.get_by_text("Sync requested.")).to_be_visible()
        work()
        expect(page.get_by_text("Synced.")).to_be_visible()
        check(page)
    page.goto(f"{kalends}/calendars/?view=week&date={next_monday():%Y-%m-%d}")
    expect(page.get_by_role("link", name="Choir").first).to_be_visible()
    assert problems == []


@WIDTHS
def test_a_revoked_password_is_replaced_and_what_waited_reaches_the_iphone(
    page: Page, kalends: str, connection: Connection, account: Account, width: int, problems: list[str]
) -> None:
    account.revoke_all()
    work()
    open_connection(page, kalends, width)
    check(page)
    booking = Booking.objects.get()
    waiting = BookingFactory.create(staff=booking.staff, service=booking.service, start=at(13), client__name="Paul")
    linked = booking.staff.calendar_configuration.linked_calendar
    assert linked is not None
    LinkedEvent.objects.place(linked, booking=waiting)

    page.locator(".page-head").get_by_role("link", name="Reconnect").click()
    check(page)
    password = page.get_by_label("App-specific password", exact=True)
    password.fill("abcd-efgh-ijkl-mnop")
    page.get_by_role("button", name="Reconnect").click()
    expect(page.get_by_text("Not accepted. Mistyped, revoked, or made under another Apple Account.")).to_be_visible()
    check(page)
    password.fill(account.new_app_password("Kalends"))
    page.get_by_role("button", name="Reconnect").click()
    expect(page.get_by_text("Reconnected.")).to_be_visible()
    check(page)
    push_events()
    work()
    assert sorted(titles(account)) == ["SUMMARY:Carla Client", "SUMMARY:Paul"]
    connection.refresh_from_db()
    assert (connection.needs_attention, connection.error_code, problems) == (False, "", [])


@WIDTHS
def test_an_account_is_disconnected_and_connected_again(
    page: Page, kalends: str, connection: Connection, account: Account, width: int, problems: list[str]
) -> None:
    assert titles(account) == ["SUMMARY:Carla Client"]
    open_connection(page, kalends, width)
    page.get_by_role("link", name="Disconnect").click()
    expect(page.get_by_role("heading", name="Disconnect this account?")).to_be_visible()
    check(page)
    page.get_by_label("First remove the event of 1 upcoming booking from iCloud").check()
    page.get_by_role("button", name="Disconnect").click()
    expect(page.get_by_text("is disconnected and its password deleted.")).to_be_visible()
    check(page)
    assert (titles(account), Connection.objects.count(), Booking.objects.get().status) == ([], 0, "confirmed")

    page.get_by_role("link", name="Add New").click()
    page.get_by_role("link", name="Connect iCloud Calendar").click()
    page.get_by_label("Apple ID", exact=True).fill("anna@example.com")
    page.get_by_label("App-specific password", exact=True).fill(account.new_app_password("Kalends"))
    page.get_by_role("button", name="Connect").click()
    page.get_by_role("region", name="Linked calendar").get_by_label("Home").check()
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Saved.")).to_be_visible()
    push_events()
    work()
    assert (titles(account), problems) == (["SUMMARY:Carla Client"], [])
