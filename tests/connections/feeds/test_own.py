"""Feeds that this installation writes itself."""

from __future__ import annotations

import pytest

from connections.feeds import is_own_address, is_own_file
from connections.ical.reducing import PRODID
from tests.feed_server import event_text, feed_text

BASE = "https://book.example.com"


@pytest.mark.parametrize(
    ("address", "base", "own"),
    [
        ("https://book.example.com/feeds/abc.ics", BASE, True),
        ("webcal://BOOK.example.com/feeds/abc.ics", BASE, True),
        ("https://book.example.com:443/feeds/abc.ics?x=1", BASE, True),
        ("https://book.example.com/booking/abc/feed.ics", BASE, True),
        ("https://book.example.com/booking/abc/calendar.ics", BASE, True),
        ("https://book.example.com/kalends/feeds/abc.ics", f"{BASE}/kalends/", True),
        ("https://book.example.com/feeds/abc.ics", f"{BASE}/kalends", False),
        ("https://book.example.com/feeds/a/b.ics", BASE, False),
        ("https://book.example.com/remote.php/dav/x.ics", BASE, False),
        ("https://other.example.com/feeds/abc.ics", BASE, False),
    ],
)
def test_an_own_feed_is_known_by_its_address(address: str, base: str, own: bool) -> None:
    assert is_own_address(address, base) is own


LINKED = event_text("a", "20261201T100000", "20261201T110000", f"URL:{BASE}/booking/abc/")
PLAIN = event_text("a", "20261201T100000", "20261201T110000")


@pytest.mark.parametrize(
    ("prodid", "event", "own"),
    [
        (PRODID, LINKED, True),
        (PRODID, LINKED.replace("/booking", "\r\n /booking"), True),
        (PRODID, LINKED.replace(BASE, "https://other.example.com"), False),
        (PRODID, LINKED.replace(BASE, f"{BASE}.au"), False),
        (PRODID, PLAIN, False),
        ("-//Apple Inc.//iOS 26.1//EN", LINKED, False),
    ],
)
def test_an_own_feed_is_known_by_its_content(prodid: str, event: str, own: bool) -> None:
    data = feed_text(event).replace(b"-//Example//Club//EN", prodid.encode())
    assert is_own_file(data, f"{BASE}/") is own
