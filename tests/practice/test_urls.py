"""Signing in and out."""

from __future__ import annotations

import pytest
from django.test import Client

from tests.factories import PASSWORD, UserFactory
from tests.pages import texts

PAGE = "/calendars/settings/connections/new/"


@pytest.mark.django_db
def test_signing_in_and_out(client: Client) -> None:
    user = UserFactory(username="anna")
    page = client.get("/accounts/login/")
    assert texts(page, "//label") == ["Username or e-mail", "Password"]
    refused = client.post("/accounts/login/", {"username": "anna", "password": "wrong"})
    assert texts(refused, "//*[@role='alert']") == ["Please enter a correct username or e-mail address and password."]
    signed_in = client.post("/accounts/login/", {"username": "anna", "password": PASSWORD})
    assert signed_in.headers["Location"] == "/calendars/"
    assert client.session["_auth_user_id"] == str(user.pk)
    assert texts(client.get(PAGE), "//*[contains(@class, 'menu')]/summary") == ["Anna"]
    assert client.post("/accounts/logout/").headers["Location"] == "/accounts/login/"
    assert "_auth_user_id" not in client.session
