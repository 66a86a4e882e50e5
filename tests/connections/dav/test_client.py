"""Which host is asked, and which never is."""

from __future__ import annotations

import gzip
from collections.abc import Callable, Iterator

import pytest

from connections import dav
from connections.dav import (
    Conflict,
    Credentials,
    DavError,
    ForeignHost,
    NotCalDav,
    NotFound,
    Session,
    Unauthorized,
    Unavailable,
    client,
)
from connections.dav.urls import origin_of
from sandbox.server.server import Sandbox
from sandbox.server.store import accounts
from tests.ics_text import event
from tests.servers import AUTHORIZATION, PASSWORD, USERNAME, multistatus, prop, reply, script

PRINCIPAL = "<current-user-principal><href>{}</href></current-user-principal>"


HOME_SET = "<C:calendar-home-set><href>{}</href></C:calendar-home-set>"


@pytest.fixture
def known(icloud: Sandbox, account: accounts.Account, app_password: str) -> Credentials:
    return Credentials(icloud.entry_url, account.apple_id, app_password)


@pytest.fixture
def wire(known: Credentials) -> Iterator[Session]:
    with Session(known, timeout=10) as session:
        yield session


def on_pod(known: Credentials, icloud: Sandbox) -> Credentials:
    return Credentials(known.url, known.username, known.password, origin=icloud.pod_url)


def test_discovery_keeps_the_path_and_remembers_the_pod(
    icloud: Sandbox, account: accounts.Account, wire: Session
) -> None:
    home = wire.discover()
    assert home.principal == f"/{account.dsid}/principal/"
    assert home.path == f"/{account.dsid}/calendars/"
    assert {"mailto:anna@example.com", home.principal} <= home.addresses
    assert (wire.origin, wire.requests) == (origin_of(icloud.pod_url), 2)


def test_a_home_without_a_host_stays_with_the_entry(icloud: Sandbox, account: accounts.Account, wire: Session) -> None:
    icloud.switches.home_on_pod = False
    assert wire.discover().path == f"/{account.dsid}/calendars/"
    assert wire.origin == origin_of(icloud.entry_url)


def test_a_principal_that_calls_itself_by_another_name_is_believed(icloud: Sandbox, wire: Session) -> None:
    icloud.switches.short_principal_href = True
    assert wire.discover().path.endswith("/calendars/")


def test_a_remembered_pod_answers_the_first_poll_in_one_request(
    icloud: Sandbox, account: accounts.Account, known: Credentials
) -> None:
    with Session(on_pod(known, icloud)) as session:
        assert len(session.calendars(f"/{account.dsid}/calendars/")) == 3
    assert [request.host for request in icloud.log] == ["pod"]


@pytest.mark.parametrize("status", [301, 302, 307, 308])
def test_a_redirect_to_the_pod_keeps_method_body_and_password(
    icloud: Sandbox, account: accounts.Account, wire: Session, status: int
) -> None:
    icloud.switches.entry_redirects = "always"
    icloud.switches.redirect_status = status
    home = wire.discover()
    href = account.calendar("work").path + "A.ics"
    wire.origin = origin_of(icloud.entry_url)
    etag = wire.put(href, event("A"))
    assert wire.get(href).data == event("A")
    assert [(r.method, r.host, r.authorized, r.status) for r in icloud.log.matching(method="PUT")] == [
        ("PUT", "entry", True, status),
        ("PUT", "pod", True, 201),
    ]
    assert (etag, home.path) == (wire.etag(href), f"/{account.dsid}/calendars/")


def test_a_redirect_is_paid_once(icloud: Sandbox, account: accounts.Account, known: Credentials) -> None:
    icloud.switches.entry_redirects = "always"
    with Session(known) as session:
        for _ in range(3):
            session.calendars(f"/{account.dsid}/calendars/")
        assert (session.requests, session.origin) == (4, origin_of(icloud.pod_url))


def test_a_wrong_password_behind_a_redirect_is_a_wrong_password(icloud: Sandbox, known: Credentials) -> None:
    icloud.switches.entry_redirects = "always"
    with Session(Credentials(known.url, known.username, "wrong")) as session, pytest.raises(Unauthorized):
        session.discover()
    assert [(r.host, r.authorized, r.status) for r in icloud.log] == [("entry", True, 301), ("pod", True, 401)]


@pytest.mark.parametrize("method", ["calendars", "changes", "fetch", "get", "put", "delete", "exists"])
@pytest.mark.parametrize("status", [301, 302, 307, 308])
def test_a_redirect_to_a_stranger_is_refused_before_anything_is_sent(
    icloud: Sandbox, account: accounts.Account, wire: Session, method: str, status: int
) -> None:
    icloud.faults.redirect("stranger", status, times=None)
    path = account.calendar("work").path
    arguments = {
        "changes": ("token",),
        "fetch": ([f"{path}a.ics"],),
        "put": (event("A"),),
    }.get(method, ())
    named = {"delete": {"etag": '"x"'}}.get(method, {})
    with pytest.raises(ForeignHost) as caught:
        getattr(wire, method)(path, *arguments, **named)
    assert (caught.value.host, icloud.stranger_log) == ("127.0.0.2", [])


def test_a_home_at_a_stranger_is_refused_before_anything_is_sent(web) -> None:
    stranger = web(reply(207, multistatus()), host="127.0.0.2")
    server = web(
        script(
            reply(207, multistatus(prop("/", PRINCIPAL.format("/1/principal/")))),
            reply(207, multistatus(prop("/1/principal/", HOME_SET.format(f"{stranger.url}1/calendars/")))),
        )
    )
    with Session(Credentials(server.url, USERNAME, PASSWORD)) as session, pytest.raises(ForeignHost) as caught:
        session.discover()
    assert (caught.value.host, stranger.requests) == ("127.0.0.2", [])


@pytest.mark.parametrize("scheme", ["https", "ftp"])
def test_a_principal_by_another_scheme_is_refused(web, scheme: str) -> None:
    server = web(reply(207, multistatus(prop("/", PRINCIPAL.format(f"{scheme}://127.0.0.1:1/1/principal/")))))
    with Session(Credentials(server.url, USERNAME, PASSWORD)) as session, pytest.raises(ForeignHost):
        session.discover()
    assert len(server.requests) == 1


def test_only_the_given_host_is_asked_and_never_the_mail_domain(
    icloud: Sandbox, account: accounts.Account, wire: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    import socket

    asked: list[str] = []
    resolve = socket.getaddrinfo
    monkeypatch.setattr(socket, "getaddrinfo", lambda host, *a, **k: asked.append(host) or resolve(host, *a, **k))
    wire.calendars(wire.discover().path)
    assert set(asked) == {"127.0.0.1"}


def test_a_redirect_in_a_circle_ends(icloud: Sandbox, account: accounts.Account, wire: Session) -> None:
    icloud.faults.redirect("entry", times=None)
    with pytest.raises(Unavailable):
        wire.calendars(f"/{account.dsid}/calendars/")
    assert wire.requests == 6


@pytest.mark.parametrize("location", ["", " ", "http://[broken/", "http://[::1/"])
def test_a_redirect_to_nowhere_is_no_caldav(web, location: str) -> None:
    server = web(reply(301, location=location))
    with Session(Credentials(server.url, USERNAME, PASSWORD)) as session, pytest.raises(NotCalDav):
        session.discover()


@pytest.mark.parametrize(
    "location",
    [
        "http://127.0.0.2:{port}/",
        "//127.0.0.2:{port}/",
        "http://127.0.0.1:{port}@127.0.0.2:{port}/",
        "http://127.0.0.2:{port}\\@127.0.0.1:{port}/",
        "https://127.0.0.1:{port}/",
        "ftp://127.0.0.1:{port}/",
        "javascript:alert(1)",
        "http://localhost:{port}/",
        "http://127.0.0.1.example.org/",
        "http://127.1:{port}/",
        "http://[::1]:{port}/",
        "http://127.0.0.1:99999/",
        "http://127.0.0.1:x/",
    ],
)
def test_a_redirect_past_the_host_is_refused_however_it_is_dressed(web, location: str) -> None:
    stranger = web(reply(207, multistatus()), host="127.0.0.2")
    port = stranger.url.rpartition(":")[2].strip("/")
    server = web(reply(302, location=location.format(port=port)))
    with Session(Credentials(server.url, USERNAME, PASSWORD)) as session, pytest.raises(DavError):
        session.discover()
    assert stranger.requests == []


def test_a_relative_redirect_stays_with_the_host(web) -> None:
    found = multistatus(prop("/dav/", "<getetag>x</getetag>"))
    server = web(script(reply(301, location="../dav/?a=1"), reply(207, found)))
    with Session(Credentials(server.url, USERNAME, PASSWORD)) as session:
        assert session.exists("/old/place/") is True
    assert [asked.path for asked in server.requests] == ["/old/place/", "/old/dav/?a=1"]
    first, second = server.requests
    assert first.body == second.body != b""
    assert [asked.headers["authorization"] for asked in server.requests] == [AUTHORIZATION] * 2
    assert [asked.headers["depth"] for asked in server.requests] == ["0", "0"]


@pytest.mark.parametrize("old", ["closed", "421", "404"])
def test_an_account_that_moved_is_found_again_through_the_entry(
    icloud: Sandbox, account: accounts.Account, known: Credentials, old: str
) -> None:
    with Session(on_pod(known, icloud), timeout=5) as session:
        icloud.move_pod(old)
        assert len(session.calendars(f"/{account.dsid}/calendars/")) == 3
        assert (session.requests, session.origin) == (2, origin_of(icloud.entry_url))


def test_a_calendar_is_not_gone_because_the_old_pod_says_so(
    icloud: Sandbox, account: accounts.Account, known: Credentials
) -> None:
    with Session(on_pod(known, icloud)) as session:
        icloud.move_pod("404")
        assert session.exists(account.calendar("work").path) is True


def test_an_old_pod_that_is_only_overloaded_is_waited_for(
    icloud: Sandbox, account: accounts.Account, known: Credentials
) -> None:
    with Session(on_pod(known, icloud)) as session:
        icloud.move_pod("503")
        with pytest.raises(Unavailable):
            session.calendars(f"/{account.dsid}/calendars/")
        assert session.requests == 1


def test_what_is_gone_is_asked_of_the_entry_too_and_the_pod_stays_known(
    icloud: Sandbox, account: accounts.Account, known: Credentials
) -> None:
    with Session(on_pod(known, icloud)) as session:
        with pytest.raises(NotFound):
            session.get(account.calendar("work").path + "gone.ics")
        assert (session.requests, session.origin) == (2, origin_of(icloud.pod_url))


def test_a_write_whose_answer_was_lost_is_asked_again_and_found_done(
    icloud: Sandbox, account: accounts.Account, known: Credentials
) -> None:
    href = account.calendar("work").path + "A.ics"
    icloud.faults.lost(method="PUT", host="pod")
    with Session(on_pod(known, icloud)) as session, pytest.raises(Conflict):
        session.put(href, event("A"))
    assert list(account.calendar("work").resources) == [href]
    assert icloud.log.summary(method="PUT") == [f"PUT {href} 0", f"PUT {href} 412"]


def test_absolute_hrefs_on_either_host_are_the_same_members(
    icloud: Sandbox, account: accounts.Account, wire: Session
) -> None:
    work = account.calendar("work")
    href = work.put("A.ics", event("A"))
    for where in ("path", "entry", "pod"):
        icloud.switches.hrefs_on = where
        assert set(wire.listing(work.path).changed) == {href}
        assert set(wire.fetch(work.path, [href]).found) == {href}


def test_another_persons_path_is_refused_and_known_as_such(
    icloud: Sandbox, account: accounts.Account, wire: Session
) -> None:
    other = icloud.add_account("bert@example.com")
    other.add_calendar("Home", id="home")
    with pytest.raises(DavError) as caught:
        wire.listing(other.calendar("home").path)
    assert caught.value.status == 403


WORK = "/1/calendars/work/"


WHOLE = multistatus(prop(f"{WORK}a.ics", '<getetag>"1"</getetag>'), after="<sync-token>2</sync-token>")


def asked(web, app, question: Callable[[Session], object]) -> Session:
    session = Session(Credentials(web(app).url, "anna", "x"), timeout=5)
    with session:
        question(session)
    return session


def test_a_page_is_no_receipt_for_a_write(web) -> None:
    page = reply(200, b"<!DOCTYPE html>\n<HTML><body>Sign in to the network</body></HTML>")
    for write in (
        lambda session: session.put(f"{WORK}a.ics", b"BEGIN:VCALENDAR"),
        lambda session: session.delete(f"{WORK}a.ics", etag='"1"'),
    ):
        with pytest.raises(dav.NotCalDav):
            asked(web, page, write)


def test_a_compressed_answer_is_read(web) -> None:
    zipped = reply(207, gzip.compress(WHOLE), content_encoding="gzip")
    seen: list[dav.Changes] = []
    asked(web, zipped, lambda session: seen.append(session.changes(WORK, "1")))
    assert seen[0].token == "2"


@pytest.mark.parametrize("packed", [True, False])
def test_an_answer_past_the_limit_is_not_read_to_its_end(web, monkeypatch: pytest.MonkeyPatch, packed: bool) -> None:
    monkeypatch.setattr(client, "MAX_BODY", 100_000)
    flood = b"x" * 5_000_000
    answer = reply(207, gzip.compress(flood), content_encoding="gzip") if packed else reply(207, flood)
    with pytest.raises(dav.TooLarge):
        asked(web, answer, lambda session: session.calendars("/1/calendars/"))


def test_a_compressed_answer_that_breaks_is_no_answer(web) -> None:
    broken = reply(207, gzip.compress(WHOLE)[:-30] + b"junk" * 10, content_encoding="gzip")
    with pytest.raises(dav.DavError):
        asked(web, broken, lambda session: session.calendars("/1/calendars/"))


def test_a_small_answer_that_unpacks_to_a_flood_is_stopped_at_the_limit(web) -> None:
    packed = gzip.compress(b"<a/>" * 15_000_000)
    with pytest.raises(dav.TooLarge):
        asked(web, reply(207, packed, content_encoding="gzip"), lambda session: session.calendars("/1/calendars/"))
    assert len(packed) < 100_000
