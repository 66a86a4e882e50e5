"""Mara leaves: the owner gives a booking to Ben, puts one off, and sees when nothing is left; then she comes back."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from bookings.models import Booking, LinkedEvent
from bookings.tasks import push_events
from connections import accounts
from connections.models import Calendar, Connection
from connections.sync.run import sync_connection
from practice.models import User
from sandbox.server.server import Sandbox
from sandbox.server.store.accounts import Account
from tests.browser.conftest import barriers, work
from tests.browser.test_road import sign_in
from tests.factories import BookingFactory, ServiceFactory, UserFactory, office_hours

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.today]


def look(page: Page, name: str) -> None:
    """Axe finds nothing, in either scheme, and nothing is cut off, on a desk and on a phone."""
    for width in (1280, 390):
        page.set_viewport_size({"width": width, "height": 900})
        for scheme in ("dark", "light"):
            page.emulate_media(color_scheme=scheme)
            assert (name, width, scheme, barriers(page)) == (name, width, scheme, [])
        assert (width, page.evaluate("document.documentElement.scrollWidth <= innerWidth")) == (width, True)


def noon(days: int) -> datetime:
    """Noon in UTC on a day of the week after next, counted from Monday: inside office hours all year."""
    today = timezone.now().date()
    return datetime.combine(today + timedelta(days=14 - today.weekday() + days), time(12), UTC)


@pytest.fixture
def mara(icloud: Sandbox, account: Account, app_password: str) -> User:
    """Mara with iCloud and an hour of massage, which Ben offers too; two bookings are to come."""
    mara = UserFactory.create(username="mara", first_name="Mara", last_name="Winter", configuration__saved_at=None)
    ben = UserFactory.create(username="ben", first_name="Ben", last_name="Sommer")
    office_hours(mara)
    office_hours(ben)
    service = ServiceFactory.create(name="Massage", slug="massage", staff=[mara, ben])
    now = timezone.now()
    connection = accounts.connect(
        mara, username="anna@example.com", password=app_password, url=icloud.entry_url, now=now
    )
    home = Calendar.objects.get(connection=connection, name="Home")
    accounts.configure(mara, linked=home, conflicts=[], now=now)
    sync_connection(connection.pk, now=now)
    for days, name in enumerate(("Carla Client", "Paul Patient")):
        booking = BookingFactory.create(staff=mara, service=service, start=noon(days), client__name=name)
        LinkedEvent.objects.place(home, booking=booking)
    return mara


def test_somebody_leaves_and_comes_back(
    page: Page, live_server, mara: User, account: Account, problems: list[str]
) -> None:
    UserFactory.create(username="anna", role=User.Role.OWNER)
    work_queue()
    sign_in(page, live_server.url)
    page.goto(f"{live_server.url}/team/{mara.pk}/deactivate/")
    look(page, "asked")
    page.get_by_role("button", name="Deactivate").click()
    assert page.locator("select:invalid").count() == 2
    page.get_by_label("Carla Client").select_option("Give it to Ben Sommer")
    page.get_by_label("Paul Patient").select_option("Decide later")
    expect(page.get_by_label("Remove names from all 2 events we wrote (past ones too)")).to_be_checked()
    page.get_by_role("button", name="Deactivate").click()
    expect(page.locator("h1")).to_have_text("Mara Winter is deactivated")
    look(page, "left")
    work_queue()
    page.reload()
    expect(page.locator("section li")).to_have_text(["1 upcoming booking with Mara Winter is still to be decided."])
    assert sorted(titles(account)) == ["SUMMARY:Booked"]
    page.get_by_label("Paul Patient").select_option("Cancel it and tell the client")
    page.get_by_role("button", name="Save").click()
    work_queue()
    page.reload()
    expect(page.get_by_text("No calendar account is connected.")).to_be_visible()
    look(page, "done")
    assert (titles(account), Connection.objects.count()) == ([], 0)
    assert Booking.objects.get(seats__client__name="Carla Client").staff.username == "ben"

    page.get_by_role("link", name="Reactivate").click()
    look(page, "reactivate")
    page.get_by_role("button", name="Reactivate").click()
    expect(page.locator("h1")).to_have_text("Mara Winter is active")
    look(page, "active")
    assert User.objects.get(pk=mara.pk).is_active is True
    assert problems == []


def titles(account: Account) -> list[str]:
    """The titles in the linked calendar."""
    texts = [one.data.decode() for one in account.calendar("Home").resources.values()]
    return [line for text in texts for line in text.splitlines() if line.startswith("SUMMARY")]


def work_queue() -> None:
    """Do what the schedule and the queue would do now."""
    push_events()
    work()
