"""What the calendar providers of a staff member are called."""

from __future__ import annotations

import pytest

from bookings.providers import provider_names
from tests.factories import ConnectionFactory, UserFactory

pytestmark = pytest.mark.django_db


def test_two_accounts_at_one_provider_are_named_once() -> None:
    user = UserFactory()
    ConnectionFactory(user=user, username="one@example.com")
    ConnectionFactory(user=user, username="two@example.com")
    assert provider_names(user) == "iCloud"


def test_without_a_connection_it_is_the_default_provider() -> None:
    assert provider_names(UserFactory()) == "iCloud"
