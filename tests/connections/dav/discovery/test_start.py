"""Where the calendars of a server begin, and to which hosts a person is led."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest

from connections.dav import (
    AppleAddress,
    Credentials,
    DavError,
    Downgraded,
    ForeignHost,
    LeadsElsewhere,
    LinkLocal,
    NotCalDav,
    NotFound,
    PrivateAddress,
    Session,
    Unavailable,
    Unencrypted,
    UserInfo,
)
from connections.dav.discovery import discover_start
from tests.internet import Internet
from tests.name_server import NameServer
from tests.servers import CalendarServer, by_path, multistatus, prop, reply

ASKS = reply(401, www_authenticate='Basic realm="calendars"')
SRV, TXT = ("_caldavs._tcp.example.org.", "SRV"), ("_caldavs._tcp.example.org.", "TXT")


def found(typed: str, **how: object) -> str:
    return discover_start(typed, deadline=time.monotonic() + 5, **how)


@pytest.fixture(autouse=True)
def _no_other_name_server(name_server: NameServer) -> None:
    """Nothing is asked beyond this machine."""


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
@pytest.mark.parametrize("typed", ["example.org", "https://example.org/", "anna@example.org", " Example.ORG. "])
def test_the_well_known_path_leads_to_the_calendars(internet: Internet, typed: str, status: int) -> None:
    server = internet.put(
        "example.org",
        by_path({"/.well-known/caldav": reply(status, location="/dav/calendars/"), "/dav/calendars/": ASKS}),
    )
    assert found(typed) == "https://example.org/dav/calendars/"
    assert [(asked.method, asked.path) for asked in server.requests] == [
        ("PROPFIND", "/.well-known/caldav"),
        ("PROPFIND", "/dav/calendars/"),
    ]


def test_no_password_and_no_user_name_is_sent_while_looking(internet: Internet) -> None:
    server = internet.put("example.org", by_path({"/.well-known/caldav": reply(301, location="/dav/"), "/dav/": ASKS}))
    found("anna@example.org")
    assert ["authorization" in asked.headers or b"anna" in asked.body for asked in server.requests] == [False, False]


@pytest.mark.parametrize(
    ("typed", "target"),
    [
        ("example.org", "dav.example.org"),
        ("example.org", "a.b.example.org"),
        ("dav.example.org", "example.org"),
        ("anna@example.org", "caldav.example.org"),
    ],
)
def test_a_host_above_or_below_the_typed_one_may_have_the_password(internet: Internet, typed: str, target: str) -> None:
    internet.put(typed.rpartition("@")[2], reply(301, location=f"https://{target}/dav/"))
    internet.put(target, by_path({"/dav/": ASKS}))
    assert found(typed) == f"https://{target}/dav/"


@pytest.mark.parametrize(
    ("typed", "target"),
    [
        ("example.org", "dav.example.com"),
        ("dav.example.org", "www.example.org"),
        ("example.org", "notexample.org"),
        ("example.org", "org"),
        ("anna@example.org", "example.org.example.net"),
    ],
)
def test_to_any_other_host_the_person_decides(internet: Internet, typed: str, target: str) -> None:
    internet.put(
        typed.rpartition("@")[2], by_path({"/.well-known/caldav": reply(301, location=f"https://{target}/dav/")})
    )
    stranger = internet.put(target, ASKS)
    with pytest.raises(LeadsElsewhere) as caught:
        found(typed)
    assert (caught.value.host, stranger.requests) == (target, [])


def test_the_service_record_of_the_domain_comes_first(internet: Internet, name_server: NameServer) -> None:
    name_server.records = {
        SRV: ["10 0 443 spare.example.org.", "0 1 443 other.example.org.", "0 9 8443 dav.example.org."],
        TXT: ['"v=1"', '"Path=/calendars/"'],
    }
    site = internet.put("example.org", reply(200, b"<html>"))
    internet.put("dav.example.org", by_path({"/calendars/": ASKS}))
    assert found("anna@example.org") == "https://dav.example.org:8443/calendars/"
    assert (name_server.asked, site.requests) == ([SRV, TXT], [])


def test_without_a_path_the_well_known_one_of_its_host_is_asked(internet: Internet, name_server: NameServer) -> None:
    name_server.records = {SRV: ["0 1 443 dav.example.org."], TXT: ['"path=relative"']}
    internet.put("dav.example.org", by_path({"/.well-known/caldav": reply(302, location="/x/"), "/x/": ASKS}))
    assert found("example.org") == "https://dav.example.org/x/"


def test_a_host_of_the_record_that_does_not_answer_leaves_it_to_the_next(
    internet: Internet, name_server: NameServer
) -> None:
    name_server.records = {SRV: ["0 1 443 down.example.org.", "1 1 443 dav.example.org."], TXT: ['"path=/x"']}
    internet.names["down.example.org"] = [["17.9.9.9"]]
    internet.put("dav.example.org", by_path({"/x": ASKS}))
    assert found("example.org") == "https://dav.example.org/x"


@pytest.mark.parametrize(
    ("record", "path", "shown"),
    [
        ("0 1 443 dav.example.net.", "", "dav.example.net"),
        ("0 1 8443 dav.example.net.", "path=/calendars/", "dav.example.net:8443/calendars/"),
    ],
)
def test_a_service_record_of_another_domain_is_shown_to_the_person_who_may_enter_it(
    internet: Internet, name_server: NameServer, record: str, path: str, shown: str
) -> None:
    name_server.records = {SRV: [record], TXT: [f'"{path}"']}
    stranger = internet.put("dav.example.net", by_path({"/.well-known/caldav": ASKS, "/calendars/": ASKS}))
    for typed in ("example.org", "anna@example.org"):
        with pytest.raises(LeadsElsewhere) as caught:
            found(typed)
        assert (caught.value.host, stranger.requests) == (shown, [])
    assert found(shown).startswith(f"https://{shown}")


@pytest.mark.parametrize("records", [["0 1 443 ."], ["0 1 0 dav.example.net."], []])
def test_a_domain_without_the_service_is_asked_itself(
    internet: Internet, name_server: NameServer, records: list[str]
) -> None:
    name_server.records = {SRV: records} if records else {}
    internet.put("example.org", by_path({"/.well-known/caldav": reply(301, location="/dav/"), "/dav/": ASKS}))
    assert found("example.org") == "https://example.org/dav/"


def test_a_name_server_that_does_not_answer_holds_nothing_up(
    internet: Internet, name_server: NameServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("connections.dav.discovery.service_records.MAX_SECONDS", 0.05)
    name_server.is_silent = True
    internet.put("example.org", by_path({"/.well-known/caldav": reply(301, location="/dav/"), "/dav/": ASKS}))
    assert found("example.org") == "https://example.org/dav/"


def test_no_unencrypted_service_is_looked_for(internet: Internet, name_server: NameServer) -> None:
    name_server.records = {("_caldav._tcp.example.org.", "SRV"): ["0 1 80 dav.example.net."]}
    internet.put("example.org", reply(404))
    with pytest.raises(NotFound):
        found("anna@example.org")
    assert name_server.asked == [SRV]


def test_a_path_that_was_typed_comes_first(internet: Internet, name_server: NameServer) -> None:
    server = internet.put("example.org", by_path({"/nextcloud/remote.php/dav/": ASKS}))
    assert found("https://example.org/nextcloud/remote.php/dav/") == "https://example.org/nextcloud/remote.php/dav/"
    assert ([asked.path for asked in server.requests], name_server.asked) == (["/nextcloud/remote.php/dav/"], [])


def test_a_page_that_was_typed_leads_to_the_calendars_of_its_host(internet: Internet) -> None:
    pages = {"/.well-known/caldav": reply(301, location="/dav/"), "/dav/": ASKS}
    internet.put(
        "example.org", by_path(pages | {"/settings/security": reply(302, location="https://sso.example.com/")})
    )
    assert found("https://example.org/settings/security") == "https://example.org/dav/"


def test_a_page_that_leads_nowhere_is_passed_over(internet: Internet) -> None:
    pages = {"/.well-known/caldav": reply(301, location="/dav/"), "/dav/": ASKS, "/login": reply(302)}
    internet.put("example.org", by_path(pages))
    assert found("https://example.org/login") == "https://example.org/dav/"


@pytest.mark.parametrize("typed", ["https://example.org", "https://example.org/some/path/", "example.org:8443"])
def test_where_nothing_is_found_the_typed_address_is_asked_with_the_password(internet: Internet, typed: str) -> None:
    internet.put("example.org", reply(404))
    url = typed if "://" in typed else f"https://{typed}"
    assert found(typed) == (url if url.count("/") > 2 else f"{url}/")


def test_a_server_that_asks_for_a_password_everywhere_begins_at_its_root(internet: Internet) -> None:
    internet.put("example.org", ASKS)
    assert found("example.org") == "https://example.org/"


def test_of_a_port_that_was_typed_no_service_record_is_asked(internet: Internet, name_server: NameServer) -> None:
    internet.put("example.org", by_path({"/.well-known/caldav": reply(301, location="/dav/"), "/dav/": ASKS}))
    assert (found("example.org:8443"), name_server.asked) == ("https://example.org:8443/dav/", [])


def test_the_website_of_a_mail_domain_never_gets_a_password(internet: Internet) -> None:
    internet.put("example.org", reply(200, b"<html>Welcome"))
    with pytest.raises(NotFound):
        found("anna@example.org")


@pytest.mark.parametrize(
    "typed",
    [
        "anna@icloud.com",
        "anna@me.com",
        "anna@mac.com",
        "Anna@ICLOUD.com.",
        "a@privaterelay.appleid.com",
        "a@b.icloud.com",
    ],
)
def test_an_address_at_apple_is_never_looked_up(internet: Internet, name_server: NameServer, typed: str) -> None:
    with pytest.raises(AppleAddress):
        found(typed)
    assert (internet.looked_up, name_server.asked) == ([], [])


@pytest.mark.parametrize("typed", ["caldav.icloud.com", "https://caldav.icloud.com/", "p42-caldav.iCloud.com"])
def test_the_start_of_icloud_is_known(internet: Internet, name_server: NameServer, typed: str) -> None:
    host = "p42-caldav.icloud.com" if "p42" in typed else "caldav.icloud.com"
    assert (found(typed), internet.looked_up, name_server.asked) == (f"https://{host}/", [], [])


@pytest.mark.parametrize(
    ("typed", "kind"),
    [
        ("http://example.org/", Unencrypted),
        ("HTTP://192.168.1.5/", Unencrypted),
        ("https://anna@example.org/", UserInfo),
        ("https://anna:secret@example.org/", UserInfo),
        ("anna:secret@example.org/dav", UserInfo),
        ("https://192.168.1.5/", PrivateAddress),
        ("localhost:8443", PrivateAddress),
        ("anna@10.0.0.1", PrivateAddress),
        ("169.254.169.254", LinkLocal),
        ("ftp://example.org/", NotCalDav),
        ("https://exa mple.org/", NotCalDav),
        ("https://example.org:port/", NotCalDav),
        ("https://[broken/", NotCalDav),
        ("anna@", NotCalDav),
        ("", NotCalDav),
        ("file:///etc/passwd", NotCalDav),
    ],
)
def test_what_must_not_be_asked_is_refused_before_anything_is_looked_up(
    internet: Internet, name_server: NameServer, typed: str, kind: type[DavError]
) -> None:
    with pytest.raises(kind) as caught:
        found(typed, private_hosts=frozenset())
    assert (type(caught.value), internet.looked_up, name_server.asked) == (kind, [], [])
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize(
    ("location", "kind"),
    [
        ("http://example.org/dav/", Downgraded),
        ("http://dav.example.org/dav/", Downgraded),
        ("https://10.0.0.1/", LeadsElsewhere),
        ("https://anna@dav.example.org/", NotCalDav),
        ("ftp://example.org/", NotCalDav),
        ("", NotCalDav),
        ("https://inside.example.org/", PrivateAddress),
        ("/.well-known/caldav", Unavailable),
    ],
)
def test_a_redirect_must_keep_the_same_rules(internet: Internet, location: str, kind: type[DavError]) -> None:
    internet.put("example.org", by_path({"/.well-known/caldav": reply(301, location=location)}))
    internet.names["inside.example.org"] = [["10.0.0.7"]]
    with pytest.raises(kind) as caught:
        found("example.org")
    assert (type(caught.value), set(internet.connected)) == (kind, {"17.0.0.1"})


def test_a_service_record_does_not_lead_into_a_private_network(internet: Internet, name_server: NameServer) -> None:
    name_server.records = {SRV: ["0 1 443 dav.example.org."]}
    internet.names["dav.example.org"] = [["10.0.0.7"]]
    with pytest.raises(PrivateAddress):
        found("example.org")
    assert internet.connected == []


def test_a_host_that_does_not_answer_is_said_to(internet: Internet) -> None:
    internet.names["example.org"] = [["17.9.9.9"]]
    with pytest.raises(Unavailable):
        found("example.org")


def test_past_the_deadline_nothing_is_asked(internet: Internet, name_server: NameServer) -> None:
    internet.put("example.org", ASKS)
    with pytest.raises(Unavailable):
        discover_start("example.org", deadline=time.monotonic())
    assert (internet.connected, name_server.asked) == ([], [])


@pytest.mark.parametrize("name", ["radicale", "xandikos"])
def test_a_real_server_is_found_and_read(name: str, request: pytest.FixtureRequest) -> None:
    server: CalendarServer = request.getfixturevalue(name)
    server.add_calendar("work", "Work")
    start = found(server.url)
    with Session(Credentials(start, server.username, server.password)) as session:
        assert [calendar.name for calendar in session.calendars(session.discover().path)] == ["Work"]


def test_the_host_that_was_found_is_the_only_one_that_gets_the_password(internet: Internet) -> None:
    internet.put("example.org", reply(301, location="https://dav.example.org/dav/"))
    principal = "<current-user-principal><href>https://example.org/anna/</href></current-user-principal>"
    internet.put(
        "dav.example.org", lambda environ, start: _asking(environ, start, multistatus(prop("/dav/", principal)))
    )
    start = found("example.org")
    with Session(Credentials(start, "anna", "x")) as session, pytest.raises(ForeignHost) as caught:
        session.discover()
    assert (start, caught.value.host) == ("https://dav.example.org/dav/", "example.org")


def _asking(environ: dict[str, str], start: Callable[..., object], body: bytes) -> list[bytes]:
    app = reply(207, body) if "HTTP_AUTHORIZATION" in environ else ASKS
    return app(environ, start)
