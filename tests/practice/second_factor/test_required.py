"""A practice that requires a second factor leads everybody without one to set it up, and nowhere else."""

from __future__ import annotations

from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.test import Client

from practice.models import Practice, User
from tests.factories import UserFactory
from tests.pages import texts
from tests.practice.second_factor.factors import code, send_code, set_up_app, sign_in

pytestmark = pytest.mark.django_db
PAGE = "/account/second-factor/"


@pytest.fixture
def anna() -> User:
    user: User = UserFactory(username="anna", is_staff=True, is_superuser=True)
    return user


@pytest.fixture
def strict(anna: User) -> Practice:
    return Practice.objects.create(second_factor_required=True)


@pytest.mark.parametrize(
    "path", ["/calendars/", "/account/", "/account/sessions/", "/account/password/", "/team/settings/", "/admin/"]
)
def test_whoever_has_none_is_led_to_set_one_up(client: Client, strict: Practice, path: str) -> None:
    assert sign_in(client).status_code == 302
    answer = client.get(path)
    assert (answer.status_code, answer.headers["Location"]) == (302, PAGE)
    posted = client.post(path, headers={"HX-Request": "true"})
    assert posted.headers.get("HX-Redirect", posted.headers.get("Location")) == PAGE


def test_the_page_says_why_and_leads_on_once_it_is_set_up(client: Client, strict: Practice) -> None:
    sign_in(client)
    assert texts(client.get(PAGE), "//main//*[contains(@class, 'notice--warn')]/p")[0] == (
        "Your practice asks everybody for a second factor. Set one up here; then you can go on."
    )
    secret = texts(client.get(f"{PAGE}app/"), "//code")[0]
    assert client.post(f"{PAGE}app/", {"code": code(secret)}).headers["Location"] == f"{PAGE}codes/"
    assert client.get("/calendars/").status_code == 200


def test_it_counts_for_whoever_is_signed_in_already_and_not_for_who_has_one(client: Client, anna: User) -> None:
    client.force_login(anna)
    practice = Practice.objects.create()
    assert client.get("/calendars/").status_code == 200
    practice.second_factor_required = True
    practice.save()
    assert client.get("/calendars/").headers["Location"] == PAGE
    set_up_app(anna)
    assert client.get("/calendars/").status_code == 200
    Authenticator.objects.filter(type="totp").delete()  # recovery codes alone are no second factor
    assert client.get("/calendars/").headers["Location"] == PAGE
    practice.second_factor_required = False
    practice.save()
    assert client.get("/calendars/").status_code == 200


def test_it_counts_for_whoever_comes_later(client: Client, strict: Practice) -> None:
    client.force_login(UserFactory(username="mara"))
    assert client.get("/calendars/").headers["Location"] == PAGE


def test_signing_out_and_the_pages_for_clients_stay_open(client: Client, strict: Practice) -> None:
    sign_in(client)
    assert client.get("/accessibility/").status_code == 200
    assert client.post("/accounts/logout/").headers["Location"] == "/accounts/login/"


def test_whoever_has_one_works_on_after_the_second_step(client: Client, strict: Practice, anna: User) -> None:
    secret = set_up_app(anna)
    assert sign_in(client).headers["Location"] == "/accounts/login/second-factor/"
    assert client.get("/calendars/").headers["Location"] == "/accounts/login/?next=/calendars/"
    assert send_code(client, code(secret)).headers["Location"] == "/calendars/"
    assert client.get("/calendars/").status_code == 200


def settings_form(client: Client) -> dict[str, Any]:
    form = client.get("/team/settings/").context["form"]
    return {name: "" if value is None else value for name, value in form.initial.items() if value is not False}


def test_the_owner_requires_it_and_confirms_who_they_are_before_it_is_dropped(client: Client, anna: User) -> None:
    sign_in(client)
    set_up_app(anna)
    client.post("/team/settings/", {**settings_form(client), "second_factor_required": "on"})
    assert Practice.current().second_factor_required is True
    session = client.session
    session["account_authentication_methods"] = []
    session.save()
    dropped = {name: value for name, value in settings_form(client).items() if name != "second_factor_required"}
    asked = client.post("/team/settings/", dropped)
    assert asked.headers["Location"] == "/account/confirm/?next=%2Fteam%2Fsettings%2F"
    assert Practice.current().second_factor_required is True
    confirmed = client.post("/account/confirm/", {"password": "a-sign-in-password", "next": "/team/settings/"})
    assert confirmed.headers["Location"] == "/team/settings/"
    assert Practice.current().second_factor_required is False
