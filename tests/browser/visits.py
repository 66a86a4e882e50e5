"""Going through pages in a browser, each as its reader."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from playwright.sync_api import Browser, BrowserContext

from tests.browser.conftest import PATIENCE, leave
from tests.every_page.pages import Page


def visited(browser: Browser, address: str, pages: list[Page], *, width: int) -> Iterator[tuple[Page, Any]]:
    """Open one page after the other."""
    for session in dict.fromkeys(page.session for page in pages):
        visitor = _visitor(browser, address, session, width=width)
        tab = visitor.new_page()
        for page in pages:
            if page.session == session:
                tab.goto(f"{address}{page.path}")
                yield page, tab
        leave(visitor)


def _visitor(browser: Browser, address: str, session: str, *, width: int) -> BrowserContext:
    size = {"width": width, "height": 900}
    visitor = browser.new_context(viewport=size, locale="en-GB", service_workers="block")  # type: ignore[arg-type]
    visitor.set_default_timeout(PATIENCE)
    visitor.route("**/release/", lambda route: route.abort())  # the time of the form is kept, whatever page is next
    if session:
        visitor.add_cookies([{"name": "sessionid", "value": session, "url": address}])
    return visitor
