"""Pages of staff are wholly English, pages for clients in the client's language."""

from __future__ import annotations

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory
from django.utils import translation

from practice.language import client_language, in_client_language
from practice.models import Practice

pytestmark = pytest.mark.django_db
PAGES = [
    *("/calendars/", "/calendars/why/", "/bookings/", "/clients/", "/admin/", "/admin/practice/user/add/"),
    *(
        f"/calendars/settings/{name}/"
        for name in ("services", "availability", "events", "connections", "configuration")
    ),
]
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


@pytest.mark.parametrize("path", PAGES)
def test_a_german_browser_gets_the_same_page_of_staff_as_an_english_one(admin_client: Client, path: str) -> None:
    german, english = (admin_client.get(path, headers=headers, follow=True) for headers in (GERMAN, {}))
    assert (german.status_code, german["Content-Language"]) == (200, "en")
    assert _without_tokens(german) == _without_tokens(english)


def test_a_german_browser_is_refused_in_english(client: Client) -> None:
    page = client.post("/accounts/login/", {"username": "nobody", "password": "wrong"}, headers=GERMAN).content.decode()
    assert ("Please enter a correct username" in page, '<html lang="en">' in page) == (True, True)


def _without_tokens(response: HttpResponse) -> list[str]:
    return [line for line in response.content.decode().splitlines() if "csrf" not in line.lower()]
