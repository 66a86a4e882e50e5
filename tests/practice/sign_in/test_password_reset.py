"""A new password by e-mail, without telling who signs in here."""

from __future__ import annotations

from typing import Any

import pytest
from django.core import mail
from django.test import Client
from django_q.models import OrmQ

from practice.models import Practice, User
from tests.factories import UserFactory
from tests.pages import texts
from tests.practice.queue import work

pytestmark = pytest.mark.django_db
PAGE = "/accounts/password/reset/"
NEW = "correct horse battery"


@pytest.fixture
def anna() -> User:
    user: User = UserFactory(username="anna", email="anna@example.com")
    return user


def ask(client: Client, email: str, **more: Any) -> tuple[int, str]:
    answer = client.post(PAGE, {"email": email}, **more)
    return answer.status_code, answer.headers.get("Location", "")


def test_the_link_in_the_mail_sets_a_new_password(client: Client, anna: User, settings: Any) -> None:
    settings.BASE_URL = "https://book.example.com"
    Practice.objects.create(name="Praxis Winter", email="praxis@example.com")
    assert ask(client, "Anna@Example.com", headers={"host": "127.0.0.1"}) == (302, f"{PAGE}sent/")
    work()
    [sent] = mail.outbox
    assert (sent.to, sent.from_email) == (["anna@example.com"], "Praxis Winter <praxis@example.com>")
    [link] = [line for line in sent.body.splitlines() if line.startswith("https://book.example.com/")]
    form = client.get(link.removeprefix("https://book.example.com"), follow=True)
    path = form.redirect_chain[-1][0]
    assert "no-store" in form.headers["Cache-Control"]
    done = client.post(path, {"new_password1": NEW, "new_password2": NEW}, follow=True)
    assert texts(done, "//h1") == ["The new password is set"]
    anna.refresh_from_db()
    assert anna.check_password(NEW) is True
    again = client.get(link.removeprefix("https://book.example.com"), follow=True)
    assert texts(again, "//h1") == ["This link no longer works"]


@pytest.mark.parametrize("email", ["nobody@example.com", "gone@example.com"])
def test_an_unknown_address_gets_the_same_answer_and_no_mail(client: Client, anna: User, email: str) -> None:
    UserFactory(email="gone@example.com", is_active=False)
    assert ask(client, email) == ask(client, "anna@example.com")
    assert [task.task["args"] for task in OrmQ.objects.order_by("pk")] == [([],), ([anna.pk],)]
    work()
    assert [one.to for one in mail.outbox] == [["anna@example.com"]]


def test_nobody_fills_a_mailbox(client: Client, anna: User) -> None:
    answers = [ask(client, "anna@example.com", REMOTE_ADDR=f"203.0.113.{number}")[0] for number in range(5)]
    assert answers == [302, 302, 302, 302, 429]
    assert ask(client, "kim@example.com")[0] == 302


def test_an_unknown_address_is_slowed_down_likewise(client: Client) -> None:
    assert [ask(client, "nobody@example.com")[0] for _ in range(5)] == [302, 302, 302, 302, 429]


def test_sign_in_leads_there(client: Client) -> None:
    assert texts(client.get("/accounts/login/"), f"//a[@href='{PAGE}']") == ["Forgot your password?"]
