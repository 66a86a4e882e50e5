from __future__ import annotations

import pytest

from sandbox.server.server import Sandbox
from sandbox.server.store.accounts import Account
from tests.sandbox.client import Client


@pytest.fixture
def client(icloud: Sandbox, account: Account, app_password: str) -> Client:
    """A client that signs in as Anna."""
    return Client(icloud, account, (account.apple_id, app_password))
