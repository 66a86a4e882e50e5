"""A cluster goes on when one of its processes is killed, whatever that process was about."""

from __future__ import annotations

import os
import signal
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from django_q.cluster import Sentinel
from django_q.models import Success
from django_q.tasks import async_task

from connections.worker.spread import offset
from connections.worker.supervisor import LOOKS_FOR_SCHEDULES, Cluster, Supervisor
from tests.connections.worker.clusters import running_cluster
from tests.shared_database import shared_database  # noqa: F401 - a fixture

WORKERS = 2

pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="looks for processes as Linux shows them")


@pytest.fixture
def overseer(shared_database: str) -> Iterator[int]:  # noqa: F811
    """The overseer of a cluster that has done its first task."""
    with running_cluster(shared_database, workers=WORKERS) as cluster:
        assert done(1)
        yield children(cluster)[0]


def children(pid: int) -> list[int]:
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def parent(pid: int) -> int:
    return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])


def done(count: int) -> bool:
    """Are so many tasks done within a while, the last of them asked for now?"""
    async_task("time.sleep", 0)
    until = time.monotonic() + 30
    while Success.objects.count() < count and time.monotonic() < until:
        time.sleep(0.05)
    return Success.objects.count() == count


def kill_and_wait(overseer: int, victim: int) -> None:
    """Kill one and wait until the processes is complete again."""
    os.kill(victim, signal.SIGKILL)
    until = time.monotonic() + 30
    while (victim in (processes := children(overseer)) or len(processes) != WORKERS + 2) and time.monotonic() < until:
        time.sleep(0.05)


def test_each_process_of_an_idle_cluster_can_be_killed(overseer: int) -> None:
    finished = 1
    for number in range(WORKERS + 2):  # the workers, who stores results, who hands out
        kill_and_wait(overseer, children(overseer)[number])
        finished += 1
        assert done(finished)


def test_of_a_crew_at_work_one_is_started_again_and_the_others_finish(overseer: int) -> None:
    before = children(overseer)
    for _ in range(WORKERS):
        async_task("time.sleep", 3)
    time.sleep(2)
    os.kill(before[0], signal.SIGKILL)
    assert done(WORKERS + 1)  # the first, all but one of the sleepers, and this one
    assert set(before[1:]) <= set(children(overseer))


def test_a_cluster_that_is_told_to_stop_several_times_ends(overseer: int) -> None:
    processes = [overseer, *children(overseer)]
    cluster = parent(overseer)
    for _ in range(40):
        os.kill(cluster, signal.SIGINT)
        time.sleep(0.0005)
    until = time.monotonic() + 30
    while any(Path(f"/proc/{pid}").exists() for pid in processes) and time.monotonic() < until:
        time.sleep(0.05)
    assert [pid for pid in processes if Path(f"/proc/{pid}").exists()] == []


def test_a_signal_to_all_processes_of_a_cluster_ends_it(overseer: int) -> None:
    processes = [overseer, *children(overseer)]
    os.killpg(parent(overseer), signal.SIGTERM)
    until = time.monotonic() + 30
    while any(Path(f"/proc/{pid}").exists() for pid in processes) and time.monotonic() < until:
        time.sleep(0.05)
    assert [pid for pid in processes if Path(f"/proc/{pid}").exists()] == []


class Interrupted(Cluster):
    """One that is told to stop again in the middle of stopping; made without its handlers of signals."""

    def __init__(self) -> None:
        self.stops = 0

    def stop(self) -> bool:
        self.stops += 1
        self.sig_handler(signal.SIGINT, None)
        return True


def test_a_second_signal_in_the_middle_of_stopping_changes_nothing() -> None:
    cluster = Interrupted()
    cluster.sig_handler(signal.SIGTERM, None)
    assert cluster.stops == 1


class Noted:
    """An event that is set after so many waits, and notes how long these were."""

    def __init__(self, waits: int = 1000) -> None:
        self.left, self.waited, self.was_set = waits, 0.0, False

    def set(self) -> None:
        self.was_set = True

    def wait(self, seconds: float) -> bool:
        self.waited += seconds
        self.left -= 1
        return self.left <= 0


@pytest.mark.parametrize(
    ("instance", "waits", "waited"),
    [("winter", 1000, offset("winter", LOOKS_FOR_SCHEDULES).total_seconds()), ("", 1000, 0.0), ("winter", 2, 1.0)],
)
def test_an_instance_among_many_looks_for_schedules_in_its_turn(
    settings, monkeypatch: pytest.MonkeyPatch, instance: str, waits: int, waited: float
) -> None:
    settings.INSTANCE = instance
    watching: list[bool] = []
    monkeypatch.setattr(Sentinel, "guard", lambda self: watching.append(self.start_event.was_set))
    supervisor = Supervisor.__new__(Supervisor)
    supervisor.start_event, supervisor.stop_event = Noted(), Noted(waits)
    supervisor.guard()
    assert (watching, supervisor.stop_event.waited) == ([True], pytest.approx(waited))
