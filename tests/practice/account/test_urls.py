"""What allauth has, at the addresses of Kalends: sessions, passwords, and nothing for strangers."""

from __future__ import annotations

import logging
from typing import Any

import pytest
from django.test import Client
from django.urls import NoReverseMatch, reverse

from config.redaction import HideSecretPaths
from practice.models import User
from practice.sign_in.adapter import UNKNOWN_ADDRESS
from tests.factories import PASSWORD, UserFactory
from tests.pages import texts
from tests.practice.second_factor.factors import set_up_app, sign_in

pytestmark = pytest.mark.django_db
NEW = "correct horse battery"
PAGES = [
    "/account/",
    "/account/email/",
    "/account/password/",
    "/account/sessions/",
    "/account/confirm/",
    "/account/confirm/code/",
    "/account/second-factor/",
    "/account/second-factor/app/remove/",
    "/account/second-factor/passkeys/add/",
    "/account/second-factor/codes/",
    "/account/second-factor/codes/new/",
]
SESSIONS = "//main//ul[@class='actions']/li//strong"


@pytest.fixture
def anna() -> User:
    user: User = UserFactory(username="anna")
    return user


@pytest.mark.parametrize("page", PAGES)
def test_strangers_sign_in_first_and_browsers_store_no_page(client: Client, anna: User, page: str) -> None:
    assert Client().get(page).headers["Location"] == f"/accounts/login/?next={page}"
    sign_in(client)
    set_up_app(anna)
    answer = client.get(page)
    kept = "max-age=0, no-cache, no-store, must-revalidate, private"
    assert (answer.status_code, answer.headers["Cache-Control"]) == (200, kept)


def test_what_is_dangerous_asks_again_who_it_is(client: Client, anna: User) -> None:
    set_up_app(anna)
    client.force_login(anna)
    pages = [page for page in PAGES if page.startswith(("/account/email/", "/account/second-factor/"))]
    asked = [page for page in pages if client.get(page).headers.get("Location", "").startswith("/account/confirm/")]
    assert asked == [page for page in pages if page != "/account/second-factor/"]


@pytest.mark.parametrize("path", ["/account/email/confirm/abc123:x:y/", "/accounts/password/reset/1/abc123-x/"])
def test_logs_do_not_have_what_a_link_in_a_mail_proves(path: str) -> None:
    record = logging.LogRecord("django.request", logging.WARNING, "", 1, "Not Found: %s", (path,), None)
    HideSecretPaths().filter(record)
    assert ("abc123" in record.getMessage(), record.getMessage().endswith("/…/")) == (False, True)


def test_a_code_is_not_sent_back_to_whoever_was_signed_out(client: Client) -> None:
    answer = client.post("/account/confirm/code/", {"code": "12345678"})
    assert (answer.status_code, "12345678" in answer.content.decode()) == (401, False)


def test_nobody_signs_up(client: Client) -> None:
    with pytest.raises(NoReverseMatch):
        reverse("account_signup")
    assert [client.get(path).status_code for path in ("/accounts/signup/", "/account/signup/")] == [404, 404]


@pytest.mark.parametrize("typed", ["anna", "ANNA", " anna", "anna@example.com", "Anna@Example.com"])
def test_a_name_and_an_address_sign_in_alike(client: Client, typed: str) -> None:
    UserFactory(username="anna", email="Anna@example.com")
    assert sign_in(client, typed).headers["Location"] == "/calendars/"


@pytest.mark.parametrize("typed", ["", "nobody", "nobody@example.com", "an\0na", "a" * 300])
def test_nobody_else_signs_in(client: Client, anna: User, typed: str) -> None:
    assert (sign_in(client, typed).status_code, "_auth_user_id" in client.session) == (200, False)


def test_somebody_who_was_deactivated_is_told_so_if_they_know_the_password(client: Client) -> None:
    UserFactory(username="anna", is_active=False)
    assert sign_in(client).headers["Location"] == "/accounts/login/"
    assert texts(client.get("/accounts/login/"), "//*[@id='messages']//p") == [
        "This account was deactivated. Ask the owner of the practice."
    ]
    assert "_auth_user_id" not in client.session


def test_all_sessions_are_listed_however_they_began_and_end_together(client: Client, anna: User) -> None:
    others = [Client(headers={"User-Agent": "Firefox/133.0 Windows"}), Client()]
    sign_in(others[0])
    others[1].force_login(anna)
    sign_in(client, headers={"User-Agent": "Safari/604 iPhone"})
    listed = texts(client.get("/account/sessions/"), SESSIONS)
    assert sorted(listed) == ["Firefox on Windows", "Safari on iPhone", "Unknown device"]
    client.post("/account/sessions/")
    assert texts(client.get("/account/sessions/"), SESSIONS) == ["Safari on iPhone"]
    assert [other.get("/account/").status_code for other in (*others, client)] == [302, 302, 200]


def test_an_unknown_address_is_not_shown(client: Client, anna: User, settings: Any) -> None:
    settings.BASE_URL, settings.TRUSTED_PROXIES = "https://book.example.com", []
    sign_in(client, REMOTE_ADDR="127.0.0.1")
    page = client.get("/account/sessions/").content.decode()
    assert (UNKNOWN_ADDRESS in page, "127.0.0.1" in page) == (False, False)


def test_a_new_password_ends_other_sessions(client: Client, anna: User) -> None:
    other = Client()
    sign_in(other)
    sign_in(client)
    data = {"old_password": PASSWORD, "new_password1": NEW, "new_password2": NEW}
    assert client.post("/account/password/", data).headers["Location"] == "/account/"
    assert [one.get("/account/").status_code for one in (client, other)] == [200, 302]


@pytest.mark.parametrize("address", ["https://elsewhere.example/", "//elsewhere.example/", "javascript:alert(1)"])
def test_signing_in_leads_to_no_other_site(client: Client, anna: User, address: str) -> None:
    data = {"username": "anna", "password": PASSWORD, "next": address}
    assert client.post("/accounts/login/", data).headers["Location"] == "/calendars/"
