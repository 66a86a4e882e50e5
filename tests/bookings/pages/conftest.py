"""Anna at her pages, in English or in German."""

from __future__ import annotations

import pytest
from django.test import Client

from practice.models import User


@pytest.fixture
def anna_client(client: Client, anna: User) -> Client:
    """A browser in which Anna is signed in."""
    client.force_login(anna)
    return client


@pytest.fixture
def german_client(anna_client: Client, anna: User) -> Client:
    """The same browser; Anna reads German."""
    User.objects.filter(pk=anna.pk).update(language="de")
    return anna_client
