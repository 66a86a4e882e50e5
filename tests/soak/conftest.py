from __future__ import annotations

import pytest

from sandbox.device.device import AppleDevice
from sandbox.server.server import Sandbox
from sandbox.server.store.accounts import Account
from tests.bookings.practice import Practice, make_practice


@pytest.fixture
def practice(db: None, icloud: Sandbox, account: Account, phone: AppleDevice) -> Practice:
    """Anna's practice: connected, configured and synced."""
    return make_practice(icloud, account, phone)
