"""The appointment in the client's calendar: one event with the mails, by file and by link."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import icalendar
import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from bookings import actions
from bookings.models import Booking, Mail, Seat, Series, Service
from bookings.notifications.mails import delivery
from tests.bookings.public.steps import booked
from tests.factories import NOW, BookingFactory, ClientFactory
from tests.pages import find, links, texts

DAY = timedelta(days=1)
pytestmark = pytest.mark.django_db


@pytest.fixture
def address(client: Client, massage: Service) -> str:
    """The page of a client who has booked tomorrow, ten o'clock."""
    return booked(client)


def event(client: Client, address: str) -> Any:
    """The event of the file."""
    file = client.get(f"{address}calendar.ics")
    assert file["Content-Type"] == "text/calendar; charset=utf-8"
    [one] = icalendar.Calendar.from_ical(file.content.decode()).walk("VEVENT")
    return one


def test_the_file_has_the_identity_of_the_mail(client: Client, address: str) -> None:
    mail = Mail.objects.get(kind="confirmation")
    file = event(client, address)
    assert (file["UID"], file["SEQUENCE"], file["STATUS"]) == (mail.uid, mail.sequence, "CONFIRMED")
    assert file["DTSTART"].dt.isoformat() == "2026-12-01T10:00:00+01:00"
    assert str(file["SUMMARY"]) == "Your appointment on Tue 1 December, 10:00 · Praxis Winter"


def test_after_a_move_the_file_is_the_next_version_of_the_same_event(client: Client, address: str) -> None:
    before = event(client, address)
    delivery.send_due(NOW)
    actions.reschedule(Booking.objects.get(), start=NOW.replace(day=2, month=12), now=NOW)
    mail, file = Mail.objects.get(kind="change"), event(client, address)
    assert (file["UID"], file["SEQUENCE"]) == (before["UID"], before["SEQUENCE"] + 1)
    assert (file["UID"], file["SEQUENCE"], file["DTSTART"].dt) == (mail.uid, mail.sequence, mail.start)


def test_after_cancelling_the_file_says_so(client: Client, address: str) -> None:
    client.post(f"{address}cancel/")
    file = event(client, address)
    assert (file["STATUS"], file["TRANSP"]) == ("CANCELLED", "TRANSPARENT")
    assert links(client.get(address), "//section[@aria-labelledby='add']//a") == []


def test_the_page_offers_the_file_and_the_calendars_on_the_web(client: Client, address: str) -> None:
    found = links(client.get(address), "//section[@aria-labelledby='add']//a")
    assert [(words, target.split("?")[0]) for words, target in found] == [
        ("Calendar file", f"{address}calendar.ics"),
        ("Google", "https://calendar.google.com/calendar/render"),
        ("Outlook", "https://outlook.live.com/calendar/0/deeplink/compose"),
    ]
    assert [one.get("rel") for one in find(client.get(address), "//a[@target='_blank']")] == ["noopener", "noopener"]


def test_a_request_that_is_not_confirmed_has_no_entry_yet(client: Client, address: str) -> None:
    Booking.objects.update(status="pending", calendar_unread_since=timezone.now())
    file = client.get(f"{address}calendar.ics")
    assert (file.status_code, texts(file, "//h1")) == (404, ["There is no calendar entry yet"])
    assert links(client.get(address), "//section[@aria-labelledby='add']//a") == []


def test_the_file_has_all_appointments_that_stand_of_those_booked_at_once(client: Client, address: str) -> None:
    first = Booking.objects.get()
    series = Series.objects.create(service=first.service, count=4)
    alike = {"service": first.service, "staff": first.staff, "series": series}
    second, third, pending, other = (
        BookingFactory(start=first.start + days * DAY, client=who, **alike)
        for days, who in ((2, first.client), (3, first.client), (4, first.client), (5, ClientFactory()))
    )
    BookingFactory(start=first.start + 6 * DAY, client=first.client, service=first.service, staff=first.staff)
    Booking.objects.filter(pk=first.pk).update(series=series)
    Booking.objects.filter(pk=third.pk).update(status="cancelled", claim=None)
    Booking.objects.filter(pk=pending.pk).update(status="pending", calendar_unread_since=NOW)
    file = icalendar.Calendar.from_ical(client.get(f"{address}calendar.ics").content.decode())
    assert [str(one["UID"]) for one in file.walk("VEVENT")] == [first.seat.uid, second.seat.uid]
    assert other.seat.uid not in file.to_ical().decode()


def test_nobody_keeps_the_file(client: Client, address: str) -> None:
    assert client.get(f"{address}calendar.ics")["Cache-Control"] == "no-store"


def test_an_appointment_that_is_over_is_not_offered_for_a_calendar(
    client: Client, address: str, clock: time_machine.Traveller
) -> None:
    clock.move_to(Seat.objects.get().booking.end)
    assert links(client.get(address), "//section[@aria-labelledby='add']//a") == []
