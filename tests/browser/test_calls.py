"""Whom to call, on a phone and on a desktop, in a real browser."""

from __future__ import annotations

from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from bookings.models import Mail
from practice.models import Practice, User
from tests.browser.test_services import anna as anna  # a fixture
from tests.browser.test_services import check
from tests.browser.test_services import signed_in as signed_in  # a fixture
from tests.factories import BookingFactory, ClientFactory, MailFactory

pytestmark = [pytest.mark.django_db(transaction=True)]


@pytest.fixture
def practice(db: None) -> Practice:
    return Practice.objects.create(name="Praxis Winter", country="DE", time_zone="Europe/Berlin")


def test_a_client_without_an_address_is_called_with_the_thumb(
    signed_in: Page, live_server: Any, anna: User, practice: Practice, problems: list[str]
) -> None:
    kim = ClientFactory.create(name="Dr. Kim von Hohenstein-Schwarzenfels", email="", phone="+491701234567")
    MailFactory.create(seat=BookingFactory.create(staff=anna, client=kim).seat, recipient="", due_at=timezone.now())
    page = signed_in
    page.goto(f"{live_server.url}/bookings/calls/")
    check(page)
    call = page.get_by_role("listitem").filter(has_text=kim.name)
    expect(call.get_by_role("link", name="Call 0170 1234567")).to_have_attribute("href", "tel:+491701234567")
    expect(call.get_by_role("link", name=f"Text {kim.name}")).to_be_visible()
    expect(call.get_by_role("button", name=f"Done {kim.name}")).to_be_visible()
    heights = "buttons => buttons.map(one => one.getBoundingClientRect().height)"
    assert call.locator(".button").evaluate_all(heights) == [48, 48, 48]
    call.get_by_role("button", name="Done").click()
    expect(page.get_by_text(f"Noted: {kim.name} has been told.")).to_be_visible()
    assert (Mail.objects.get().told_by, problems) == (anna, [])
