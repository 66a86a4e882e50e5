"""The sandbox as a Fastmail-like and as a Nextcloud-like server: paths, passwords, tokens and errors."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from sandbox.server.dav.xml import SERVER, c, d
from sandbox.server.flavours import FASTMAIL, FLAVOURS, nextcloud
from sandbox.server.server import Sandbox
from tests.sandbox.client import Client, event
from tests.sandboxed import SandboxServer


def client(server: SandboxServer, password: str = "") -> Client:
    return Client(server.sandbox, server.account, (server.username, password or server.password))


def test_every_flavour_starts_from_its_name() -> None:
    assert sorted(FLAVOURS) == ["fastmail", "icloud", "nextcloud"]


@pytest.mark.parametrize(
    ("fixture", "well_known", "root", "principal", "home"),
    [
        (
            "fastmail",
            "/.well-known/caldav",
            "/dav/",
            "/dav/principals/user/anna@example.com/",
            "/dav/calendars/user/anna@example.com/",
        ),
        (
            "nextcloud_server",
            "/cloud/.well-known/caldav",
            "/cloud/remote.php/dav/",
            "/cloud/remote.php/dav/principals/users/anna/",
            "/cloud/remote.php/dav/calendars/anna/",
        ),
    ],
)
def test_the_well_known_address_leads_over_root_and_principal_to_the_home(
    request: pytest.FixtureRequest, fixture: str, well_known: str, root: str, principal: str, home: str
) -> None:
    server = request.getfixturevalue(fixture)
    anna = client(server)
    asked = anna.ask("PROPFIND", well_known)
    assert (asked.status, asked.headers["Location"]) == (301, server.sandbox.entry_url[:-1] + root)
    named = anna.propfind(root, d("current-user-principal")).found(root, d("current-user-principal"))
    assert named.findtext(d("href")) == principal
    sets = anna.propfind(principal, c("calendar-home-set")).found(principal, c("calendar-home-set"))
    assert sets.findtext(d("href")) == home == server.home


@pytest.mark.parametrize(
    ("fixture", "boxes"),
    [("fastmail", ["Inbox/", "Outbox/", "Attachments/"]), ("nextcloud_server", ["inbox/", "outbox/", "trashbin/"])],
)
def test_the_home_lists_the_boxes_of_the_server(request: pytest.FixtureRequest, fixture: str, boxes: list[str]) -> None:
    server = request.getfixturevalue(fixture)
    server.add_calendar("work")
    listed = client(server).propfind(server.home, d("resourcetype"), depth="1").hrefs
    assert [href.removeprefix(server.home) for href in listed] == ["", "tasks/", "work/", *boxes]


def test_app_passwords_look_as_the_server_makes_them(fastmail: SandboxServer, nextcloud_server: SandboxServer) -> None:
    assert bool(re.fullmatch(r"[a-z0-9]{16}", fastmail.password)) is True
    assert bool(re.fullmatch(r"[a-zA-Z0-9]{5}(-[a-zA-Z0-9]{5}){4}", nextcloud_server.password)) is True


@pytest.mark.parametrize(
    ("fixture", "form"), [("fastmail", r"data:,\d+-\d+"), ("nextcloud_server", r"http://sabre\.io/ns/sync/\d+")]
)
def test_sync_tokens_have_the_form_of_the_server_and_are_understood(
    request: pytest.FixtureRequest, fixture: str, form: str
) -> None:
    server = request.getfixturevalue(fixture)
    work, anna = server.add_calendar("work"), client(server)
    token = anna.sync(work).root.findtext(d("sync-token"))
    assert bool(re.fullmatch(form, token)) is True
    server.write(f"{work}a.ics", event("A"))
    assert anna.sync(work, token).hrefs == [f"{work}a.ics"]
    ctag = anna.propfind(work, f"{{{SERVER}}}getctag").found(work, f"{{{SERVER}}}getctag").text
    assert ctag == anna.sync(work, token).root.findtext(d("sync-token"))
    assert anna.sync(work, token + "777").status == 403


def test_a_home_of_another_account_is_foreign(fastmail: SandboxServer) -> None:
    fastmail.sandbox.add_account("ben@example.com")
    assert client(fastmail).propfind("/dav/calendars/user/ben@example.com/", d("displayname")).status == 403


def test_a_removed_calendar_is_not_found(nextcloud_server: SandboxServer) -> None:
    work = nextcloud_server.add_calendar("work")
    nextcloud_server.sandbox.switches.removed_calendar = "410"
    nextcloud_server.remove(work)
    assert client(nextcloud_server).propfind(work, d("displayname")).status == 410


def test_errors_of_a_nextcloud_name_exception_and_precondition(nextcloud_server: SandboxServer) -> None:
    work = nextcloud_server.add_calendar("work")
    answer = client(nextcloud_server).sync(work, "junk")
    assert (answer.status, [one.tag for one in answer.root]) == (
        403,
        ["{http://sabredav.org/ns}exception", "{http://sabredav.org/ns}message", d("valid-sync-token")],
    )
    missing = client(nextcloud_server).propfind(f"{work}no.ics", d("getetag"))
    assert (missing.status, missing.root[0].text) == (404, r"Sabre\DAV\Exception\NotFound")


def test_a_uid_of_the_same_calendar_is_a_bare_400_and_that_of_another_is_accepted(
    nextcloud_server: SandboxServer,
) -> None:
    work, home = nextcloud_server.add_calendar("work"), nextcloud_server.add_calendar("home")
    anna = client(nextcloud_server)
    answers = [anna.put(path, event("A")) for path in (f"{work}a.ics", f"{work}b.ics", f"{home}a.ics")]
    assert [one.status for one in answers] == [201, 400, 201]
    assert answers[1].root[1].text == "Calendar object with uid already exists in this calendar collection."


def test_outside_of_the_dav_address_a_nextcloud_refuses_the_method(nextcloud_server: SandboxServer) -> None:
    assert client(nextcloud_server).propfind("/", d("displayname")).status == 405


def test_after_ten_wrong_passwords_a_nextcloud_refuses_all_for_half_an_hour(nextcloud_server: SandboxServer) -> None:
    guessing, anna = client(nextcloud_server, "wrong"), client(nextcloud_server)
    home = nextcloud_server.home
    assert [guessing.propfind(home, d("displayname")).status for _ in range(12)] == [401] * 11 + [429]
    assert anna.propfind(home, d("displayname")).status == 429
    nextcloud_server.sandbox.advance(timedelta(minutes=31).total_seconds())
    assert anna.propfind(home, d("displayname")).status == 207


def test_a_nextcloud_in_maintenance_says_so_and_for_how_long(nextcloud_server: SandboxServer) -> None:
    nextcloud_server.sandbox.down()
    answer = client(nextcloud_server).propfind(nextcloud_server.home, d("displayname"))
    headers = (answer.headers["Retry-After"], answer.headers["X-Nextcloud-Maintenance-Mode"])
    assert (answer.status, headers) == (503, ("120", "1"))


def test_what_is_stored_otherwise_than_it_was_sent_has_no_etag(fastmail: SandboxServer) -> None:
    work, anna = fastmail.add_calendar("work"), client(fastmail)
    invited = event("B", more="ORGANIZER:mailto:anna@example.com\r\nATTENDEE:mailto:ben@example.com\r\n")
    plain, changed = anna.put(f"{work}a.ics", event("A")), anna.put(f"{work}b.ics", invited)
    assert ["ETag" in one.headers for one in (plain, changed)] == [True, False]


def test_none_of_them_has_the_headers_of_apple(fastmail: SandboxServer) -> None:
    answer = client(fastmail, "wrong").propfind("/dav/", d("displayname"))
    assert (answer.status, answer.headers["Server"], answer.headers["WWW-Authenticate"]) == (
        401,
        "nginx",
        'Basic realm="Fastmail"',
    )
    assert [name for name in answer.headers if name.startswith("X-Apple")] == []


@pytest.mark.parametrize("flavour", [FASTMAIL, nextcloud()], ids=["fastmail", "nextcloud"])
def test_the_data_survive_a_restart(tmp_path, flavour) -> None:
    with Sandbox(tmp_path, flavour=flavour) as sandbox:
        server = SandboxServer(sandbox)
        server.write(f"{server.add_calendar('work')}a.ics", event("A"))
    with Sandbox(tmp_path, flavour=flavour) as again:
        assert list(again.account("anna@example.com").calendar("work").resources) == [f"{server.home}work/a.ics"]
