"""People whom the tests of several apps know."""

from __future__ import annotations

import pytest
from django.test import Client

from tests.factories import UserFactory


@pytest.fixture
def support(client: Client, db: None) -> Client:
    """Somebody from support, signed in: sees the admin and offers no appointments."""
    client.force_login(UserFactory.create(username="support", is_staff=True, is_superuser=True, configuration=None))
    return client
