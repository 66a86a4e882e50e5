"""Anna at her pages."""

from __future__ import annotations

import pytest
from django.test import Client

from practice.models import User


@pytest.fixture
def anna_client(client: Client, anna: User) -> Client:
    """A browser in which Anna is signed in."""
    client.force_login(anna)
    return client
