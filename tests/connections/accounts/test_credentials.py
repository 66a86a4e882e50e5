"""Which passwords and addresses are taken, and which are refused before anything is sent."""

from __future__ import annotations

from urllib.parse import urlsplit

import pytest
from pytest_django import Settings

from connections import accounts
from connections.accounts.credentials import clean_url
from connections.problems import Problem
from practice.models import User
from tests.connections.accounts.refusing import refused
from tests.connections.engine import World
from tests.factories import NOW
from tests.servers import PASSWORD, USERNAME, CalendarServer

LETTERS = "abcdefghijklmnop"
PLAIN = "abcd-efgh-ijkl-mnop"


@pytest.mark.parametrize(
    "typed",
    [
        PLAIN,
        LETTERS,
        "abcd efgh ijkl mnop",
        f"  {PLAIN}\n",
        "ABCD-EFGH-IJKL-MNOP",
        "abcd–efgh–ijkl–mnop",
        "abcd-efgh ijklmnop",
        "abcd\u2011efgh\u2011ijkl\u2011mnop",
        "\ufeffabcd-efgh-\u200bijkl-mnop\u00a0",
        f'"{PLAIN}"',
        f"“{PLAIN}”",
        "'abcdefghijklmnop' ",
        f"<{PLAIN}>",
        f"{PLAIN}.",
        f"`{PLAIN}`",
        f"´{PLAIN}´.",
        "ａｂｃｄ－ｅｆｇｈ－ｉｊｋｌ－ｍｎｏｐ",
        "abcd\ufe0f-efgh-ijkl-mnop\U000e0100",
        "abcd\u2027efgh\u2027ijkl\u2027mnop",
        "abcd·efgh·ijkl·mnop",
        "abcd_efgh_ijkl_mnop",
    ],
)
def test_an_app_specific_password_is_taken_with_or_without_dashes_and_blanks(typed: str) -> None:
    assert (accounts.looks_like_app_password(typed), accounts.clean_password(typed)) == (True, PLAIN)


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("Summer2026!", "Summer2026!"),
        (" with blank ", "with blank"),
        ("", ""),
        (LETTERS[:15], LETTERS[:15]),
        ("äbcd-efgh-ijkl-mnop", "äbcd-efgh-ijkl-mnop"),
        ("1234-5678-9012-3456", "1234-5678-9012-3456"),
    ],
)
def test_anything_else_is_none_and_stays_as_it_was_typed(typed: str, kept: str) -> None:
    assert (accounts.looks_like_app_password(typed), accounts.clean_password(typed)) == (False, kept)


@pytest.mark.parametrize("typed", ["Summer2026!", "abcd-efgh-ijkl", "anna@example.com", "x" * 16 + "y"])
def test_what_is_shaped_like_a_normal_password_is_refused_before_anything_is_sent(
    stranger_to_icloud: World, typed: str
) -> None:
    assert refused(stranger_to_icloud, password=typed) == (
        "This does not look like an app-specific password, so it was not sent. It has four groups of four letters, "
        "like abcd-efgh-ijkl-mnop. Your normal Apple password does not work here.",
        "app_password",
    )
    assert stranger_to_icloud.asked() == []


@pytest.mark.parametrize(
    "url",
    [
        "https://caldav.icloud.com",
        "https://caldav.icloud.com:443/",
        "https://p42-caldav.icloud.com/",
        "https://CALDAV.iCloud.com/x",
    ],
)
def test_every_spelling_of_icloud_keeps_a_normal_password_to_itself(stranger_to_icloud: World, url: str) -> None:
    assert refused(stranger_to_icloud, password="Summer2026!", url=url)[1] == "app_password"


@pytest.mark.parametrize(
    "url", ["http://caldav.icloud.com/", "http://p42-caldav.iCloud.com:443", "HTTP://icloud.com./"]
)
def test_icloud_is_never_asked_unencrypted(stranger_to_icloud: World, url: str) -> None:
    sentence = "iCloud is asked by https:// only, so nothing was sent. Correct the address, or leave it out."
    assert refused(stranger_to_icloud, url=url) == (sentence, "url")


@pytest.mark.parametrize(
    ("url", "code"),
    [
        ("http://192.168.1.5/", "unencrypted"),
        ("http://dav.example.com/", "unencrypted"),
        ("https://169.254.169.254/", "link_local"),
        ("https://169.254.169.254./", "link_local"),
        ("https://2852039166/", "link_local"),
        ("https://0xa9fea9fe/", "link_local"),
        ("https://[fe80::1]/", "link_local"),
        ("https://[::ffff:169.254.169.254]/", "link_local"),
        ("https://[64:ff9b::a9fe:a9fe]/", "link_local"),
        ("https://[64:ff9b:1::a9fe:a9fe]/", "link_local"),
        ("https://[2002:a9fe:a9fe::1]/", "link_local"),
        ("https://192.168.1.5/", "private_address"),
        ("https://3232235781/", "private_address"),
        ("https://[fd12:3456::1]:8443/", "private_address"),
        ("https://0.0.0.0/", "special_address"),
        ("https://[ff02::1]/", "special_address"),
        ("https://anna:secret@dav.example.com/", "user_info"),
        ("https://dav.example.com@evil.example/", "user_info"),
        ("https://dav.exa mple.com/", "no_caldav"),
        ("https://dav.example.com:port/", "no_caldav"),
    ],
)
def test_addresses_that_no_password_may_go_to_are_refused_unsent(anna: User, url: str, code: str) -> None:
    with pytest.raises(accounts.ConnectFailed) as caught:
        accounts.connect(anna, username=USERNAME, password=PASSWORD, url=url, now=NOW)
    assert caught.value.problem.code == code


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "[::1]", "127.1", "LOCALHOST."])
def test_this_machine_is_asked_only_if_it_is_listed(settings: Settings, host: str) -> None:
    codes = []
    for listed in ([], ["127.0.0.0/8", "localhost", "::1"]):
        settings.ALLOWED_PRIVATE_HOSTS = listed
        try:
            codes.append(clean_url(f"https://{host}:8443/"))
        except accounts.ConnectFailed as failure:
            codes.append(failure.problem.code)
    shown = {"127.1": "127.0.0.1", "LOCALHOST.": "localhost"}.get(host, host)
    assert codes == ["private_address", f"https://{shown}:8443/"]


def test_a_listed_host_in_a_private_network_needs_https_too(settings: Settings) -> None:
    settings.ALLOWED_PRIVATE_HOSTS = ["cloud.home.arpa", "10.0.0.5"]
    for url in ("http://cloud.home.arpa/", "http://10.0.0.5/"):
        with pytest.raises(accounts.ConnectFailed) as caught:
            clean_url(url)
        assert str(caught.value) == (
            "The password would cross the network unencrypted, so nothing was sent. Let the address begin with "
            "https://; a server in your own network needs that too."
        )
    assert [clean_url(f"https://{host}") for host in ("cloud.home.arpa", "10.0.0.5")] == [
        "https://cloud.home.arpa/",
        "https://10.0.0.5/",
    ]


@pytest.mark.parametrize("apple_id", ["anna", "anna@", "@example.com", "anna@example"])
def test_an_apple_id_that_is_no_address_is_refused_unsent(stranger_to_icloud: World, apple_id: str) -> None:
    world = stranger_to_icloud
    with pytest.raises(accounts.ConnectFailed) as caught:
        accounts.connect(world.user, username=apple_id, password=PLAIN, url=world.icloud.entry_url, now=NOW)
    assert (caught.value.problem.code, caught.value.field, world.asked()) == ("not_an_email", "apple_id", [])


@pytest.mark.parametrize("password", ["", " "])
def test_an_empty_password_is_not_sent_to_any_server(radicale: CalendarServer, anna: User, password: str) -> None:
    with pytest.raises(accounts.ConnectFailed) as caught:
        accounts.connect(anna, username=USERNAME, password=password, url=radicale.url, now=NOW)
    assert (str(caught.value), caught.value.field) == (
        "Enter the password: without one nothing was sent.",
        "app_password",
    )


def test_a_missing_user_name_is_asked_for_in_the_words_of_the_provider(anna: User) -> None:
    said = []
    for url in ("https://caldav.icloud.com/", "https://dav.example.org/"):
        with pytest.raises(accounts.ConnectFailed) as caught:
            accounts.connect(anna, username=" ", password=PASSWORD, url=url, now=NOW)
        said.append(str(caught.value))
    assert said == ["Enter the e-mail address of the Apple Account.", "Enter the user name of the account."]


def test_an_account_at_another_server_is_stored_as_one(radicale: CalendarServer, anna: User) -> None:
    radicale.add_calendar("work")
    connection = accounts.connect(anna, username=USERNAME, password=PASSWORD, url=radicale.url, now=NOW)
    host = urlsplit(radicale.url).hostname
    assert (connection.provider, str(connection)) == ("caldav", f"{host} · {USERNAME}")
    refused = connection.about(Problem("unauthorized", {"username": USERNAME}))
    assert refused.sentence == f"{host} no longer accepts the password of {USERNAME}. Make a new one and reconnect."


def test_what_another_server_refuses_is_not_said_of_apple(radicale: CalendarServer, anna: User) -> None:
    with pytest.raises(accounts.ConnectFailed) as caught:
        accounts.connect(anna, username=USERNAME, password="wrong", url=radicale.url, now=NOW)
    assert (str(caught.value), caught.value.field) == (
        "Not accepted. Check the user name and the password.",
        "app_password",
    )


def test_a_password_pasted_with_blanks_lets_in_and_is_kept_as_apple_writes_it(stranger_to_icloud: World) -> None:
    world = stranger_to_icloud
    plain = world.password
    world.password = f" {plain.replace('-', ' ').upper()} "
    assert (world.connect().password, world.connection.username) == (plain, "anna@example.com")


def test_for_another_server_any_password_is_sent_as_typed(radicale: CalendarServer, anna: User) -> None:
    radicale.add_calendar("work", "Work")
    connection = accounts.connect(anna, username=USERNAME, password=f"{PASSWORD}\n", url=radicale.url, now=NOW)
    assert (connection.password, connection.url) == (PASSWORD, radicale.url)


def test_an_app_specific_password_with_blanks_is_mended_for_another_address_too(
    stranger_to_icloud: World, settings: Settings
) -> None:
    settings.ICLOUD_CALDAV_URL = "https://caldav.icloud.com/"
    world = stranger_to_icloud
    connection = accounts.connect(
        world.user,
        username="anna@example.com",
        password=world.password.replace("-", " "),
        url=world.icloud.entry_url,
        now=NOW,
    )
    assert connection.password == world.password
    assert [line.rpartition(" ")[2] for line in world.asked()][:2] == ["401", "207"]
