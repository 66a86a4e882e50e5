"""No page of the practice of the demo is large: phones on a slow line read all of it before they show anything."""

from __future__ import annotations

import pytest
from django.test import Client
from pytest_django import Settings

from sandbox.server.server import Sandbox
from tests.every_page.pages import AREAS, pages_of
from tests.every_page.scene import MORNING, set_scene

MAX_BYTES = 100_000


@pytest.mark.django_db
@pytest.mark.time_machine(MORNING, tick=False)
def test_the_html_of_every_page_is_below_100_kb_before_compression(icloud: Sandbox, settings: Settings) -> None:
    large = {}
    for page in pages_of(set_scene(icloud, settings), *AREAS):
        client = Client()
        client.cookies["sessionid"] = page.session
        size = len(client.get(page.path).content)
        large |= {page.name: size} if size >= MAX_BYTES else {}
    assert large == {}
