"""What a phone is given for its home screen: a manifest, icons, a script and the page for no connection."""

from __future__ import annotations

import json
import re
import struct

import pytest
from django.contrib.staticfiles import finders
from django.test import Client

from practice.models import Practice
from tests.factories import UserFactory
from tests.pages import find, texts

pytestmark = pytest.mark.django_db


def pixels(address: str) -> tuple[int, int]:
    """Width and height of a PNG among the static files."""
    path = finders.find(address.removeprefix("/static/"))
    assert path
    with open(path, "rb") as file:
        return struct.unpack(">II", file.read(24)[16:])


def test_the_app_has_the_name_of_the_practice_and_begins_on_its_first_page(client: Client) -> None:
    Practice.objects.create(name="Praxis Winter")
    answer = client.get("/manifest.webmanifest")
    manifest = answer.json()
    assert answer["Content-Type"] == "application/manifest+json"
    assert {key: manifest[key] for key in ("name", "short_name", "start_url", "scope", "display")} == {
        "name": "Praxis Winter",
        "short_name": "Praxis Winter",
        "start_url": "/",
        "scope": "/",
        "display": "standalone",
    }


def test_a_practice_without_a_name_is_called_kalends(client: Client) -> None:
    assert client.get("/manifest.webmanifest").json()["name"] == "Kalends"


def test_the_icons_are_as_large_as_the_manifest_says(client: Client) -> None:
    icons = client.get("/manifest.webmanifest").json()["icons"]
    assert [(icon["sizes"], icon["purpose"]) for icon in icons] == [
        ("192x192", "any"),
        ("512x512", "any"),
        ("512x512", "maskable"),
    ]
    assert ["{}x{}".format(*pixels(icon["src"])) for icon in icons] == [icon["sizes"] for icon in icons]


def test_pages_of_staff_name_the_manifest_and_the_icon_for_an_iphone(client: Client) -> None:
    client.force_login(UserFactory())
    page = client.get("/calendars/settings/connections/")
    assert find(page, "//link[@rel='manifest']/@href") == ["/manifest.webmanifest"]
    [icon] = find(page, "//link[@rel='apple-touch-icon']/@href")
    assert pixels(icon) == (180, 180)


def test_the_script_stores_the_offline_page_and_what_it_loads(client: Client) -> None:
    script = client.get("/service-worker.js")
    [listed] = re.findall(r"^const FILES = (.*);$", script.content.decode(), re.MULTILINE)
    page = client.get("/offline/")
    loaded = find(page, "//link/@href | //script/@src")
    assert script["Content-Type"] == "text/javascript"
    assert "default-src 'self'" in script["Content-Security-Policy"]
    assert sorted(json.loads(listed)) == sorted(["/offline/", *loaded])


def test_the_offline_page_is_the_same_for_everybody_who_reads_a_language(client: Client) -> None:
    before = client.get("/offline/").content
    client.force_login(UserFactory(first_name="Mara", last_name="Winter"))
    assert client.get("/offline/").content == before


def test_the_offline_page_is_in_the_language_of_whoever_is_signed_in(client: Client) -> None:
    client.force_login(UserFactory(language="de"))
    assert texts(client.get("/offline/"), "//h1") == ["Keine Verbindung"]


def test_only_who_is_signed_in_is_told_how_to_put_kalends_on_the_home_screen(client: Client) -> None:
    hint = "//*[@id='home-screen-hint']"
    assert find(client.get("/accounts/login/"), hint) == []
    client.force_login(UserFactory())
    [shown] = find(client.get("/calendars/settings/connections/"), hint)
    assert "hidden" in shown.attrib  # the script decides whether this is Safari on an iPhone
