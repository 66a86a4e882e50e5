from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from benchmarks.fleet import certificates
from connections.dav import Credentials, Session
from sandbox.server.server import Sandbox
from sandbox.server.store.accounts import Account


@pytest.fixture
def wire(icloud: Sandbox, account: Account, app_password: str) -> Iterator[Session]:
    """Anna's session with iCloud."""
    with Session(Credentials(icloud.entry_url, account.apple_id, app_password), timeout=10) as session:
        yield session


@pytest.fixture
def certificate(tmp_path: Path) -> Path:
    """A certificate for 127.0.0.1 and its key in one file, signed by itself."""
    with_key, _ = certificates.write(tmp_path)
    return with_key
