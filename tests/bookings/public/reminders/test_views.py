"""The link of a reminder shows a button; a POST, also one of a mail program, stops the reminders and nothing else."""

from __future__ import annotations

import pytest
from django.test import Client

from bookings.models import Booking, Seat
from bookings.notifications.mails import unsubscribe
from tests.factories import BookingFactory
from tests.pages import texts

pytestmark = pytest.mark.django_db


@pytest.fixture
def path() -> str:
    return unsubscribe.url(BookingFactory().seat).partition("/reminders/")[2].join(["/reminders/", ""])


def test_the_link_asks_and_changes_nothing(client: Client, path: str) -> None:
    page = client.get(path)
    assert (page.status_code, page.headers["Cache-Control"], page.cookies) == (200, "no-store", {})
    assert (texts(page, "//main//button"), Seat.objects.get().reminders) == (["Stop the reminders"], None)


def test_a_mail_program_stops_reminders_with_one_post(path: str) -> None:
    client = Client(enforce_csrf_checks=True)
    page = client.post(path, {"List-Unsubscribe": "One-Click"})
    assert (page.status_code, Seat.objects.get().reminders, Booking.objects.get().status) == (200, False, "confirmed")
    assert texts(page, "//h1") == ["You will get no more reminders"]


def test_the_page_speaks_german(client: Client, path: str) -> None:
    assert texts(client.get(path, {"lang": "de"}), "//main//button") == ["Erinnerungen abbestellen"]


def test_a_link_that_is_not_signed_is_unknown(client: Client) -> None:
    token = BookingFactory().seat.public_id
    assert (client.post(f"/reminders/stop/{token}/").status_code, Seat.objects.get().reminders) == (404, None)
