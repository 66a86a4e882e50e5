"""Where a deployment keeps what is its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings

SHOW = """
import json
from django.conf import settings
places = [settings.DATABASES["default"]["NAME"], settings.MEDIA_ROOT, settings.STATIC_ROOT, settings.BASE_URL]
print(json.dumps([str(place) for place in places]))
"""


def shown(script: str, folder: Path, **environment: str) -> str:
    """What the script prints with the settings of a Kalends that is started in that folder."""
    own = {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": str(settings.BASE_DIR),
        "DJANGO_SETTINGS_MODULE": "config.settings",
    }
    run = subprocess.run(
        [sys.executable, "-c", script], cwd=folder, env=own | environment, capture_output=True, text=True, check=True
    )
    return run.stdout.strip()


def places(folder: Path, **environment: str) -> list[str]:
    """Database, uploads, collected files and BASE_URL of a Kalends that is started in that folder."""
    return list(json.loads(shown(SHOW, folder, **environment)))


@pytest.mark.processes
def test_what_belongs_to_a_deployment_lies_in_its_home(tmp_path: Path) -> None:
    home, elsewhere = tmp_path / "home", tmp_path / "elsewhere"
    home.mkdir()
    elsewhere.mkdir()
    (home / ".env").write_text("BASE_URL=https://book.example.com")
    found = [
        f"{home}/data/kalends.sqlite3", f"{home}/data/uploads", f"{home}/staticfiles", "https://book.example.com"
    ]  # fmt: skip
    assert places(home) == found
    assert places(elsewhere, KALENDS_HOME=str(home)) == found
    assert list(elsewhere.iterdir()) == []


SHOW_AGE = """
from django.conf import settings
database = settings.DATABASES["default"]
print(database["CONN_MAX_AGE"], database["CONN_HEALTH_CHECKS"])
"""


@pytest.mark.processes
@pytest.mark.parametrize(("query", "age"), [("", "60 True"), ("?conn_max_age=0", "0 True")])
def test_a_connection_serves_many_requests_unless_the_address_says_otherwise(
    tmp_path: Path, query: str, age: str
) -> None:
    environment = {"DATABASE_URL": f"postgres://kalends@127.0.0.1/kalends{query}", "KALENDS_HOME": str(tmp_path)}
    assert shown(SHOW_AGE, tmp_path, **environment) == age
