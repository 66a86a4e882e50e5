from __future__ import annotations

from collections.abc import Iterator

import pytest

from connections.dav import Credentials, Session
from sandbox.server.server import Sandbox
from sandbox.server.store.accounts import Account


@pytest.fixture
def wire(icloud: Sandbox, account: Account, app_password: str) -> Iterator[Session]:
    """Anna's session with iCloud."""
    with Session(Credentials(icloud.entry_url, account.apple_id, app_password), timeout=10) as session:
        yield session
