"""Run everything on this machine: the sandbox's iCloud, Kalends with sample data, its worker and its web server."""

from __future__ import annotations

import json
import signal
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from importlib.util import find_spec
from pathlib import Path
from types import FrameType
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import gettext as _
from rich.console import Console

from sandbox.demo.folder import LOOPBACK, Busy, DemoFolder
from sandbox.demo.processes import CHECK_SECONDS, Ended, Processes

START_SECONDS = 120
KALENDS = ("-m", "config.command_line")  # from where the code lies, in a checkout and in an installed wheel
PACKAGES = ("werkzeug",)  # of requirements/demo.in, beyond those that Kalends itself needs


class Stopped(Exception):
    """A signal asked the demo to end."""


class Command(BaseCommand):
    help = "Run everything on this machine: SQLite, sample data, a pretend iCloud, worker and web server."
    requires_system_checks = []  # its processes have settings of their own, and check those

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--reset", action="store_true", help=_("delete the data of the last demo"))
        parser.add_argument("--data", type=Path, default=settings.HOME / "data" / "demo", help=_("folder for its data"))
        parser.add_argument("--json", action="store_true", dest="as_json", help=_("print JSON"))

    def handle(self, *, reset: bool, data: Path, as_json: bool, **options: Any) -> None:
        self.as_json = as_json
        self.console = Console(stderr=True)
        if any(find_spec(name) is None for name in PACKAGES):
            self._fail(_("The demo needs more packages: run `make demo` or install “kalends[demo]”."))
        folder = DemoFolder(data.resolve())
        try:
            with folder.lock(), _ended_by_signals():
                self._run(folder, reset=reset)
        except Busy as error:
            where = _("Its address is %(address)s.") % {"address": error} if str(error) else ""
            self._fail(_("A demo already runs in this directory.") + f" {where}".rstrip())
        except Ended as error:
            self._fail(_("The demo stopped: %(reason)s") % {"reason": error})
        except Stopped:
            self.stderr.write(_("Stopped. The data is kept for the next start."))

    def _run(self, folder: DemoFolder, *, reset: bool) -> None:
        if reset or not folder.read("practice"):
            folder.clear()
        folder.forget("running")
        with Processes(folder.logs, settings.BASE_DIR, folder.environment) as processes:
            with self._progress(_("Creating a practice with three people and full calendars …")):
                processes.start("prepare", *KALENDS, "demo_prepare", "--data", str(folder.folder))
                processes.finish("prepare")
            with self._progress(_("Starting the pretend iCloud, the worker and the web server …")):
                start_all(processes, folder)
                wait_until_up(processes, folder)
            folder.write("running", address=folder.address)
            self._announce(folder)
            watch(processes, self.stderr.write)

    def _announce(self, folder: DemoFolder) -> None:
        if self.as_json:
            self.stdout.write(json.dumps({"address": folder.address}))
        else:
            self.stdout.write(
                _("Kalends, with an iPhone and a client’s phone beside it: %(address)s") % {"address": folder.address}
            )
            self.stderr.write(_("Ctrl-C stops everything."))
        self.stdout.flush()

    def _progress(self, sentence: str) -> Any:
        """A context manager that shows the sentence while its block runs, unless the output is JSON."""
        return nullcontext() if self.as_json else self.console.status(sentence)

    def _fail(self, sentence: str) -> None:
        if self.as_json:
            self.stdout.write(json.dumps({"error": sentence}))
        raise CommandError(sentence, returncode=1)


def start_all(processes: Processes, folder: DemoFolder) -> None:
    """Start the processes that keep running: the sandbox, the worker, the frequent polls and the web server."""
    ports = [f"--{name}-port={folder.ports[name]}" for name in ("entry", "pod", "apple")]
    processes.start("icloud", "-m", "sandbox", f"--data={folder.icloud}", *ports)
    processes.start("worker", *KALENDS, "qcluster")
    processes.start("polls", *KALENDS, "demo_polls")
    bind = f"--bind={LOOPBACK}:{folder.ports['web']}"
    processes.start("web", "-m", "gunicorn", "config.wsgi", bind, "--threads=12", "--no-control-socket")


def wait_until_up(processes: Processes, folder: DemoFolder) -> None:
    """Wait until both web servers answer. Raises Ended when a process has ended, or at the time limit."""
    deadline = time.monotonic() + START_SECONDS
    for url in (folder.url("apple"), folder.address):
        while not _answers(url):
            processes.check()
            if time.monotonic() > deadline:
                raise Ended(_("Nothing answers at %(url)s; see %(logs)s.") % {"url": url, "logs": folder.logs})
            time.sleep(CHECK_SECONDS)


def watch(processes: Processes, say: Callable[[str], object]) -> None:
    """Restart processes that have ended, and report it; never returns. Raises Ended when one ends too often."""
    while True:
        for name in processes.ended():
            facts = {"name": name, "code": processes.restart(name), "log": processes.logs / f"{name}.log"}
            say(_("%(name)s had ended (%(code)s) and was started again; its log: %(log)s") % facts)
        time.sleep(CHECK_SECONDS)


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=2) as answer:  # noqa: S310 - on loopback
            return bool(answer.status == 200)
    except (urllib.error.URLError, TimeoutError, ConnectionError):
        return False


@contextmanager
def _ended_by_signals() -> Iterator[None]:
    """The first SIGINT, SIGTERM or SIGHUP raises Stopped; further ones are ignored while the processes end."""
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
