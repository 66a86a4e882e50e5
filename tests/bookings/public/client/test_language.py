"""A language that a client chose stays on every page of their appointment, also after a form."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from bookings.links import address_code
from bookings.models import Booking, Service
from practice.models import Practice
from tests.bookings.public.steps import booked, details_address, sent_fields, typed
from tests.pages import find, texts

pytestmark = pytest.mark.django_db
TEN, LATER = "2026-12-09T10:00:00+01:00", "2026-12-10T10:00:00+01:00"


@pytest.fixture
def address(client: Client, massage: Service) -> str:
    """The page of a client who has booked for Wednesday in a week, ten o'clock."""
    return booked(client, start=TEN)


def own_links(page: Any, address: str) -> list[str]:
    """Where the page leads about the appointment."""
    return [target for target in find(page, "//main//a/@href") if target.startswith(address)]


def sent(page: Any, **more: str) -> tuple[str, dict[str, str]]:
    """Where the form of a page leads, and what a browser sends along."""
    [form] = find(page, "//main//form[@method='post']")
    return form.get("action") or page.wsgi_request.get_full_path(), dict(form.form_values()) | more


def test_the_page_leads_on_in_its_language(client: Client, address: str) -> None:
    assert own_links(client.get(f"{address}?lang=de"), address) == [
        f"{address}calendar.ics",
        f"{address}reschedule/?lang=de",
        f"{address}cancel/?lang=de",
        f"{address}slip/?lang=de",
    ]
    plain = [f"{address}reschedule/", f"{address}cancel/", f"{address}slip/"]
    assert own_links(client.get(address), address)[1:] == plain


@pytest.mark.parametrize(
    "page", ["reschedule/?lang=de", f"reschedule/?lang=de&start={LATER}", "cancel/?lang=de", "slip/?lang=de"]
)
def test_back_to_the_appointment_keeps_it(client: Client, address: str, page: str) -> None:
    shown = client.get(f"{address}{page.replace('+', '%2B')}")
    assert [link for link in own_links(shown, address) if link.startswith(f"{address}?")] == [f"{address}?lang=de"]


def test_choosing_another_time_keeps_it(client: Client, address: str) -> None:
    [times] = find(client.get(f"{address}reschedule/?lang=de"), "//form[@id='form']")
    asked = client.get(times.get("action"), dict(times.form_values()) | {"start": LATER})
    answer = client.post(*sent(asked))
    assert (answer.status_code, answer["Location"]) == (303, f"{address}?lang=de")
    assert texts(client.get(answer["Location"]), "//h1") == ["Ihr Termin ist gebucht"]


def test_cancelling_keeps_it(client: Client, address: str) -> None:
    answer = client.post(*sent(client.get(f"{address}cancel/?lang=de")))
    assert (answer.status_code, answer["Location"]) == (303, f"{address}?lang=de")
    page = client.get(answer["Location"])
    assert texts(page, "//h1") == ["Ihr Termin ist abgesagt"]
    [again] = find(page, "//main//a/@href")
    assert again.partition("&prefill=")[0] == "/book/massage/?staff=anna-winter&zone=Europe%2FBerlin&lang=de"


def test_after_the_language_was_changed_on_the_form_it_cancels_in_that_language(client: Client, address: str) -> None:
    page = client.get(f"{address}cancel/")
    [button] = find(page, "//nav[contains(@class, 'top__languages')]//button")
    german = client.post(button.get("formaction"), {"lang": button.get("value"), "reason": "Krank"})
    answer = client.post(*sent(german))
    assert (answer["Location"], Booking.objects.get().status) == (f"{address}?lang=de", "cancelled")


def test_confirming_the_address_keeps_it(client: Client, massage: Service) -> None:
    Practice.objects.update(confirm_addresses=True)
    address = booked(client, start=TEN)
    seat = Booking.objects.get().seat
    link = f"{address}confirm/{address_code(seat.public_id, seat.client.email_key)}/"
    answer = client.post(*sent(client.get(f"{link}?lang=de")))
    assert (answer.status_code, answer["Location"]) == (303, f"{address}?lang=de")


def test_the_form_for_booking_leads_to_the_page_in_its_language(client: Client, massage: Service) -> None:
    page = client.get(f"{details_address(client)}&lang=de")
    [form] = find(page, "//form[@id='form']")
    answer = client.post(form.get("action"), sent_fields(page) | typed())
    assert answer["Location"].partition("?")[2] == "lang=de"


def test_where_it_is_too_late_the_page_keeps_it(client: Client, address: str) -> None:
    Booking.objects.update(start="2026-11-30T09:00:00Z")
    answers = [client.get(f"{address}{page}/?lang=de")["Location"] for page in ("reschedule", "cancel")]
    assert answers == [f"{address}?lang=de"] * 2
