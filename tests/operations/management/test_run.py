"""`run`, `web` and `worker` with their real processes."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from django_q.models import Schedule, Success
from django_q.tasks import async_task

from tests.shared_database import shared_database  # noqa: F401 - a fixture

pytestmark = [
    pytest.mark.processes,
    pytest.mark.skipif(not sys.platform.startswith("linux"), reason="looks for processes as Linux shows them"),
]

ROOT = Path(__file__).resolve().parents[3]


@contextmanager
def running(database: str, home: Path, *arguments: str, **more: str) -> Iterator[subprocess.Popen[str]]:
    """The command, with its processes killed at the end."""
    environment = {"PATH": os.environ["PATH"], "DEBUG": "true", "DATABASE_URL": database, "KALENDS_HOME": str(home)}
    process = subprocess.Popen(
        [sys.executable, "-m", "config.command_line", *arguments],
        cwd=ROOT,
        env=environment | more,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        yield process
    finally:
        for pid in tree(process.pid):
            os.kill(pid, signal.SIGKILL)
        process.communicate()


def children(pid: int) -> list[int]:
    try:
        tasks = [task / "children" for task in Path(f"/proc/{pid}/task").iterdir()]
        return [int(child) for task in tasks for child in task.read_text().split()]
    except OSError:
        return []


def tree(pid: int) -> list[int]:
    """A process that runs with all its descendants."""
    return [pid, *(one for child in children(pid) for one in tree(child))] if Path(f"/proc/{pid}").exists() else []


def address(process: subprocess.Popen[str]) -> str:
    assert process.stdout
    line = process.stdout.readline()
    assert line, process.stderr and process.stderr.read()
    return str(json.loads(line)["address"])


def status(url: str) -> int:
    with urllib.request.urlopen(url, timeout=30) as answer:
        return int(answer.status)


def gone(pids: list[int]) -> list[int]:
    """Which of them still run after a while?"""
    until = time.monotonic() + 20
    while (left := [pid for pid in pids if Path(f"/proc/{pid}").exists()]) and time.monotonic() < until:
        time.sleep(0.05)
    return left


def does_a_task() -> bool:
    before = Success.objects.count()
    async_task("time.sleep", 0)
    until = time.monotonic() + 60
    while Success.objects.count() == before and time.monotonic() < until:
        time.sleep(0.1)
    return Success.objects.count() == before + 1


def test_the_unit_serves_pages_and_works_and_one_signal_ends_it(shared_database: str, tmp_path: Path) -> None:  # noqa: F811
    with running(shared_database, tmp_path, "run", "--json", "--bind=127.0.0.1:0") as process:
        assert status(f"{address(process)}/accounts/login/") == 200
        assert Schedule.objects.filter(name="poll connections").count() == 1
        assert does_a_task()
        processes = tree(process.pid)
        process.send_signal(signal.SIGTERM)
        assert (process.wait(60), gone(processes)) == (0, [])


def test_the_unit_ends_with_an_error_when_a_part_is_killed(shared_database: str, tmp_path: Path) -> None:  # noqa: F811
    with running(shared_database, tmp_path, "run", "--json", "--bind=127.0.0.1:0", LC_ALL="de_DE.UTF-8") as process:
        address(process)
        processes = tree(process.pid)
        os.kill(children(process.pid)[0], signal.SIGKILL)
        out, err = process.communicate(timeout=60)
        assert (process.returncode, gone(processes)) == (1, [])
        sentence = "Der Worker endete (-9), deshalb wurde alles beendet."
        assert json.loads(out) == {"error": sentence}
        assert err.splitlines()[-1] == sentence


def test_web_server_and_worker_run_apart(shared_database: str, tmp_path: Path) -> None:  # noqa: F811
    with (
        running(shared_database, tmp_path, "web", "--json", "--bind=127.0.0.1:0") as web,
        running(shared_database, tmp_path, "worker", "--json") as worker,
    ):
        assert status(f"{address(web)}/accounts/login/") == 200
        assert worker.stdout
        assert json.loads(worker.stdout.readline()) == {"workers": 2}
        assert does_a_task()
        processes = [*tree(web.pid), *tree(worker.pid)]
        for process in (web, worker):
            process.send_signal(signal.SIGINT)
        assert (web.wait(60), worker.wait(60), gone(processes)) == (0, 0, [])
