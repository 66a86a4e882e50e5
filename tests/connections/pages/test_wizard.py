"""Connecting and reconnecting an account through the pages, against a live iCloud."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from pytest_django import Settings

from connections.models import Connection
from practice.models import User
from sandbox.server.server import Sandbox
from sandbox.server.store.accounts import Account
from tests.factories import ConnectionFactory, UserFactory
from tests.pages import find, texts

pytestmark = pytest.mark.django_db(transaction=True)
URL = "/calendars/settings/connections/new/icloud/"
ERRORS = "//*[@class='field__error']/li"


@pytest.fixture
def anna(client: Client) -> User:
    anna = UserFactory(configuration__saved_at=None)
    client.force_login(anna)
    return anna


@pytest.fixture(autouse=True)
def _start_at_the_sandbox(icloud: Sandbox, settings: Settings) -> None:
    settings.ICLOUD_CALDAV_URL = icloud.entry_url


def connect(client: Client, password: str) -> Any:
    return client.post(URL, {"apple_id": "anna@example.com", "app_password": password})


def test_the_guide_has_its_five_steps_and_says_why(client: Client, anna: User) -> None:
    page = client.get(URL)
    assert texts(page, "//*[@class='steps']/li//h3") == [
        "Sign in at Apple",
        "Turn on two-factor authentication",
        "App-Specific Passwords > Generate",
        "Enter a label",
        "Copy it and keep it",
    ]
    assert texts(page, "//*[@class='steps']/li[1]//p") == [
        "Open account.apple.com (formerly appleid.apple.com) in a new tab and sign in with your Apple ID and your "
        "normal password.",
        "Check that Apple’s page shows this Apple ID, the one you enter here; for a second one use a private window.",
    ]
    assert texts(page, "//section[@aria-labelledby='before']//li") == [
        "You can sign in to the Apple Account whose calendars you want.",
        "You have an app-specific password of that account, or make one in the five steps below. I have one",
        "Only if bookings shall be added to a calendar: you have writer’s access to it. Your own calendars always "
        "have it; for one that somebody shares with you, read-only is enough to block your time.",
    ]
    assert texts(page, "//h2[text()='Why is this needed?']/following-sibling::p[1]") == [
        "Apple demands it of every application that is not its own. An app-specific password is not your normal "
        "password: it opens calendars, not your Apple Account, and you can revoke it at any time without changing "
        "anything else."
    ]


def test_fields_are_tied_to_their_words_and_offer_no_stored_password(client: Client, anna: User) -> None:
    fields = find(client.get(URL), "//form[@id='connect']//input[@type!='hidden']")
    assert [
        (field.get("name"), field.get("type"), field.get("autocomplete"), field.get("aria-describedby"))
        for field in fields
    ] == [
        ("apple_id", "email", "email", "id_apple_id_helptext"),
        ("app_password", "password", "off", "id_app_password_helptext"),
    ]


def test_the_right_password_connects_and_leads_to_the_configuration(
    client: Client, anna: User, account: Account, app_password: str
) -> None:
    response = connect(client, app_password.replace("-", " "))
    assert response.headers["Location"] == "/calendars/settings/configuration/"
    connection = Connection.objects.get()
    assert (connection.user, connection.username, connection.password) == (anna, "anna@example.com", app_password)
    assert sorted(connection.calendars.values_list("name", "writable")) == [
        ("Home", True),
        ("Team", False),
        ("Work", True),
    ]


def test_a_wrong_password_is_refused_at_its_field_and_nothing_is_kept(
    client: Client, anna: User, account: Account
) -> None:
    response = connect(client, "zzzz-yyyy-xxxx-wwww")
    assert texts(response, ERRORS) == ["Not accepted. Mistyped, revoked, or made under another Apple Account."]
    assert [field.get("value") for field in find(response, "//form[@id='connect']//input[@type!='hidden']")] == [
        "anna@example.com",
        None,
    ]
    assert find(response, "//*[@id='id_app_password']")[0].get("aria-describedby") == (
        "id_app_password_helptext id_app_password_error"
    )
    assert "zzzz-yyyy-xxxx-wwww" not in response.content.decode()
    assert Connection.objects.count() == 0


def test_the_normal_password_is_refused_before_anything_is_sent(
    client: Client, anna: User, account: Account, icloud: Sandbox
) -> None:
    response = connect(client, account.main_password)
    assert len(texts(response, ERRORS)) == 1
    assert account.main_password not in response.content.decode()
    assert list(icloud.log) == []


def test_a_further_account_leaves_the_linked_calendar_as_it_is_and_says_so(client: Client, anna: User) -> None:
    hint = "//form[@id='connect']/p[contains(@class, 'hint')][not(@role)]"
    assert texts(client.get(URL), hint) == []
    ConnectionFactory(user=anna)
    assert texts(client.get(URL), hint) == ["A further connection leaves your linked calendar as it is."]


@pytest.fixture
def connection(client: Client, anna: User, account: Account, app_password: str) -> Connection:
    connect(client, app_password)
    return Connection.objects.get()


def test_reconnecting_keeps_the_account_and_says_what_changed(
    client: Client, connection: Connection, account: Account, app_password: str
) -> None:
    account.revoke(app_password)
    url = f"/calendars/settings/connections/{connection.pk}/reconnect/"
    assert texts(client.get(url), "//form[@id='connect']//dd") == ["anna@example.com"]
    response = client.post(url, {"app_password": account.new_app_password("Kalends again")}, follow=True)
    assert response.redirect_chain == [(f"/calendars/settings/connections/{connection.pk}/", 302)]
    assert "Reconnected: 0 added, 0 removed, 0 confirmed." in texts(response, "//*[@id='messages']//p")


def test_reconnecting_with_a_revoked_password_changes_nothing(
    client: Client, connection: Connection, account: Account, app_password: str
) -> None:
    account.revoke(app_password)
    url = f"/calendars/settings/connections/{connection.pk}/reconnect/"
    response = client.post(url, {"app_password": app_password})
    assert texts(response, ERRORS) == ["Not accepted. Mistyped, revoked, or made under another Apple Account."]
    assert f'value="{app_password}"' not in response.content.decode()
