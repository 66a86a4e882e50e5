"""A reminder in a real browser: the link in its mail stops those that would follow, and the appointment stands."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
import time_machine
from django.core import mail
from playwright.sync_api import Page, expect

from bookings.models import Booking, Mail, Seat
from bookings.notifications.mails import delivery, reminders
from sandbox.server.store.accounts import Account
from tests.browser.booking import kalends as kalends  # a fixture
from tests.browser.booking import next_monday
from tests.browser.conftest import work
from tests.browser.test_public_booking import DESKTOP, PHONE, check, titles
from tests.browser.test_public_reschedule import book

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.today]


@pytest.mark.parametrize("size", [PHONE, DESKTOP], ids=["phone", "desktop"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_client_stops_the_reminders_and_keeps_the_appointment(
    page: Page, kalends: str, account: Account, size: dict[str, int], scheme: str, problems: list[str]
) -> None:
    page.set_viewport_size(size)
    page.emulate_media(color_scheme=scheme)
    book(page, kalends)
    work()
    seat = Seat.objects.get()
    [(_seat, due)] = reminders.upcoming(seat.booking.start - timedelta(days=2), until=seat.booking.end)
    with time_machine.travel(due):
        reminders.write_due(due)
        delivery.send_due(due)
    assert Mail.objects.get(kind="reminder").state == "sent"
    page.goto(kalends + stop_link())
    expect(page.get_by_role("heading", name="Stop the reminders?")).to_be_visible()
    check(page)
    page.get_by_role("button", name="Stop the reminders").click()
    expect(page.get_by_role("heading", name="You will get no more reminders")).to_be_visible()
    check(page)
    page.goto(kalends + re.sub(r"^https?://[^/]+", "", seat.link))
    expect(page.get_by_role("heading", name="Your appointment is booked")).to_be_visible()
    seat.refresh_from_db()
    assert (seat.reminders, Booking.objects.get().status, titles(account)) == (
        False,
        "confirmed",
        ["SUMMARY:Clara Sommer"],
    )
    assert (next_monday(), problems) == (seat.booking.start.date(), [])


def stop_link() -> str:
    """The path of the link in the last mail that stops reminders."""
    found = re.search(r"/reminders/stop/\S+", str(mail.outbox[-1].body))
    assert found is not None
    return found[0]
