"""People are told what happened to their account, in the look of the practice."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
import time_machine
from allauth.mfa.models import Authenticator
from django.core import mail
from django.test import Client

from practice.models import Practice, User
from tests.factories import PASSWORD, UserFactory
from tests.pages import texts
from tests.practice.queue import work
from tests.practice.second_factor.factors import code, set_up_app, sign_in

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 30, 9, tzinfo=UTC)
NEW = "correct horse battery"


@pytest.fixture(autouse=True)
def clock() -> Any:
    with time_machine.travel(NOW, tick=False) as clock:
        yield clock


@pytest.fixture
def anna(client: Client) -> User:
    user: User = UserFactory(username="anna", email="anna@example.com")
    sign_in(client)
    return user


def told() -> list[tuple[list[str], str]]:
    work()
    return [(one.to, str(one.subject)) for one in mail.outbox]


def test_a_changed_password_is_told_with_the_time_and_the_address(client: Client, anna: User) -> None:
    Practice.objects.create(name="Praxis Winter", email="praxis@example.com", time_zone="Europe/Berlin")
    data = {"old_password": PASSWORD, "new_password1": NEW, "new_password2": NEW}
    client.post("/account/password/", data, REMOTE_ADDR="198.51.100.7")
    assert told() == [(["anna@example.com"], "Your password was changed")]
    [sent] = mail.outbox
    assert (sent.from_email, str(sent.body).split("\n\n")[1]) == (
        "Praxis Winter <praxis@example.com>",
        "User name: anna\nWhen: Mon 30 Nov 2026, 10:00 CET\nFrom the address: 198.51.100.7",
    )


def test_second_factors_that_come_and_go_are_told(
    client: Client, anna: User, django_capture_on_commit_callbacks: Any
) -> None:
    [secret] = texts(client.get("/account/second-factor/app/"), "//code")
    for page, data in (("app/", {"code": code(secret)}), ("codes/new/", {}), ("app/remove/", {})):
        with django_capture_on_commit_callbacks(execute=True):
            client.post(f"/account/second-factor/{page}", data)
    assert Authenticator.objects.count() == 0
    assert told() == [
        (["anna@example.com"], "An authenticator app was added to your account"),
        (["anna@example.com"], "You have new recovery codes"),
        (["anna@example.com"], "The authenticator app was removed from your account"),
    ]


def test_nobody_is_told_without_an_address(client: Client) -> None:
    UserFactory(username="anna", email="")
    sign_in(client)
    data = {"old_password": PASSWORD, "new_password1": NEW, "new_password2": NEW}
    assert client.post("/account/password/", data).status_code == 302
    assert told() == []


def test_recovery_codes_are_saved_as_a_file_that_no_browser_stores(client: Client, anna: User) -> None:
    set_up_app(anna)
    answer = client.get("/account/second-factor/codes/download/")
    assert (len(answer.content.split()), answer.headers["Content-Disposition"], answer.headers["Cache-Control"]) == (
        10,
        'attachment; filename="recovery-codes.txt"',
        "max-age=0, no-cache, no-store, must-revalidate, private",
    )


@pytest.mark.parametrize(
    ("language", "hours", "subject", "when"),
    [
        ("de", "", "Ihr Passwort wurde geändert", "Wann: Mo., 30. Nov. 2026, 10:00 Uhr CET"),
        ("en", "12", "Your password was changed", "When: Mon 30 Nov 2026, 10:00 AM CET"),
        ("", "", "Ihr Passwort wurde geändert", "Wann: Mo., 30. Nov. 2026, 10:00 Uhr CET"),
    ],
)
def test_everybody_is_told_in_their_own_language_and_clock(
    client: Client, anna: User, language: str, hours: str, subject: str, when: str
) -> None:
    Practice.objects.create(name="Praxis Winter", language="de", time_zone="Europe/Berlin")
    User.objects.update(language=language, clock=hours)
    client.post("/account/password/", {"old_password": PASSWORD, "new_password1": NEW, "new_password2": NEW})
    assert told() == [(["anna@example.com"], subject)]
    assert str(mail.outbox[0].body).split("\n\n")[1].splitlines()[1] == when
