"""The HTML of mails in a real browser: readable on a phone and a desktop, light and dark."""

from __future__ import annotations

from dataclasses import replace

import pytest
from playwright.sync_api import Page

from bookings.notifications.message import as_html
from tests.bookings.notifications.appointments import FACTS, WINTER
from tests.bookings.notifications.test_client_mails import MAILS
from tests.browser.conftest import barriers

LONG = replace(
    FACTS,
    language="de",
    place="Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaftsstraße 1",
    call_link="https://video.example/" + "x" * 120,
    practice=replace(WINTER, colour="#ffdd00"),
)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [320, 390, 1280])
@pytest.mark.parametrize("kind", MAILS)
def test_a_mail_can_be_read_without_barriers_and_without_scrolling_sideways(
    page: Page, kind: str, width: int, scheme: str
) -> None:
    page.set_viewport_size({"width": width, "height": 800})
    page.emulate_media(color_scheme=scheme)
    for facts in (FACTS, LONG):
        page.set_content(as_html(MAILS[kind](facts), facts.practice))
        assert barriers(page) == []
        assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert page.evaluate("Math.min(...[...document.querySelectorAll('a.button')].map(one => one.offsetHeight))") >= 48
