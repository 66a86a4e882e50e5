"""Running with other keys than the passwords were encrypted with."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from pytest_django import Settings

from connections.models import Connection

Use = Callable[..., None]


@pytest.fixture
def keys(settings: Settings) -> Iterator[Use]:
    """Run with these FERNET_KEYS, as a process started with them would."""

    def forget() -> None:
        field = Connection._meta.get_field("password")
        for cached in ("keys", "fernet_keys", "fernet"):
            field.__dict__.pop(cached, None)

    def use(*given: str) -> None:
        settings.FERNET_KEYS = list(given)
        forget()

    yield use
    forget()
