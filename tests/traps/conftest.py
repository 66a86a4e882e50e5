from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from sandbox.device.device import AppleDevice
from sandbox.server.server import Sandbox
from sandbox.server.store.accounts import Account
from tests.bookings.practice import Practice, make_practice

Start = Callable[..., Practice]


@pytest.fixture
def start(db: None, icloud: Sandbox, account: Account, phone: AppleDevice) -> Start:
    """Anna's practice on an iCloud with these switches: `start(hrefs_on="pod")`."""

    def go(**switches: Any) -> Practice:
        turn(icloud, switches)
        return make_practice(icloud, account, phone)

    return go


@pytest.fixture
def practice(start: Start) -> Practice:
    """Anna's practice on an iCloud as it most likely is."""
    return start()


@pytest.fixture
def steady(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pauses without their random part."""
    monkeypatch.setattr("random.random", lambda: 0.0)


def turn(icloud: Sandbox, switches: dict[str, Any]) -> None:
    """Set these switches."""
    for name, value in switches.items():
        setattr(icloud.switches, name, value)
