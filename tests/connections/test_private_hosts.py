"""Which hosts in private networks this deployment lets be asked."""

from __future__ import annotations

import pytest
from pytest_django import Settings

from connections.models import Connection
from connections.private_hosts import private_hosts


@pytest.mark.parametrize(
    ("listed", "icloud", "hosts"),
    [
        ([], "https://caldav.icloud.com/", set()),
        ([" Cloud.Home.Arpa. ", "fd00::/64", ""], "https://caldav.icloud.com/", {"cloud.home.arpa", "fd00::/64"}),
        (["nas"], "http://127.0.0.1:8010/", {"nas", "127.0.0.1"}),
        ([], "http://localhost:8010/", {"localhost"}),
        (["https://nas/", "nas"], "http://[broken/", {"nas"}),
    ],
)
def test_the_setting_and_the_host_of_icloud_are_what_an_operator_chose(
    settings: Settings, listed: list[str], icloud: str, hosts: set[str]
) -> None:
    settings.ALLOWED_PRIVATE_HOSTS, settings.ICLOUD_CALDAV_URL = listed, icloud
    assert private_hosts() == hosts


@pytest.mark.parametrize("provider", ["icloud", "caldav", "ics"])
def test_every_account_says_which_private_hosts_it_may_ask(settings: Settings, provider: str) -> None:
    settings.ALLOWED_PRIVATE_HOSTS = ["nas.home.arpa"]
    settings.ICLOUD_CALDAV_URL = "https://caldav.icloud.com/"
    account = Connection(provider=provider, url="https://nas.home.arpa/", password="x").account
    assert account.private_hosts == {"nas.home.arpa"}
