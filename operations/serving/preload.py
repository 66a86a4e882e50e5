"""What all processes need is loaded once, before they are forked, so that they share the memory."""

from __future__ import annotations

import gc
from importlib import import_module
from typing import Final

from django.db import connections
from django.urls import get_resolver

from operations.serving.linux import limit_malloc_arenas

MODULES: Final = (
    "bookings.tasks",
    "connections.tasks",
    "connections.worker.supervisor",
    "gunicorn.workers.gthread",
)
"""What the URLs do not import, and a process would load by itself later."""


def preload() -> None:
    """Load the code of web server and worker, and make the memory ready to be shared by forked processes.

    Closes the connections to the database: no two processes may use the same one.
    """
    limit_malloc_arenas()
    for name in MODULES:
        import_module(name)
    _ = get_resolver().reverse_dict  # imports all views
    connections.close_all()
    gc.collect()
    gc.freeze()  # else the first collection of each process would write to every object, and copy its page
