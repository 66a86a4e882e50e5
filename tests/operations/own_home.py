"""A folder of its own for what operators keep."""

from __future__ import annotations

from pathlib import Path

import pytest
from pytest_django import Settings


@pytest.fixture(autouse=True)
def home(settings: Settings, tmp_path: Path) -> Path:
    folder = tmp_path / "kalends"
    folder.mkdir()
    settings.HOME = folder
    return folder
