"""The web server: gunicorn with one process of several threads, which logs as Django does."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from django.core.handlers.wsgi import WSGIHandler
from gunicorn.app.base import BaseApplication
from gunicorn.arbiter import Arbiter
from gunicorn.glogging import Logger

DEFAULT_BIND: Final = "127.0.0.1:8000"
DEFAULT_THREADS: Final = 8
"""A request that books waits for iCloud meanwhile. Each thread keeps a connection to the database."""


@dataclass(frozen=True, slots=True)
class WebOptions:
    """How to serve. `bind`: HOST:PORT or unix:FILE; port 0 lets the system choose one."""

    bind: str = DEFAULT_BIND
    processes: int = 1
    threads: int = DEFAULT_THREADS
    access_log: bool = False


class DjangoLogger(Logger):  # type: ignore[misc] # the library has no types
    """Passes what gunicorn logs on to the handlers of LOGGING, which hide secret addresses."""

    def setup(self, cfg: Any) -> None:
        super().setup(cfg)
        for logger in (self.error_log, self.access_log):
            logger.handlers.clear()
            logger.propagate = True
        self.error_log.setLevel(logging.WARNING)


class WebServer(BaseApplication):  # type: ignore[misc] # the library has no types
    """gunicorn, set up by the options instead of by its own arguments and files.

    `announce` is called with the address once clients can connect.
    """

    def __init__(self, options: WebOptions, application: WSGIHandler, announce: Callable[[str], None]) -> None:
        self.options, self.application, self.announce = options, application, announce
        super().__init__()

    def load_config(self) -> None:
        values = {
            "bind": self.options.bind,
            "workers": self.options.processes,
            "threads": self.options.threads,
            "worker_class": "gthread",
            "preload_app": True,
            "control_socket_disable": True,
            "accesslog": "-" if self.options.access_log else None,
            "logger_class": DjangoLogger,
            "proc_name": "kalends",
            "when_ready": self._ready,
        }
        for name, value in values.items():
            self.cfg.set(name, value)

    def load(self) -> WSGIHandler:
        return self.application

    def _ready(self, arbiter: Arbiter) -> None:
        self.announce(str(arbiter.LISTENERS[0]))
