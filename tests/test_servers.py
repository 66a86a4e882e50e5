"""Servers of tests answer everybody, whatever one client does."""

from __future__ import annotations

import socket
from urllib.parse import urlsplit

from connections.dav import Credentials
from connections.feeds.client import FeedClient
from tests.internet import Internet
from tests.servers import reply


def test_a_client_that_never_shakes_hands_holds_up_nobody(internet: Internet) -> None:
    served = internet.put("calendar.example.org", reply(200))
    client = FeedClient(Credentials("https://calendar.example.org/", "", ""), timeout=5, deadline=None)
    with socket.create_connection(("127.0.0.1", urlsplit(served.url).port or 0)):
        assert client.get({}).status == 200
    client.close()
