"""Known clients are suggested, exported and erased, on a desk and on a phone."""

from __future__ import annotations

import io
import zipfile
from datetime import timedelta
from pathlib import Path

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect
from pytest_django import Settings

from practice.activity.journal import note
from practice.models import Activity, User
from tests.browser.conftest import barriers
from tests.browser.test_road import sign_in
from tests.factories import BookingFactory, ClientFactory, ServiceFactory, UserFactory, office_hours

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def owner(settings: Settings, tmp_path: Path) -> User:
    settings.ERASED_LOG = tmp_path / "erased.log"
    anna = UserFactory.create(username="anna", role=User.Role.OWNER)
    office_hours(anna)
    return anna


def fits(page: Page) -> bool:
    return bool(page.evaluate("document.documentElement.scrollWidth <= innerWidth"))


def test_a_client_is_suggested_exported_and_erased(page: Page, live_server, owner: User, problems: list[str]) -> None:
    clara = ClientFactory.create(name="Clara Winter", email="clara@example.org", language="de")
    over = timezone.now() - timedelta(days=2)
    booking = BookingFactory.create(staff=owner, client=clara, start=over, service=ServiceFactory.create(staff=[owner]))
    sign_in(page, live_server.url)
    page.goto(f"{live_server.url}/bookings/new/")
    page.get_by_label("Client’s name").press_sequentially("clar")
    page.get_by_role("button", name="Clara Winter, clara@example.org").click()
    expect(page.get_by_label("E-mail", exact=False).first).to_have_value("clara@example.org")
    expect(page.get_by_label("Client’s name")).to_have_value("Clara Winter")
    page.goto(f"{live_server.url}{booking.get_absolute_url()}")
    page.locator("#outcome-no-show").click()
    page.goto(f"{live_server.url}/clients/{clara.pk}/")
    expect(page.locator("#attendance")).to_have_text("Came: 0. Did not come: 1.")
    with page.expect_download() as download:
        page.locator("#export").click()
    archive = zipfile.ZipFile(io.BytesIO(Path(download.value.path()).read_bytes()))
    assert archive.namelist() == ["client.json", "client.html"]
    page.locator("#erase").click()
    page.get_by_role("button", name="Erase").click()
    expect(page.locator("h1")).to_have_text(f"Erased client {clara.pk}")
    assert problems == []


def test_its_pages_have_no_barriers(page: Page, live_server, owner: User, problems: list[str]) -> None:
    clara = ClientFactory.create(name="Clara Winter", email="clara@example.org")
    over = timezone.now() - timedelta(days=2)
    booking = BookingFactory.create(staff=owner, client=clara, start=over, service=ServiceFactory.create(staff=[owner]))
    note(Activity.Kind.CONTACT_CHANGED, timezone.now(), actor=owner, client=clara.pk, detail="name, email, phone")
    sign_in(page, live_server.url)
    for width in (1280, 390):
        page.set_viewport_size({"width": width, "height": 800})
        for address in (booking.get_absolute_url(), f"/clients/{clara.pk}/", f"/clients/{clara.pk}/erase/"):
            page.goto(f"{live_server.url}{address}")
            assert (address, width, barriers(page), fits(page)) == (address, width, [], True)
        page.goto(f"{live_server.url}/team/activity/")
        assert (width, barriers(page), fits(page)) == (width, [], True)
        page.goto(f"{live_server.url}/bookings/new/")
        page.get_by_label("Client’s name").press_sequentially("clar")
        expect(page.locator("#suggestions button")).to_have_count(1)
        assert (width, barriers(page), fits(page)) == (width, [], True)
    assert problems == []
