"""What the calendar providers of a staff member are called."""

from __future__ import annotations

import pytest

from bookings.providers import provider_names
from tests.factories import ConnectionFactory, FeedFactory, UserFactory

pytestmark = pytest.mark.django_db


def test_two_accounts_at_one_provider_are_named_once() -> None:
    user = UserFactory()
    ConnectionFactory(user=user, username="one@example.com")
    ConnectionFactory(user=user, username="two@example.com")
    assert provider_names(user) == "iCloud"


def test_without_a_connection_it_is_the_default_provider() -> None:
    assert provider_names(UserFactory()) == "iCloud"


def test_an_account_at_another_server_is_named_by_its_host_after_icloud() -> None:
    user = UserFactory()
    ConnectionFactory(user=user, provider="caldav", url="https://dav.example.org/anna/", username="anna")
    ConnectionFactory(user=user)
    assert provider_names(user) == "iCloud, dav.example.org"


def test_calendars_by_web_address_are_not_named_beside_an_account() -> None:
    user = UserFactory()
    FeedFactory(connection__user=user)
    ConnectionFactory(user=user)
    assert provider_names(user) == "iCloud"


def test_who_has_nothing_else_reads_the_names_of_their_calendars() -> None:
    user = UserFactory()
    for name in ("Club fixtures", "School", "School"):
        FeedFactory(connection__user=user, name=name)
    assert provider_names(user) == "“Club fixtures”, “School”"
