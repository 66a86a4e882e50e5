"""A booking that counts once its e-mail address is confirmed: asked for, confirmed by a form, and released in time."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.core import mail
from django.core.management import call_command
from django.test import Client
from pytest_django import Settings

from bookings import actions, tasks
from bookings.models import Booking, BookingChange, Claim, Hold, LinkedEvent, Mail, Seat, Service
from bookings.notifications.mails import delivery
from practice.models import Practice
from tests.bookings.public.steps import booked, buttons, hold
from tests.factories import NOW, UserFactory
from tests.pages import find, texts

pytestmark = pytest.mark.django_db
DUE = NOW + timedelta(minutes=30)


@pytest.fixture
def address(client: Client, massage: Service) -> str:
    """The page of a client who has booked tomorrow and is to confirm the address."""
    Practice.objects.update(confirm_addresses=True)
    return booked(client)


def mailed(now: Any = NOW) -> list[tuple[str, list[str]]]:
    """Subjects and recipients of what the worker sends now."""
    mail.outbox.clear()
    delivery.send_due(now)
    return [(str(one.subject), one.to) for one in mail.outbox]


def confirm_link() -> str:
    """The path of the link in the mail."""
    mailed()
    [line] = [line for line in mail.outbox[0].body.splitlines() if "/confirm/" in line]
    return line.removeprefix("http://127.0.0.1:8000")


def state() -> tuple[str, str, int]:
    booking = Booking.objects.get()
    return booking.status, booking.cause, Claim.objects.count()


def test_only_the_booker_is_mailed_and_the_page_says_what_is_missing(client: Client, address: str) -> None:
    assert texts(client.get(address), "//p[@role='status']") == [
        "It is not confirmed yet. One step is missing: open the e-mail we have just sent to c…@….org. "
        "Without it the time is released at 09:30."
    ]
    assert mailed() == [
        ("One step is missing: your appointment on Tue 1 December, 10:00 · Praxis Winter", ["clara@example.org"])
    ]
    assert (state(), LinkedEvent.objects.count()) == (("pending", "unconfirmed_address", 1), 0)


def test_opening_the_link_changes_nothing_and_the_button_confirms(client: Client, address: str) -> None:
    link = confirm_link()
    page = client.get(link)
    assert (texts(page, "//h1"), texts(page, "//form//button")) == (
        ["One step is missing."],
        ["Confirm the appointment"],
    )
    assert state() == ("pending", "unconfirmed_address", 1)
    assert client.post(link)["Location"] == address
    assert state() == ("confirmed", "", 1)
    assert texts(client.get(address), "//h1") == ["Your appointment is booked"]
    assert mailed()[0][0] == "Confirmed: your appointment on Tue 1 December, 10:00 · Praxis Winter"


def test_confirming_twice_is_confirming_once(client: Client, address: str) -> None:
    link = confirm_link()
    assert [client.post(link)["Location"] for _ in range(2)] == [address, address]
    assert list(BookingChange.objects.order_by("pk").values_list("kind", flat=True)) == ["made", "confirmed"]


def test_the_own_page_alone_confirms_nothing(client: Client, address: str) -> None:
    assert client.post(f"{address}confirm/{'A' * 43}/").status_code == 404
    assert find(client.get(address), "//form") == []
    assert state() == ("pending", "unconfirmed_address", 1)


def test_the_code_is_of_the_address_that_was_mailed(client: Client, address: str) -> None:
    link = confirm_link()
    person = Seat.objects.get().client
    person.email = "other@example.org"
    person.save()
    assert client.post(link).status_code == 404


def test_until_it_is_due_nobody_else_gets_the_time(client: Client, address: str, clock: time_machine.Traveller) -> None:
    clock.move_to(DUE - timedelta(seconds=1))
    assert "10:00" not in buttons(client.get("/book/massage/?day=2026-12-01"))


def test_without_a_worker_the_time_is_free_again_when_it_is_due(
    client: Client, address: str, clock: time_machine.Traveller
) -> None:
    clock.move_to(DUE)
    assert "10:00" in buttons(client.get("/book/massage/?day=2026-12-01"))
    assert hold(client).status_code == 303
    former = Booking.objects.get()
    assert (former.status, former.claim, Claim.objects.get().kind) == ("cancelled", None, "hold")


def test_the_worker_releases_it_and_mails_nobody(client: Client, address: str, clock: time_machine.Traveller) -> None:
    mailed()
    clock.move_to(DUE)
    tasks.push_events()
    change = BookingChange.objects.latest("pk")
    assert (state(), change.kind, change.source) == (("cancelled", "", 0), "cancelled", "kalends")
    assert (Seat.objects.get().cancelled_at, mailed(DUE)) == (DUE, [])


def test_a_mail_that_could_not_be_sent_in_time_is_not_sent_later(
    client: Client, address: str, clock: time_machine.Traveller
) -> None:
    clock.move_to(DUE)
    actions.release_expired(DUE)
    assert (mailed(DUE), Mail.objects.get().state) == ([], "dropped")


def test_the_command_that_sends_mails_does_not_ask_either_when_it_is_too_late(
    client: Client, address: str, clock: time_machine.Traveller
) -> None:
    clock.move_to(DUE)
    call_command("send_mails")
    assert (state(), Mail.objects.get().state, mail.outbox) == (("cancelled", "", 0), "dropped", [])


def test_too_late_the_button_confirms_nothing(client: Client, address: str, clock: time_machine.Traveller) -> None:
    link = confirm_link()
    clock.move_to(DUE)
    assert texts(client.post(link, follow=True), "//h1") == ["Your appointment is cancelled"]
    assert state() == ("cancelled", "", 0)


def test_confirming_after_the_due_time_of_a_confirmed_one_keeps_it(
    client: Client, address: str, clock: time_machine.Traveller
) -> None:
    client.post(confirm_link())
    clock.move_to(DUE + timedelta(hours=1))
    tasks.push_events()
    assert state() == ("confirmed", "", 1)


def test_whoever_gives_only_a_phone_number_is_not_asked(client: Client, massage: Service) -> None:
    Practice.objects.update(confirm_addresses=True)
    booked(client, email="", phone="0170 1234567")
    assert state() == ("confirmed", "", 1)


def test_staff_hear_of_a_booking_for_today_once_it_is_confirmed(client: Client, massage: Service) -> None:
    Practice.objects.update(confirm_addresses=True)
    massage.staff.update(email="anna@example.com")
    booked(client, start="2026-11-30T11:00:00+01:00")
    link = confirm_link()
    assert Mail.objects.filter(kind="staff_booked").count() == 0
    client.post(link)
    assert Mail.objects.get(kind="staff_booked").recipient == "anna@example.com"


def test_while_calendars_are_unread_too_the_client_hears_that_next(client: Client, address: str) -> None:
    link = confirm_link()
    Booking.objects.update(calendar_unread_since=NOW)
    client.post(link)
    assert state() == ("pending", "calendar_unreadable", 1)
    assert mailed()[0][0] == "Not confirmed yet: your appointment on Tue 1 December, 10:00 · Praxis Winter"


@pytest.mark.parametrize(("number", "asked"), [(20, False), (21, True)])
def test_while_very_many_book_everybody_is_asked(
    client: Client, massage: Service, settings: Settings, number: int, asked: bool
) -> None:
    settings.BOOKING_RATE = 2
    many(massage, number)
    booked(client)
    assert state()[1] == ("unconfirmed_address" if asked else "")


def test_an_hour_after_the_rush_nobody_is_asked(massage: Service, settings: Settings) -> None:
    settings.BOOKING_RATE = 2
    many(massage, 21)
    ends = NOW + timedelta(minutes=59)
    assert [actions.rush_ends_at(moment) for moment in (NOW, ends - timedelta(seconds=1), ends)] == [ends, ends, None]


def test_superusers_see_that_addresses_are_asked_for(client: Client, massage: Service, settings: Settings) -> None:
    settings.BOOKING_RATE = 2
    many(massage, 21)
    seen = []
    for is_superuser in (True, False):
        client.force_login(UserFactory.create(is_superuser=is_superuser))
        seen.append(
            [one for one in texts(client.get("/bookings/"), "//*[contains(@class, 'notice')]/p") if "Unus" in one]
        )
    assert (len(seen[0]), seen[1]) == (1, [])


def many(service: Service, number: int) -> None:
    """So many bookings came in a minute ago."""
    at = NOW - timedelta(minutes=1)
    values = {"service": service, "staff": service.staff.get(), "start": NOW, "end": NOW, "created_at": at}
    Hold.objects.bulk_create(Hold(visitor=f"v{one}", extended_at=at, booked_at=at, **values) for one in range(number))
