"""Finding the start address of an account from what a person typed for its server."""

from __future__ import annotations

import time
from collections.abc import Collection

from connections import dav
from connections.accounts.refusals import ConnectFailed
from connections.dav.discovery import discover_start
from connections.private_hosts import private_hosts
from connections.problems import classify_connecting
from connections.providers import is_icloud

FIELD = "url"
DISCOVERY_SECONDS = 15.0  # a person is looking at the page


def discovered(typed: str, trusted: Collection[str] = ()) -> str:
    """The start address, from a host, a URL or an e-mail address (RFC 6764); iCloud's is known. Raises ConnectFailed.

    `trusted` are domains to which it may lead although nobody typed them.
    """
    if is_icloud(typed):
        return typed
    deadline = time.monotonic() + DISCOVERY_SECONDS
    try:
        return discover_start(typed, deadline=deadline, private_hosts=private_hosts(), trusted=trusted)
    except dav.DavError as error:
        raise ConnectFailed(classify_connecting(error, right_address=False), FIELD) from error
