"""What a person typed for a calendar server."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connections.dav import DavError
from connections.dav.discovery.typed import read_typed


@pytest.mark.parametrize(
    ("typed", "url"),
    [
        ("dav.example.org", "https://dav.example.org/"),
        ("  DAV.Example.ORG./dav ", "https://dav.example.org/dav"),
        ("dav.example.org:8443", "https://dav.example.org:8443/"),
        ("https://dav.example.org:443/a%40b/?x=1#y", "https://dav.example.org/a@b/"),
        ("http://127.0.0.1:5232/", "http://127.0.0.1:5232/"),
        ("http://[::1]:5232", "http://[::1]:5232/"),
        ("[2a00:1450:4001::1]", "https://[2a00:1450:4001::1]/"),
        ("kalender.büro.example", "https://kalender.xn--bro-hoa.example/"),
        ("anna@example.org", "https://example.org/"),
        ("anna+kalender@Example.ORG", "https://example.org/"),
    ],
)
def test_a_server_has_one_address_however_it_is_typed(typed: str, url: str) -> None:
    server = read_typed(typed)
    assert (server.url, read_typed(server.url).url) == (url, url)


@pytest.mark.parametrize(
    ("typed", "is_domain", "has_port", "is_icloud"),
    [
        ("anna@example.org", True, False, False),
        ("example.org", False, False, False),
        ("example.org:443", False, True, False),
        ("caldav.icloud.com", False, False, True),
        ("icloud.com.example.org", False, False, False),
        ("evilicloud.com", False, False, False),
    ],
)
def test_what_is_known_of_it(typed: str, is_domain: bool, has_port: bool, is_icloud: bool) -> None:
    server = read_typed(typed)
    assert (server.is_domain, server.has_port, server.is_icloud) == (is_domain, has_port, is_icloud)


@given(st.text(alphabet="a.@:/[]%1 é\\", max_size=20) | st.text(max_size=20))
def test_any_text_is_a_server_or_refused(text: str) -> None:
    try:
        server = read_typed(text)
    except DavError:
        return
    assert read_typed(server.url).url == server.url
