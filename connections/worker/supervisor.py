"""The process that watches over the workers of one cluster: one that is killed must not silence the others.

A worker that waits for its next task holds the lock of the queue, and so does whoever stores results. Killed by the
system, for want of memory say, they take it along, and nobody ever works again, though all are started anew
(https://github.com/django-q2/django-q2/issues/23). Here all processes are started again, with new queues: what the
others were working on comes back, because rows are the queue.
"""

from __future__ import annotations

import os
import signal
from contextlib import nullcontext
from datetime import timedelta
from multiprocessing import Process
from typing import Any

from django import db
from django.conf import settings
from django_q import cluster
from django_q.conf import Conf, logger
from django_q.queues import Queue

from connections.worker.spread import offset

MAX_WAIT_SECONDS = 0.5  # so soon it is seen that the cluster is to stop
LOOKS_FOR_SCHEDULES = timedelta(seconds=30)
"""How often the library looks for schedules that are due, counted from when it begins to watch (`Sentinel.guard`)."""


class Supervisor(cluster.Sentinel):  # type: ignore[misc] # the library has no types
    """Of each `qcluster` one process, which starts all others and looks after them twice a second."""

    def start(self) -> None:
        """Work until the cluster says stop: dead of a signal to the whole group, it would be waited for, for ever."""
        signal.signal(signal.SIGTERM, self._end_only_others)
        super().start()

    def guard(self) -> None:
        """Watch over the workers, which are at work already. Instances that the machine starts at once take turns."""
        self.start_event.set()
        left = offset(settings.INSTANCE, LOOKS_FOR_SCHEDULES).total_seconds()
        while left > 0 and not self.stop_event.wait(min(left, MAX_WAIT_SECONDS)):
            left -= MAX_WAIT_SECONDS
        super().guard()

    def _end_only_others(self, signum: int, frame: Any) -> None:
        """Workers inherit this handler; they end."""
        if os.getpid() != self.pid:
            signal.signal(signum, signal.SIG_DFL)
            os.kill(os.getpid(), signum)

    def reincarnate(self, process: Process) -> None:
        """Start another one for `process`, which is gone or took too long."""
        processes = [*self.pool, self.monitor, self.pusher]
        if process not in processes:
            return  # all its siblings were ended with it and started again
        if (process.exitcode or 0) < 0 and not _is_busy(process):
            self._begin_again([other for other in processes if other is not process])
        else:
            super().reincarnate(process)

    def _begin_again(self, others: list[Process]) -> None:
        for other in others:
            _kill(other)
        self.task_queue, self.result_queue = Queue(maxsize=Conf.QUEUE_LIMIT), Queue()
        db.connections.close_all()  # no connection is shared with those that are started now
        self.spawn_cluster()
        logger.critical("A process of the cluster was killed: all its workers were started again.")


class Cluster(cluster.Cluster):  # type: ignore[misc] # the library has no types
    """One `qcluster`: the process that is told to stop, and stops the others."""

    stopping = False

    def sig_handler(self, signum: int, frame: Any) -> None:
        """Stop. A second signal changes nothing: it would wait for a lock that the first holds, for ever.

        So it happens where Ctrl-C reaches it twice (https://github.com/django-q2/django-q2/issues/346).
        """
        if not self.stopping:
            self.stopping = True
            super().sig_handler(signum, frame)


def _is_busy(process: Process) -> bool:
    """Is it a worker in the middle of a task? It holds no lock then."""
    timer = getattr(process, "timer", None)
    return timer is not None and timer.value > 0


def _kill(process: Process) -> None:
    """End it, though not while it stores a result: it holds the lock then by which it is watched."""
    lock = process.timer.get_lock() if hasattr(process, "timer") else nullcontext()
    with lock:
        process.kill()
    process.join()
