"""The workers: one on this machine or one in each namespace, killed and replaced."""

from __future__ import annotations

from dataclasses import dataclass, field
from random import Random

import pytest

from soak.workers import Workers


@dataclass
class Recorded:
    """Records what is started and killed."""

    said: list[tuple[str, ...]] = field(default_factory=list)

    def start(self, name: str, *arguments: str) -> None:
        self.said.append((name, *arguments))

    def kill(self, name: str) -> None:
        self.said.append(("kill", name))


@pytest.fixture
def recorded() -> Recorded:
    return Recorded()


def test_without_namespaces_one_worker_runs_on_this_machine(recorded: Recorded) -> None:
    Workers(recorded).start_all()  # type: ignore[arg-type]
    assert recorded.said == [("worker-1", "manage.py", "qcluster")]


def test_a_killed_worker_is_replaced_in_its_namespace(recorded: Recorded) -> None:
    workers = Workers(recorded, ("a", "b"))  # type: ignore[arg-type]
    workers.start_all()
    recorded.said.clear()
    workers.replace("worker-2", wait=lambda: recorded.said.append(("wait",)))
    inside = ("worker-3", "-m", "soak.network.run_inside", "b", "manage.py", "qcluster")
    assert recorded.said == [("kill", "worker-2"), ("wait",), inside]
    assert workers.running == {"worker-1": "a", "worker-3": "b"}
    assert {workers.choose(Random(seed)) for seed in range(20)} == {"worker-1", "worker-3"}
