"""Another e-mail address counts when the link that is mailed to it is opened, and the old address is told."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
import time_machine
from django.core import mail
from django.test import Client

from practice.account.email_change import EmailChange
from practice.models import User
from tests.factories import PASSWORD, UserFactory
from tests.pages import texts
from tests.practice.queue import work
from tests.practice.second_factor.factors import sign_in

pytestmark = pytest.mark.django_db
PAGE = "/account/email/"
GONE = ["This link no longer works"]


@pytest.fixture
def anna(client: Client) -> User:
    user: User = UserFactory(username="anna", email="anna@example.com")
    sign_in(client)
    return user


def ask(client: Client, email: str) -> str:
    """Ask for the address; the path of the link that was mailed, empty if none was."""
    client.post(PAGE, {"email": email})
    bodies = [str(one.body) for one in mail.outbox if one.to == [email]]
    links = [line for body in bodies for line in body.splitlines() if "/account/email/confirm/" in line]
    return links[-1].partition("8000")[2] if links else ""


def email_of(user: User) -> str:
    return User.objects.get(pk=user.pk).email


def test_the_link_changes_the_address_and_the_old_one_is_told(client: Client, anna: User) -> None:
    link = ask(client, "anna@new.example")
    assert (texts(client.get(link), "//h1"), email_of(anna)) == (["Confirm your e-mail address"], "anna@example.com")
    assert client.post(link).headers["Location"] == "/account/"
    assert email_of(anna) == "anna@new.example"
    work()
    told = mail.outbox[-1]
    assert (told.to, told.subject) == (["anna@example.com"], "Your e-mail address was changed")
    assert "New e-mail address: anna@new.example" in str(told.body)
    assert texts(client.post(link), "//h1") == GONE


@pytest.mark.parametrize(
    ("email", "sentence"),
    [
        ("", "This field is required."),
        ("Anna@Example.com", "This is your address already."),
        ("KIM@example.com", "There is already a user with this e-mail address."),
    ],
)
def test_an_address_that_cannot_be_taken_is_refused(client: Client, anna: User, email: str, sentence: str) -> None:
    UserFactory(email="kim@example.com")
    answer = client.post(PAGE, {"email": email})
    assert texts(answer, "//*[@class='field__error']/li | //*[@role='alert']") == [sentence]
    assert mail.outbox == []


def test_a_link_counts_only_while_the_address_is_free(client: Client, anna: User) -> None:
    link = ask(client, "anna@new.example")
    UserFactory(email="anna@new.example")
    assert texts(client.post(link), "//h1") == GONE
    assert email_of(anna) == "anna@example.com"


def test_a_forged_or_old_link_changes_nothing(client: Client, anna: User) -> None:
    with time_machine.travel(datetime(2026, 11, 30, 9, tzinfo=UTC), tick=False) as clock:
        link = EmailChange(anna.pk, "anna@example.com", "anna@new.example").link.partition("8000")[2]
        assert texts(client.post(f"{link[:-2]}x/"), "//h1") == GONE
        clock.shift(24 * 3600 + 1)
        assert texts(client.post(link), "//h1") == GONE
    assert email_of(anna) == "anna@example.com"


def test_nobody_fills_a_mailbox(client: Client, anna: User) -> None:
    answers = [client.post(PAGE, {"email": f"{number}@new.example"}).status_code for number in range(7)]
    assert answers == [302] * 6 + [429]


def test_a_mail_server_that_refuses_is_said(client: Client, anna: User, settings: Any) -> None:
    settings.EMAIL_BACKEND, settings.EMAIL_HOST, settings.EMAIL_PORT = (
        "django.core.mail.backends.smtp.EmailBackend",
        "127.0.0.1",
        1,
    )
    answer = client.post(PAGE, {"email": "anna@new.example"})
    assert texts(answer, "//*[@class='field__error']/li") == [
        "The e-mail could not be sent. Check the address, or try again later."
    ]


def test_whoever_signed_in_long_ago_confirms_first_and_nothing_typed_is_lost(client: Client) -> None:
    anna = UserFactory(username="anna")
    client.force_login(anna)
    asked = client.post(PAGE, {"email": "anna@new.example"})
    assert asked.headers["Location"] == "/account/confirm/?next=%2Faccount%2Femail%2F"
    done = client.post("/account/confirm/", {"password": PASSWORD, "next": PAGE})
    assert (done.headers["Location"], [one.to for one in mail.outbox]) == ("/account/", [["anna@new.example"]])
