"""What log lines are about: which request and which connection. No Django: logging is set up before the apps."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

_request_id: ContextVar[str] = ContextVar("request_id", default="")
_connection: ContextVar[int | None] = ContextVar("connection", default=None)


@contextmanager
def about_request(request_id: str) -> Iterator[None]:
    """Around the answer to a request: log lines carry its id."""
    token = _request_id.set(request_id)
    try:
        yield
    finally:
        _request_id.reset(token)


@contextmanager
def about_connection(key: int) -> Iterator[None]:
    """Around a sync: log lines carry the key of its connection."""
    token = _connection.set(key)
    try:
        yield
    finally:
        _connection.reset(token)


def current_request_id() -> str:
    """The id of the request that is being answered; "" outside of one."""
    return _request_id.get()


def current_connection() -> int | None:
    """The key of the connection that is being synced; None outside of a sync."""
    return _connection.get()
