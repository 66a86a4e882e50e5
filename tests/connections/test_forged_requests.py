"""No road leads into the network of the server: whoever connects an account cannot let Kalends ask a private address.

Each road is one line in a table, and every way in is tried on all of them: spellings of addresses, answers of name
servers, redirects, user names in addresses. Only the resolver and `connect` are replaced, below everything that counts
(`tests.internet`); the tests' own servers are reached there by public addresses.
"""

from __future__ import annotations

import io
import sys
import time
from collections.abc import Callable
from dataclasses import replace

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from django.utils.html import escape
from pytest_django import Settings

from connections import accounts, dav
from connections.dav.discovery import discover_start
from connections.models import Connection
from connections.private_hosts import private_hosts
from connections.problems import Problem
from connections.providers import ICS, UNNAMED_SERVER, provider_words
from connections.sessions import reading_session
from connections.sync.run import sync_connection
from operations.account_check.wire import Wire
from practice.models import User
from tests.factories import NOW, ConnectionFactory, UserFactory
from tests.internet import Internet
from tests.name_server import NameServer
from tests.servers import Served, multistatus, prop, reply, script

HOST = "cloud.example.org"
ACCOUNT = dav.Credentials(f"https://{HOST}/", "anna", "password-of-anna", private_hosts=frozenset())
FEED = replace(ACCOUNT, username="", password="", provider=ICS)

Session = Callable[[str, frozenset[str]], object]


def lists(account: dav.Credentials, **how: bool) -> object:
    with reading_session(account, **how) as session:
        return session.home_listing("/")


def checks(account: dav.Credentials) -> object:
    with Wire(account) as wire:
        return wire.propfind("/", b"")


def discovers(account: dav.Credentials) -> object:
    with dav.Session(account) as session:
        return session.discover()


def follows(account: dav.Credentials) -> object:
    with Wire(account) as wire:
        [member] = wire.propfind("/", b"").multistatus().members
        return wire.follow(member.href("{DAV:}current-user-principal"))


def looks(url: str, listed: frozenset[str]) -> str:
    return discover_start(url, deadline=time.monotonic() + 5, private_hosts=listed)


SESSIONS: dict[str, Session] = {
    "session": lambda url, listed: lists(replace(ACCOUNT, url=url, private_hosts=listed)),
    "kept session": lambda url, listed: lists(replace(ACCOUNT, url=url, private_hosts=listed), kept=True),
    "feed": lambda url, listed: lists(replace(FEED, url=url, private_hosts=listed)),
    "account check": lambda url, listed: checks(replace(ACCOUNT, url=url, private_hosts=listed)),
    "discovery": looks,
}
"""What asks a URL, with the private hosts that it may ask."""

REFUSED_LITERALS: list[tuple[str, type[dav.DavError]]] = [
    ("127.0.0.1", dav.PrivateAddress),
    ("127.1", dav.PrivateAddress),
    ("2130706433", dav.PrivateAddress),
    ("0x7f.0.0.1", dav.PrivateAddress),
    ("0177.1", dav.PrivateAddress),
    ("localhost", dav.PrivateAddress),
    ("LOCALHOST.", dav.PrivateAddress),
    ("[::1]", dav.PrivateAddress),
    ("[::ffff:127.0.0.1]", dav.PrivateAddress),
    ("[::ffff:7f00:1]", dav.PrivateAddress),
    ("[64:ff9b::7f00:1]", dav.PrivateAddress),
    ("[fd00::1]", dav.PrivateAddress),
    ("10.0.0.7", dav.PrivateAddress),
    ("100.64.0.7", dav.PrivateAddress),
    ("0.0.0.0", dav.SpecialAddress),  # noqa: S104 - refused
    ("[::]", dav.SpecialAddress),
    ("169.254.169.254", dav.LinkLocal),
    ("[fe80::1]", dav.LinkLocal),
    ("[fd00:ec2::254]", dav.LinkLocal),
]
REFUSED_ANSWERS: list[tuple[list[str], type[dav.DavError]]] = [
    (["127.0.0.1"], dav.PrivateAddress),
    (["10.0.0.7"], dav.PrivateAddress),
    (["17.9.9.9", "192.168.1.5"], dav.PrivateAddress),
    (["2a00:1450::1", "::1"], dav.PrivateAddress),
    (["::ffff:127.0.0.1"], dav.PrivateAddress),
    (["fd00::1"], dav.PrivateAddress),
    (["0.0.0.0"], dav.SpecialAddress),  # noqa: S104 - refused
    (["224.0.0.1"], dav.SpecialAddress),
    (["169.254.169.254"], dav.LinkLocal),
    (["17.9.9.9", "fe80::1"], dav.LinkLocal),
]


@pytest.fixture(autouse=True)
def _deployed(settings: Settings, name_server: NameServer) -> None:
    """As in a deployment that lists nothing; no other name server is asked."""
    settings.ALLOWED_PRIVATE_HOSTS = []
    settings.ICLOUD_CALDAV_URL = "https://caldav.icloud.com/"


def error_of(road: str, url: str, listed: frozenset[str] = frozenset()) -> type[dav.DavError] | None:
    """What the road raises: its class. Discovery and a session that are answered raise nothing, or what was said."""
    try:
        SESSIONS[road](url, listed)
    except dav.DavError as error:
        return type(error)
    return None


@pytest.mark.parametrize("road", SESSIONS)
@pytest.mark.parametrize(("host", "kind"), REFUSED_LITERALS)
def test_an_address_is_refused_in_every_spelling(
    internet: Internet, road: str, host: str, kind: type[dav.DavError]
) -> None:
    assert error_of(road, f"https://{host}:8443/") is kind
    assert (internet.looked_up, internet.connected) == ([], [])


@pytest.mark.parametrize("road", SESSIONS)
@pytest.mark.parametrize(("addresses", "kind"), REFUSED_ANSWERS)
def test_a_name_is_refused_if_one_of_its_addresses_is(
    internet: Internet, road: str, addresses: list[str], kind: type[dav.DavError]
) -> None:
    internet.names[HOST] = [addresses]
    assert error_of(road, f"https://{HOST}/") is kind
    assert (internet.looked_up, internet.connected) == ([HOST], [])


@pytest.mark.parametrize("road", SESSIONS)
def test_the_address_that_was_checked_is_the_one_that_is_asked(internet: Internet, road: str) -> None:
    server = internet.put(HOST, reply(404))
    internet.names[HOST].append(["127.0.0.1"])
    error_of(road, f"https://{HOST}/")
    assert (internet.looked_up[0], internet.connected, len(server.requests)) == (HOST, list(internet.places), 1)


@pytest.mark.parametrize("road", SESSIONS)
def test_a_name_that_leads_elsewhere_at_the_next_request_is_refused_then(internet: Internet, road: str) -> None:
    moved = script(reply(301, location=f"https://{HOST}:8443/next/"), reply(404))
    server = internet.put(HOST, moved)
    internet.names[HOST].append(["127.0.0.1"])
    assert error_of(road, f"https://{HOST}/") is dav.PrivateAddress
    assert (internet.looked_up, len(server.requests)) == ([HOST, HOST], 1)


@pytest.mark.parametrize("road", SESSIONS)
@pytest.mark.parametrize(
    "location",
    [
        "https://127.0.0.1:8443/",
        "https://[::ffff:127.0.0.1]/",
        "https://localhost/",
        "https://10.0.0.7/",
        "https://169.254.169.254/latest/meta-data/",
        "https://inside.example.net/",
        "http://127.0.0.1/",
        "http://cloud.example.org/",
        "//inside.example.net/",
        "file:///etc/passwd",
        "gopher://127.0.0.1:6379/",
    ],
)
def test_no_redirect_leads_inside_or_to_http(internet: Internet, road: str, location: str) -> None:
    server = internet.put(HOST, reply(302, location=location))
    internet.names["inside.example.net"] = [["10.0.0.7"]]
    kinds = (dav.ForeignHost, dav.LeadsElsewhere, dav.Downgraded, dav.NotCalDav)
    assert error_of(road, f"https://{HOST}/") in kinds
    assert (set(internet.looked_up), set(internet.connected)) == ({HOST}, set(internet.places))
    assert {asked.path for asked in server.requests} - {"/", "/.well-known/caldav"} == set()


@pytest.mark.parametrize("road", SESSIONS)
def test_a_redirect_to_http_of_the_same_host_is_called_that(internet: Internet, road: str) -> None:
    internet.put(HOST, reply(302, location=f"http://{HOST}/"))
    assert error_of(road, f"https://{HOST}/") is dav.Downgraded


@pytest.mark.parametrize("road", [discovers, follows])
def test_a_principal_at_http_of_the_same_host_is_called_that(
    internet: Internet, road: Callable[[dav.Credentials], object]
) -> None:
    principal = f"<current-user-principal><href>http://{HOST}/anna/</href></current-user-principal>"
    server = internet.put(HOST, reply(207, multistatus(prop("/", principal))))
    with pytest.raises(dav.Downgraded):
        road(ACCOUNT)
    assert [asked.path for asked in server.requests] == ["/"]


# A feed has no password and sends no user name, so there one in a redirect is only left out.
@pytest.mark.parametrize("road", [road for road in SESSIONS if road != "feed"])
def test_a_redirect_with_a_user_name_in_it_is_not_followed(internet: Internet, road: str) -> None:
    server = internet.put(HOST, reply(302, location=f"https://anna@{HOST}/next/"))
    assert error_of(road, f"https://{HOST}/") is dav.NotCalDav
    assert len(server.requests) == 1


@pytest.mark.parametrize("road", SESSIONS)
def test_beyond_this_machine_nothing_is_asked_by_http(internet: Internet, road: str) -> None:
    for listed in (frozenset[str](), frozenset({HOST})):
        assert error_of(road, f"http://{HOST}/", listed) is dav.Unencrypted
    assert (internet.looked_up, internet.connected) == ([], [])


@pytest.mark.parametrize("road", SESSIONS)
def test_a_listed_host_is_reached_inside(internet: Internet, road: str) -> None:
    server = at_home(internet, "10.0.0.7")
    error_of(road, f"https://{HOST}/", frozenset({HOST}))
    assert (set(internet.connected), len(server.requests) >= 1) == ({"10.0.0.7"}, True)


@pytest.mark.parametrize("road", SESSIONS)
@pytest.mark.parametrize("address", ["169.254.169.254", "fe80::1", "0.0.0.0"])  # noqa: S104 - refused
def test_not_even_a_listed_host_leads_to_what_is_never_asked(internet: Internet, road: str, address: str) -> None:
    internet.names[HOST] = [["10.0.0.7", address]]
    kind = dav.SpecialAddress if address == "0.0.0.0" else dav.LinkLocal  # noqa: S104 - refused
    assert (error_of(road, f"https://{HOST}/", frozenset({HOST})), internet.connected) == (kind, [])


@pytest.mark.parametrize("road", SESSIONS)
def test_a_host_is_listed_by_its_name_and_not_by_where_it_leads(internet: Internet, road: str) -> None:
    at_home(internet, "10.0.0.7")
    assert error_of(road, f"https://{HOST}/", frozenset({"10.0.0.7", "10.0.0.0/8"})) is dav.PrivateAddress
    assert internet.connected == []


def at_home(internet: Internet, address: str) -> Served:
    """A server whose name leads to this address."""
    server = internet.put(HOST, reply(404))
    [[public]] = internet.names[HOST]
    internet.names[HOST], internet.places = [[address]], {address: internet.places[public]}
    return server


# --- What people and commands do ---------------------------------------------------------------------------------


def by_function(user: User, url: str) -> str:
    return code_of(lambda: accounts.connect(user, username="anna", password="x", url=url, now=NOW))


def by_search(user: User, url: str) -> str:
    def connect() -> object:
        return accounts.connect(user, username="anna", password="x", url=url, provider="caldav", now=NOW)

    return code_of(connect)


def by_web_address(user: User, url: str) -> str:
    return code_of(lambda: accounts.connect_feed(user, address=f"{url}feed.ics", now=NOW))


def by_reconnecting(user: User, url: str) -> str:
    """An account that is stored, whose name leads elsewhere today."""
    stored = ConnectionFactory.create(user=user, url=url, provider="caldav", origin="")
    code = code_of(lambda: accounts.reconnect(stored, password="y", now=NOW))
    stored.delete()
    return code


def by_a_new_address(user: User, url: str) -> str:
    """An account that is said to be elsewhere now."""
    stored = ConnectionFactory.create(user=user, url="https://other.example.org/", provider="caldav")
    code = code_of(lambda: accounts.reconnect(stored, password="y", url=url, now=NOW))
    stored.delete()
    return code


def by_a_new_web_address(user: User, url: str) -> str:
    stored = ConnectionFactory.create(user=user, url="https://other.example.org/", provider=ICS)
    code = code_of(lambda: accounts.reconnect_feed(stored, address=f"{url}feed.ics", now=NOW))
    stored.delete()
    return code


def by_syncing(user: User, url: str) -> str:
    stored = ConnectionFactory.create(user=user, url=url, provider="caldav", origin="")
    sync_connection(stored.pk, now=NOW)
    stored.refresh_from_db()
    stored.delete()
    return stored.error_code


def by_page(slug: str, field: str) -> Callable[[User, str], str]:
    def post(user: User, url: str) -> str:
        client = Client()
        client.force_login(user)
        answer = client.post(
            f"/calendars/settings/connections/new/{slug}/", {field: url, "username": "anna", "app_password": "x"}
        )
        return code_in(answer.content.decode(), host_in(url))

    return post


def by_command(*given: str) -> Callable[[User, str], str]:
    def call(user: User, url: str) -> str:
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(sys, "stdin", io.StringIO("password\n"))
            with pytest.raises(CommandError) as caught:
                call_command(*given, "--user", user.username, "--url", url)
        return code_in(str(caught.value), host_in(url))

    return call


ROADS: dict[str, Callable[[User, str], str]] = {
    "connecting": by_function,
    "connecting where it is found": by_search,
    "adding a web address": by_web_address,
    "reconnecting": by_reconnecting,
    "reconnecting elsewhere": by_a_new_address,
    "a new web address": by_a_new_web_address,
    "syncing": by_syncing,
    "the page for any server": by_page("caldav", "url"),
    "the page for Nextcloud": by_page("nextcloud", "url"),
    "the page for web addresses": by_page("ics", "address"),
    "connect": by_command("connect", "--provider", "caldav", "--username", "anna"),
    "connect a web address": by_command("connect", "--provider", "ics"),
    "connect_icloud": by_command("connect_icloud", "--apple-id", "anna@example.com"),
}
"""What a person can do with a URL; each returns the code of the problem that they are told."""

TYPED = [road for road in ROADS if road not in ("reconnecting", "syncing")]


def code_of(act: Callable[[], object]) -> str:
    with pytest.raises(accounts.ConnectFailed) as caught:
        act()
    return caught.value.problem.code


def code_in(text: str, host: str) -> str:
    """The code whose sentence stands in the text, of those of this suite."""
    for code in ("private_address", "special_address", "link_local", "unencrypted", "user_info"):
        for words in (UNNAMED_SERVER, provider_words(ICS)):
            said = Problem(code, {"host": host}, words).sentence
            if said in text or escape(said) in text:
                return code
    return "another"


def host_in(url: str) -> str:
    return dav.host_name(url.partition("://")[2].rpartition("@")[2].partition("/")[0].removesuffix(":8443"))


@pytest.fixture
def user(db: None) -> User:
    return UserFactory.create()


@pytest.mark.parametrize("road", ROADS)
@pytest.mark.parametrize(
    ("host", "code"),
    [
        ("127.0.0.1", "private_address"),
        ("2130706433", "private_address"),
        ("localhost", "private_address"),
        ("[::ffff:127.0.0.1]", "private_address"),
        ("192.168.1.5", "private_address"),
        ("0.0.0.0", "special_address"),  # noqa: S104 - refused
        ("169.254.169.254", "link_local"),
    ],
)
def test_a_person_is_told_why_an_address_is_not_asked(
    internet: Internet, user: User, road: str, host: str, code: str
) -> None:
    assert (ROADS[road](user, f"https://{host}:8443/"), internet.looked_up, internet.connected) == (code, [], [])
    assert not Connection.objects.exists()


@pytest.mark.parametrize("road", ROADS)
@pytest.mark.parametrize(
    ("address", "code"),
    [("127.0.0.1", "private_address"), ("::ffff:10.0.0.7", "private_address"), ("169.254.169.254", "link_local")],
)
def test_a_person_is_told_why_a_name_is_not_asked(
    internet: Internet, user: User, road: str, address: str, code: str
) -> None:
    internet.names[HOST] = [["17.9.9.9", address]]
    assert (ROADS[road](user, f"https://{HOST}/"), internet.connected) == (code, [])
    assert not Connection.objects.exists()


@pytest.mark.parametrize("road", TYPED)
@pytest.mark.parametrize(
    ("url", "code"),
    [
        ("https://anna:secret@cloud.example.org/", "user_info"),
        ("https://cloud.example.org@127.0.0.1/", "user_info"),
        ("http://cloud.example.org/", "unencrypted"),
        ("http://192.168.1.5/", "unencrypted"),
    ],
)
def test_an_address_that_cannot_be_taken_as_it_is_typed_is_said_to_be(
    internet: Internet, user: User, road: str, url: str, code: str
) -> None:
    assert (ROADS[road](user, url), internet.looked_up, internet.connected) == (code, [], [])


@pytest.mark.parametrize("road", ROADS)
def test_what_an_operator_lists_is_asked(internet: Internet, user: User, settings: Settings, road: str) -> None:
    settings.ALLOWED_PRIVATE_HOSTS = ["Cloud.Example.Org."]
    server = at_home(internet, "10.0.0.7")
    assert ROADS[road](user, f"https://{HOST}/") not in ("private_address", "special_address", "link_local")
    assert (set(internet.connected), len(server.requests) >= 1) == ({"10.0.0.7"}, True)


@pytest.mark.parametrize("host", ["caldav.icloud.com", "p42-caldav.icloud.com"])
def test_icloud_is_in_no_private_network(internet: Internet, host: str) -> None:
    internet.names[host] = [["10.0.0.7"]]
    account = replace(ACCOUNT, origin=f"https://{host}:443", private_hosts=private_hosts())
    for is_kept in (True, False):
        with pytest.raises(dav.PrivateAddress):
            lists(replace(account, url="https://caldav.icloud.com/"), kept=is_kept)
    assert (internet.looked_up, internet.connected) == ([host, host], [])


def test_the_host_of_icloud_that_an_operator_chose_needs_no_entry(settings: Settings) -> None:
    settings.ICLOUD_CALDAV_URL = "http://127.0.0.1:8010/"
    assert private_hosts() == {"127.0.0.1"}
