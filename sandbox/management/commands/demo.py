"""Everything at once on this machine: sample data, the iCloud stand-in, the worker and the web server."""

from __future__ import annotations

import json
import signal
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from types import FrameType
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import gettext as _
from rich.console import Console

from sandbox.demo.folder import LOOPBACK, Busy, DemoFolder
from sandbox.demo.processes import LOOK_AGAIN, Ended, Processes

START_SECONDS = 120


class Stopped(Exception):
    """Somebody wants the demo to end."""


class Command(BaseCommand):
    help = "Everything at once on this machine: SQLite, sample data, the iCloud stand-in, worker and web server."
    requires_system_checks = []  # the settings that are checked are those its processes get

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--reset", action="store_true", help=_("begin anew"))
        parser.add_argument("--data", type=Path, default=settings.BASE_DIR / "data" / "demo", help=_("where it lives"))
        parser.add_argument("--json", action="store_true", dest="as_json", help=_("print JSON"))

    def handle(self, *, reset: bool, data: Path, as_json: bool, **options: Any) -> None:
        self.as_json = as_json
        self.console = Console(stderr=True)
        folder = DemoFolder(data.resolve())
        try:
            with folder.lock(), _ended_by_signals():
                self._run(folder, reset=reset)
        except Busy as error:
            where = _("It can be seen at %(address)s.") % {"address": error} if str(error) else ""
            self._fail(_("A demo runs in this directory already.") + f" {where}".rstrip())
        except Ended as error:
            self._fail(_("The demo stopped: %(words)s") % {"words": error})
        except Stopped:
            self.stderr.write(_("Stopped. Started again, it goes on where it was."))

    def _run(self, folder: DemoFolder, *, reset: bool) -> None:
        if reset or not folder.read("practice"):
            folder.clear()
        folder.forget("running")
        with Processes(folder.logs, settings.BASE_DIR, folder.environment) as processes:
            with self._saying(_("Preparing a practice of three with full calendars …")):
                processes.start("prepare", "manage.py", "demo_prepare", "--data", str(folder.folder))
                processes.finish("prepare")
            with self._saying(_("Starting iCloud’s stand-in, the worker and the web server …")):
                start_all(processes, folder)
                wait_until_up(processes, folder)
            folder.write("running", address=folder.address)
            self._announce(folder)
            watch(processes, self.stderr.write)

    def _announce(self, folder: DemoFolder) -> None:
        if self.as_json:
            self.stdout.write(json.dumps({"address": folder.address}))
        else:
            self.stdout.write(_("Kalends, with an iPhone beside it: %(address)s") % {"address": folder.address})
            self.stderr.write(_("Ctrl-C stops everything."))
        self.stdout.flush()

    def _saying(self, words: str) -> Any:
        """Show what is going on while it goes on, to people."""
        return nullcontext() if self.as_json else self.console.status(words)

    def _fail(self, sentence: str) -> None:
        if self.as_json:
            self.stdout.write(json.dumps({"error": sentence}))
        raise CommandError(sentence, returncode=1)


def start_all(processes: Processes, folder: DemoFolder) -> None:
    """Start what stays: the stand-in, the worker, the polls and the web server."""
    ports = [f"--{name}-port={folder.ports[name]}" for name in ("entry", "pod", "apple")]
    processes.start("icloud", "-m", "sandbox", f"--data={folder.icloud}", *ports)
    processes.start("worker", "manage.py", "qcluster")
    processes.start("polls", "manage.py", "demo_polls")
    bind = f"--bind={LOOPBACK}:{folder.ports['web']}"
    processes.start("web", "-m", "gunicorn", "config.wsgi", bind, "--threads=12", "--no-control-socket")


def wait_until_up(processes: Processes, folder: DemoFolder) -> None:
    """Wait until both pages answer. Raises Ended when a process has ended or nothing answers for long."""
    deadline = time.monotonic() + START_SECONDS
    for url in (folder.url("apple"), folder.address):
        while not _answers(url):
            processes.check()
            if time.monotonic() > deadline:
                raise Ended(_("Nothing answers at %(url)s; see %(logs)s.") % {"url": url, "logs": folder.logs})
            time.sleep(LOOK_AGAIN)


def watch(processes: Processes, say: Callable[[str], object]) -> None:
    """For ever: start again whatever has ended, and say so. Raises Ended for what ends again and again."""
    while True:
        for name in processes.ended():
            words = {"name": name, "code": processes.restart(name), "log": processes.logs / f"{name}.log"}
            say(_("%(name)s had ended (%(code)s) and was started again; its log: %(log)s") % words)
        time.sleep(LOOK_AGAIN)


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=2) as answer:  # noqa: S310 - on loopback
            return bool(answer.status == 200)
    except (urllib.error.URLError, TimeoutError, ConnectionError):
        return False


@contextmanager
def _ended_by_signals() -> Iterator[None]:
    """SIGINT, SIGTERM and SIGHUP raise Stopped, once; while everything is being ended they do nothing more."""
    numbers = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)

    def stop(number: int, frame: FrameType | None) -> None:
        for one in numbers:
            signal.signal(one, signal.SIG_IGN)
        raise Stopped

    before = [signal.signal(one, stop) for one in numbers]
    try:
        yield
    finally:
        for one, handler in zip(numbers, before, strict=True):
            signal.signal(one, handler)
