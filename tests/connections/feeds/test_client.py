"""The request for a feed: what is asked, and where redirects may lead."""

from __future__ import annotations

import pytest

from connections.dav import Credentials, ForeignHost, NotCalDav
from connections.dav.client import Answer
from connections.dav.errors import Downgraded
from connections.feeds.client import FeedClient, conditions, validators_of
from tests.feed_server import FeedServer
from tests.servers import reply

ADDRESS = "https://club.example/private-5ec0e7f1/feed.ics?token=1"


def client(address: str = ADDRESS) -> FeedClient:
    return FeedClient(Credentials(address, "", ""), timeout=1, deadline=None)


def redirected(location: str, address: str = ADDRESS) -> str:
    """Where a redirect leads. Raises what a request would raise before anything is sent there."""
    asked = client(address)
    target = asked._next_hop(address, Answer("", "", 302, {"location": location}, b""))
    asked._refuse_foreign(target, "", is_redirect=True)
    return target


@pytest.mark.parametrize(
    ("location", "target"),
    [
        ("/other.ics", "https://club.example/other.ics"),
        ("other.ics?a=b#c", "https://club.example/private-5ec0e7f1/other.ics?a=b"),
        ("https://www.club.example/feed.ics", "https://www.club.example/feed.ics"),
        ("https://club.example:8443//a/../b.ics", "https://club.example:8443//a/../b.ics"),
        ("//CLUB.example/ü.ics", "https://CLUB.example/%C3%BC.ics"),
    ],
)
def test_a_redirect_may_lead_to_the_same_host(location: str, target: str) -> None:
    assert redirected(location) == target


def test_a_redirect_may_leave_out_the_www() -> None:
    assert redirected("https://club.example/a.ics", "https://www.club.example/b.ics") == "https://club.example/a.ics"


def test_a_redirect_may_lead_from_plain_http_on_this_machine_to_https() -> None:
    assert redirected("https://localhost/a.ics", "http://localhost/a.ics") == "https://localhost/a.ics"


@pytest.mark.parametrize(
    ("location", "host"),
    [
        ("https://stranger.example/feed.ics", "stranger.example"),
        ("https://sub.club.example/feed.ics", "sub.club.example"),
        ("https://club.example.evil.example/feed.ics", "club.example.evil.example"),
        ("https://club.example@evil.example/feed.ics", "evil.example"),
        ("https://127.0.0.1/feed.ics", "127.0.0.1"),
    ],
)
def test_a_redirect_leads_to_no_other_host(location: str, host: str) -> None:
    with pytest.raises(ForeignHost) as caught:
        redirected(location)
    assert (caught.value.host, "5ec0e7f1" in str(caught.value)) == (host, False)


@pytest.mark.parametrize("host", ["club.example", "stranger.example"])
def test_a_redirect_never_leads_to_plain_http(host: str) -> None:
    with pytest.raises(Downgraded, match=f"{host} is asked over https only"):
        redirected(f"http://{host}/feed.ics")


@pytest.mark.parametrize("location", ["", "ftp://club.example/", "file:///etc/passwd", "https://[club.example/"])
def test_a_redirect_without_a_web_address_is_an_error(location: str) -> None:
    with pytest.raises(NotCalDav):
        redirected(location)


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_every_kind_of_redirect_is_followed(feed_server: FeedServer, web, status: int) -> None:
    entry = web(reply(status, Location=f"{feed_server.url}feed.ics"))
    assert client(entry.url).get({}).body == feed_server.data
    assert [asked.path for asked in feed_server.requests] == ["/feed.ics"]


@pytest.mark.parametrize(
    ("validators", "headers"),
    [
        ({}, {}),
        ({"etag": 'W/"1"'}, {"If-None-Match": 'W/"1"'}),
        ({"etag": '"1"', "modified": "Sun, 29 Nov 2026 12:00:00 GMT"}, None),
        ({"etag": '"1"\r\nX: y', "modified": "ü"}, {}),
        ({"etag": "x" * 501}, {}),
    ],
)
def test_only_a_validator_that_a_header_may_have_is_sent(
    validators: dict[str, str], headers: dict[str, str] | None
) -> None:
    both = {"If-None-Match": '"1"', "If-Modified-Since": "Sun, 29 Nov 2026 12:00:00 GMT"}
    assert conditions(validators) == (both if headers is None else headers)


def test_only_a_validator_that_can_be_sent_again_is_kept() -> None:
    answer = Answer("", "", 200, {"etag": '"ü"', "last-modified": "Sun, 29 Nov 2026 12:00:00 GMT"}, b"")
    assert validators_of(answer) == {"modified": "Sun, 29 Nov 2026 12:00:00 GMT"}
