"""One source for the version."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

from django.conf import settings

from connections.dav.client import USER_AGENT
from practice.version import version


def test_the_version_is_that_of_the_project() -> None:
    written = tomllib.loads((Path(settings.BASE_DIR) / "pyproject.toml").read_text())["project"]["version"]
    assert (version(), USER_AGENT) == (written, f"Kalends/{written}")


def test_the_newest_release_in_the_changelog_is_that_version() -> None:
    text = (Path(settings.BASE_DIR) / "CHANGELOG.md").read_text()
    released = re.findall(r"^## \[?v?(\d+\.\d+\.\d+)", text, re.MULTILINE)
    assert released[:1] in ([], [version()])  # none before the first release
