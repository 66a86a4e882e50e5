"""The demo's processes end with all their child processes, however the demo ends."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from sandbox.demo.processes import Ended, Processes

pytestmark = pytest.mark.processes

ROOT = Path(__file__).parents[3]
# Starts a child of its own, tells both numbers, and sleeps.
FAMILY = (
    "import os, subprocess, sys, time, pathlib;"
    "child = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(60)']);"
    "pathlib.Path(sys.argv[1]).write_text(f'{os.getpid()} {child.pid}');"
    "time.sleep(60)"
)
STUBBORN = "import signal; [signal.signal(n, signal.SIG_IGN) for n in (signal.SIGTERM, signal.SIGINT)];" + FAMILY


@pytest.fixture
def processes(tmp_path: Path) -> Processes:
    return Processes(tmp_path / "logs", ROOT, dict(os.environ))


def numbers_in(file: Path) -> list[int]:
    deadline = time.monotonic() + 20
    while not (file.exists() and len(file.read_text().split()) == 2):
        assert time.monotonic() < deadline
        time.sleep(0.02)
    return [int(number) for number in file.read_text().split()]


def alive(number: int) -> bool:
    try:
        os.kill(number, 0)
    except ProcessLookupError:
        return False
    # A dead child whose parent has not asked for it yet still has its number.
    return Path(f"/proc/{number}/stat").read_text().split(")")[-1].split()[0] != "Z"


def gone(numbers: list[int], seconds: float = 20) -> bool:
    deadline = time.monotonic() + seconds
    while any(alive(number) for number in numbers):
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)
    return True


def test_children_and_grandchildren_end_with_the_demo(processes: Processes, tmp_path: Path) -> None:
    with processes:
        processes.start("family", "-c", FAMILY, str(tmp_path / "numbers"))
        numbers = numbers_in(tmp_path / "numbers")
        assert [alive(number) for number in numbers] == [True, True]
    assert gone(numbers, seconds=1)


def test_those_that_do_not_listen_end_too(
    processes: Processes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KALENDS_TERM_SECONDS", "0.5")
    with processes:
        processes.start("family", "-c", STUBBORN, str(tmp_path / "numbers"))
        numbers = numbers_in(tmp_path / "numbers")
    assert gone(numbers, seconds=1)


def test_a_process_is_killed_with_all_that_it_started_and_is_no_longer_watched(
    processes: Processes, tmp_path: Path
) -> None:
    with processes:
        processes.start("family", "-c", STUBBORN, str(tmp_path / "numbers"))
        numbers = numbers_in(tmp_path / "numbers")
        processes.kill("family")
        assert gone(numbers, seconds=1)
        processes.check()


def test_killing_the_demo_leaves_nobody_behind(tmp_path: Path) -> None:
    script = (
        "import os, sys, time, pathlib; from sandbox.demo.processes import Processes;"
        f"processes = Processes(pathlib.Path({str(tmp_path / 'logs')!r}), pathlib.Path({str(ROOT)!r}), os.environ);"
        "processes.__enter__();"
        f"processes.start('family', '-c', {FAMILY!r}, {str(tmp_path / 'numbers')!r});"
        "time.sleep(60)"
    )
    demo = subprocess.Popen([sys.executable, "-c", script], cwd=ROOT)
    numbers = numbers_in(tmp_path / "numbers")
    demo.send_signal(signal.SIGKILL)
    demo.wait()
    assert gone(numbers)


def test_what_must_run_and_ends_is_reported_with_the_end_of_its_log(processes: Processes) -> None:
    with processes:
        child = processes.start("worker", "-c", "print('no database'); raise SystemExit(3)")
        child.wait()
        with pytest.raises(Ended, match=r"^worker has ended \(3\)\.\nno database$"):
            processes.check()


def test_who_ends_is_started_again_without_what_it_left_behind(processes: Processes, tmp_path: Path) -> None:
    with processes:
        first = processes.start("worker", "-c", FAMILY, str(tmp_path / "numbers"))
        numbers = numbers_in(tmp_path / "numbers")
        assert processes.ended() == []
        (tmp_path / "numbers").unlink()
        first.kill()
        first.wait()
        assert (processes.ended(), processes.restart("worker")) == (["worker"], -signal.SIGKILL)
        assert gone(numbers, seconds=1)
        assert [alive(number) for number in numbers_in(tmp_path / "numbers")] == [True, True]
        assert processes.ended() == []


def test_who_ends_again_and_again_is_not_started_for_ever(processes: Processes) -> None:
    with processes:
        processes.start("worker", "-c", "raise SystemExit('no room')")
        for _time in range(5):
            assert processes.restart("worker") == 1
        processes.running["worker"].wait()
        with pytest.raises(Ended, match=r"^worker has ended \(1\)\.\n(no room\n?){6}$"):
            processes.restart("worker")


def test_a_step_that_fails_is_reported_with_the_end_of_its_log(processes: Processes) -> None:
    with processes:
        processes.start("prepare", "-c", "raise SystemExit('no room')")
        with pytest.raises(Ended, match=r"^prepare has ended \(1\)\.\nno room$"):
            processes.finish("prepare")


def test_a_step_that_is_done_is_no_longer_watched(processes: Processes) -> None:
    with processes:
        processes.start("prepare", "-c", "pass")
        processes.finish("prepare")
        processes.check()
        assert processes.running == {}
