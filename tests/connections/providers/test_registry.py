"""The registry of providers, and to which of them an address belongs."""

from __future__ import annotations

from urllib.parse import urlsplit

import pytest

from connections.problems import SENTENCES
from connections.providers import PROVIDERS, choices, provider_at, provider_for, provider_named, provider_words
from practice.models import Activity

SLUGS = ["icloud", "ics", "fastmail", "mailbox", "nextcloud", "caldav"]
SLUGS += ["posteo", "gmx", "webde", "yahoo", "owncloud", "synology", "zoho", "radicale", "baikal"]


def test_providers_are_listed_in_the_order_of_the_page() -> None:
    assert list(PROVIDERS) == SLUGS
    assert [slug for slug, _name in choices()] == SLUGS


def test_five_providers_and_any_other_server_have_pages_of_their_own() -> None:
    assert [one.slug for one in PROVIDERS.values() if one.has_own_page] == SLUGS[:6]


def test_only_a_calendar_by_web_address_is_only_read() -> None:
    assert [one.slug for one in PROVIDERS.values() if not one.is_two_way] == ["ics"]


def test_a_fixed_start_address_is_asked_by_https_only_and_belongs_to_its_provider() -> None:
    fixed = {one.slug: one.fixed_url for one in PROVIDERS.values() if one.url}
    assert {urlsplit(url).scheme for url in fixed.values()} == {"https"}
    assert {slug: provider_at(url) for slug, url in fixed.items()} == {slug: slug for slug in fixed}
    assert [
        one.slug for one in PROVIDERS.values() if one.url and not one.has_host(urlsplit(one.url).hostname or "")
    ] == []


@pytest.mark.parametrize(
    ("url", "slug"),
    [
        ("https://caldav.icloud.com/", "icloud"),
        ("https://p42-caldav.icloud.com/", "icloud"),
        ("https://caldav.fastmail.com/dav/principals/user/anna@fastmail.com/", "fastmail"),
        ("https://dav.mailbox.org/", "mailbox"),
        ("https://notfastmail.com/", "caldav"),
        ("https://fastmail.com.evil.example/", "caldav"),
        ("https://cloud.example.org/remote.php/dav/", "caldav"),
        ("", "caldav"),
    ],
)
def test_an_address_tells_whose_it_is(url: str, slug: str) -> None:
    assert provider_at(url) == slug


@pytest.mark.parametrize(
    ("chosen", "url", "slug"),
    [
        ("", "https://caldav.icloud.com/", "icloud"),
        ("caldav", "https://caldav.icloud.com/", "icloud"),  # so that a normal password is never sent there
        ("nextcloud", "https://p42-caldav.icloud.com/", "icloud"),
        ("caldav", "https://dav.mailbox.org/", "mailbox"),
        ("nextcloud", "https://cloud.example.org/remote.php/dav/", "nextcloud"),
        ("fastmail", "http://127.0.0.1:8000/", "fastmail"),
        ("icloud", "https://dav.example.org/", "caldav"),
        ("", "https://dav.example.org/", "caldav"),
    ],
)
def test_the_address_of_a_known_provider_counts_for_more_than_what_was_chosen(chosen: str, url: str, slug: str) -> None:
    assert provider_for(chosen, url).slug == slug


def test_a_provider_that_is_gone_is_a_server_like_any_other() -> None:
    assert provider_named("hotmail").slug == "caldav"


@pytest.mark.parametrize(
    ("slug", "url", "name", "recipient"),
    [
        ("icloud", "https://caldav.icloud.com/", "iCloud", "Apple (iCloud)"),
        ("fastmail", "https://caldav.fastmail.com/", "Fastmail", "Fastmail"),
        ("nextcloud", "https://cloud.example.org/remote.php/dav/", "Nextcloud", "Nextcloud (cloud.example.org)"),
        ("caldav", "https://dav.example.org/", "dav.example.org", "dav.example.org"),
        ("caldav", "", "The server", ""),
        ("ics", "https://calendar.google.com/", "Calendar by web address", ""),
    ],
)
def test_clients_are_told_whose_server_has_their_data(slug: str, url: str, name: str, recipient: str) -> None:
    words = provider_words(slug, url)
    assert (str(words.name), words.recipient) == (name, recipient)


def test_sentences_of_a_provider_replace_common_ones() -> None:
    own = {one.slug: sorted(one.words.sentences.keys() - SENTENCES.keys()) for one in PROVIDERS.values()}
    assert {slug: codes for slug, codes in own.items() if codes} == {}


def test_the_record_of_activity_names_each_provider_as_pages_do() -> None:
    named = {slug: str(Activity(kind=Activity.Kind.CONNECTED, detail=slug).detail_words) for slug in PROVIDERS}
    assert named == {slug: str(one.words.name) for slug, one in PROVIDERS.items()}
