"""“Another CalDAV server”: from the address of a server alone to its calendars (RFC 6764)."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from connections import accounts
from connections.models import Connection
from sandbox.server.flavours import FASTMAIL, nextcloud
from sandbox.server.server import Sandbox
from tests.provider_contract.practice import Chosen, make_practice
from tests.sandboxed import SandboxServer
from tests.servers import CalendarServer

pytestmark = [pytest.mark.django_db, pytest.mark.processes]

FOUND = {"cyrus": (FASTMAIL, "dav/"), "sabre": (nextcloud(), "remote.php/dav/")}


@pytest.fixture(params=sorted(FOUND))
def found(request: pytest.FixtureRequest) -> Iterator[tuple[SandboxServer, str]]:
    """A server, and the path at which its calendars begin."""
    flavour, path = FOUND[request.param]
    with Sandbox(flavour=flavour) as sandbox:
        yield SandboxServer(sandbox), path


def test_the_well_known_address_of_a_server_leads_to_its_calendars(found: tuple[SandboxServer, str]) -> None:
    server, path = found
    practice = make_practice(server, Chosen("caldav", lambda one: server.sandbox.entry_url))
    connection = practice.connect()
    assert (connection.provider, connection.url) == ("caldav", server.sandbox.entry_url + path)
    assert sorted(connection.calendars.values_list("name", flat=True)) == ["Home", "Work"]


def test_no_password_is_sent_before_the_address_is_found(found: tuple[SandboxServer, str]) -> None:
    server, path = found
    make_practice(server, Chosen("caldav", lambda one: server.sandbox.entry_url)).connect()
    asked = [one.path for one in server.sandbox.log if one.authorized]
    assert [place for place in asked if not place.startswith(f"/{path}")] == []
    assert {one.path for one in server.sandbox.log if not one.authorized} >= {"/.well-known/caldav"}


@pytest.mark.parametrize("server", ["radicale", "xandikos"])
def test_a_server_without_a_well_known_address_is_found_at_its_root(
    request: pytest.FixtureRequest, server: str
) -> None:
    running: CalendarServer = request.getfixturevalue(server)
    connection = make_practice(running, Chosen("caldav", lambda one: running.url)).connect()
    assert (connection.provider, connection.calendars.count()) == ("caldav", 2)


def test_a_wrong_path_is_said_and_nothing_is_stored(nextcloud_server: SandboxServer) -> None:
    address = f"{nextcloud_server.sandbox.entry_url}elsewhere/"
    with pytest.raises(accounts.ConnectFailed) as caught:
        make_practice(nextcloud_server, Chosen("caldav", lambda one: address)).connect()
    assert (caught.value.problem.code, Connection.objects.count()) == ("connecting_refused", 0)
