"""Who works here reads in their own language, clients in theirs."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from practice.language import client_language, in_client_language, mail_language
from practice.models import Practice, User
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db
PAGES = [
    *("/calendars/", "/calendars/why/", "/bookings/", "/clients/", "/admin/", "/admin/practice/user/add/"),
    *(
        f"/calendars/settings/{name}/"
        for name in ("services", "availability", "events", "connections", "configuration")
    ),
]
ENGLISH = {"accept-language": "en"}
GERMAN = {"accept-language": "de-AT,de;q=0.9,en;q=0.5"}


def asked(query: str = "", accepted: str = "") -> HttpRequest:
    return RequestFactory().get(f"/{query}", headers={"accept-language": accepted})


@pytest.mark.parametrize(
    ("query", "accepted", "practice", "language"),
    [
        ("", "", "", "en"),
        ("", "", "de", "de"),
        ("", "fr-FR,fr", "de", "de"),
        ("", "de-AT,de;q=0.9,en;q=0.5", "", "de"),
        ("", "fr,en-GB;q=0.8,de;q=0.5", "de", "en"),
        ("?lang=de", "en", "", "de"),
        ("?lang=fr", "de", "", "de"),
        ("?lang=../de", "\x00;q=x", "", "en"),
    ],
)
def test_a_client_gets_what_they_ask_for_then_their_browsers_language_then_the_practices(
    query: str, accepted: str, practice: str, language: str
) -> None:
    Practice.objects.create(language=practice)
    assert client_language(asked(query, accepted)) == language


def test_a_form_carries_the_language_on() -> None:
    assert client_language(RequestFactory().post("/", {"lang": "de"})) == "de"


def test_a_view_for_clients_answers_in_their_language() -> None:
    @in_client_language
    def page(request: HttpRequest) -> HttpResponse:
        return HttpResponse(translation.get_language())

    response = page(asked("?lang=de"))
    assert (response.content, response["Content-Language"], response["Vary"]) == (b"de", "de", "Accept-Language")
    assert translation.get_language() == "en"


@pytest.mark.parametrize(
    ("chosen", "clock", "accepted", "language"),
    [
        ("", "", "", "en"),
        ("", "", "de-AT,de;q=0.9,en;q=0.5", "de"),
        ("", "", "fr", "en"),
        ("de", "", "en", "de"),
        ("en", "", "de", "en"),
        ("en", "12", "de", "en-us"),
        ("", "12", "de", "de-us"),
        ("de", "24", "", "de"),
    ],
)
def test_staff_read_what_they_chose_else_what_their_browser_asks(
    client: Client, chosen: str, clock: str, accepted: str, language: str
) -> None:
    client.force_login(UserFactory.create(language=chosen, clock=clock))
    page = client.get("/account/", headers={"accept-language": accepted})
    html = f'<html lang="{language}">'
    assert (page["Content-Language"], html in page.content.decode()) == (language, True)
    assert translation.get_language() == "en"


@pytest.mark.parametrize("path", PAGES)
def test_a_page_of_staff_is_in_their_language_whatever_their_browser_asks(admin_user: User, path: str) -> None:
    User.objects.update(language="de")
    client = Client()
    client.force_login(admin_user)
    german, other = (client.get(path, headers=headers, follow=True) for headers in (GERMAN, ENGLISH))
    assert (german.status_code, german["Content-Language"]) == (200, "de")
    assert _without_tokens(german) == _without_tokens(other)


@pytest.mark.parametrize(
    ("headers", "words"), [({}, "There is nothing here"), ({"accept-language": "de"}, "Hier ist nichts")]
)
def test_an_unknown_address_is_answered_in_the_language_of_the_reader(
    client: Client, headers: dict[str, str], words: str
) -> None:
    client.force_login(UserFactory.create())
    assert words in client.get("/nowhere/", headers=headers).content.decode()


def test_who_is_not_signed_in_is_answered_in_the_language_of_the_browser(client: Client) -> None:
    page = client.post("/accounts/login/", {"username": "nobody", "password": "wrong"}, headers=GERMAN)
    words = "Benutzername oder E-Mail-Adresse und Passwort passen nicht zusammen."
    assert (words in page.content.decode(), page["Content-Language"], "Accept-Language" in page["Vary"]) == (
        True,
        "de",
        True,
    )


@pytest.mark.parametrize(
    ("chosen", "clock", "practice", "language"),
    [
        ("", "", "", "en"),
        ("", "", "de", "de"),
        ("en", "", "de", "en"),
        ("de", "12", "", "de-us"),
        ("", "24", "de", "de"),
    ],
)
def test_mails_to_staff_are_in_their_language_else_in_that_of_the_practice(
    chosen: str, clock: str, practice: str, language: str
) -> None:
    Practice.objects.create(language=practice)
    assert mail_language(UserFactory.create(language=chosen, clock=clock)) == language


def test_a_page_for_clients_does_not_ask_who_is_signed_in(client: Client) -> None:
    Practice.objects.create(language="de")
    client.force_login(UserFactory.create(language="en"))
    with CaptureQueriesContext(connection) as queries:
        page = client.get("/accessibility/")
    assert (page["Content-Language"], page["Vary"]) == ("de", "Accept-Language")
    assert [query["sql"] for query in queries if "session" in query["sql"] or "user" in query["sql"]] == []


def _without_tokens(response: Any) -> list[str]:
    return [line for line in response.content.decode().splitlines() if "csrf" not in line.lower()]
