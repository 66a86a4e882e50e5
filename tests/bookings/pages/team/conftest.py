"""An owner who is signed in and was just asked who they are."""

from __future__ import annotations

import pytest
from django.test import Client

from practice.models import User
from tests.factories import UserFactory
from tests.practice.second_factor.factors import sign_in


@pytest.fixture
def olga(client: Client) -> User:
    """Olga, who owns the practice, signed in as `client`."""
    user: User = UserFactory.create(username="olga", first_name="Olga", last_name="Winter", role="owner")
    sign_in(client, "olga")
    return user
