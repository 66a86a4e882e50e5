"""Connecting by a host or an e-mail address whose start address has to be found."""

from __future__ import annotations

import pytest
from pytest_django import Settings

from connections import accounts
from connections.accounts.discovering import discovered
from connections.models import Connection
from practice.models import User
from tests.connections.engine import World
from tests.factories import NOW
from tests.internet import Internet
from tests.name_server import NameServer
from tests.servers import PASSWORD, USERNAME, CalendarServer, by_path, reply


@pytest.fixture(autouse=True)
def _no_other_name_server(name_server: NameServer) -> None:
    """Nothing is asked beyond this machine."""


def connect(user: User, typed: str) -> Connection:
    return accounts.connect(user, username=USERNAME, password=PASSWORD, url=typed, provider="caldav", now=NOW)


def refused(user: User, typed: str) -> tuple[str, str, str]:
    with pytest.raises(accounts.ConnectFailed) as caught:
        connect(user, typed)
    assert not Connection.objects.exists()
    return caught.value.problem.code, str(caught.value.problem.params.get("host", "")), caught.value.field


def test_an_account_is_connected_where_the_well_known_path_leads(
    internet: Internet, radicale: CalendarServer, anna: User
) -> None:
    radicale.add_calendar("work", "Work")
    internet.names["dav.example.org"] = [["127.0.0.1"]]
    internet.put("example.org", by_path({"/.well-known/caldav": reply(301, location="https://dav.example.org/x/")}))
    assert refused(anna, USERNAME.replace("example.com", "example.org")) == (
        "private_address",
        "dav.example.org",
        "url",
    )
    assert connect(anna, radicale.url).url == radicale.url


def test_a_person_is_asked_before_another_host_gets_the_password(internet: Internet, anna: User) -> None:
    internet.put("example.org", reply(301, location="https://calendars.example.net/dav/"))
    stranger = internet.put("calendars.example.net", reply(401))
    assert refused(anna, "anna@example.org") == ("leads_elsewhere", "calendars.example.net", "url")
    assert stranger.requests == []


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("anna@icloud.com", "apple_address"),
        ("https://anna@example.org/", "user_info"),
        ("http://example.org/", "unencrypted"),
        ("10.0.0.7", "private_address"),
        ("not an address", "no_caldav"),
        ("https://cloud.example:port/", "no_caldav"),
        ("https://cloud.example:99999/", "no_caldav"),
        ("https://[fd00::5/", "no_caldav"),
        ("https://\u2100.example/", "no_caldav"),
    ],
)
def test_what_must_not_be_asked_is_said_beside_the_address(
    internet: Internet, anna: User, typed: str, code: str
) -> None:
    assert (refused(anna, typed)[::2], internet.connected) == ((code, "url"), [])


def test_a_mail_domain_without_calendars_is_said_to_have_none(internet: Internet, anna: User) -> None:
    internet.put("example.org", reply(404))
    assert refused(anna, "anna@example.org") == ("no_caldav", "", "url")


def test_the_start_of_icloud_is_not_looked_for(stranger_to_icloud: World, settings: Settings) -> None:
    assert discovered(settings.ICLOUD_CALDAV_URL) == settings.ICLOUD_CALDAV_URL
    assert stranger_to_icloud.asked() == []
