from __future__ import annotations

import pytest

from sandbox.server.server import Sandbox
from sandbox.server.store.accounts import Account
from sandbox.server.store.calendars import Calendar
from tests.sandbox.client import Client


@pytest.fixture
def home(account: Account) -> str:
    """The path of Anna's calendar home."""
    return f"/{account.dsid}/calendars/"


@pytest.fixture
def work(account: Account) -> Calendar:
    """Anna's calendar Work."""
    return account.calendar("work")


@pytest.fixture
def client(icloud: Sandbox, account: Account, app_password: str) -> Client:
    """A client that signs in as Anna."""
    return Client(icloud, account, (account.apple_id, app_password))
