"""Anna, whose iCloud is connected, and a folder of its own for what checks keep."""

from __future__ import annotations

from pathlib import Path

import pytest
from pytest_django import Settings

from tests.connections.conftest import anna, connected, stranger_to_icloud, user  # noqa: F401 - fixtures


@pytest.fixture(autouse=True)
def home(settings: Settings, tmp_path: Path) -> Path:
    folder = tmp_path / "kalends"
    folder.mkdir()
    settings.HOME = folder
    return folder
