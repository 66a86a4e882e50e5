from __future__ import annotations

import pytest

from sandbox.accounts import Account
from sandbox.device import AppleDevice
from sandbox.server import Sandbox
from tests.bookings.practice import Practice, make_practice


@pytest.fixture
def practice(db: None, icloud: Sandbox, account: Account, phone: AppleDevice) -> Practice:
    """Anna's practice: connected, configured, read."""
    return make_practice(icloud, account, phone)
