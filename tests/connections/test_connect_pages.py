"""The pages on which an account is connected: one for each provider with steps of its own, one for all others."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from connections import accounts
from connections.models import Connection
from connections.providers import PROVIDERS
from practice.models import User
from tests.factories import NOW, ConnectionFactory, UserFactory
from tests.feed_server import FeedServer
from tests.pages import find, links, texts
from tests.servers import PASSWORD, USERNAME, CalendarServer

pytestmark = pytest.mark.django_db
live = pytest.mark.django_db(transaction=True)
"""For what asks a server, which never happens inside a transaction."""

NEW = "/calendars/settings/connections/new/"
TWO_WAY = [one.slug for one in PROVIDERS.values() if one.is_two_way]
FURTHER = ["posteo", "gmx", "webde", "yahoo", "owncloud", "synology", "zoho", "radicale", "baikal"]
UNTRIED = "Not yet tried with a real account"
ERRORS = "//*[@class='field__error']/li"


@pytest.fixture
def anna(client: Client) -> User:
    """She is signed in and has no connection."""
    anna: User = UserFactory.create(configuration__saved_at=None)
    client.force_login(anna)
    return anna


def test_every_provider_is_offered_icloud_first_then_the_web_address(client: Client, anna: User) -> None:
    page = client.get(NEW)
    assert texts(page, "//article//h2") == [
        "iCloud Calendar",
        "Calendar by web address",
        "Fastmail",
        "mailbox.org",
        "Nextcloud",
        "Another CalDAV server",
    ]
    offered = [url for _words, url in links(page, "//article//a | //section[@aria-labelledby='further']//a")]
    assert offered == [f"{NEW}{slug}/" for slug in PROVIDERS]


def test_those_on_the_common_page_are_marked_in_the_list(client: Client, anna: User) -> None:
    rows = texts(client.get(NEW), "//section[@aria-labelledby='further']//li")
    assert [row.count(UNTRIED) for row in rows] == [1] * len(FURTHER)


@pytest.mark.parametrize("slug", TWO_WAY)
def test_each_provider_has_a_page_that_says_how_it_syncs_and_what_is_untried(
    client: Client, anna: User, slug: str
) -> None:
    page = client.get(f"{NEW}{slug}/")
    assert texts(page, "//h1") == [PROVIDERS[slug].page_title]
    assert texts(page, "//*[@id='preference']") == ["Sync preference: Default Sync"]
    marked = texts(page, "//span[contains(@class, 'badge')]") == [UNTRIED]
    assert marked == (slug not in ("icloud", "caldav"))


@pytest.mark.parametrize(
    ("slug", "language", "title"),
    [
        ("nextcloud", "en", "Connect Nextcloud"),
        ("nextcloud", "de", "Nextcloud verbinden"),
        ("caldav", "en", "Connect another CalDAV server"),
        ("caldav", "de", "Einen anderen CalDAV-Server verbinden"),
    ],
)
def test_the_title_is_a_sentence(client: Client, anna: User, slug: str, language: str, title: str) -> None:
    page = client.get(f"{NEW}{slug}/", headers={"accept-language": language})
    assert texts(page, "//h1") == [title]


@pytest.mark.parametrize("slug", ["fastmail", "mailbox", "nextcloud", *FURTHER])
def test_what_goes_wrong_easily_is_told_with_its_source(client: Client, anna: User, slug: str) -> None:
    page = client.get(f"{NEW}{slug}/")
    told = links(page, "//a[starts-with(normalize-space(), 'the help pages for')]")
    assert told == [(f"the help pages for {PROVIDERS[slug].words.name}", PROVIDERS[slug].help_url)]


@pytest.mark.parametrize("slug", [slug for slug in TWO_WAY if slug != "icloud"])
def test_pages_of_other_providers_speak_of_no_apple(client: Client, anna: User, slug: str) -> None:
    said = " ".join(texts(client.get(f"{NEW}{slug}/"), "//main"))
    assert [word for word in ("Apple", "app-specific", "iPhone") if word in said] == []


@pytest.mark.parametrize("slug", ["ICLOUD", "hotmail"])
def test_there_is_no_page_for_a_provider_that_is_not_known(client: Client, anna: User, slug: str) -> None:
    assert client.get(f"{NEW}{slug}/").status_code == 404


def post(client: Client, slug: str, **typed: str) -> Any:
    account = {"username": USERNAME, "app_password": PASSWORD}
    return client.post(f"{NEW}{slug}/", account | typed)


@live
def test_a_nextcloud_in_a_directory_is_connected_by_its_address(
    client: Client, anna: User, cloud: CalendarServer
) -> None:
    cloud.add_calendar("personal", "Personal")
    response = post(client, "nextcloud", url=f"{cloud.url}nextcloud/index.php/apps/calendar/")
    assert response.headers["Location"] == "/calendars/settings/configuration/"
    connection = Connection.objects.get()
    assert (connection.provider, connection.username, connection.password) == ("nextcloud", USERNAME, PASSWORD)
    assert connection.url == f"{cloud.url}nextcloud/remote.php/dav/"
    assert [calendar.name for calendar in connection.calendars.all()] == ["Personal"]


@live
def test_a_provider_of_the_common_page_is_connected_and_called_by_its_name(
    client: Client, anna: User, radicale: CalendarServer
) -> None:
    radicale.add_calendar("work", "Work")
    post(client, "radicale", url=radicale.url)
    connection = Connection.objects.get()
    assert (connection.provider, str(connection)) == ("radicale", f"Radicale · {USERNAME}")


@pytest.mark.parametrize(
    ("slug", "url", "place"),
    [
        ("nextcloud", "https://cloud.example.org/remote.php/dav/", "Nextcloud (cloud.example.org)"),
        ("caldav", "https://dav.example.org/", "dav.example.org"),
        ("fastmail", "https://caldav.fastmail.com/", "Fastmail"),
        ("icloud", "https://caldav.icloud.com/", "iCloud"),
        ("ics", "https://club.example/", "Calendar by web address"),
    ],
)
def test_a_server_that_was_typed_is_told_apart_by_its_host(
    client: Client, anna: User, slug: str, url: str, place: str
) -> None:
    connection = ConnectionFactory.create(user=anna, provider=slug, url=url)
    pages = ("/calendars/settings/connections/", f"/calendars/settings/connections/{connection.pk}/")
    assert [texts(client.get(page), "//h2/../p | //h1/../p")[0] for page in pages] == [place, place]


@live
def test_another_server_is_connected_by_its_address_alone(client: Client, anna: User, radicale: CalendarServer) -> None:
    radicale.add_calendar("work", "Work")
    post(client, "caldav", url=radicale.url)
    connection = Connection.objects.get()
    assert (connection.provider, connection.url) == ("caldav", radicale.url)
    assert [calendar.name for calendar in connection.calendars.all()] == ["Work"]


@live
def test_what_was_typed_stays_except_the_password(client: Client, anna: User, cloud: CalendarServer) -> None:
    address = f"{cloud.url}nextcloud"
    response = post(client, "nextcloud", url=address, app_password="wrong-wrong")
    assert texts(response, ERRORS) == [
        "Not accepted. Check the login name: it can differ from your e-mail address. With two-factor authentication "
        "Nextcloud takes an app password only."
    ]
    fields = find(response, "//form[@id='connect']//input[@type!='hidden']")
    assert [field.get("value") for field in fields] == [address, USERNAME, None]
    assert ("wrong-wrong" in response.content.decode(), Connection.objects.count()) == (False, 0)


@live
def test_an_address_without_a_nextcloud_is_refused_beside_it_in_its_words(
    client: Client, anna: User, cloud: CalendarServer
) -> None:
    sentence = (
        "There is no Nextcloud at this address. Enter the address that the browser shows when you are signed in to it."
    )
    for url in (cloud.url, "https://no address/"):
        response = post(client, "nextcloud", url=url)
        assert (texts(response, ERRORS), texts(response, "//form[@id='connect']//*[@role='alert']")) == ([sentence], [])


@live
def test_reconnecting_shows_the_address_and_takes_a_new_password(
    client: Client, anna: User, cloud: CalendarServer
) -> None:
    cloud.add_calendar("personal", "Personal")
    post(client, "nextcloud", url=f"{cloud.url}nextcloud")
    connection = Connection.objects.get()
    Connection.objects.update(needs_attention=True, error_code="unauthorized", password="old")
    page = f"/calendars/settings/connections/{connection.pk}/reconnect/"
    [address] = [field.get("value") for field in find(client.get(page), "//input[@name='url']")]
    response = client.post(page, {"url": address, "app_password": PASSWORD}, follow=True)
    assert "Reconnected. Everything matches." in texts(response, "//*[@id='messages']//p")
    connection.refresh_from_db()
    assert (connection.url, connection.provider, connection.needs_attention) == (address, "nextcloud", False)


@live
def test_a_calendar_by_web_address_blocks_at_once_only_where_calendars_are_chosen(
    client: Client, anna: User, feed_server: FeedServer
) -> None:
    first = client.post(f"{NEW}ics/", {"address": feed_server.address}, follow=True)
    assert first.redirect_chain == [("/calendars/settings/configuration/", 302)]
    assert [str(one) for one in first.context["messages"]] == [
        "The calendar is added. It blocks time once you save this page."
    ]
    accounts.configure(anna, linked=None, conflicts=[], now=NOW)
    second = client.post(f"{NEW}ics/", {"address": f"{feed_server.address}&again"}, follow=True)
    connection = Connection.objects.order_by("pk").last()
    assert connection is not None
    assert second.redirect_chain == [(f"/calendars/settings/connections/{connection.pk}/", 302)]
    assert [str(one) for one in second.context["messages"]] == ["The calendar is added. It blocks time from now on."]
    back = links(client.get(f"/calendars/settings/connections/{connection.pk}/reconnect/"), "//main//a")[0]
    assert back == ("← Club", f"/calendars/settings/connections/{connection.pk}/")
