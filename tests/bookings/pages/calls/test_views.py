"""“To call”: who cannot be told by e-mail, what to say to them, and noting that they were told."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client

from bookings import actions
from bookings.models import Booking, Mail
from bookings.notifications.mails import calls, delivery, reminders
from practice.models import Practice, User
from tests.bookings.practice import HOUR
from tests.factories import NOW, START, BookingFactory, ClientFactory, MailFactory, UserFactory
from tests.pages import find, texts

URL = "/bookings/calls/"
pytestmark = [pytest.mark.django_db, pytest.mark.time_machine(NOW, tick=False)]


@pytest.fixture
def anna() -> User:
    Practice.objects.create(name="Praxis Winter", time_zone="Europe/Berlin")
    return UserFactory(username="anna")


@pytest.fixture
def anna_client(anna: User, client: Client) -> Client:
    client.force_login(anna)
    return client


def silent(anna: User, **given: object) -> Mail:
    """Something to tell a client without an address."""
    booking = BookingFactory(staff=anna, client=ClientFactory(name="Kim", email="", phone="+49301"), **given)
    return MailFactory(seat=booking.seat, recipient="")


def test_the_list_says_whom_to_call_and_what_to_say(anna_client: Client, anna: User) -> None:
    made = silent(anna)
    page = anna_client.get(URL)
    said = f"Confirmed: your appointment on Tue 1 December, 10:00 · Praxis Winter. {made.seat.link}"
    assert texts(page, "//li[contains(@class, 'card')]//h2/following-sibling::p") == ["Confirmation", said]
    call, text = (link.get("href") or "" for link in find(page, "//div[@class='call__actions']/a"))
    assert (call, text.partition("%20")[0]) == ("tel:+49301", "sms:+49301?&body=Confirmed%3A")
    assert texts(page, "//nav//span[@class='count']") == ["waiting:1"]


def test_done_notes_who_told_the_client_and_when(anna_client: Client, anna: User) -> None:
    made = silent(anna)
    page = anna_client.post(f"{URL}{made.pk}/done/", follow=True)
    made.refresh_from_db()
    assert (made.state, made.told_by, made.sent_at) == ("sent", anna, NOW)
    assert texts(page, "//div[@id='messages']") == ["Noted: Kim has been told."]
    assert texts(page, "//div[@id='live']") == ["Nobody has to be called."]
    again = anna_client.post(f"{URL}{made.pk}/done/", follow=True)
    assert texts(again, "//div[@id='messages']") == ["This is settled already, or there is newer news. Check the list."]


def test_who_was_told_by_phone_is_told_of_a_move_and_of_a_cancellation(anna_client: Client, anna: User) -> None:
    made = silent(anna)
    anna_client.post(f"{URL}{made.pk}/done/")
    actions.cancel(Booking.objects.get(), now=NOW, actor=anna)
    assert texts(anna_client.get(URL), "//li//h2/following-sibling::p/strong") == ["Cancellation"]


def test_a_cancellation_is_called_though_nobody_was_called_before(anna_client: Client, anna: User) -> None:
    silent(anna)
    actions.cancel(Booking.objects.get(), now=NOW, actor=anna)
    assert texts(anna_client.get(URL), "//li//h2/following-sibling::p/strong") == ["Cancellation"]


def test_an_email_that_failed_is_called_and_shown_on_the_booking(anna_client: Client, anna: User) -> None:
    booking = BookingFactory(staff=anna, client=ClientFactory(name="Clara", email="clara@example.org"))
    change = booking.changes.create(at=NOW, kind="made", source="staff", new_start=START, new_end=START + HOUR)
    MailFactory(seat=booking.seat, change=change, state="failed", error_code="refused")
    said = "the e-mail to clara@example.org could not be delivered"
    assert texts(anna_client.get(URL), "//li//h2/following-sibling::p[1]") == [f"Confirmation · {said}"]
    page = anna_client.get(booking.get_absolute_url())
    assert [said in line for line in texts(page, "//ol[@class='history']/li")] == [True]


def test_reminders_are_called_the_day_before(anna_client: Client, anna: User) -> None:
    silent(anna, start=NOW + timedelta(days=3))
    Mail.objects.update(state="sent", created_at=NOW - timedelta(days=3), sent_at=NOW - timedelta(days=3))
    Booking.objects.update(created_at=NOW - timedelta(days=3))
    start = Booking.objects.get().start
    reminders.write_due(start - timedelta(days=2))
    mail = Mail.objects.get(kind="reminder")
    moments = (start - timedelta(days=2), start - timedelta(days=1), start + HOUR)
    found = [calls.to_call(anna, moment).exists() for moment in moments]
    assert (mail.recipient, found) == ("", [False, True, False])


def test_nobody_is_called_for_somebody_else(anna_client: Client, anna: User) -> None:
    other = silent(UserFactory())
    assert texts(anna_client.get(URL), "//div[@id='live']") == ["Nobody has to be called."]
    assert anna_client.post(f"{URL}{other.pk}/done/").status_code == 404
    assert anna_client.get(f"{URL}{silent(anna).pk}/done/").status_code == 405


def test_no_worker_mails_what_is_to_be_called(anna: User) -> None:
    silent(anna)
    assert delivery.send_due(NOW).sent == 0
