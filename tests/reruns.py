"""Tests that a busy machine can disturb are tried again before they count as failed.

They start a browser or processes, or measure seconds at a socket, so they depend on how much of the machine they get. A
fault of Kalends fails every time. What was tried again is listed at the end of a run (`-rR`), so that a test that often
needs it gets mended.
"""

from __future__ import annotations

import pytest

DISTURBED_BY_LOAD = ("browser", "processes")
SOCKET = "raw"
"""The fixture of tests whose server talks as slowly as they say."""
RERUNS = 2


@pytest.hookimpl(trylast=True)  # the marker `browser` is set by another hook
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if any(map(item.get_closest_marker, DISTURBED_BY_LOAD)) or SOCKET in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.flaky(reruns=RERUNS))
