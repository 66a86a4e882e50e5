"""Tests that depend on today, run as if it were another day: `make test-dates` passes --any-day.

The marker `today` names them. With --any-day each runs once for every moment below: the clock of this process is moved
with time-machine, and processes that take `faketime_environment()` get the same clock from Debian's faketime. Browsers
keep the real time.
"""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
import time_machine

MOMENTS = [
    # Each day of a week, at several hours.
    "2026-11-30T06:00:00",
    "2026-12-01T21:30:00",
    "2026-12-02T10:00:00",
    "2026-12-03T13:45:00",
    "2026-12-04T16:59:00",
    "2026-12-05T08:00:00",
    "2026-12-06T12:00:00",
    # The last day of a month and of a year, and the day that only leap years have.
    "2027-01-31T11:00:00",
    "2026-12-31T15:00:00",
    "2028-02-29T09:00:00",
    # Berlin and London change their clocks at 01:00 UTC.
    "2027-03-28T00:30:00",
    "2027-03-28T01:30:00",
    "2027-10-31T00:30:00",
    "2027-10-31T01:30:00",
    # Ten seconds before midnight: in UTC at the end of a month on a Sunday and at the end of a year; in Berlin.
    "2027-02-28T23:59:50",
    "2026-12-31T23:59:50",
    "2026-12-06T22:59:50",
]

_started: tuple[datetime, datetime] | None = None  # the moment that a test began with, and the real time then


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--any-day", action="store_true", help="run each test marked `today` on many days")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if metafunc.config.getoption("any_day") and metafunc.definition.get_closest_marker("today"):
        metafunc.parametrize("moved_clock", MOMENTS, indirect=True)


@pytest.fixture(autouse=True)
def moved_clock(request: pytest.FixtureRequest) -> Iterator[None]:
    """With --any-day: let the test begin at one of the moments."""
    global _started
    if not hasattr(request, "param"):
        yield
        return
    moment = datetime.fromisoformat(request.param).replace(tzinfo=UTC)
    _started = moment, datetime.now(UTC)
    with time_machine.travel(moment):
        yield
    _started = None


def faketime_environment() -> dict[str, str]:
    """What gives another process the clock of this test; nothing where that is the real one."""
    if _started is None:
        return {}
    assert shutil.which("faketime"), "Install faketime: apt install faketime"
    moment, real = _started
    offset = f"{(moment - real).total_seconds():+.3f}"
    command = ["faketime", "-f", offset, "printenv", "LD_PRELOAD"]
    library = subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()
    return {"LD_PRELOAD": library, "FAKETIME": offset}
