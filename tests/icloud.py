"""The sandbox's iCloud as fixtures: a fresh one for each test, in memory, on ports of its own."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from pytest_django import Settings

from sandbox.device.device import AppleDevice
from sandbox.server.server import Sandbox
from sandbox.server.store.accounts import Account


@pytest.fixture
def icloud(settings: Settings) -> Iterator[Sandbox]:
    """iCloud with nobody in it; Kalends takes it for the real one."""
    with Sandbox() as sandbox:
        settings.ICLOUD_CALDAV_URL = sandbox.entry_url
        yield sandbox


@pytest.fixture
def account(icloud: Sandbox) -> Account:
    """Anna, with three calendars: `home` and `work` are hers, the third she may only read."""
    anna = icloud.add_account("anna@example.com", name="Anna Example")
    anna.add_calendar("Home", "#1BADF8FF", "home")
    anna.add_calendar("Work", "#63DA38FF", "work")
    anna.add_calendar("Team", "#FF2968FF", shared=True, read_only=True)
    return anna


@pytest.fixture
def app_password(account: Account) -> str:
    """Anna's app-specific password for Kalends."""
    return account.new_app_password("Kalends")


@pytest.fixture
def phone(account: Account) -> AppleDevice:
    """Anna's iPhone, in Berlin."""
    return AppleDevice(account, zone="Europe/Berlin")
