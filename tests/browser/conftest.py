"""Visitors and pages that watch for errors, axe, and the worker's work done when a test says so."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.utils import timezone
from django.utils.module_loading import import_string
from django_q.models import OrmQ
from playwright.sync_api import Browser, BrowserContext, Page, expect

from connections.models import Connection
from connections.tasks import poll_connections
from tests.chromium import skip_without

PATIENCE = 30_000  # milliseconds: a busy machine is slow, and whatever is awaited ends the wait at once
WCAG = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if item.path.is_relative_to(os.path.dirname(__file__)):
            item.add_marker(pytest.mark.browser)
            item.add_marker(skip_without)


@pytest.fixture(scope="session", autouse=True)
def patience() -> None:
    """How long a test waits for what it expects to see."""
    expect.set_options(timeout=PATIENCE)


@pytest.fixture
def context(chromium: Browser) -> Iterator[BrowserContext]:
    """A visitor of their own, with a window of common size."""
    # Pages come from the server alone here; test_home_screen.py has what a service worker adds.
    visitor = chromium.new_context(viewport={"width": 1280, "height": 900}, locale="en-GB", service_workers="block")
    visitor.set_default_timeout(PATIENCE)
    yield visitor
    leave(visitor)


def leave(visitor: BrowserContext) -> None:
    """Close all pages. No form gives its time back then, because the tables are about to be emptied."""
    for page in visitor.pages:
        page.wait_for_load_state()
        page.evaluate("document.querySelector('form[data-extend]')?.setAttribute('data-sent', 'yes')")
    visitor.close()


@pytest.fixture
def problems() -> list[str]:
    """What pages complained about: errors of scripts, refusals by the content policy, failed requests."""
    return []


@pytest.fixture
def open_page(context: BrowserContext, problems: list[str]) -> Callable[[], Page]:
    """Open a further tab."""

    def open_tab() -> Page:
        page = context.new_page()
        page.on("console", lambda message: problems.append(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda error: problems.append(str(error)))
        return page

    return open_tab


@pytest.fixture
def page(open_page: Callable[[], Page]) -> Page:
    """The first tab."""
    return open_page()


@pytest.fixture
def clicks(page: Page) -> Callable[[], int]:
    """How many clicks of the mouse all documents of the page have seen so far; what a script presses is none."""
    seen: list[str] = []
    page.expose_function("noteClick", lambda: seen.append("click"))
    page.add_init_script(
        "addEventListener('click', (event) => { if (event.isTrusted && event.detail) noteClick(); }, true)"
    )
    return lambda: len(seen)


def barriers(page: Page) -> list[tuple[str, list[Any]]]:
    """What axe finds on a page: the rule, and where it is broken."""
    page.wait_for_load_state()  # a click returns when the next page starts to load, and axe needs a whole document
    # What the header covers while the page is scrolled would count as too small to hit.
    page.evaluate("scrollTo({top: 0, behavior: 'instant'})")
    found = Axe().run(page, options=WCAG).response["violations"]
    return [(rule["id"], [node["target"] for node in rule["nodes"]]) for rule in found]


def work() -> None:
    """Do what the worker would do now: poll every connection, then everything that is queued."""
    Connection.objects.filter(needs_attention=False).update(next_sync_at=timezone.now())
    poll_connections()
    while queued := OrmQ.objects.order_by("pk").first():
        task = queued.task
        queued.delete()
        import_string(task["func"])(*task["args"], **task["kwargs"])
