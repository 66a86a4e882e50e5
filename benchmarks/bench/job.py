"""One piece of work in a process of its own: `python -m benchmarks.bench.job MODULE CLASS SPEC`.

The class is made from the spec, which may warm it up; then, for each line on standard input, it runs once and the
figures go out as one line of JSON. The other side may change something on the server before each line.
"""

from __future__ import annotations

import importlib
import json
import math
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any, Protocol

from benchmarks.bench.gauge import Figures, gauge


class Job(Protocol):
    """Something to measure. `times`: how many runs make one measurement, for what is too short for the clock.

    A job that has `enough` makes fewer of them where they take that many seconds.
    """

    times: int

    def __init__(self, **spec: Any) -> None: ...

    def run(self) -> Mapping[str, Any]: ...


class Child:
    """The hand on such a process. A context manager; `run` is one measurement."""

    def __init__(self, name: str, environment: Mapping[str, str], **spec: Any) -> None:
        module, _, kind = name.partition(":")
        command = [sys.executable, "-m", "benchmarks.bench.job", f"benchmarks.bench.{module}", kind, json.dumps(spec)]
        self.name = name
        self._process = subprocess.Popen(  # noqa: S603 - our own modules
            command, env=dict(environment), stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        self._read()

    def __enter__(self) -> Child:
        return self

    def __exit__(self, *_: object) -> None:
        if self._process.stdin:
            self._process.stdin.close()
        self._process.wait()

    def run(self) -> Figures:
        """Measure once."""
        if self._process.stdin is None:
            raise RuntimeError("no pipe")
        self._process.stdin.write("go\n")
        self._process.stdin.flush()
        return Figures(**self._read())

    def _read(self) -> Any:
        line = self._process.stdout.readline() if self._process.stdout else ""
        if not line:
            raise RuntimeError(f"{self.name} has ended with {self._process.wait()}")
        return json.loads(line)


def main(module: str, kind: str, spec: str) -> None:
    """Make the job, say so, and run it as often as asked."""
    answers, sys.stdout = sys.stdout, sys.stderr  # whatever a library prints must not be taken for an answer
    job: Job = getattr(importlib.import_module(module), kind)(**json.loads(spec))
    enough = getattr(job, "enough", math.inf)
    answers.write("{}\n")
    answers.flush()
    for _ in sys.stdin:
        answers.write(json.dumps(asdict(gauge(job.run, times=job.times, enough=enough))) + "\n")
        answers.flush()


if __name__ == "__main__":
    main(*sys.argv[1:])
