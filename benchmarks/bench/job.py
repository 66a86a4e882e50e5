"""One job in a process of its own: `python -m benchmarks.bench.job MODULE CLASS ARGUMENTS`.

The process creates the job with the arguments, a JSON object. For each line on standard input it then measures one run
and prints the figures as one line of JSON. The parent may change something on the server before it sends a line.
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

from benchmarks.bench.measuring import Figures, measure_job


class Job(Protocol):
    """Work to measure. `times`: how many runs make up one measurement, for work too short for the clock.

    A job may have `max_seconds` as well: after that many seconds, a measurement is not repeated any more.
    """

    times: int

    def __init__(self, **arguments: Any) -> None: ...

    def run(self) -> Mapping[str, Any]: ...


class JobProcess:
    """A running job process, as a context manager.

    `name`: module and class, such as "kalends_jobs:KalendsPoll"; `arguments`: what the class is created with.
    """

    def __init__(self, name: str, environment: Mapping[str, str], **arguments: Any) -> None:
        module, _, kind = name.partition(":")
        job = [f"benchmarks.bench.{module}", kind, json.dumps(arguments)]
        self.name = name
        self._process = subprocess.Popen(  # noqa: S603 - our own modules
            [sys.executable, "-m", "benchmarks.bench.job", *job],
            env=dict(environment),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self._read()

    def __enter__(self) -> JobProcess:
        return self

    def __exit__(self, *_: object) -> None:
        if self._process.stdin:
            self._process.stdin.close()
        self._process.wait()

    def run(self) -> Figures:
        """Measure once."""
        if self._process.stdin is None:
            raise RuntimeError("the process has no standard input")
        self._process.stdin.write("go\n")
        self._process.stdin.flush()
        return Figures(**self._read())

    def _read(self) -> Any:
        line = self._process.stdout.readline() if self._process.stdout else ""
        if not line:
            raise RuntimeError(f"{self.name} has ended with {self._process.wait()}")
        return json.loads(line)


def run_job(module: str, kind: str, arguments: str) -> None:
    """Create the job, print an empty line of JSON when it is ready, and run it once for each line read."""
    answers, sys.stdout = sys.stdout, sys.stderr  # what a library prints must not be read as an answer
    job: Job = getattr(importlib.import_module(module), kind)(**json.loads(arguments))
    max_seconds = getattr(job, "max_seconds", math.inf)
    answers.write("{}\n")
    answers.flush()
    for _ in sys.stdin:
        answers.write(json.dumps(asdict(measure_job(job.run, times=job.times, max_seconds=max_seconds))) + "\n")
        answers.flush()


if __name__ == "__main__":
    run_job(*sys.argv[1:])
