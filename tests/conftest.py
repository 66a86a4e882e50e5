"""People whom the tests of several apps know, and processes that race."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.test import Client

from tests.bookings.racing import Racers
from tests.factories import UserFactory


@pytest.fixture
def support(client: Client, db: None) -> Client:
    """Somebody from support, signed in: sees the admin and offers no appointments."""
    client.force_login(UserFactory.create(username="support", is_staff=True, is_superuser=True, configuration=None))
    return client


@pytest.fixture(scope="module")
def racers(request: pytest.FixtureRequest) -> Iterator[Racers]:
    """As many processes as the module says in `RACERS`."""
    racing = Racers(request.module.RACERS)
    yield racing
    racing.close()
