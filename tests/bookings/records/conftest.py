"""Records of clients, with the list of erased ones in a folder of the test."""

from __future__ import annotations

from pathlib import Path

import pytest
from pytest_django import Settings


@pytest.fixture(autouse=True)
def erased_log(settings: Settings, tmp_path: Path) -> Path:
    """Where erased clients are listed."""
    settings.ERASED_LOG = tmp_path / "data" / "erased.log"
    return tmp_path / "data" / "erased.log"
