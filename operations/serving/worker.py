"""The worker: the supervisor of django-q2 in this process, and the processes that it forks."""

from __future__ import annotations

import os
import resource
import signal
import sys
import time
import uuid
from types import FrameType
from typing import Any, Final

from django_q.conf import Conf

from connections.worker.supervisor import Supervisor

MAX_GROWTH_KILOBYTES: Final = 16 * 1024
"""A worker process that has grown by so much since it was forked is replaced after its task."""


class Flag:
    """The part of multiprocessing's Event that a supervisor uses. A signal may set it at any moment: it has no lock."""

    def __init__(self) -> None:
        self._is_set = False

    def is_set(self) -> bool:
        return self._is_set

    def set(self) -> None:
        self._is_set = True

    def wait(self, seconds: float) -> bool:
        """Sleep for so long, and say whether it is set."""
        if not self._is_set:
            time.sleep(seconds)
        return self._is_set


class MainSupervisor(Supervisor):
    """A supervisor that is told to stop by SIGTERM or SIGINT, instead of by a parent process."""

    def start(self) -> None:
        signal.signal(signal.SIGINT, self._stop_if_main)
        super().start()

    def _end_only_others(self, signum: int, frame: Any) -> None:
        self._stop_if_main(signum, frame)
        super()._end_only_others(signum, frame)

    def _stop_if_main(self, signum: int, frame: FrameType | None) -> None:
        """Worker processes inherit this handler. Ctrl-C reaches them too: they finish their task."""
        if os.getpid() == self.pid:
            self.stop_event.set()


def run_cluster(workers: int) -> None:
    """Work with so many processes until SIGTERM or SIGINT says stop; tasks that run are finished before that."""
    Conf.WORKERS = Conf.QUEUE_LIMIT = workers
    Conf.MAX_RSS = _kilobytes_in_use() + MAX_GROWTH_KILOBYTES
    MainSupervisor(Flag(), Flag(), uuid.uuid4())


def _kilobytes_in_use() -> int:
    """The largest resident size of this process so far."""
    size = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return size // 1024 if sys.platform == "darwin" else size
