"""The demo's practice with everything in it, and a folder of its own for results of checks."""

from __future__ import annotations

from pathlib import Path

import pytest
from pytest_django import Settings

from sandbox.demo.practice import create_practice
from sandbox.server.server import Sandbox
from tests.factories import NOW


@pytest.fixture
def demo(db: None, icloud: Sandbox, settings: Settings, tmp_path: Path) -> Sandbox:
    """iCloud behind the demo's practice."""
    settings.HOME = tmp_path
    create_practice(icloud, now=NOW)
    return icloud
