"""A service described by staff, in a real browser."""

from __future__ import annotations

from typing import Any

import pytest
from django.conf import settings as django_settings
from playwright.sync_api import BrowserContext, Page, expect

from bookings.models import Service
from practice.models import User
from tests.browser.conftest import barriers
from tests.factories import BookingFactory, ServiceFactory, UserFactory

pytestmark = [pytest.mark.django_db(transaction=True)]
URL = "/calendars/settings/services/"


@pytest.fixture
def anna() -> User:
    return UserFactory.create(username="anna", first_name="Anna")


@pytest.fixture
def signed_in(context: BrowserContext, page: Page, live_server: Any, client: Any, anna: User, settings: Any) -> Page:
    """Anna's first tab."""
    settings.BASE_URL = live_server.url
    client.force_login(anna)
    name = django_settings.SESSION_COOKIE_NAME
    context.add_cookies([{"name": name, "value": client.cookies[name].value, "url": live_server.url}])
    return page


def check(page: Page) -> None:
    """In both sizes and both schemes nothing is a barrier, and nothing sticks out."""
    for width in (1280, 390):
        for scheme in ("light", "dark"):
            page.set_viewport_size({"width": width, "height": 800})
            page.emulate_media(color_scheme=scheme)
            assert barriers(page) == []
            assert page.evaluate("document.documentElement.scrollWidth <= innerWidth") is True


def test_a_service_is_made_with_a_preview_of_what_clients_see(
    signed_in: Page, live_server: Any, problems: list[str]
) -> None:
    page = signed_in
    page.goto(f"{live_server.url}{URL}new/")
    check(page)
    preview = page.get_by_role("region", name="As clients see it")
    expect(preview).to_have_text("As clients see it Enter a name and a duration.", use_inner_text=False)
    page.get_by_label("Name").fill("Deep tissue massage")
    page.get_by_label("Duration").fill("90")
    page.get_by_label("Price").fill("80 €")
    page.get_by_label("By video call").check()
    page.get_by_label("Location or call link").fill("https://meet.example.org/{room}")
    page.get_by_label("Who can book it").select_option("public")
    expect(preview).to_contain_text("Deep tissue massage 90 minutes · 80 €")
    page.get_by_text("More", exact=True).click()
    page.get_by_label("Remind clients").fill("1")
    check(page)
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Calendar Settings")
    service = Service.objects.get()
    assert (service.minutes, service.slot_minutes, service.reminder_hours) == (90, 60, 24)
    check(page)
    assert problems == []


def test_a_wrong_field_that_is_folded_away_is_shown(
    signed_in: Page, live_server: Any, anna: User, problems: list[str]
) -> None:
    page = signed_in
    ServiceFactory(slug="massage", name="Massage", visibility="public", staff=[anna])
    page.goto(f"{live_server.url}{URL}massage/")
    check(page)
    page.get_by_label("Name").fill("")
    page.get_by_text("More", exact=True).click()
    page.get_by_label("Can be booked ahead").fill("")
    page.get_by_label("Remind clients").fill("700")
    page.get_by_text("More", exact=True).click()
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Enter a name.", exact=True)).to_be_visible()
    expect(page.get_by_text("Enter a number.", exact=True)).to_be_visible()
    expect(page.get_by_text("Enter at most 672 hours (four weeks).")).to_be_visible()
    check(page)
    assert problems == []


def test_somebody_gives_a_service_in_hours_of_their_own(
    signed_in: Page, live_server: Any, anna: User, problems: list[str]
) -> None:
    page = signed_in
    UserFactory(role="owner")
    ServiceFactory(slug="massage", name="Massage", staff=[anna])
    page.goto(f"{live_server.url}{URL}")
    check(page)
    page.get_by_role("link", name="Your hours").click()
    check(page)
    page.get_by_role("button", name="Add a period Tuesday").click()
    page.get_by_label("From").fill("14:00")
    page.get_by_label("To").fill("18:00")
    page.locator("summary", has_text="Tuesday").click()
    page.get_by_role("checkbox", name="Thursday").check()
    page.get_by_role("button", name="Copy these hours").click()
    expect(page.get_by_text("Copied. Save the hours to keep them.")).to_be_visible()
    check(page)
    [one_line] = page.evaluate("[...document.querySelectorAll('.day')].slice(1, 2).map(day => day.offsetHeight < 60)")
    assert one_line is True
    page.get_by_role("button", name="Save hours").last.click()
    expect(page.locator("#messages")).to_contain_text("Your hours for “Massage” are saved.")
    assert anna.service_hours.count() == 2
    assert problems == []


def test_an_owner_weighs_people_for_first_available(
    signed_in: Page, live_server: Any, anna: User, problems: list[str]
) -> None:
    User.objects.filter(pk=anna.pk).update(role="owner")
    ben = UserFactory.create(username="ben", first_name="Benedikt", last_name="von der Hohenstaufen-Herbst")
    service = ServiceFactory.create(slug="massage", name="Massage", staff=[anna, ben])
    page = signed_in
    page.goto(f"{live_server.url}{URL}massage/")
    page.get_by_text("More", exact=True).click()
    weights = page.get_by_role("group", name="How “First available” shares out bookings")
    weights.get_by_label("Benedikt").fill("0")
    weights.get_by_label("Prefer the person whom the client saw last").check()
    check(page)
    page.get_by_role("button", name="Save").click()
    expect(weights.get_by_text("Enter at least 1.")).to_be_visible()
    check(page)
    weights.get_by_label("Benedikt").fill("2")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Calendar Settings")
    service.refresh_from_db()
    assert (service.weights(), service.previous_person_first) == ({anna.pk: 1, ben.pk: 2}, True)
    assert problems == []


@pytest.mark.parametrize("rule", ["only", "previous", "minutes", "waited", "even"])
def test_the_page_of_a_booking_says_why_the_person_was_chosen(
    signed_in: Page, live_server: Any, anna: User, problems: list[str], rule: str
) -> None:
    booking = BookingFactory.create(staff=anna, service__name="Massage")
    booking.why_staff = {"rule": rule, "minutes": 180, "credit": 60, "share": 240}
    booking.save()
    page = signed_in
    page.goto(f"{live_server.url}/bookings/{booking.pk}/")
    expect(page.locator("#why-staff")).to_contain_text("Anna: ")
    check(page)
    assert problems == []


def test_somebody_stops_offering_a_service_and_offers_it_again(
    signed_in: Page, live_server: Any, anna: User, problems: list[str]
) -> None:
    page = signed_in
    UserFactory(role="owner")
    service = ServiceFactory.create(slug="massage", name="Massage", visibility="public", staff=[anna])
    page.goto(f"{live_server.url}{URL}")
    page.get_by_role("button", name="Stop : Massage").click()
    expect(page.get_by_text("You do not offer “Massage” now. What is booked stays.")).to_be_visible()
    check(page)
    assert list(service.staff.all()) == []
    page.get_by_role("button", name="Offer it : Massage").click()
    expect(page.get_by_text("You offer “Massage”.")).to_be_visible()
    assert (list(service.staff.all()), problems) == ([anna], [])
