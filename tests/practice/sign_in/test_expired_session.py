"""Whoever meets an ended session signs in again, comes back to the same page, and loses nothing that they typed."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from tests.factories import PASSWORD, UserFactory
from tests.pages import find, links, texts, words

pytestmark = pytest.mark.django_db
PAGE = "/calendars/settings/availability/"
SIGN_IN = "/accounts/login/"
BACK = f"{SIGN_IN}?next=%2Fcalendars%2Fsettings%2Favailability%2F"
SENTENCE = "You were signed out. Sign in in a new tab, then press Save again."


def htmx(current_url: str, **more: str) -> dict[str, str]:
    return {"HX-Request": "true", "HX-Current-URL": current_url, **more}


def hidden(page: Any) -> list[tuple[str, str]]:
    """The fields that the page sends again, without the token."""
    fields = [(field.get("name"), field.get("value")) for field in find(page, "//main//form//input[@type='hidden']")]
    return [(name, value) for name, value in fields if name != "csrfmiddlewaretoken"]


def test_a_page_leads_to_sign_in_and_back(client: Client) -> None:
    assert client.get(f"{PAGE}?a=1").headers["Location"] == f"{SIGN_IN}?next={PAGE}%3Fa%3D1"


def test_a_part_of_a_page_lets_the_whole_page_sign_in_and_come_back(client: Client) -> None:
    answer = client.get("/calendars/", headers=htmx(f"http://testserver{PAGE}"))
    assert (answer.status_code, answer.headers["HX-Redirect"], answer.content) == (200, BACK, b"")


@pytest.mark.parametrize(
    "address",
    ["", "http://elsewhere.example/calendars/", "http://testserver//elsewhere.example/", "javascript:alert(1)"],
)
def test_nobody_is_led_to_another_site(client: Client, address: str) -> None:
    answer = client.get("/calendars/", headers=htmx(address))
    assert (answer.headers.get("HX-Redirect"), answer.headers["HX-Refresh"]) == (None, "true")
    posted = client.post("/calendars/", headers=htmx(address))
    assert links(posted, "//a") == [("Sign in", SIGN_IN)]


@pytest.mark.parametrize(("method", "unsaved"), [("post", {}), ("get", {"Kalends-Unsaved": "true"})])
def test_a_form_sent_by_htmx_stays_on_the_page_beside_a_sentence(
    client: Client, method: str, unsaved: dict[str, str]
) -> None:
    answer = getattr(client, method)(f"{PAGE}hours/", headers=htmx(f"http://testserver{PAGE}", **unsaved))
    asked = {name: answer.headers[name] for name in ("HX-Retarget", "HX-Reswap", "HX-Reselect")}
    assert asked == {"HX-Retarget": "#messages", "HX-Reswap": "innerHTML", "HX-Reselect": "#signed-out"}
    [notice] = find(answer, "//*[@id='signed-out']")
    assert (answer.status_code, words(notice)) == (200, f"{SENTENCE} Sign in")
    assert [(link.get("href"), link.get("target")) for link in find(answer, "//a")] == [(BACK, "_blank")]


def test_a_form_sent_without_htmx_comes_back_as_it_was_typed(client: Client) -> None:
    typed = {"blocked-start": "2026-12-02T10:00", "blocked-note": 'Dentist "<3"', "several": ["1", "2"]}
    answer = client.post(f"{PAGE}blocked/add/?a=1", typed, headers={"Referer": f"http://testserver{PAGE}"})
    assert (answer.status_code, texts(answer, "//*[@role='alert']")) == (401, [SENTENCE])
    assert hidden(answer) == [
        ("blocked-start", "2026-12-02T10:00"),
        ("blocked-note", 'Dentist "<3"'),
        ("several", "1"),
        ("several", "2"),
    ]
    [form] = find(answer, "//main//form")
    assert (form.get("action"), texts(answer, "//main//form//button")) == (f"{PAGE}blocked/add/?a=1", ["Save again"])
    assert [(link.get("href"), link.get("target")) for link in find(answer, "//main//a")] == [(BACK, "_blank")]


@pytest.mark.parametrize("path", ["new/icloud/", "1/reconnect/"])
def test_a_password_is_never_sent_back(client: Client, path: str) -> None:
    typed = {"apple_id": "anna@example.com", "app_password": "abcd-efgh-ijkl-mnop", "old_Password": "secret"}
    answer = client.post(f"/calendars/settings/connections/{path}", typed)
    assert hidden(answer) == [("apple_id", "anna@example.com")]


def sign_in(client: Client) -> None:
    client.get(SIGN_IN)
    data = {"username": "anna", "password": PASSWORD, "csrfmiddlewaretoken": client.cookies["csrftoken"].value}
    assert client.post(SIGN_IN, data).status_code == 302


def stale(client: Client) -> str:
    """The token of a form that was open before signing in again."""
    client.get(SIGN_IN)
    return str(client.cookies["csrftoken"].value)


def test_a_form_that_was_open_before_signing_in_again_can_be_sent_again() -> None:
    UserFactory(username="anna")
    client = Client(enforce_csrf_checks=True)
    token = stale(client)
    sign_in(client)
    data = {"csrfmiddlewaretoken": token, "override-date": "2027-12-24", "override-kind": "closed"}
    answer = client.post(f"{PAGE}overrides/add/", data, headers={"Origin": "http://testserver"})
    said = ["You signed in or out in another tab, so nothing was saved yet. Press Save again."]
    assert (answer.status_code, texts(answer, "//*[@role='alert']")) == (403, said)
    assert hidden(answer) == [("override-date", "2027-12-24"), ("override-kind", "closed")]
    [valid] = find(answer, "//main//input[@name='csrfmiddlewaretoken']/@value")
    again = client.post(f"{PAGE}overrides/add/", {**data, "csrfmiddlewaretoken": valid})
    assert again.headers["Location"] == f"{PAGE}#overrides"


@pytest.mark.parametrize("headers", [{}, {"Origin": "http://elsewhere.example"}, {"Origin": "null"}])
def test_a_form_that_may_come_from_another_site_is_not_offered_again(headers: dict[str, str]) -> None:
    UserFactory(username="anna")
    client = Client(enforce_csrf_checks=True)
    token = stale(client)
    sign_in(client)
    data = {"csrfmiddlewaretoken": token, "override-date": "2027-12-24", "override-kind": "closed"}
    answer = client.post(f"{PAGE}overrides/add/", data, headers=headers)
    assert (answer.status_code, texts(answer, "//h1")) == (403, ["Nothing was changed: please try again"])
    assert hidden(answer) == []
