"""Whoever guesses passwords is slowed down, and nobody is locked out."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client

from practice.models import SignInFailures
from practice.sign_in import tries
from tests.factories import PASSWORD, UserFactory
from tests.pages import texts

pytestmark = pytest.mark.django_db

SIGN_IN = "/accounts/login/"
NOW = datetime(2026, 11, 30, 9, tzinfo=UTC)


@pytest.fixture(autouse=True)
def clock() -> Any:
    """A clock that stands still until a test moves it."""
    with time_machine.travel(NOW, tick=False) as clock:
        yield clock


@pytest.fixture(autouse=True)
def anna() -> Any:
    return UserFactory(username="anna", is_staff=True)


def sign_in(client: Client, *, username: str = "anna", password: str = "wrong", address: str = "198.51.100.7") -> Any:
    """Try to sign in; the answer."""
    return client.post(SIGN_IN, {"username": username, "password": password}, REMOTE_ADDR=address)


def fail(client: Client, times: int, clock: Any, **how: Any) -> None:
    """Type a wrong password so many times, as fast as it is looked at."""
    for _ in range(times):
        answer = sign_in(client, **how)
        while answer.status_code == 429:
            clock.shift(int(answer.headers["Retry-After"]))
            answer = sign_in(client, **how)
        assert answer.status_code == 200


def test_waits_double_from_a_second_to_a_minute(client: Client, clock: Any) -> None:
    fail(client, 5, clock)
    waits = []
    for _ in range(9):
        fail(client, 1, clock)
        waits.append(int(sign_in(client).headers["Retry-After"]))
    assert waits == [1, 2, 4, 8, 16, 32, 60, 60, 60]


def test_a_try_that_comes_too_early_neither_counts_nor_lengthens_the_wait(client: Client, clock: Any) -> None:
    fail(client, 7, clock)
    early = [sign_in(client, password=PASSWORD) for _ in range(20)]
    assert {(one.status_code, one.headers["Retry-After"]) for one in early} == {(429, "2")}
    assert texts(early[0], "//main//p[not(@class)]") == [
        "The password was wrong several times. Wait 2 seconds, then try again."
    ]
    clock.shift(2)
    assert sign_in(client, password=PASSWORD).status_code == 302


def test_an_account_is_protected_from_many_addresses(client: Client, clock: Any) -> None:
    for number in range(11):
        fail(client, 1, clock, address=f"203.0.113.{number}")
    assert sign_in(client, address="203.0.113.99").status_code == 429
    assert sign_in(client, username=" ANNA", address="203.0.113.99").status_code == 429
    assert sign_in(client, username="kim", address="203.0.113.99").status_code == 200


def test_an_address_that_tries_many_accounts_is_slowed_down(client: Client, clock: Any) -> None:
    for number in range(21):
        fail(client, 1, clock, username=f"person{number}")
    assert sign_in(client).status_code == 429
    assert sign_in(client, address="203.0.113.9").status_code == 200


def test_a_device_that_signed_in_before_is_slowed_down_by_its_own_failures_only(client: Client, clock: Any) -> None:
    assert sign_in(client, password=PASSWORD).status_code == 302
    client.post("/accounts/logout/")
    fail(Client(), 30, clock)
    assert sign_in(Client(), password=PASSWORD).status_code == 429
    fail(client, 6, clock)
    assert sign_in(client, password=PASSWORD).headers["Retry-After"] == "1"
    clock.shift(1)
    assert sign_in(client, password=PASSWORD).status_code == 302


def test_a_forged_or_foreign_cookie_opens_nothing(client: Client, clock: Any) -> None:
    UserFactory(username="kim")
    assert sign_in(client, username="kim", password=PASSWORD).status_code == 302
    client.post("/accounts/logout/")
    fail(Client(), 6, clock)
    assert sign_in(client).status_code == 429
    client.cookies["kalends_device"] = f"{client.cookies['kalends_device'].value}x"
    assert sign_in(client).status_code == 429


def test_the_sign_in_page_of_the_admin_is_slowed_down_too(client: Client, clock: Any) -> None:
    fail(client, 6, clock)
    data = {"username": "anna", "password": PASSWORD}
    answer = client.post("/admin/login/", data, REMOTE_ADDR="198.51.100.7")
    assert (answer.status_code, answer.headers["Retry-After"]) == (429, "1")


def test_rows_are_written_for_failures_only_and_forgotten_after_an_hour(client: Client, clock: Any) -> None:
    assert sign_in(client, password=PASSWORD).status_code == 302
    assert SignInFailures.objects.count() == 0
    fail(Client(), 1, clock)
    clock.shift(3601)
    fail(Client(), 1, clock, username="kim", address="203.0.113.9")
    assert sorted(SignInFailures.objects.values_list("failures", flat=True)) == [1, 1, 1]


def test_behind_an_undeclared_proxy_only_the_account_counts(client: Client, clock: Any, settings: Any) -> None:
    settings.BASE_URL, settings.TRUSTED_PROXIES = "https://book.example.com", []
    for number in range(30):
        fail(client, 1, clock, username=f"person{number}")
    assert sign_in(client).status_code == 200


def test_a_request_that_began_just_before_another_was_counted_does_not_wait() -> None:
    key, waits = tries.key_of("form", "192.0.2.1"), []
    for number in (1, 2):
        tries.count({"form": key}, {"form": 2}, NOW + number * timedelta(milliseconds=1))
        waits.append(tries.seconds_left([key], NOW))
    assert waits == [0, 0]
