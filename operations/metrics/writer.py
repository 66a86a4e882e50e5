"""The thread of each process that writes what the process measured."""

from __future__ import annotations

import threading
import time
from multiprocessing.util import Finalize

from django.conf import settings
from django.db import DatabaseError, connection

from operations.metrics import storage
from practice.telemetry import measurements


def start() -> None:
    """Start the thread of this process, unless METRICS_WRITE_SECONDS is 0.

    What is left when the process ends is written then, also in processes that multiprocessing has forked, which do not
    run `atexit`.
    """
    if settings.METRICS_WRITE_SECONDS:
        threading.Thread(target=_write_for_ever, name="metrics", daemon=True).start()
        Finalize(None, write, exitpriority=1)


def write() -> None:
    """Write what was measured. While the database refuses it, it is kept for the next time."""
    if values := measurements.drain():
        try:
            storage.add(values)
        except DatabaseError:
            measurements.put_back(values)


def _write_for_ever() -> None:
    while True:
        time.sleep(settings.METRICS_WRITE_SECONDS)
        write()
        connection.close()  # the thread has a connection of its own, and needs it for a moment only
