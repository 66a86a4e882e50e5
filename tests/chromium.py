"""A real Chromium for tests. One that hangs is ended, and the next test gets another."""

from __future__ import annotations

import os
import shutil
import signal
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from threading import Timer

import pytest
from playwright.sync_api import Browser, Playwright, sync_playwright

PROGRAM = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
FLAGS = (
    "--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking "
    "--disable-component-update --disable-sync"
)
MAX_SECONDS = 150
"""No test takes that long. Most waits of Playwright have a limit of their own, but not all: a script, a new window."""

skip_without = pytest.mark.skipif(not PROGRAM, reason="there is no Chromium on this machine")


class Chromium:
    """Chromium for several tests: it is started when it is asked for and none is running."""

    def __init__(self, playwright: Playwright) -> None:
        self._playwright = playwright
        self._browser: Browser | None = None
        self._process = 0

    def running(self) -> Browser:
        """The browser; another one if the last was ended."""
        if self._browser is None or not self._browser.is_connected():
            self._browser = self._playwright.chromium.launch(executable_path=PROGRAM, args=FLAGS.split())
            processes = self._browser.new_browser_cdp_session().send("SystemInfo.getProcessInfo")["processInfo"]
            [self._process] = [process["id"] for process in processes if process["type"] == "browser"]
        return self._browser

    @contextmanager
    def at_most(self, seconds: float) -> Iterator[None]:
        """A context that ends the browser after so many seconds, so that whatever waits for it fails."""
        timer = Timer(seconds, self._kill, [self._process])
        timer.daemon = True
        timer.start()
        try:
            yield
        finally:
            timer.cancel()

    def _kill(self, process: int) -> None:
        with suppress(ProcessLookupError):
            os.kill(process, signal.SIGKILL)


@pytest.fixture(scope="module")
def chromium_of_file() -> Iterator[Chromium]:
    """The browser of all tests of a file. Playwright ends it in the end."""
    with pytest.MonkeyPatch.context() as patch, sync_playwright() as playwright:
        # Playwright keeps an event loop in this thread, which Django takes for asynchronous code.
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
        yield Chromium(playwright)


@pytest.fixture
def chromium(chromium_of_file: Chromium) -> Iterator[Browser]:
    """A browser for one test, shared with the tests before it."""
    browser = chromium_of_file.running()
    with chromium_of_file.at_most(MAX_SECONDS):
        yield browser
