"""Running with other keys than the passwords were encrypted with."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from pytest_django import Settings

Use = Callable[..., None]


@pytest.fixture
def keys(settings: Settings) -> Use:
    """Run with these FERNET_KEYS, as a process started with them would."""

    def use(*given: str) -> None:
        settings.FERNET_KEYS = list(given)

    return use
