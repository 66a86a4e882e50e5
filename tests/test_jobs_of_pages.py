"""Every page has a test in a real browser that does its main job."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from pytest_django import Settings

from sandbox.server.server import Sandbox
from tests.every_page.jobs import JOBS
from tests.every_page.pages import AREAS, MORE, pages_of
from tests.every_page.scene import MORNING, set_scene

BROWSER = Path(__file__).parent / "browser"


@pytest.mark.django_db
@pytest.mark.time_machine(MORNING, tick=False)
def test_every_page_has_a_test_in_a_browser(icloud: Sandbox, settings: Settings) -> None:
    pages = {page.name for page in pages_of(set_scene(icloud, settings), *AREAS)}
    assert pages - set(MORE) == set(JOBS)


def test_the_tests_exist() -> None:
    texts = {file.stem.removeprefix("test_"): file.read_text() for file in BROWSER.glob("test_*.py")}
    written = {f"{name}::{test}" for name, text in texts.items() for test in re.findall(r"^def (test_\w+)", text, re.M)}
    assert set(JOBS.values()) - written == set()
