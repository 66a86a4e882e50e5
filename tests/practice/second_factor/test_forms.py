"""Codes and passkeys: each code works once, and whoever guesses is slowed down by the rule for passwords."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
import time_machine
from django.test import Client

from practice.models import User
from tests.factories import PASSWORD, UserFactory
from tests.pages import texts
from tests.practice.second_factor.factors import code, recovery_codes, send_code, set_up_app, sign_in

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 30, 9, tzinfo=UTC)
WRONG = "This code is wrong, or was used already."
ERRORS = "//*[@class='field__error']/li"


@pytest.fixture(autouse=True)
def clock() -> Any:
    """A clock that stands still until a test moves it."""
    with time_machine.travel(NOW, tick=False) as clock:
        yield clock


@pytest.fixture
def anna() -> User:
    user: User = UserFactory(username="anna")
    return user


def test_a_code_works_once(client: Client, anna: User) -> None:
    now = code(set_up_app(anna), at=NOW.timestamp())
    sign_in(client)
    assert send_code(client, now).headers["Location"] == "/calendars/"
    other = Client()
    sign_in(other)
    assert texts(send_code(other, f"{now[:3]} {now[3:]}"), ERRORS) == [WRONG]


def test_the_code_that_set_up_the_app_does_not_sign_in_too(client: Client, anna: User) -> None:
    sign_in(client)
    page = client.get("/account/second-factor/app/")
    sent = code(page.context["form"].secret)
    assert client.post("/account/second-factor/app/", {"code": sent}).status_code == 302
    client.logout()
    sign_in(client)
    assert texts(send_code(client, sent), ERRORS) == [WRONG]


def test_a_recovery_code_works_once(client: Client, anna: User) -> None:
    set_up_app(anna)
    first = recovery_codes(anna)[0]
    sign_in(client)
    assert send_code(client, first).headers["Location"] == "/calendars/"
    other = Client()
    sign_in(other)
    assert texts(send_code(other, first), ERRORS) == [WRONG]
    assert len(recovery_codes(anna)) == 9


def test_an_old_code_is_refused(client: Client, anna: User, clock: Any) -> None:
    old = code(set_up_app(anna), at=NOW.timestamp())
    clock.shift(61)
    sign_in(client)
    assert texts(send_code(client, old), ERRORS) == [WRONG]


def guess(client: Client, sent: str = "000000", address: str = "198.51.100.7") -> Any:
    return send_code(client, sent, REMOTE_ADDR=address)


def test_whoever_guesses_codes_is_slowed_down_and_the_password_does_not_begin_anew(
    client: Client, anna: User, clock: Any
) -> None:
    secret = set_up_app(anna)
    sign_in(client, REMOTE_ADDR="198.51.100.7")
    assert [guess(client).status_code for _ in range(7)] == [200] * 6 + [429]
    assert guess(client, code(secret, at=NOW.timestamp())).headers["Retry-After"] == "1"
    again = sign_in(Client(), REMOTE_ADDR="198.51.100.7")
    assert (again.status_code, again.headers["Retry-After"]) == (429, "1")
    clock.shift(1)
    assert guess(client, code(secret, at=NOW.timestamp())).headers["Location"] == "/calendars/"


def test_an_account_is_protected_from_codes_of_many_addresses(client: Client, anna: User) -> None:
    set_up_app(anna)
    sign_in(client)
    answers = [guess(client, address=f"203.0.113.{number}").status_code for number in range(12)]
    assert answers == [200] * 11 + [429]


def test_a_device_that_finished_both_steps_is_not_slowed_down_by_others(client: Client, anna: User) -> None:
    secret = set_up_app(anna)
    sign_in(client)
    send_code(client, code(secret, at=NOW.timestamp()))
    client.post("/accounts/logout/")
    attacker = Client()
    sign_in(attacker)
    for number in range(12):
        guess(attacker, address=f"203.0.113.{number}")
    assert sign_in(Client()).status_code == 429
    assert sign_in(client).headers["Location"] == "/accounts/login/second-factor/"
    assert send_code(client, recovery_codes(anna)[0]).headers["Location"] == "/calendars/"


def test_passkeys_that_nobody_owns_are_slowed_down_by_address(client: Client) -> None:
    forged = {"credential": '{"id": "x", "rawId": "x", "type": "public-key", "response": {}}'}
    answers = [client.post("/accounts/login/passkey/", forged).status_code for _ in range(22)]
    assert answers == [302] * 21 + [429]
    assert sign_in(Client(), username="kim").status_code == 429
    assert sign_in(Client(), username="kim", REMOTE_ADDR="203.0.113.9").status_code == 200


def test_a_code_that_cannot_be_checked_says_so(client: Client, anna: User, settings: Any) -> None:
    set_up_app(anna)
    settings.FERNET_KEYS = ["another key"]
    sign_in(client)
    assert texts(send_code(client, "123456"), ERRORS) == [
        "No code can be checked: the keys of this server have changed. Ask the person who runs Kalends for you."
    ]


def test_confirming_with_a_wrong_password_or_code_is_slowed_down(client: Client, anna: User) -> None:
    set_up_app(anna)
    client.force_login(anna)
    wrong = [client.post("/account/confirm/", {"password": "wrong"}).status_code for _ in range(3)]
    wrong += [client.post("/account/confirm/code/", {"code": "000000"}).status_code for _ in range(4)]
    assert wrong == [200] * 6 + [429]
    assert client.post("/account/confirm/", {"password": PASSWORD}).status_code == 429
