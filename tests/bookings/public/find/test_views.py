"""Finding appointments by e-mail: the links go to the address, and the page tells nobody whether there are any."""

from __future__ import annotations

from typing import Any

import pytest
import time_machine
from django.core import mail
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django_q.models import OrmQ
from pytest_django import DjangoCaptureOnCommitCallbacks, Settings

from bookings import tasks
from bookings.models import Booking, LinkRequest, Seat, Service
from bookings.notifications.mails import asked_links
from tests.bookings.public.steps import booked
from tests.factories import NOW
from tests.pages import links, texts

pytestmark = pytest.mark.django_db
KNOWN, UNKNOWN = "clara@example.org", "nobody@example.org"


@pytest.fixture
def address(client: Client, massage: Service) -> str:
    """The page of Clara, who has booked."""
    return booked(client)


def ask(client: Client, email: str = KNOWN, **more: str) -> Any:
    return client.post("/booking/find/", {"email": email, **more})


def answered() -> list[tuple[str, list[str]]]:
    """Subjects and recipients of what the worker mails."""
    mail.outbox.clear()
    tasks.mail_links()
    return [(str(one.subject), one.to) for one in mail.outbox]


def test_the_links_of_upcoming_appointments_are_mailed(client: Client, address: str) -> None:
    ask(client, "CLARA@example.org")
    assert answered() == [("Your upcoming appointments · Praxis Winter", [KNOWN])]
    body = mail.outbox[0].body
    assert "Tuesday 1 December 2026, 10:00–11:00 (Berlin time)" in body
    assert Seat.objects.get().link in body
    assert ("Massage" in body, "Clara" in body.replace(KNOWN, "")) == (False, False)


def test_one_e_mail_lists_all(client: Client, address: str) -> None:
    booked(client, start="2026-12-02T10:00:00+01:00", name="Karl Sommer")
    ask(client)
    assert len(answered()) == 1
    assert [seat.link in mail.outbox[0].body for seat in Seat.objects.all()] == [True, True]


def test_the_page_says_the_same_to_everybody_in_as_many_queries(client: Client, address: str) -> None:
    pages, queries = [], []
    for email in (KNOWN, UNKNOWN):
        with CaptureQueriesContext(
            connection,
        ) as counted:
            answer = ask(client, email)
        queries.append(len(counted))
        pages.append((answer["Location"], client.get(answer["Location"]).content))
    assert (pages[0], queries[0]) == (pages[1], queries[1])
    assert texts(client.get(pages[0][0]), "//main/*") == [
        "We have sent you an e-mail",
        "It lists the upcoming appointments of this address, if there are any. It arrives within some minutes.",
    ]


@pytest.mark.parametrize("email", [KNOWN, UNKNOWN])
def test_neither_the_task_nor_the_answered_row_has_the_address(
    client: Client, address: str, email: str, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        ask(client, email)
    tasks_queued = [one.task for one in OrmQ.objects.all() if one.task["func"] == "bookings.tasks.mail_links"]
    assert [(task["args"], task["kwargs"]) for task in tasks_queued] == [((), {})]
    answered()
    row = LinkRequest.objects.get()
    assert (row.email, row.done_at, row.is_mailed, email in str(vars(row))) == ("", NOW, email == KNOWN, False)


@pytest.mark.parametrize(
    ("change", "when"),
    [
        ({"status": "cancelled", "claim": None}, "2026-11-30T09:00Z"),
        ({}, "2026-12-01T10:00:00Z"),
        ({"status": "pending", "address_due_at": "2026-11-30T09:30Z"}, "2026-11-30T09:00Z"),
    ],
    ids=["cancelled", "over", "unconfirmed"],
)
def test_what_is_not_to_come_is_not_listed(
    client: Client, address: str, clock: time_machine.Traveller, change: dict[str, Any], when: str
) -> None:
    Booking.objects.update(**change)
    clock.move_to(when)
    ask(client)
    assert answered() == []


def test_nobody_floods_a_mailbox(client: Client, address: str) -> None:
    for _ in range(5):
        ask(client)
    assert len(answered()) == asked_links.MAILS_PER_DAY == 3


def test_the_next_day_the_address_gets_e_mails_again(
    client: Client, address: str, clock: time_machine.Traveller
) -> None:
    booked(client, start="2026-12-09T10:00:00+01:00")
    for _ in range(4):
        ask(client)
    answered()
    clock.move_to("2026-12-01T08:00:01Z")
    ask(client)
    assert len(answered()) == 1


def test_one_connection_asks_at_most_so_often_in_an_hour(client: Client, address: str, settings: Settings) -> None:
    settings.BOOKING_RATE = 2
    answers = [ask(client, f"guess{number}@example.org").status_code for number in range(3)]
    assert (answers, LinkRequest.objects.count()) == ([303, 303, 429], 2)


def test_a_robot_is_told_the_same_and_nothing_happens(client: Client, address: str) -> None:
    assert ask(client, website="http://spam.example")["Location"] == "/booking/find/?sent=yes"
    assert LinkRequest.objects.count() == 0


@pytest.mark.parametrize(
    ("email", "sentence"), [("", "Enter your e-mail address."), ("clara@", None), ("x" * 255, None)]
)
def test_what_is_no_address_is_asked_for_again(
    client: Client, massage: Service, email: str, sentence: str | None
) -> None:
    page = ask(client, email)
    errors = texts(page, "//ul[@class='field__error']/li")
    assert (len(errors) == 1, errors[0] == (sentence or errors[0]), LinkRequest.objects.count()) == (True, True, 0)


def test_old_requests_are_forgotten(client: Client, address: str, clock: time_machine.Traveller) -> None:
    ask(client)
    clock.move_to("2026-12-02T08:00:00Z")
    tasks.delete_old_holds()
    assert LinkRequest.objects.count() == 0


def test_the_services_lead_there(client: Client, massage: Service) -> None:
    assert links(client.get("/book/"), "//main/p/a") == [
        ("Have you booked already? Find your appointments", "/booking/find/")
    ]
