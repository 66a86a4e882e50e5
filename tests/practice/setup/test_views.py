"""The first run makes the owner and the practice, once, for whoever has the secret address."""

from __future__ import annotations

import logging
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.test import Client

from config.redaction import HideSecretPaths
from practice.models import Practice, User
from practice.setup.owner import AlreadySetUp, set_up
from practice.setup.token import setup_address
from tests.factories import UserFactory
from tests.pages import find, texts

pytestmark = pytest.mark.django_db
TYPED = {
    "name": "Praxis Winter",
    "country": "DE",
    "time_zone": "Europe/Berlin",
    "language": "de",
    "first_name": "Anna",
    "last_name": "Winter",
    "email": "anna@example.com",
    "username": "anna",
    "password1": "correct horse battery",
    "password2": "correct horse battery",
}


def path() -> str:
    return urlsplit(setup_address()).path


def test_it_makes_the_owner_and_the_practice_and_signs_in() -> None:
    client = Client(enforce_csrf_checks=True)
    assert texts(client.get(path()), "//h1") == ["Welcome to Kalends"]
    answer = client.post(path(), TYPED)
    assert answer.headers["Location"] == "/team/settings/"
    user, practice = User.objects.get(), Practice.objects.get()
    assert (user.username, user.role, user.is_superuser, user.is_staff, user.slug) == (
        "anna",
        "owner",
        True,
        True,
        "anna-winter",
    )
    assert (practice.name, practice.country, practice.time_zone, practice.language) == (
        "Praxis Winter",
        "DE",
        "Europe/Berlin",
        "de",
    )
    assert texts(client.get("/team/settings/"), "//h1") == ["Settings of the practice"]


def test_it_asks_for_how_many_months_clients_are_kept(client: Client, settings: Any) -> None:
    settings.CLIENT_RETENTION_MONTHS = 12
    assert find(client.get(path()), "//input[@name='retention_months']/@value") == ["12"]
    client.post(path(), TYPED | {"retention_months": "6"})
    assert (Practice.objects.get().retention_months, Practice.current().months_kept) == (6, 6)


def test_where_nothing_is_said_about_it_the_setting_says_how_many_months(client: Client, settings: Any) -> None:
    settings.CLIENT_RETENTION_MONTHS = 24
    client.post(path(), TYPED)
    assert (Practice.objects.get().retention_months, Practice.current().months_kept) == (None, 24)


def test_what_is_wrong_is_said_and_nothing_is_made(client: Client) -> None:
    page = client.post(path(), {**TYPED, "password2": "another", "country": ""})
    assert texts(page, "//*[@class='field__error']/li") == [
        "This field is required.",
        "The two password fields didn’t match.",
    ]
    assert (User.objects.count(), Practice.objects.count()) == (0, 0)


def test_once_there_is_a_user_the_address_is_gone(client: Client) -> None:
    UserFactory()
    assert [client.get(path()).status_code, client.post(path(), TYPED).status_code] == [404, 404]
    assert User.objects.count() == 1


def test_the_second_of_two_at_once_changes_nothing() -> None:
    set_up(User(username="anna"), Practice(name="Anna"))
    with pytest.raises(AlreadySetUp):
        set_up(User(username="ben"), Practice(name="Ben"))
    assert (User.objects.get().username, Practice.objects.get().name) == ("anna", "Anna")


def test_what_a_shell_has_set_before_is_kept(client: Client) -> None:
    Practice.objects.create(phone="030 1234567")
    client.post(path(), TYPED)
    assert Practice.objects.get().phone == "030 1234567"


def test_the_address_depends_on_the_secret_of_the_deployment(settings: Any) -> None:
    first = setup_address()
    settings.SECRET_KEY = "another secret of another deployment"
    assert (setup_address() == first, len(path().split("/")[2])) == (False, 64)


def test_whoever_guesses_is_slowed_down(client: Client) -> None:
    answers = [client.get("/setup/guess/").status_code for _ in range(23)]
    assert (answers[:21], 429 in answers[21:]) == ([404] * 21, True)


@pytest.mark.parametrize("words", ["GET /setup/abc123/ HTTP/1.1", "Not Found: /setup/abc123"])
def test_logs_do_not_have_the_token(words: str) -> None:
    record = logging.LogRecord("django.request", logging.WARNING, "", 1, "%s", (words,), None)
    HideSecretPaths().filter(record)
    assert ("abc123" in record.getMessage(), "/setup/…" in record.getMessage()) == (False, True)


def test_the_owner_is_spoken_to_in_the_language_that_they_set_it_up_in(client: Client) -> None:
    headers = {"accept-language": "de-AT,de;q=0.9,en;q=0.5"}
    page = client.get(path(), headers=headers)
    assert texts(page, "//h1") == ["Willkommen bei Kalends"]
    assert texts(page, "//select[@name='language']/option[@selected]") == ["Deutsch"]
    client.post(path(), {**TYPED, "language": "en"}, headers=headers)
    assert (User.objects.get().language, Practice.objects.get().language) == ("de", "en")
