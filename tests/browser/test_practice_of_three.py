"""A practice of three: Mara is invited and adds a second factor, the front desk works for her, and she leaves."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone
from playwright.sync_api import Browser, Locator, Page, expect

from bookings.models import Booking
from bookings.tasks import push_events
from connections import accounts
from connections.models import Calendar, Connection
from connections.sync.run import sync_connection
from practice.models import User
from sandbox.device.device import AppleDevice
from sandbox.server.server import Sandbox
from sandbox.server.store.accounts import Account
from tests.browser.booking import massage, next_monday, open_practice
from tests.browser.conftest import work
from tests.browser.test_accounts import codes, enter_code, enter_password, is_sound, set_up_app, sign_out
from tests.browser.test_team import accept, mailed_link
from tests.factories import UserFactory

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.today]
BERLIN = ZoneInfo("Europe/Berlin")


@pytest.fixture(params=[1280, 390])
def tab(request: pytest.FixtureRequest, chromium: Browser, problems: list[str]) -> Any:
    """A function that opens a browser of one person, all of the same width."""
    opened = []

    def open_tab() -> Page:
        opened.append(chromium.new_context(locale="en-GB", viewport={"width": request.param, "height": 900}))
        page = opened[-1].new_page()
        page.on("pageerror", lambda error: problems.append(str(error)))
        return page

    yield open_tab
    for context in opened:
        context.close()


def at(hour: int) -> datetime:
    """That hour of the Monday after next in Berlin."""
    return datetime.combine(next_monday(), time(hour), BERLIN)


def connect(mara: User, icloud: Sandbox, account: Account) -> None:
    """Mara links her calendar Home, and Work blocks her time."""
    now = timezone.now()
    password = account.new_app_password("Kalends")
    connection = accounts.connect(mara, username="anna@example.com", password=password, url=icloud.entry_url, now=now)
    home, block = (Calendar.objects.get(connection=connection, name=name) for name in ("Home", "Work"))
    accounts.configure(mara, linked=home, conflicts=[block], now=now)
    sync_connection(connection.pk, now=now)
    massage(mara)


def invited(owner: Page, address: str, page: Page) -> None:
    """Mara is invited, accepts, sets up an app with codes and signs in with one."""
    owner.goto(f"{address}/team/")
    owner.get_by_role("link", name="Invite somebody").click()
    owner.get_by_label("E-mail").fill("mara@example.com")
    owner.get_by_role("button", name="Invite", exact=True).click()
    expect(owner.get_by_role("region", name="Invited")).to_contain_text("mara@example.com")
    accept(page, mailed_link())
    secret, _recovery = set_up_app(page, address)
    sign_out(page)
    enter_password_of_mara(page, address)
    enter_code(page, codes(secret)[2])
    expect(page.get_by_role("link", name="New booking")).to_be_visible()


def enter_password_of_mara(page: Page, address: str) -> None:
    page.goto(f"{address}/accounts/login/")
    page.get_by_label("Username").fill("mara")
    page.get_by_label("Password").fill("correct horse battery")
    page.get_by_role("button", name="Sign in").click()


def choose(page: Page, clock: str) -> Locator:
    page.get_by_label(clock, exact=True).check()
    return page.get_by_role("button", name="Book", exact=True).last


def booked_by_phone(desk: Page, address: str, phone: AppleDevice, account: Account) -> Booking:
    """The front desk wants 10:00, at which Mara's iPhone has just got an event, and takes 11:00."""
    desk.goto(f"{address}/calendars/?day={next_monday():%Y-%m-%d}")
    is_sound(desk)
    desk.get_by_role("link", name="Book Mara Winter").click()
    desk.get_by_label("Client’s name").fill("Carla Client")
    desk.get_by_label("Phone").fill("+49 30 1234567")
    button = choose(desk, "10:00")
    phone.add(account.calendar("Work"), "Dentist", at(10), at(11))
    button.click()
    expect(desk.get_by_text("Blocked 10:00–11:00.").first).to_be_visible()
    is_sound(desk)
    assert "Dentist" not in desk.content()
    choose(desk, "11:00").click()
    desk.get_by_role("heading", name="Carla Client").wait_for()
    return Booking.objects.get()


def decided(desk: Page, address: str) -> None:
    """The front desk puts back what Mara's iPhone has moved onto the dentist."""
    desk.goto(f"{address}/bookings/proposals/")
    expect(desk.get_by_role("heading", name="Moved on the iPhone")).to_be_visible()
    is_sound(desk)
    assert "Dentist" not in desk.content()
    desk.get_by_role("button", name="Put it back").click()
    expect(desk.get_by_text("Recently decided")).to_be_visible()


def left(owner: Page, address: str, mara: User) -> None:
    """The owner deactivates Mara and has her booking cancelled."""
    owner.goto(f"{address}/team/")
    is_sound(owner)
    owner.get_by_role("row", name="Mara Winter").get_by_role("link", name="Deactivate").click()
    owner.get_by_label("Carla Client").select_option("Cancel it and tell the client")
    is_sound(owner)
    owner.get_by_role("button", name="Deactivate").click()
    expect(owner.locator("h1")).to_have_text("Mara Winter is deactivated")
    push_events()
    work()
    owner.reload()
    expect(owner.get_by_text("No calendar account is connected.")).to_be_visible()
    is_sound(owner)


def test_somebody_is_invited_worked_with_and_deactivated(
    tab: Any,
    live_server: Any,
    settings: Any,
    icloud: Sandbox,
    account: Account,
    phone: AppleDevice,
    problems: list[str],
) -> None:
    address = settings.BASE_URL = live_server.url
    settings.ICLOUD_CALDAV_URL = icloud.entry_url
    open_practice()
    UserFactory(username="anna", first_name="Anna", role="owner")
    UserFactory(username="flo", first_name="Flo", role="front_desk", configuration=None)
    owner, desk, page = tab(), tab(), tab()
    enter_password(owner, address)
    expect(owner.get_by_role("link", name="New booking")).to_be_visible()
    invited(owner, address, page)
    mara = User.objects.get(username="mara")
    connect(mara, icloud, account)

    enter_password(desk, address, "flo")
    expect(desk.get_by_role("link", name="New booking")).to_be_visible()
    booking = booked_by_phone(desk, address, phone, account)
    work()
    href = booking.linked_events.get().href
    assert phone.begins(href) == at(11)
    phone.move(href, at(10) + timedelta(minutes=15))
    work()
    decided(desk, address)
    push_events()
    work()
    assert phone.begins(href) == at(11)

    left(owner, address, mara)
    page.reload()
    expect(page.get_by_label("Password")).to_be_visible()
    texts = [one.data.decode() for one in account.calendar("Home").resources.values()]
    assert ([text for text in texts if "Carla" in text], Connection.objects.count()) == ([], 0)
    booking.refresh_from_db()
    assert (booking.status, problems) == ("cancelled", [])
