"""“To call”: who cannot be told by e-mail, what to say to them, and noting that they were told."""

from __future__ import annotations

from datetime import timedelta
from urllib.parse import unquote

import pytest
import time_machine
from django.test import Client

from bookings import actions
from bookings.models import Booking, BookingChange, Mail
from bookings.notifications.mails import calls, delivery, reminders
from practice.models import Practice, User
from tests.bookings.practice import HOUR
from tests.factories import NOW, START, BookingFactory, ClientFactory, MailFactory, UserFactory
from tests.pages import find, headings_and_buttons, texts

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


def text_messages(client: Client) -> list[str]:
    """What each link *Text* fills in."""
    links = [link.get("href") or "" for link in find(client.get(URL), "//div[@class='call__actions']/a")]
    return [unquote(link).partition("body=")[2] for link in links if link.startswith("sms:")]


def moved_to(start: str) -> str:
    said = f"Your appointment has been moved to Tue 1 December, {start} · Praxis Winter"
    return f"{said}. {Booking.objects.get().seat.link}"


def test_a_second_move_takes_the_place_of_the_first_in_the_text_message(anna_client: Client, anna: User) -> None:
    made = silent(anna)
    calls.note_told(made, anna, NOW)
    texts_sent = []
    for hours in (1, 2):
        actions.reschedule(Booking.objects.get(), start=START + hours * HOUR, now=NOW, actor=anna, anyway=True)
        texts_sent.append(text_messages(anna_client))
    assert texts_sent == [[moved_to("11:00")], [moved_to("12:00")]]
    first = Mail.objects.filter(kind="change").earliest("pk")
    page = anna_client.post(f"{URL}{first.pk}/done/", follow=True)
    assert texts(page, "//div[@id='messages']") == ["This is settled already, or there is newer news. Check the list."]
    actions.reschedule(Booking.objects.get(), start=START, now=NOW, actor=anna, anyway=True)
    assert text_messages(anna_client) == []


def test_a_second_move_on_the_iphone_is_texted_when_it_cannot_be_undone_any_more_and_the_first_never(
    anna_client: Client, anna: User
) -> None:
    calls.note_told(silent(anna), anna, NOW)
    seen = []
    for hours, until in ((1, NOW), (2, NOW + timedelta(minutes=10))):
        booking = Booking.objects.with_details().get()
        start = START + hours * HOUR
        actions.move(booking, start, start + HOUR, now=NOW, source=BookingChange.Source.PHONE, undo_until=until)
        seen.append(text_messages(anna_client))
    assert seen == [[moved_to("11:00")], []]
    with time_machine.travel(NOW + timedelta(minutes=10), tick=False):
        assert text_messages(anna_client) == [moved_to("12:00")]


def test_after_an_email_that_failed_a_move_is_texted_with_its_own_time(anna_client: Client, anna: User) -> None:
    booking = BookingFactory(staff=anna, client=ClientFactory(name="Clara", email="clara@example.org", phone="+49301"))
    MailFactory(seat=booking.seat, state="sent", sent_at=NOW)
    for hours in (1, 2):
        actions.reschedule(Booking.objects.get(), start=START + hours * HOUR, now=NOW, actor=anna, anyway=True)
        Mail.objects.filter(kind="change", state="due").update(state="failed", error_code="refused")
    assert text_messages(anna_client) == [moved_to("12:00")]


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


def test_the_list_is_in_german_for_who_reads_german(german_client: Client, anna: User) -> None:
    silent(anna)
    headings, buttons = headings_and_buttons(german_client.get(URL))
    assert headings == ["Anrufliste", "Kim"]
    assert buttons == ["+49 301 anrufen", "SMS Kim", "Erledigt Kim"]
