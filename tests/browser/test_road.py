"""The whole road in a real browser: connect, configure, see the week, book, move it on the iPhone, see it follow."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, time, timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from bookings.models import Booking
from practice.models import User
from sandbox.device.device import AppleDevice
from sandbox.pages.app import serve_pages
from sandbox.server.server import Sandbox
from sandbox.server.store.accounts import Account
from tests.browser.conftest import barriers, work
from tests.factories import PASSWORD, ServiceFactory, UserFactory, office_hours

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.today]

MONDAY, TUESDAY, WEDNESDAY, THURSDAY, FRIDAY = range(5)
HALF_AN_HOUR = timedelta(minutes=30)


@pytest.fixture
def monday() -> datetime:
    """Midnight of the Monday after next, on a wall clock in Berlin: a week that lies wholly ahead."""
    today = timezone.now().date()
    return datetime.combine(today + timedelta(days=14 - today.weekday()), time())


@pytest.fixture
def anna() -> User:
    """A staff member in Berlin who works Monday to Friday and offers an hour of massage."""
    anna = UserFactory(username="anna", first_name="Anna", configuration__saved_at=None)
    office_hours(anna)
    ServiceFactory(name="Massage", slug="massage", staff=[anna])
    return anna


@pytest.fixture
def full_week(account: Account, phone: AppleDevice, monday: datetime) -> None:
    """What stands on Anna's iPhone: a series, an all-day event, a FREE one, one with travel time, a colleague's."""
    home, work_calendar, team = account.calendar("home"), account.calendar("work"), account.calendar("Team")

    def at(day: int, hour: int) -> datetime:
        return monday + timedelta(days=day, hours=hour)

    phone.add(home, "Choir", at(MONDAY - 14, 10), rule="FREQ=WEEKLY")
    phone.add(home, "Crete", at(WEDNESDAY, 0).date())
    phone.add(home, "Maybe tennis", at(TUESDAY, 10), at(TUESDAY, 12), free=True)
    phone.add(work_calendar, "Dentist", at(THURSDAY, 11), travel=HALF_AN_HOUR)
    phone.add(team, "Ben is away", at(FRIDAY, 9), at(FRIDAY, 10))


@pytest.fixture
def kalends(live_server, settings, icloud: Sandbox) -> str:
    """Kalends' address; its iCloud is the sandbox."""
    settings.ICLOUD_CALDAV_URL = icloud.entry_url
    serve_pages(icloud)
    return str(live_server.url)


def sign_in(page: Page, kalends: str) -> None:
    page.goto(f"{kalends}/")
    page.get_by_label("Username").fill("anna")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("link", name="New booking")).to_be_visible()


def connect(page: Page, password: str, apple_id: str = "anna@example.com") -> None:
    page.get_by_label("Apple ID", exact=True).fill(apple_id)
    page.get_by_label("App-specific password", exact=True).fill(password)
    page.get_by_role("button", name="Connect").click()


def slot(page: Page, title: str) -> str:
    """The kind of a slot in the week: blocked, free, booking; its travel time is drawn apart."""
    box = page.locator(".week .slot:not(.slot--travel)", has_text=title).first
    return next(name for name in (box.get_attribute("class") or "").split() if name.startswith("slot--"))


def test_the_way_to_a_connection_helps_at_each_step(
    page: Page, kalends: str, anna: User, full_week: None, icloud: Sandbox, account: Account, problems: list[str]
) -> None:
    page.goto(kalends)
    assert barriers(page) == []
    sign_in(page, kalends)
    assert barriers(page) == []
    page.get_by_role("link", name="Calendar Settings").click()
    page.get_by_role("link", name="Connections").click()
    page.get_by_role("link", name="Add New").click()
    assert barriers(page) == []
    page.get_by_role("link", name="Connect iCloud Calendar").click()
    assert barriers(page) == []

    icloud.log.clear()
    connect(page, "Summer-2026!")
    expect(page.get_by_text("nothing was sent")).to_be_visible()
    assert len(icloud.log) == 0
    connect(page, "abcd-efgh-ijkl-mnop")
    expect(page.get_by_text("Not accepted. Mistyped, revoked, or made under another Apple Account.")).to_be_visible()
    assert barriers(page) == []
    password = account.new_app_password("Kalends").replace("-", " ")
    connect(page, password)
    expect(page.get_by_role("heading", name="Linked calendar")).to_be_visible()
    assert barriers(page) == []
    assert problems == []


def test_from_the_first_password_to_a_booking_that_follows_the_iphone(
    page: Page,
    open_page: Callable[[], Page],
    kalends: str,
    anna: User,
    full_week: None,
    icloud: Sandbox,
    account: Account,
    monday: datetime,
    problems: list[str],
) -> None:
    week = f"{kalends}/calendars/?week={monday:%G-W%V}"
    sign_in(page, kalends)
    page.goto(f"{kalends}/calendars/settings/connections/new/icloud/")
    connect(page, account.new_app_password("Kalends"))

    # Choose: what may be written is ticked already, what may only be read is offered.
    conflicts = page.get_by_role("region", name="Conflict calendars")
    assert [conflicts.get_by_label(name).is_checked() for name in ("Home", "Work", "Team")] == [True, True, False]
    linked = page.get_by_role("region", name="Linked calendar")
    expect(linked.get_by_label("Team")).to_be_disabled()
    linked.get_by_label("Work").check()
    conflicts.get_by_label("Team").check()
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("status")).to_be_visible()
    work()

    # See: each event blocks or not as it should, and says so.
    page.goto(week)
    assert barriers(page) == []
    kinds = {title: slot(page, title) for title in ("Choir", "Crete", "Maybe tennis", "Dentist", "Ben is away")}
    assert kinds == {
        "Choir": "slot--blocked",
        "Crete": "slot--free",
        "Maybe tennis": "slot--free",
        "Dentist": "slot--blocked",
        "Ben is away": "slot--blocked",
    }
    travel = page.locator(".week .slot--travel", has_text="Dentist")
    expect(travel).to_contain_text("10:30")
    page.goto(f"{kalends}/calendars/settings/events/")
    assert barriers(page) == []

    # Book: Thursday at ten would end when the travel begins to be in the way; nine is open.
    page.goto(f"{kalends}/bookings/new/?date={monday + timedelta(days=THURSDAY):%Y-%m-%d}")
    assert barriers(page) == []
    expect(page.get_by_role("radio", name="09:30", exact=True)).to_have_count(1)
    expect(page.get_by_role("radio", name="10:00", exact=True)).to_have_count(0)
    page.locator("label.time", has_text="09:00").click()
    page.get_by_label("Client’s name").fill("Clara Sommer")
    page.get_by_role("button", name="Book", exact=True).last.click()
    expect(page.get_by_role("heading", name="Clara Sommer")).to_be_visible()
    work()
    page.reload()
    assert barriers(page) == []

    # On the iPhone it stands; there it is moved to the afternoon, while the week stays open in Kalends.
    page.goto(week)
    page.evaluate("window.stayed = true")
    expect(page.locator(".week .slot--booking")).to_contain_text("09:00")
    iphone = open_page()
    iphone.goto(f"{icloud.apple_url}iphone/{account.dsid}/?day={monday:%Y-%m-%d}")
    iphone.get_by_role("link", name="Clara Sommer").click()
    iphone.get_by_label("Starts").fill(f"{monday + timedelta(days=THURSDAY, hours=14):%Y-%m-%dT%H:%M}")
    iphone.get_by_role("button", name="Move", exact=True).click()
    expect(iphone.get_by_role("link", name="Clara Sommer")).to_contain_text("14:00")
    work()
    expect(page.locator(".week .slot--booking")).to_contain_text("14:00")
    assert page.evaluate("window.stayed") is True
    assert problems == []

    booking = Booking.objects.get()
    berlin = anna.calendar_configuration.zone
    assert booking.start.astimezone(berlin).replace(tzinfo=None) == monday + timedelta(days=THURSDAY, hours=14)
    assert booking.status == Booking.Status.CONFIRMED
