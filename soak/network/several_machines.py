"""Two workers or more as on machines of their own: namespaces with one PostgreSQL and one Redis."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from urllib.parse import urlsplit

from soak.deployment import Deployment, free_port
from soak.network.namespaces import can_make, namespace
from soak.network.redis_server import redis_server
from soak.network.relay import relay

POSTGRESQL_PORT = 5432


def refusal(database: str) -> str:
    """Why workers cannot be spread over namespaces here, as a sentence; empty if they can."""
    address = urlsplit(database)
    if not address.scheme.startswith("postgres") or address.hostname not in ("127.0.0.1", "localhost"):
        return "NAMESPACES needs a PostgreSQL on this machine. Set DATABASE_URL to postgres://role:password@127.0.0.1:5432/name."
    if not shutil.which("redis-server"):
        return "NAMESPACES needs redis-server. Debian, Ubuntu: apt install redis-server."
    if not can_make():
        return "Network namespaces cannot be made here. Use Linux with iproute2, as root."
    return ""


@contextmanager
def spread(deployment: Deployment, count: int, ports: Iterable[int]) -> Iterator[Deployment]:
    """The deployment with a new Redis and so many namespaces for its workers.

    `ports`: of this machine's loopback, to pass on beside those of the database and of Redis.
    """
    redis_port = free_port()
    shared = (urlsplit(deployment.database).port or POSTGRESQL_PORT, redis_port, *ports)
    with ExitStack() as stack:
        redis = stack.enter_context(redis_server(deployment.folder, redis_port))
        names = tuple(stack.enter_context(namespace(f"kalends-{os.getpid()}-{number}")) for number in range(count))
        for name in names:
            stack.enter_context(relay(name, shared))
        yield replace(deployment, redis=redis, namespaces=names)
