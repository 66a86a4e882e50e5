"""A small run of the memory measurement, and its report."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from benchmarks.memory.__main__ import MemoryUse, report_memory
from benchmarks.memory.walk import NO_PAGES

ROOT = Path(__file__).resolve().parents[3]


@pytest.mark.parametrize(
    ("measured", "good"),
    [
        (MemoryUse(samples=[200.0, 250.0], pages=1, booked=1), True),
        (MemoryUse(samples=[200.0, 250.1], pages=1, booked=1), False),
        (MemoryUse(samples=[200.0], pages=0, booked=1), False),
        (MemoryUse(samples=[200.0], pages=1, booked=0), False),
        (MemoryUse(samples=[200.0], pages=1, booked=1, unread=1), False),
        (MemoryUse(samples=[200.0], pages=1, booked=1, failed={"/clients/"}), False),
    ],
)
def test_a_run_is_good_if_everything_was_done_within_the_limit(measured: MemoryUse, good: bool) -> None:
    assert measured.is_good is good
    assert ("PASS" in " ".join(report_memory(measured))) is good


@pytest.mark.parametrize(
    ("path", "is_page"), [("/week/", True), ("/static/app.css", False), ("/accounts/logout/", False), ("/a.ics", False)]
)
def test_only_pages_are_opened(path: str, is_page: bool) -> None:
    assert (NO_PAGES.match(path) is None) is is_page


@pytest.mark.processes
@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="reads the memory as Linux shows it")
def test_a_small_run_measures_the_unit() -> None:
    size = {"SECONDS": "15", "EVENTS": "5", "PATH": os.environ["PATH"]}
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.memory"], cwd=ROOT, env=size, capture_output=True, text=True, timeout=240
    )
    lines = done.stdout.splitlines()
    assert [line.split()[0] for line in lines] == ["Memory", "after", "median", "at", "the", lines[5].split()[0]], done
    assert int(lines[5].split()[0]) > 0
    assert lines[5].endswith("failed: none")
