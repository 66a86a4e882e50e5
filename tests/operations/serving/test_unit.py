"""Parts run together and end together, whoever ends them."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

pytestmark = [
    pytest.mark.processes,
    pytest.mark.skipif(not sys.platform.startswith("linux"), reason="looks for processes as Linux shows them"),
]

ROOT = Path(__file__).resolve().parents[3]
# Each part has a child process; "short" ends by itself when a file appears.
SCRIPT = """
import multiprocessing, os, sys, time
from pathlib import Path
from operations.serving import unit

def child():
    time.sleep(60)

def work(name):
    multiprocessing.get_context("fork").Process(target=child).start()
    os.write(1, f"{name} {os.getpid()}\\n".encode())  # in one piece, because both parts write at once
    while not Path(sys.argv[1]).exists() or name != "short":
        time.sleep(0.02)
    os._exit(7)

def stubborn():
    import signal
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    work("stubborn")

unit.STOP_SECONDS = 1
parts = {"short": lambda: work("short"), "long": stubborn if sys.argv[2:] else lambda: work("long")}
try:
    unit.Unit(parts).run()
except unit.PartEnded as error:
    print("ended", error.name, error.code, flush=True)
    sys.exit(1)
print("stopped", flush=True)
"""


@contextmanager
def running(*arguments: str) -> Iterator[subprocess.Popen[str]]:
    """The unit as a process of its own, with everything it started."""
    process = subprocess.Popen(
        [sys.executable, "-c", SCRIPT, *arguments],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    try:
        yield process
    finally:
        process.kill()
        if process.stdout:
            process.stdout.close()  # children that a killed unit leaves may hold its other end for long
        process.wait()


def started(process: subprocess.Popen[str], count: int = 2) -> list[int]:
    """Wait for so many parts; their process ids."""
    assert process.stdout
    return [int(process.stdout.readline().split()[1]) for _ in range(count)]


def left(parts: list[int]) -> list[int]:
    """Which processes of the groups of the parts are still there after a while?"""
    until = time.monotonic() + 10
    while (found := in_groups(parts)) and time.monotonic() < until:
        time.sleep(0.05)
    return found


def in_groups(groups: list[int]) -> list[int]:
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if int(fields[2]) in groups and fields[0] != "Z":
            found.append(int(stat.parent.name))
    return found


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_a_signal_stops_all_parts_and_their_children(tmp_path: Path, number: signal.Signals) -> None:
    with running(str(tmp_path / "end")) as process:
        parts = started(process)
        assert len(in_groups(parts)) == 4
        process.send_signal(number)
        assert process.communicate(timeout=30)[0] == "stopped\n"
        assert process.returncode == 0
        assert left(parts) == []


def test_when_one_part_ends_the_others_are_stopped_and_the_unit_fails(tmp_path: Path) -> None:
    with running(str(tmp_path / "end")) as process:
        parts = started(process)
        (tmp_path / "end").touch()
        assert process.communicate(timeout=30)[0] == "ended short 7\n"
        assert process.returncode == 1
        assert left(parts) == []


def test_a_part_that_is_killed_ends_the_unit(tmp_path: Path) -> None:
    with running(str(tmp_path / "end")) as process:
        parts = started(process)
        os.kill(parts[1], signal.SIGKILL)
        assert process.communicate(timeout=30)[0] in ("ended long -9\n", "ended short -9\n")
        assert left(parts) == []


def test_a_part_that_does_not_stop_is_killed(tmp_path: Path) -> None:
    with running(str(tmp_path / "end"), "stubborn") as process:
        parts = started(process)
        process.terminate()
        process.terminate()
        assert process.communicate(timeout=30)[0] == "stopped\n"
        assert left(parts) == []


def test_parts_are_told_to_stop_when_the_unit_is_killed(tmp_path: Path) -> None:
    with running(str(tmp_path / "end")) as process:
        parts = started(process)
        process.kill()
        until = time.monotonic() + 10
        while any(Path(f"/proc/{part}").exists() for part in parts) and time.monotonic() < until:
            time.sleep(0.05)
        assert [part for part in parts if Path(f"/proc/{part}").exists()] == []
        for child in in_groups(parts):  # what a part leaves behind is up to the part
            os.kill(child, signal.SIGKILL)
