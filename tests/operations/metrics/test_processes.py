"""Several processes of gunicorn with JSON logs: what all of them measured is there when they have ended."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import urllib.request
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from operations.models import Measurement
from practice.telemetry.measurements import HTTP, SUM
from tests.shared_database import shared_database  # noqa: F401 - a fixture

pytestmark = pytest.mark.processes

ROOT = Path(__file__).resolve().parents[3]
REQUESTS = 60


@pytest.fixture
def server(shared_database: str, tmp_path: Path) -> Iterator[subprocess.Popen[str]]:  # noqa: F811
    """gunicorn with three processes, at a port that the system chooses."""
    environment = {
        "PATH": os.environ["PATH"],
        "KALENDS_HOME": str(tmp_path),
        "DATABASE_URL": shared_database,
        "SECRET_KEY": "0123456789abcdef" * 3,
        "FERNET_KEYS": "0123456789abcdef" * 3,
        "LOG_FORMAT": "json",
    }
    gunicorn = [sys.executable, "-m", "gunicorn", "config.wsgi", "--bind", "127.0.0.1:0", "--workers", "3"]
    options = ["--threads", "4", "--access-logfile", "-"]
    process = subprocess.Popen(
        [*gunicorn, *options], cwd=ROOT, env=environment, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    )
    yield process
    if process.poll() is None:
        process.kill()
        process.communicate()


def listening(server: subprocess.Popen[str]) -> tuple[str, list[str]]:
    """The address of the server, and the lines until it said that."""
    assert server.stdout is not None
    lines: list[str] = []
    for line in server.stdout:
        lines.append(line)
        if found := re.search(r"Listening at: (http://[\d.:]+)", line):
            return found[1], lines
    raise AssertionError("".join(lines))


def test_figures_of_all_processes_are_added_up_and_every_line_is_json(server: subprocess.Popen[str]) -> None:
    address, lines = listening(server)

    def ask(number: int) -> int:
        with urllib.request.urlopen(f"{address}/healthz?name=Clara{number}", timeout=60) as answer:
            return int(answer.status)

    with ThreadPoolExecutor(12) as pool:
        assert Counter(pool.map(ask, range(REQUESTS))) == {200: REQUESTS}
    server.send_signal(signal.SIGTERM)
    rest, _errors = server.communicate(timeout=60)
    rows = [json.loads(line) for line in [*lines, *rest.splitlines()]]
    counted = Measurement.objects.filter(metric=HTTP.name, labels="healthz,GET,2xx").exclude(part=SUM)
    assert sum(counted.values_list("value", flat=True)) == REQUESTS
    assert Counter(row["logger"] for row in rows if row["message"] in ("request", "access")) == {
        "kalends.request": REQUESTS,
        "kalends.access": REQUESTS,
    }
    ids = [
        {row["request_id"] for row in rows if row["logger"] == name} for name in ("kalends.request", "kalends.access")
    ]
    assert (ids[0] == ids[1], len(ids[0])) == (True, REQUESTS)
    assert "Clara" not in "".join([*lines, rest])
