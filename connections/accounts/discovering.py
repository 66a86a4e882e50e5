"""Finding the start address of an account from what a person typed for its server."""

from __future__ import annotations

import time

from connections import dav
from connections.accounts.refusals import ADDRESS_FIELD, ConnectFailed
from connections.dav.discovery import discover_start
from connections.private_hosts import private_hosts
from connections.problems import classify_connecting
from connections.providers import is_icloud

DISCOVERY_SECONDS = 15.0  # a person is looking at the page


def discovered(typed: str) -> str:
    """The start address, from a host, a URL or an e-mail address (RFC 6764). Raises ConnectFailed."""
    if is_icloud(typed):
        return typed
    deadline = time.monotonic() + DISCOVERY_SECONDS
    try:
        return discover_start(typed, deadline=deadline, private_hosts=private_hosts())
    except dav.DavError as error:
        raise ConnectFailed(classify_connecting(error, right_address=False), ADDRESS_FIELD) from error
