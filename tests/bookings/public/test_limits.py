"""Limits of the pages for clients: by connection, by recipient, by length; and logs without tokens."""

from __future__ import annotations

import logging

import pytest
import time_machine
from django.test import Client
from gunicorn.config import Config
from pytest_django import Settings

from bookings import tasks
from bookings.models import Booking, Hold, LinkRequest, Service
from config.logs.web_server import GunicornLogger
from config.redaction import HideSecretPaths
from practice.models import Practice
from tests.bookings.public.steps import TEN, booked, details_address, hold, typed
from tests.pages import texts

pytestmark = pytest.mark.django_db
SECRET = "q-WI1rBo69zutrfY2BY9Jg"
FORMS = (
    "/book/massage/hold/",
    "/book/massage/",
    "/book/massage/details/x/",
    "/book/massage/details/x/extend/",
    "/book/massage/details/x/release/",
    "/booking/find/",
    "/booking/x/cancel/",
    "/booking/x/reschedule/",
    "/booking/x/confirm/y/",
)


@pytest.mark.parametrize("form", FORMS)
def test_very_many_forms_from_one_network_must_wait(
    client: Client, massage: Service, settings: Settings, clock: time_machine.Traveller, form: str
) -> None:
    settings.BOOKING_RATE = 1
    for number in range(13):
        assert client.post(form, REMOTE_ADDR=f"2001:db8::{number + 1}").status_code != 429
    answer = client.post(form, REMOTE_ADDR="2001:db8::ffff")
    assert (answer.status_code, answer["Retry-After"], texts(answer, "//h1")) == (429, "1", ["Please try again later"])
    assert client.post(form, REMOTE_ADDR="2001:db8:0:1::1").status_code != 429
    assert client.get("/book/massage/", REMOTE_ADDR="2001:db8::ffff").status_code == 200
    clock.shift(1)
    assert client.post(form, REMOTE_ADDR="2001:db8::ffff").status_code != 429


def test_an_address_that_has_booked_very_often_is_told_by_e_mail_alone(
    client: Client, massage: Service, settings: Settings, mailoutbox: list[object]
) -> None:
    settings.BOOKING_RATE = 1
    for hour in (9, 10):
        booked(client, start=f"2026-12-01T{hour:02}:00:00+01:00")
        Hold.objects.update(address_key="")
    page = client.post(details_address(client, start="2026-12-01T12:00:00+01:00"), typed(), follow=True)
    assert texts(page, "//h1") == ["We have sent you an e-mail"]
    assert (Booking.objects.count(), LinkRequest.objects.count()) == (2, 1)
    tasks.mail_links()
    assert len(mailoutbox) == 1
    booked(client, start="2026-12-01T13:00:00+01:00", email="otto@example.org")
    assert Booking.objects.count() == 3


def test_a_client_with_as_many_upcoming_bookings_as_allowed_is_told_by_e_mail_alone(
    client: Client, massage: Service, mailoutbox: list[object]
) -> None:
    Practice.objects.update(max_upcoming=1)
    booked(client, start="2026-12-01T09:00:00+01:00")
    page = client.post(details_address(client, start="2026-12-01T12:00:00+01:00"), typed(), follow=True)
    assert texts(page, "//h1") == ["We have sent you an e-mail"]
    assert (Booking.objects.count(), LinkRequest.objects.count()) == (1, 1)
    tasks.mail_links()
    assert len(mailoutbox) == 1
    booked(client, start="2026-12-01T13:00:00+01:00", name="Otto", email="otto@example.org")
    assert Booking.objects.count() == 2


def test_a_client_with_a_phone_only_who_has_as_many_upcoming_bookings_as_allowed_is_asked_to_call(
    client: Client, massage: Service
) -> None:
    Practice.objects.update(max_upcoming=1)
    by_phone = {"email": "", "phone": "030 1234567"}
    booked(client, start="2026-12-01T09:00:00+01:00", **by_phone)
    page = client.post(details_address(client, start="2026-12-01T12:00:00+01:00"), typed(**by_phone), follow=True)
    assert texts(page, "//div[@role='status']/p") == ["This could not be booked online just now. Please call us."]
    assert (Booking.objects.count(), LinkRequest.objects.count()) == (1, 0)


@pytest.mark.parametrize("field", ["name", "email", "phone", "note"])
def test_what_is_far_too_long_is_refused(client: Client, massage: Service, field: str) -> None:
    Service.objects.update(note_allowed=True)
    page = client.post(details_address(client), typed(**{field: "x" * 100_000}), follow=True)
    assert (page.status_code, Booking.objects.count()) == (200, 0)
    assert texts(page, "//*[@role='group']/h2") == ["Please check:"]


@pytest.mark.parametrize("field", ["start", "staff", "zone", "lang", "visitor", "day", "month"])
def test_what_is_far_too_long_in_hidden_fields_does_no_harm(client: Client, massage: Service, field: str) -> None:
    answer = hold(client, **{"start": TEN, field: "x" * 100_000})
    assert answer.status_code in (200, 303)
    assert len(answer.content) < 40_000


@pytest.mark.parametrize(
    ("path", "fields", "status"),
    [
        ("/book/massage/", {"visitor": "visitor-with-a-\0"}, 200),
        ("/book/massage/hold/", {"visitor": "visitor-with-a-\0", "start": TEN}, 303),
        ("/book/massage/hold/", {"staff": "\0", "start": TEN}, 303),
        ("/book/massage/hold/", {"name": "\0", "note": "\0", "email": "\0", "start": TEN}, 303),
        ("/book/massage/details/a\0/", {}, 404),
        ("/book/massage/details/a\0/extend/", {}, 404),
        ("/booking/a\0/", {}, 405),
        ("/booking/find/", {"email": "\0"}, 200),
    ],
)
def test_characters_that_no_database_keeps_do_no_harm(
    client: Client, massage: Service, path: str, fields: dict[str, str], status: int
) -> None:
    assert client.post(path, fields).status_code == status


@pytest.mark.parametrize("field", ["name", "email", "phone", "reminders", "email_checked", "note"])
def test_such_characters_are_left_out_of_what_was_typed(client: Client, massage: Service, field: str) -> None:
    address = details_address(client)
    asked_again = client.post(address, {**typed(), "token": "forged", field: "a\0b"})
    assert (asked_again.status_code, Hold.objects.get().typed[field]) == (303, "ab")
    assert client.get(asked_again["Location"]).status_code == 200


def test_unlisted_services_and_tokens_cannot_be_told_from_what_never_was(client: Client, massage: Service) -> None:
    off = Service.objects.create(name="Secret", slug="secret", minutes=60, visibility="staff")
    off.staff.set(massage.staff.all())
    for pair in (("/book/secret/", "/book/never/"), (f"/booking/{SECRET}{'A' * 43}/", "/booking/x/")):
        first, second = (client.get(path) for path in pair)
        assert (first.status_code, first.content) == (second.status_code, second.content) == (404, first.content)


@pytest.mark.parametrize(
    ("path", "shown"),
    [
        (f"/booking/{SECRET}/", "/booking/…/"),
        (f"/booking/{SECRET}/confirm/{SECRET}/", "/booking/…/"),
        (f"/booking/{SECRET}/calendar.ics", "/booking/…/calendar.ics"),
        (f"/book/massage/details/{SECRET}/extend/", "/book/massage/details/…/extend/"),
        (f"/book/massage/details/{SECRET}/release/", "/book/massage/details/…/release/"),
        (f"/reminders/stop/{SECRET}/", "/reminders/stop/…/"),
        (f"/book/massage/?lang=de&prefill={SECRET}", "/book/massage/?lang=de&prefill=…"),
        ("/book/?name=Clara&email=c@d.de&q_side-1=left&lang=de", "/book/?name=…&email=…&q_side-1=…&lang=de"),
        ("/booking/find/", "/booking/find/"),
        ("/bookings/12/", "/bookings/12/"),
    ],
)
def test_logs_do_not_have_tokens(path: str, shown: str) -> None:
    record = logging.LogRecord("django.server", logging.INFO, "", 1, '"GET %s HTTP/1.1" %s', (path, 200), None)
    HideSecretPaths().filter(record)
    assert record.getMessage() == f'"GET {shown} HTTP/1.1" 200'


def test_the_log_of_gunicorn_does_not_have_tokens(caplog: pytest.LogCaptureFixture) -> None:
    logger = GunicornLogger(Config()).access_log
    try:
        with caplog.at_level(logging.INFO, logger="gunicorn.access"):
            logger.propagate = True  # to where the test listens
            logger.info('%(h)s "%(r)s"', {"h": "127.0.0.1", "r": f"GET /booking/{SECRET}/ HTTP/1.1"})
    finally:
        logger.filters.clear()
    assert caplog.messages == ['127.0.0.1 "GET /booking/…/ HTTP/1.1"']
