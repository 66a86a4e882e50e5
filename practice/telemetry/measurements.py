"""What this process measures, in memory until somebody takes it away. No Django: the wire is measured too.

Measuring costs a dictionary entry and no query. `operations.metrics` names the writer that takes what was measured and
adds it to the database now and then.
"""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0)
"""Upper bounds in seconds, inclusive; what takes longer is in the bucket INFINITE."""
INFINITE, SUM, COUNT = "+Inf", "sum", "count"

Key = tuple[str, tuple[str, ...], str]
"""The name of a metric, the values of its labels in their order, and the part: a bucket, SUM or COUNT."""


@dataclass(frozen=True, slots=True)
class Metric:
    """Something measured. The values of `labels` come from short fixed lists: never a name, an address or a key."""

    name: str
    help: str
    labels: tuple[str, ...]
    is_histogram: bool = True

    def observe(self, seconds: float, *labels: str) -> None:
        """Measure that it took `seconds`."""
        _add({(self.name, labels, _bucket(seconds)): 1, (self.name, labels, SUM): seconds})

    def count(self, *labels: str) -> None:
        """Count that it happened once."""
        _add({(self.name, labels, COUNT): 1})

    @contextmanager
    def timed(self, *labels: str) -> Iterator[None]:
        """Measure how long the block takes, also if it raises."""
        began = time.monotonic()
        try:
            yield
        finally:
            self.observe(time.monotonic() - began, *labels)


HTTP = Metric("kalends_http_request_seconds", "Latency of pages by view.", ("view", "method", "status"))
POLL = Metric("kalends_poll_seconds", "Latency of the request that lists an account.", ("result",))
SYNC = Metric("kalends_sync_seconds", "Duration of syncs, from lease to release.", ("trigger",))
PUSH = Metric("kalends_push_seconds", "Duration of pushes of one event, by what became of it.", ("state",))
ANSWERS = Metric(
    "kalends_provider_answers", "Answers of calendar providers by HTTP status.", ("provider", "status"), False
)
METRICS = (HTTP, POLL, SYNC, PUSH, ANSWERS)

_lock = threading.Lock()
_values: dict[Key, float] = {}
_start_writer: Callable[[], None] | None = None
_is_started = False


def set_writer(start: Callable[[], None]) -> None:
    """Name what starts the writer of a process: it is called with the first measurement, also after a fork."""
    global _start_writer
    _start_writer = start


def drain() -> dict[Key, float]:
    """Take away all that was measured since the last time."""
    global _values
    with _lock:
        taken, _values = _values, {}
    return taken


def put_back(values: Mapping[Key, float]) -> None:
    """Keep what was drained and could not be written."""
    with _lock:
        _merge(values)


def _add(values: Mapping[Key, float]) -> None:
    global _is_started
    with _lock:
        _merge(values)
        must_start = not _is_started and _start_writer is not None
        _is_started = _is_started or must_start
    if must_start and _start_writer:
        _start_writer()


def _merge(values: Mapping[Key, float]) -> None:
    for key, value in values.items():
        _values[key] = _values.get(key, 0) + value


def _bucket(seconds: float) -> str:
    return next((str(bound) for bound in BUCKETS if seconds <= bound), INFINITE)


def _begin_anew() -> None:
    """A forked process has no threads of its parent, and the parent writes what it has measured itself."""
    global _lock, _values, _is_started
    _lock, _values, _is_started = threading.Lock(), {}, False


os.register_at_fork(after_in_child=_begin_anew)
