"""`make screens`: a picture of every page in both themes at three widths, always of the same day.

Not a test; pytest gives it the server, the practice and the browser. All pictures lie in screens/, which git ignores;
the chosen ones, in few colours so that they are small, lie in docs/screens/ for the README.
"""

from __future__ import annotations

import io
import os
import re
from pathlib import Path
from typing import Any, Final

import pytest
from django.conf import settings as project
from PIL import Image
from playwright.sync_api import Browser
from pytest_django import Settings

from sandbox.server.server import Sandbox
from tests.browser.visits import visited
from tests.every_page.pages import AREAS, Page, pages_of
from tests.every_page.scene import MORNING, set_scene

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.time_machine(MORNING, tick=True)]

ALL: Final = Path(project.BASE_DIR, "screens")
CHOSEN: Final = Path(project.BASE_DIR, "docs", "screens")
WIDTHS: Final = (1280, 390, 320)
SCHEMES: Final = ("light", "dark")
COLOURS: Final = 255
README: Final = {
    # Page, width and theme: the file for the README.
    ("calendars/", 1280, "light"): "week",
    ("calendars/", 390, "dark"): "week-phone",
    ("calendars/ of a day", 1280, "dark"): "day",
    ("calendars/why/ of a time", 1280, "light"): "why",
    ("bookings/new/", 1280, "light"): "new-booking",
    ("bookings/<int:pk>/", 390, "light"): "booking-phone",
    ("bookings/proposals/", 1280, "light"): "proposals",
    ("calendars/settings/connections/new/icloud/", 1280, "light"): "connect",
    ("calendars/settings/configuration/", 1280, "dark"): "configuration",
    ("book/<slug:slug>/", 390, "light"): "book-phone",
    ("book/<slug:slug>/details/<str:public_id>/", 390, "dark"): "details-phone",
    ("booking/<str:token>/", 390, "light"): "client-phone",
}


def test_take_pictures(chromium: Browser, live_server: Any, icloud: Sandbox, settings: Settings) -> None:
    pages = pages_of(set_scene(icloud, settings), *AREAS)
    wanted = {name for name, _width, _scheme in README} if os.environ.get("CHOSEN") else {page.name for page in pages}
    shown = [page for page in pages if page.name in wanted]
    for width in WIDTHS:
        for page, tab in visited(chromium, live_server.url, shown, width=width):
            for scheme in SCHEMES:
                tab.emulate_media(color_scheme=scheme, reduced_motion="reduce")
                _keep(page, width, scheme, tab)
    missing = [file for file in README.values() if not (CHOSEN / f"{file}.png").exists()]
    assert missing == []  # a page that the README shows has another name now


def _keep(page: Page, width: int, scheme: str, tab: Any) -> None:
    """Write a picture to where all are and, if it was chosen, what is in view at first to where the README finds it."""
    ALL.mkdir(exist_ok=True)
    name = re.sub(r"[^a-z0-9]+", "-", page.name).strip("-") or "home"
    tab.screenshot(full_page=True, path=Path(ALL, f"{name}-{width}-{scheme}.png"))
    if file := README.get((page.name, width, scheme)):
        CHOSEN.mkdir(exist_ok=True)
        tab.evaluate("scrollTo({top: 0, behavior: 'instant'})")
        picture = Image.open(io.BytesIO(tab.screenshot())).convert("RGB")
        picture.quantize(COLOURS).save(Path(CHOSEN, f"{file}.png"), optimize=True)
