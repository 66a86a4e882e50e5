from __future__ import annotations

from collections import Counter
from datetime import timedelta

import pytest

from connections.models import Connection
from connections.providers import PROVIDERS
from connections.status.health import count_by_health, health
from tests.factories import NOW, ConnectionFactory

pytestmark = pytest.mark.django_db

AHEAD, AGO = NOW + timedelta(seconds=1), NOW - timedelta(seconds=1)


def test_connections_are_counted_by_the_state_that_each_shows() -> None:
    for needs_attention in (False, True):
        for code in ("", "unavailable", "calendar_gone"):
            for until in (None, AGO, NOW, AHEAD):
                for polled_at in (None, AGO):
                    ConnectionFactory.create(
                        needs_attention=needs_attention, error_code=code, lease_until=until, polled_at=polled_at
                    )
    shown = Counter((one.provider, health(one, NOW).state.value) for one in Connection.objects.all())
    counted = count_by_health(NOW)
    assert {key: count for key, count in counted.items() if count} == dict(shown)
    assert {provider for provider, _state in counted} == PROVIDERS.keys()
