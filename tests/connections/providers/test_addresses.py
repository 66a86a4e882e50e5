"""From what a person types as the address of a server to the start address."""

from __future__ import annotations

import pytest

from connections.providers import provider_named, start_url

NEXTCLOUD = "https://cloud.example.org/remote.php/dav/"


@pytest.mark.parametrize(
    ("slug", "typed", "url"),
    [
        ("fastmail", "", "https://caldav.fastmail.com/"),
        ("fastmail", "http://127.0.0.1:8000/", "http://127.0.0.1:8000/"),
        ("nextcloud", "", ""),
        ("nextcloud", "cloud.example.org", NEXTCLOUD),
        ("nextcloud", " https://cloud.example.org/ ", NEXTCLOUD),
        ("nextcloud", "https://cloud.example.org/remote.php/dav", NEXTCLOUD),
        ("nextcloud", "https://cloud.example.org/remote.php/dav/principals/users/anna/", NEXTCLOUD),
        ("nextcloud", "https://cloud.example.org/remote.php/caldav/", NEXTCLOUD),
        ("nextcloud", "https://cloud.example.org/index.php/apps/calendar/timeGridWeek/now", NEXTCLOUD),
        ("nextcloud", "https://cloud.example.org/apps/calendar/timeGridWeek/now?x=1#y", NEXTCLOUD),
        ("nextcloud", "https://cloud.example.org/login", NEXTCLOUD),
        ("nextcloud", "example.org/nextcloud", "https://example.org/nextcloud/remote.php/dav/"),
        ("nextcloud", "example.org/nextcloud/index.php/login", "https://example.org/nextcloud/remote.php/dav/"),
        ("nextcloud", "https://cloud.example.org/loginpage", "https://cloud.example.org/loginpage/remote.php/dav/"),
        ("nextcloud", "cloud.example.org:8443", "https://cloud.example.org:8443/remote.php/dav/"),
        ("nextcloud", "http://[::1", "http://[::1"),
        ("synology", "nas.example.org:5001", "https://nas.example.org:5001/caldav/"),
        ("synology", "https://nas.example.org:5001/caldav/anna", "https://nas.example.org:5001/caldav/"),
        ("radicale", "http://127.0.0.1:5232", "http://127.0.0.1:5232/"),
        ("radicale", "example.org/radicale/", "https://example.org/radicale/"),
        ("baikal", "example.org", "https://example.org/dav.php/"),
        ("caldav", " example.org ", "example.org"),
        ("caldav", "anna@example.org", "anna@example.org"),
        ("caldav", "https://dav.example.org/anna/", "https://dav.example.org/anna/"),
        ("caldav", "", ""),
    ],
)
def test_the_path_that_a_server_needs_is_added_to_its_address(slug: str, typed: str, url: str) -> None:
    assert start_url(provider_named(slug), typed) == url
