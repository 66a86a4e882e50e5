"""The workers of the deployment under test: one on this machine, or one in each namespace."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from random import Random

from sandbox.demo.processes import Processes

WORKER = ("manage.py", "qcluster")


@dataclass
class Workers:
    """Starts, names and kills the workers. `namespaces`: where they run; empty for one on this machine."""

    processes: Processes
    namespaces: Sequence[str] = ()
    running: dict[str, str] = field(default_factory=dict)  # the name of a worker and its namespace
    started: int = 0  # how many workers have been started

    def start_all(self) -> None:
        for namespace in self.namespaces or ("",):
            self._start(namespace)

    def choose(self, choose: Random) -> str:
        """The name of one that runs."""
        return choose.choice(sorted(self.running))

    def leader(self, name: str) -> int:
        """The process id of the worker of that name."""
        return self.processes.running[name].pid

    def replace(self, name: str, wait: Callable[[], object]) -> None:
        """Kill a worker with its child processes, wait, and start another one in its place."""
        namespace = self.running.pop(name)
        self.processes.kill(name)
        wait()
        self._start(namespace)

    def _start(self, namespace: str) -> None:
        self.started += 1
        name = f"worker-{self.started}"
        self.processes.start(name, *_arguments(namespace))
        self.running[name] = namespace


def _arguments(namespace: str) -> tuple[str, ...]:
    return ("-m", "soak.network.run_inside", namespace, *WORKER) if namespace else WORKER
