"""One source for the version."""

from __future__ import annotations

import re
from pathlib import Path

from django.conf import settings

from connections.dav.client import USER_AGENT
from practice.version import version


def test_the_version_is_that_of_the_project() -> None:
    [written] = re.findall(
        r'^version = "(.+)"$', (Path(settings.BASE_DIR) / "pyproject.toml").read_text(), re.MULTILINE
    )
    assert (version(), USER_AGENT) == (written, f"Kalends/{written}")
