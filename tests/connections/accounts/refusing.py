"""Connecting that is refused."""

from __future__ import annotations

from typing import Any

import pytest

from connections import accounts
from connections.accounts import ConnectFailed
from connections.models import Connection
from tests.connections.engine import World


def refused(world: World, **given: Any) -> tuple[str, str]:
    """Sentence and field with which connecting is refused; nothing may be stored."""
    facts = {"username": world.account.apple_id, "password": world.password, "now": world.now, **given}
    before = list(Connection.objects.values_list("pk", "username", "origin", "needs_attention"))
    with pytest.raises(ConnectFailed) as caught:
        accounts.connect(world.user, **facts)
    assert list(Connection.objects.values_list("pk", "username", "origin", "needs_attention")) == before
    return str(caught.value), caught.value.field
