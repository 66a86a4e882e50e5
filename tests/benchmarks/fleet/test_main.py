"""A small fleet with a real cluster."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from benchmarks.bench.runner import (
    environment,
)

ROOT = Path(__file__).resolve().parents[3]


@pytest.mark.processes
def test_a_small_fleet_is_polled_once_each_by_a_real_cluster(tmp_path: Path) -> None:
    size = {"CONNECTIONS": "5", "LATENCY_MS": "10", "WORKERS": "1", "DATABASE_URL": "sqlite:///"}
    said = subprocess.run(
        [sys.executable, "-m", "benchmarks.fleet"],
        cwd=ROOT,
        env=os.environ | environment(tmp_path) | size,
        capture_output=True,
        text=True,
        timeout=120,
        check=True,
    ).stdout
    facts = dict(line.strip().split("  ", 1) for line in said.splitlines()[1:])
    assert facts["polled"].split(" in ")[0].strip() == "5"
    assert facts["requests a poll"].strip() == "1.00"
