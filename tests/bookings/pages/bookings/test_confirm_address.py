"""The button on a booking's page that confirms it although its client has not confirmed the e-mail address."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client

from bookings.models import Booking, Claim, Mail
from practice.models import User
from tests.factories import NOW, BookingFactory, ClientFactory, MailFactory
from tests.pages import find, texts

pytestmark = [pytest.mark.django_db, pytest.mark.time_machine(NOW, tick=False)]
DUE = NOW + timedelta(minutes=30)
NOTICE = "//div[@id='unconfirmed']"


@pytest.fixture
def booking(anna: User) -> Booking:
    """Clara was mailed the link with which she confirms her address until half past nine."""
    clara = ClientFactory(name="Clara", email="clara@example.org")
    booking = BookingFactory(staff=anna, status="pending", calendar_unread_since=None, address_due_at=DUE, client=clara)
    Claim.objects.update(expires_at=DUE)
    MailFactory(seat=booking.seat, kind="address_to_confirm", state="sent", sent_at=NOW)
    return booking


def press(client: Client, booking: Booking) -> list[str]:
    """What the page says after the button."""
    address = f"{booking.get_absolute_url()}confirm-address/"
    return texts(client.post(address, follow=True), "//div[@id='messages']")


def test_the_page_says_until_when_the_client_can_confirm(anna_client: Client, booking: Booking) -> None:
    page = anna_client.get(booking.get_absolute_url())
    assert texts(page, f"{NOTICE}/p") == [
        "The client was e-mailed a link at clara@example.org. Without a confirmation the time is released at 09:30. "
        "If you know that the client wants this booking, confirm it yourself."
    ]
    assert texts(page, f"{NOTICE}//button") == ["Confirm without the e-mail"]


def test_the_button_confirms_for_good_and_the_history_names_who_did_it(
    anna_client: Client, anna: User, booking: Booking
) -> None:
    assert press(anna_client, booking) == ["The booking is confirmed."]
    booking.refresh_from_db()
    change = booking.changes.get()
    assert (booking.status, booking.address_due_at, Claim.objects.get().expires_at) == ("confirmed", None, None)
    assert (change.kind, change.source, change.actor) == ("confirmed", "staff", anna)
    assert [row.kind for row in Mail.objects.filter(state="due")] == ["confirmed_after_pending"]
    assert find(anna_client.get(booking.get_absolute_url()), NOTICE) == []


def test_a_booking_whose_calendars_were_not_read_stays_pending(
    anna_client: Client, anna: User, booking: Booking
) -> None:
    Booking.objects.update(calendar_unread_since=NOW)
    assert press(anna_client, booking) == ["The address need not be confirmed any more."]
    booking.refresh_from_db()
    change = booking.changes.get()
    assert (booking.status, booking.cause) == ("pending", "calendar_unreadable")
    assert (change.kind, change.source, change.actor) == ("address", "staff", anna)


def test_when_the_time_was_released_nothing_is_confirmed(anna_client: Client, booking: Booking) -> None:
    Booking.objects.update(address_due_at=NOW)
    Claim.objects.update(expires_at=NOW)
    assert press(anna_client, booking) == ["This booking is cancelled."]
    booking.refresh_from_db()
    assert booking.status == "cancelled"


def test_a_second_press_changes_nothing(anna_client: Client, booking: Booking) -> None:
    press(anna_client, booking)
    assert press(anna_client, booking) == ["The address need not be confirmed any more."]
    assert [change.kind for change in booking.changes.all()] == ["confirmed"]


def test_the_address_is_confirmed_for_the_owner_and_by_post(anna_client: Client, booking: Booking) -> None:
    other = BookingFactory(status="pending", calendar_unread_since=None, address_due_at=DUE)
    answers = [
        anna_client.get(f"{booking.get_absolute_url()}confirm-address/").status_code,
        anna_client.post(f"{other.get_absolute_url()}confirm-address/").status_code,
    ]
    assert answers == [405, 404]
