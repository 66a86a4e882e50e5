"""Addresses of feeds as people type them."""

from __future__ import annotations

import pytest

from connections.feeds.addresses import UnusableAddress, clean_address, label

GOOGLE = "https://calendar.google.com/calendar/ical/anna%40example.com/private-0123/basic.ics"


@pytest.mark.parametrize(
    ("typed", "cleaned"),
    [
        (GOOGLE, GOOGLE),
        ("webcal://p42-caldav.icloud.com/published/2/AbC", "https://p42-caldav.icloud.com/published/2/AbC"),
        ("WEBCALS://Club.Example/Feed.ics", "https://club.example/Feed.ics"),
        ("webcal://club.example", "https://club.example/"),
        ("club.example/feed.ics", "https://club.example/feed.ics"),
        (" <https://club.example/feed.ics#top>\n", "https://club.example/feed.ics"),
        ("https://club.example/a\n b.ics", "https://club.example/ab.ics"),
        ("https://club.example/Spielplan/Männer.ics?a=ü", "https://club.example/Spielplan/M%C3%A4nner.ics?a=%C3%BC"),
        ("https://club.example:8443//x/../feed.ics?a=1&b=%20", "https://club.example:8443//x/../feed.ics?a=1&b=%20"),
        ("http://127.0.0.1:8000/feed.ics", "http://127.0.0.1:8000/feed.ics"),
        ("http://localhost:8000/feed.ics", "http://localhost:8000/feed.ics"),
        ("https://outlook.office365.com/owa/calendar/x/y/calendar.ics",) * 2,
    ],
)
def test_an_address_is_asked_by_https_and_is_otherwise_as_it_was_typed(typed: str, cleaned: str) -> None:
    assert clean_address(typed) == cleaned


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("", "no_address"),
        ("https://", "no_address"),
        ("ftp://club.example/feed.ics", "no_address"),
        ("file:///etc/passwd", "no_address"),
        ("javascript://club.example/", "no_address"),
        ("https://club.example\\@other.example/feed.ics", "no_address"),
        ("https://club.example:port/feed.ics", "no_address"),
        ("https://[club.example/feed.ics", "no_address"),
        ("https://club.example/\x00feed.ics", "no_address"),
        ("http://club.example/feed.ics", "unencrypted"),
        ("https://anna@club.example/feed.ics", "user_info"),
        ("https://anna:secret@club.example/feed.ics", "user_info"),
        ("https://@club.example/feed.ics", "user_info"),
        ("https://calendar.google.com/calendar/embed?src=anna", "google_page"),
        ("https://calendar.google.com/calendar/u/0?cid=YW5uYQ", "google_page"),
        ("https://outlook.live.com/owa/calendar/x/y/calendar.html", "outlook_page"),
        ("https://outlook.office.com/calendar/", "outlook_page"),
        ("https://www.icloud.com/calendar/", "icloud_page"),
        pytest.param("https://club.example/" + "x" * 2000, "too_long", id="too long"),
    ],
)
def test_an_address_at_which_no_feed_can_be_is_refused(typed: str, code: str) -> None:
    with pytest.raises(UnusableAddress) as caught:
        clean_address(typed)
    assert (caught.value.code, str(caught.value)) == (code, code)


def test_a_label_names_the_host_and_does_not_tell_the_address() -> None:
    assert label(GOOGLE) == "calendar.google.com…f73dbaea"
    assert label(f"{GOOGLE}?") != label(GOOGLE)
    assert len(label(f"https://{'a.' * 150}example/feed.ics")) == 209
