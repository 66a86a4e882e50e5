"""A small run of the freshness measurement."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from benchmarks.bench.runner import (
    environment,
)

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.processes
def test_a_small_run_of_freshness_keeps_what_is_promised(tmp_path: Path) -> None:
    size = {"TRIES": "12", "ROUNDS": "1", "CLIENTS": "3", "DATABASE_URL": "sqlite:///"}
    said = subprocess.run(
        [sys.executable, "-m", "benchmarks.freshness"],
        cwd=ROOT,
        env=os.environ | environment(tmp_path) | size,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    ).stdout
    verdicts = [line.split()[-1] for line in said.splitlines()[1:4]]
    assert verdicts == ["PASS"] * 3, said
    assert "12 of 12" in said
