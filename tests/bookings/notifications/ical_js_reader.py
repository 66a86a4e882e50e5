"""What ical.js, which Thunderbird and Nextcloud use, understands of calendar texts."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

READER = Path(__file__).parents[2] / "ical_js"
IS_INSTALLED = bool(shutil.which("node")) and (READER / "node_modules").is_dir()
NOT_INSTALLED = "there is no Node.js with ical.js: install npm, then make environment"

needs_ical_js = [
    pytest.mark.processes,
    pytest.mark.skipif(not IS_INSTALLED, reason=NOT_INSTALLED),
]


def read(*texts: str) -> list[list[dict[str, Any]]]:
    """The events of each text, as ical.js understands them, by a process in another time zone."""
    answer = subprocess.run(
        ["node", "read.js"],
        cwd=READER,
        env={**os.environ, "TZ": "Asia/Tokyo"},
        input=json.dumps(texts),
        capture_output=True,
        text=True,
        check=True,
    )
    found: list[list[dict[str, Any]]] = json.loads(answer.stdout)
    return found
