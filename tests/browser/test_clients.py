"""The page of a client with news and possible duplicates, on a desk and on a phone."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import Page

from bookings.models import ClientChange
from practice.models import Practice
from tests.browser.conftest import barriers
from tests.browser.test_road import sign_in
from tests.factories import BookingFactory, ClientFactory, UserFactory

pytestmark = pytest.mark.django_db(transaction=True)


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
