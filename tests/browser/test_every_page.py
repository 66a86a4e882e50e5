"""Every page, of staff and of clients: axe finds nothing, and nothing scrolls sideways on a phone or a tablet."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Browser
from pytest_django import Settings

from sandbox.server.server import Sandbox
from tests.browser.conftest import barriers
from tests.browser.visits import visited
from tests.every_page.pages import AREAS, Page, pages_of
from tests.every_page.scene import MORNING, set_scene

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.time_machine(MORNING, tick=True)]

WIDTHS = (320, 768)
WIDE = "document.documentElement.scrollWidth"
STICKING_OUT = """() => [...document.querySelectorAll("main *")]
  .filter((one) => one.checkVisibility() && one.getBoundingClientRect().right > innerWidth + 1)
  .filter((one) => !one.closest(".tabs"))  // which scroll by themselves
  .map((one) => one.outerHTML.slice(0, 200)).slice(0, 3)"""


@pytest.fixture(params=AREAS)
def pages(request: pytest.FixtureRequest, icloud: Sandbox, settings: Settings) -> list[Page]:
    """All pages of one area."""
    return pages_of(set_scene(icloud, settings), request.param)


def test_axe_finds_nothing_on_any_page_light_or_dark(chromium: Browser, live_server: Any, pages: list[Page]) -> None:
    found = {}
    for page, tab in visited(chromium, live_server.url, pages, width=1280):
        for scheme in ("light", "dark"):
            tab.emulate_media(color_scheme=scheme)
            if wrong := barriers(tab):
                found[page.name, scheme] = wrong
    assert found == {}


def test_no_page_scrolls_sideways_on_the_smallest_phone_or_a_tablet_in_either_language(
    chromium: Browser, live_server: Any, pages: list[Page]
) -> None:
    wide = {}
    for page, tab in visited(chromium, live_server.url, pages, width=320):
        for language in ("en", "de"):
            tab.set_extra_http_headers({"Accept-Language": language})
            tab.reload()
            for width in WIDTHS:
                tab.set_viewport_size({"width": width, "height": 900})
                if tab.evaluate(WIDE) > width:
                    wide[page.name, language, width] = tab.evaluate(STICKING_OUT)
    assert wide == {}
