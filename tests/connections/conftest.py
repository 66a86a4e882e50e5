"""Anna with her iCloud, for the engine's tests."""

from __future__ import annotations

import pytest
from pytest_django import Settings

from practice.models import User
from sandbox.server.server import Sandbox
from sandbox.server.store.accounts import Account
from tests.connections.engine import World
from tests.connections.keys import keys  # noqa: F401 - a fixture
from tests.factories import UserFactory


@pytest.fixture
def anna(db: None) -> User:
    return UserFactory.create(username="anna", configuration__saved_at=None)


@pytest.fixture
def user(db: None) -> User:
    """A staff member who has saved the configuration."""
    return UserFactory.create()


@pytest.fixture
def stranger_to_icloud(icloud: Sandbox, account: Account, app_password: str, anna: User, settings: Settings) -> World:
    """Anna has an Apple Account with calendars `home`, `work` and a read-only one; nothing is connected yet."""
    settings.ICLOUD_CALDAV_URL = icloud.entry_url
    return World(icloud, account, anna, app_password)


@pytest.fixture
def connected(stranger_to_icloud: World) -> World:
    """Anna's account is connected; nothing is chosen."""
    stranger_to_icloud.connect()
    return stranger_to_icloud


@pytest.fixture
def world(connected: World) -> World:
    """Anna has chosen the calendar Work, and it was read once, empty."""
    connected.choose("Work", linked="Work")
    connected.sync(after=1)
    connected.asked()
    return connected
