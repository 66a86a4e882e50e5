"""Processes let go at the same moment, all on one database.

They come from multiprocessing's fork server, which has set Django up once and holds no connection of the suite's, so
that nothing is shared between them but the database.
"""

from __future__ import annotations

import io
import multiprocessing
import os
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from functools import partial
from multiprocessing.synchronize import Barrier
from typing import Any

import django
from django.apps import apps

if not apps.ready:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
    django.setup()

from django.core.management import ManagementUtility
from django.db import connections

PATIENCE = 300  # seconds; only ends what hangs, so a busy machine must not reach it
_start: Barrier


@dataclass(frozen=True)
class Exit:
    """How a command ended."""

    code: int
    out: str
    err: str


class Racers:
    """So many processes; `race` gives each of them one argument and returns what each made of it, in order."""

    def __init__(self, count: int) -> None:
        context = multiprocessing.get_context("forkserver")
        context.set_forkserver_preload(["__main__", __name__])
        self._pool = ProcessPoolExecutor(
            count, mp_context=context, initializer=_wait_for, initargs=(context.Barrier(count),)
        )
        self.count = count

    def race(self, act: Callable[[Any], Any], arguments: Sequence[Any]) -> list[Any]:
        """Run `act` on each argument in a process of its own, all at once, on the database of the test."""
        assert len(arguments) == self.count
        run = partial(_run, str(connections["default"].settings_dict["NAME"]), act)
        return list(self._pool.map(run, arguments, timeout=PATIENCE))

    def close(self) -> None:
        self._pool.shutdown(cancel_futures=True)


def command(arguments: Sequence[str]) -> Exit:
    """Run `manage.py` with these arguments, from reading them to the exit code."""
    out, err = io.StringIO(), io.StringIO()
    code = 0
    with redirect_stdout(out), redirect_stderr(err):
        try:
            ManagementUtility(["manage.py", *arguments, "--skip-checks"]).execute()
        except SystemExit as end:
            code = int(end.code or 0)
    return Exit(code, out.getvalue(), err.getvalue())


def _wait_for(barrier: Barrier) -> None:
    global _start
    _start = barrier


def _run(database: str, act: Callable[[Any], Any], argument: Any) -> Any:
    connection = connections["default"]
    connection.settings_dict["NAME"] = database
    connection.ensure_connection()
    _start.wait(PATIENCE)
    try:
        return act(argument)
    finally:
        connections.close_all()
