"""A browser that hangs fails one test and no other."""

from __future__ import annotations

import pytest
from playwright.sync_api import Error

from tests.chromium import Chromium, skip_without

pytestmark = [pytest.mark.browser, skip_without]


def test_a_browser_that_hangs_is_ended_and_the_next_test_gets_another(chromium_of_file: Chromium) -> None:
    page = chromium_of_file.running().new_page()
    with chromium_of_file.at_most(0.5), pytest.raises(Error):
        page.evaluate("for (;;);")
    assert chromium_of_file.running().new_page().evaluate("1 + 1") == 2


def test_a_browser_that_does_not_hang_serves_the_next_test_too(chromium_of_file: Chromium) -> None:
    first = chromium_of_file.running()
    with chromium_of_file.at_most(150):
        assert first.new_page().evaluate("1 + 1") == 2
    assert chromium_of_file.running() is first
