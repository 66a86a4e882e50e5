"""Hosts and paths."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connections.dav import Credentials, ForeignHost, Session, path_of
from connections.dav.urls import allowed, collection_path, origin_of

ICLOUD = "https://caldav.icloud.com:443"


@pytest.mark.parametrize(
    ("href", "path"),
    [
        ("/1/calendars/work/", "/1/calendars/work/"),
        ("https://p42-caldav.icloud.com:443/1/calendars/work/a.ics", "/1/calendars/work/a.ics"),
        ("https://caldav.icloud.com", "/"),
        ("/a%40b/", "/a@b/"),
        ("/a@b/", "/a@b/"),
        ("/%7Euser/%41.ics", "/~user/A.ics"),
        ("/gr%c3%bc%c3%9fe.ics", "/gr%C3%BC%C3%9Fe.ics"),
        ("/grüße.ics", "/gr%C3%BC%C3%9Fe.ics"),
        ("/two words.ics", "/two%20words.ics"),
        ("//calendars//work///", "/calendars/work/"),
        ("/a/./b/../c", "/a/c"),
        ("/a/%2e%2e/%2e%2e/%2e%2e/c", "/c"),
        ("/one%2ftwo/", "/one%2Ftwo/"),
        ("/100%2525.ics", "/100%2525.ics"),
        ("/%ff.ics", "/%FF.ics"),
        ("  /a/b \n", "/a/b"),
        ("/a/b?query#fragment", "/a/b"),
        ("", "/"),
        ("/", "/"),
    ],
)
def test_a_path_has_one_spelling(href: str, path: str) -> None:
    assert path_of(href) == path
    assert path_of(path) == path


@pytest.mark.slow
@given(st.text(max_size=60) | st.text("/.%2eE4025fF@ üa~+?#:", max_size=30))
def test_any_text_has_one_path_and_that_is_its_own(text: str) -> None:
    path = path_of(text)
    assert (path_of(path), path[0], "//" in path, path.isascii()) == (path, "/", False, True)


def test_a_collection_ends_with_a_slash() -> None:
    assert [collection_path("/a"), collection_path("/a/"), collection_path("/")] == ["/a/", "/a/", "/"]


@pytest.mark.parametrize(
    ("url", "origin"),
    [
        ("https://caldav.icloud.com/", ICLOUD),
        ("https://CALDAV.iCloud.com:443/x", ICLOUD),
        ("http://127.0.0.1:8000/dav/", "http://127.0.0.1:8000"),
        ("http://[::1]:8000/", "http://[::1]:8000"),
        ("https://anna:secret@caldav.icloud.com/", ICLOUD),
        ("ftp://caldav.icloud.com/", ""),
        ("caldav.icloud.com", ""),
        ("https://caldav.icloud.com:port/", ""),
        ("https://[broken/", ""),
        ("anna@example.com", ""),
        ("", ""),
    ],
)
def test_an_origin_is_scheme_host_and_port(url: str, origin: str) -> None:
    assert origin_of(url) == origin


@pytest.mark.parametrize(
    "url",
    [
        "https://caldav.icloud.com/",
        "https://p42-caldav.icloud.com/",
        "https://p180-caldav.icloud.com:443/",
        "https://P42-Caldav.iCloud.com/",
    ],
)
def test_an_icloud_account_may_go_anywhere_under_icloud(url: str) -> None:
    assert allowed(ICLOUD, origin_of(url))


@pytest.mark.parametrize(
    "url",
    [
        "http://caldav.icloud.com/",
        "http://p42-caldav.icloud.com:443/",
        "https://p42-caldav.icloud.com:8443/",
        "https://icloud.com/",
        "https://icloud.com.example.org/",
        "https://evil-icloud.com/",
        "https://evilicloud.com/",
        "https://p42-caldav.icloud.com.",
        "https://p42-caldav.icloud.com@example.org/",
        "https://example.org/.icloud.com",
        "https://example.org#.icloud.com",
        "https://example.org\\.icloud.com/",
        "https://gmail.com/",
        "https://www.apple.com/",
        "//p42-caldav.icloud.com/",
        "",
    ],
)
def test_an_icloud_account_goes_nowhere_else(url: str) -> None:
    assert not allowed(ICLOUD, origin_of(url))


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("http://127.0.0.1:9999/", True),
        ("http://127.0.0.1/", True),
        ("https://127.0.0.1:8000/", False),
        ("http://127.0.0.2:8000/", False),
        ("http://localhost:8000/", False),
        ("https://p42-caldav.icloud.com/", False),
    ],
)
def test_any_other_account_stays_with_its_scheme_and_host(url: str, expected: bool) -> None:
    assert allowed("http://127.0.0.1:8000", origin_of(url)) is expected


@pytest.mark.parametrize("url", ["", "anna@gmail.com", "gmail.com", "ftp://example.org/", "file:///etc/passwd"])
def test_a_start_that_is_no_url_is_refused_and_no_mail_domain_is_asked(url: str) -> None:
    with pytest.raises(ForeignHost):
        Session(Credentials(url, "anna@gmail.com", "secret"))


def test_an_account_hides_its_password() -> None:
    assert "secret" not in repr(Credentials("https://caldav.icloud.com/", "anna", "secret"))


def test_a_remembered_origin_that_may_not_have_the_password_is_forgotten() -> None:
    session = Session(Credentials("https://caldav.icloud.com/", "anna", "x", origin="https://example.org:443"))
    assert session.origin == ICLOUD


def test_a_remembered_pod_is_asked_first() -> None:
    pod = "https://p42-caldav.icloud.com:443"
    assert Session(Credentials("https://caldav.icloud.com/", "anna", "x", origin=pod)).origin == pod


@given(st.text(alphabet="/.%4aA~@:?# é", max_size=12).map("/".__add__))
def test_a_path_in_our_spelling_stays_as_it_is(path: str) -> None:
    once = path_of(path)
    assert path_of(once) == once
    assert path_of(once.replace("a", "%61")) == once
