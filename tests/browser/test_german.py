"""German words are longer: on a desk and on a phone nothing of the pages for staff is wider than its place."""

from __future__ import annotations

from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import Page, ViewportSize

from connections.models import CalendarConfiguration, Connection, SyncRun
from practice.models import User
from tests.factories import PASSWORD, CalendarFactory, ConnectionFactory, UserFactory

pytestmark = [pytest.mark.django_db(transaction=True)]
SIZES: tuple[ViewportSize, ...] = ({"width": 1280, "height": 844}, {"width": 390, "height": 844})
TOO_WIDE = """() => [document.documentElement, ...document.querySelectorAll('h1, h2, h3, .button, .nav__link, .badge')]
    .filter((one) => one.scrollWidth > one.clientWidth + 1 && getComputedStyle(one).display !== 'inline')
    .map((one) => one.innerText.slice(0, 40))"""


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


def test_nothing_is_cut_off(page: Page, live_server: Any, connection: Connection) -> None:
    page.goto(f"{live_server.url}/accounts/login/")
    page.locator("[name=username]").fill("anna")
    page.locator("[name=password]").fill(PASSWORD)
    page.locator("main button[type=submit]").first.click()
    page.wait_for_url("**/calendars/")
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
