"""Where workers can be spread over namespaces, and what they share."""

from __future__ import annotations

from pathlib import Path

import pytest
import redis

from soak.deployment import Deployment, free_port
from soak.network import namespaces, several_machines

NEEDS_POSTGRESQL = (
    "NAMESPACES needs a PostgreSQL on this machine. Set DATABASE_URL to postgres://role:password@127.0.0.1:5432/name."
)


@pytest.mark.parametrize("database", ["", "sqlite:///kalends.sqlite3", "postgres://role:password@db.example.com/name"])
def test_a_database_that_workers_in_namespaces_cannot_reach_is_refused(database: str) -> None:
    assert several_machines.refusal(database) == NEEDS_POSTGRESQL


@pytest.mark.processes
@pytest.mark.skipif(not namespaces.can_make(), reason="needs Linux with iproute2, as root")
def test_every_namespace_reaches_the_one_redis(tmp_path: Path) -> None:
    deployment = Deployment(tmp_path, f"postgres://role:password@127.0.0.1:{free_port()}/name", free_port())
    with several_machines.spread(deployment, 2, []) as spread:
        for number, name in enumerate(spread.namespaces):
            namespaces.inside(name, lambda: redis.Redis.from_url(spread.redis).incr("seen"))
            assert int(redis.Redis.from_url(spread.redis).get("seen") or 0) == number + 1
        assert len(set(spread.namespaces)) == 2
