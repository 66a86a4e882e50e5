"""The tab Connections: each account with its health, and nobody else's."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from tests.factories import NOW, CalendarFactory, ConnectionFactory, UserFactory
from tests.pages import links, texts

pytestmark = pytest.mark.django_db
URL = "/calendars/settings/connections/"


def cards(client: Client) -> list[str]:
    with time_machine.travel(NOW, tick=False):
        return texts(client.get(URL), "//article")


def test_an_account_shows_its_health_and_its_syncs_in_the_owners_zone(client: Client) -> None:
    connection = ConnectionFactory(username="anna@icloud.com")
    CalendarFactory(connection=connection)
    CalendarFactory(connection=connection, is_conflict_calendar=False)
    CalendarFactory(connection=connection, is_conflict_calendar=False, gone_at=NOW)
    client.force_login(connection.user)
    assert cards(client) == [
        "anna@icloud.com iCloud Connected All is well. Kalends looks for changes by itself. "
        "Last sync 1 minute ago Mon 30 Nov, 08:59 Next sync in 4 minutes Mon 30 Nov, 09:04 "
        "Calendars 2 found · 1 blocks"
    ]


def test_an_account_that_needs_a_person_says_why_and_offers_to_reconnect(client: Client) -> None:
    connection = ConnectionFactory(
        username="anna@icloud.com",
        needs_attention=True,
        error_code="unauthorized",
        error_params={"username": "anna@icloud.com"},
        next_sync_at=None,
    )
    client.force_login(connection.user)
    assert cards(client) == [
        "anna@icloud.com iCloud Action needed Apple no longer accepts the app-specific password of anna@icloud.com. "
        "Make a new one at account.apple.com and reconnect. Last sync 1 minute ago Mon 30 Nov, 08:59 "
        "Next sync after you reconnect Calendars 0 found · 0 block Reconnect anna@icloud.com"
    ]
    assert links(client.get(URL), "//article//a[contains(@class, 'button')]") == [
        ("Reconnect anna@icloud.com", f"{URL}{connection.pk}/reconnect/")
    ]


@pytest.mark.parametrize(
    ("given", "badge"),
    [
        ({"error_code": "throttled"}, "Trying again"),
        ({"lease_until": NOW + timedelta(seconds=10)}, "Reading now"),
        ({"lease_until": NOW - timedelta(seconds=10)}, "Connected"),
        ({"polled_at": None}, "Not read yet"),
        ({"polled_at": None, "error_code": "unavailable"}, "Trying again"),
    ],
)
def test_the_badge_says_how_the_account_is(client: Client, given: dict[str, object], badge: str) -> None:
    client.force_login(ConnectionFactory(**given).user)
    with time_machine.travel(NOW, tick=False):
        assert texts(client.get(URL), "//article//span[contains(@class, 'badge')]") == [badge]


def test_a_sync_whose_time_has_come_is_due_now(client: Client) -> None:
    client.force_login(ConnectionFactory(next_sync_at=NOW).user)
    with time_machine.travel(NOW, tick=False):
        assert texts(client.get(URL), "//article//dl/div[2]/dd") == ["due now"]


def test_without_an_account_there_is_a_way_to_add_one_and_a_way_to_do_without(client: Client) -> None:
    client.force_login(UserFactory())
    response = client.get(URL)
    assert texts(response, "//*[@class='empty']//p") == [
        "What is on your iPhone then blocks your time here, and what is booked here appears on your iPhone.",
        "No iCloud? Your hours decide, and you can block time by hand. Availability",
    ]
    assert links(response, "//*[@class='empty']//a") == [
        ("Add New", f"{URL}new/"),
        ("Availability", reverse("availability:page")),
    ]


def test_accounts_of_others_are_not_listed(client: Client) -> None:
    ConnectionFactory(username="berta@icloud.com")
    client.force_login(ConnectionFactory(username="anna@icloud.com").user)
    assert texts(client.get(URL), "//article//h2") == ["anna@icloud.com"]


def test_add_new_leads_to_icloud_calendar_and_connect(client: Client) -> None:
    client.force_login(ConnectionFactory().user)
    assert links(client.get(URL), "//*[@class='page-head']//a") == [("Add New", f"{URL}new/")]
    chooser = client.get(f"{URL}new/")
    assert texts(chooser, "//article//h2") == ["iCloud Calendar"]
    assert links(chooser, "//article//a") == [("Connect iCloud Calendar", f"{URL}new/icloud/")]


@pytest.mark.parametrize("page", ["", "new/", "new/icloud/"])
def test_signing_in_comes_first(client: Client, page: str) -> None:
    assert client.get(URL + page).headers["Location"] == f"/accounts/login/?next={URL}{page}"


@pytest.mark.parametrize("count", [1, 30])
def test_the_number_of_queries_does_not_grow(
    client: Client, django_assert_num_queries: DjangoAssertNumQueries, count: int
) -> None:
    user = UserFactory()
    for _ in range(count):
        CalendarFactory.create_batch(2, connection=ConnectionFactory(user=user))
    client.force_login(user)
    with django_assert_num_queries(8):
        response = client.get(URL)
    assert len(texts(response, "//article")) == count
