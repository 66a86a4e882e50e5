"""Pages come with their style whether or not `collectstatic` was run, or was run for another version."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from django.core.management import call_command
from django.test import Client
from pytest_django import Settings

from config.checks import check_static_files


@pytest.fixture(autouse=True)
def deployed(settings: Settings, tmp_path: Path) -> Path:
    """As with DEBUG off, where nothing was collected yet; the place where it would be."""
    settings.STATIC_ROOT = tmp_path / "static"
    settings.STORAGES = {**settings.STORAGES, "staticfiles": {"BACKEND": "config.storage.StaticFiles"}}
    return Path(settings.STATIC_ROOT)


def style(client: Client) -> tuple[str, int]:
    """The address of the first style sheet of a page, and how it answers."""
    page = client.get("/accounts/login/")
    address = re.findall(r'href="(/static/[^"]+\.css)"', page.content.decode())[0]
    return address, client.get(address).status_code


@pytest.mark.django_db
@pytest.mark.filterwarnings("ignore:No directory at")
def test_without_collected_files_pages_are_served_with_those_of_the_source(client: Client) -> None:
    assert style(client) == ("/static/app.css", 200)
    assert [message.id for message in check_static_files(None)] == ["kalends.W001"]


@pytest.mark.django_db
def test_collected_files_have_a_fingerprint_and_those_of_a_later_version_none(
    client: Client, settings: Settings, deployed: Path
) -> None:
    call_command("collectstatic", interactive=False, verbosity=0)
    assert check_static_files(None) == []
    address, status = style(client)
    assert (re.sub(r"[0-9a-f]{12}", "…", address), status) == ("/static/app.….css", 200)
    manifest = deployed / "staticfiles.json"
    manifest.write_text(json.dumps({"version": "1.1", "hash": "", "paths": {}}))
    settings.STORAGES = {**settings.STORAGES}  # which has the manifest read anew
    assert style(Client()) == ("/static/app.css", 200)
