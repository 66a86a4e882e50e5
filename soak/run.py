"""The run: start everything, let the actors act for some minutes, wait until no work is left, and audit."""

from __future__ import annotations

import re
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Event, Thread

from django.core.management import call_command
from django.db import connection as database
from rich.console import Console
from rich.live import Live
from rich.table import Table
from rich.text import Text
from werkzeug import Request, Response

from sandbox.demo.processes import Processes
from sandbox.management.commands.demo_polls import queue_all
from sandbox.server.server import Sandbox
from soak.actors.actor import Actor
from soak.actors.clients import Client
from soak.actors.disruption import Disruption
from soak.actors.phones import Phone
from soak.actors.readers import MailReader
from soak.actors.series import SeriesClient
from soak.actors.staff import StaffMember
from soak.actors.visitors import PublicVisitor
from soak.audit import Audit
from soak.deployment import ROOT, SYNC_SECONDS, Deployment, web_server
from soak.findings import Findings
from soak.ledger import Ledger
from soak.mails.server import MailServer
from soak.people import ROLES, People, create_people
from soak.settling import settle
from soak.web import Browser, NoAnswer
from soak.workers import Workers

START_SECONDS = 60
PROGRESS_SECONDS = 15.0  # between two lines of progress when the output is not a terminal
MAX_SENTENCES, MAX_LENGTH = 40, 1500
# What django-q and gunicorn log when their processes are killed:
EXPECTED = re.compile(r"reincarnated|A process of the cluster was killed|Worker .* was sent SIGKILL")
DIGITS = re.compile(r"\d+")
ERRORS = re.compile(
    r"^(?:Traceback \(most.*\n(?: .*\n)+(?P<raised>\S.*)|\S+ \S+ (?:ERROR|CRITICAL) (?P<said>.*))$", re.MULTILINE
)


class Progress:
    """Shows the progress: one changing line on a terminal, otherwise a new line every few seconds."""

    def __init__(self, console: Console) -> None:
        self.console, self._said = console, 0.0
        self._live = Live(Text(""), console=console, refresh_per_second=4) if console.is_terminal else None

    def __enter__(self) -> Progress:
        if self._live:
            self._live.start()
        return self

    def __exit__(self, *error: object) -> None:
        if self._live:
            self._live.stop()

    def say(self, text: str) -> None:
        if self._live:
            self._live.update(Text(text))
        elif time.monotonic() - self._said > PROGRESS_SECONDS:
            self._said = time.monotonic()
            self.console.print(text, highlight=False, soft_wrap=True)


def run(
    deployment: Deployment,
    icloud: Sandbox,
    mail_server: MailServer,
    environment: dict[str, str],
    *,
    minutes: float,
    seed: str,
) -> bool:
    """Run the soak test; returns whether nothing was lost, doubled or wrong."""
    console, ledger = Console(), Ledger()
    call_command("migrate", verbosity=0)
    call_command("setup_schedules", verbosity=0, stdout=sys.stderr)
    people = create_people(icloud, mail_server)
    database.close()
    with Processes(deployment.logs, ROOT, environment) as processes, Progress(console) as progress:
        processes.start("web", *web_server(deployment))
        workers = Workers(processes, deployment.namespaces)
        workers.start_all()
        _wait_for_web(deployment, processes)
        with _schedule():
            disruption = _act(people, ledger, deployment, workers, progress, minutes=minutes, seed=seed)
            left = settle(people, ledger, progress.say)
    findings = Audit(people, ledger, disruption).run()
    findings.wrong += [f"not finished in time: {what}" for what in left]
    findings.wrong += list(errors_in_logs(deployment))
    _report(console, ledger, findings)
    return findings.clean


def record_listings(icloud: Sandbox, ledger: Ledger) -> None:
    """Record in the ledger when iCloud has listed a home."""
    answer = icloud.cloud.answer

    def answer_and_record(request: Request, host: str) -> Response:
        response = answer(request, host)
        if request.method == "PROPFIND" and request.headers.get("Depth") == "1" and response.status_code == 207:
            ledger.note_listing(str(request.authorization.username) if request.authorization else "")
        return response

    icloud.cloud.answer = answer_and_record  # type: ignore[method-assign]


def _act(
    people: People,
    ledger: Ledger,
    deployment: Deployment,
    workers: Workers,
    progress: Progress,
    *,
    minutes: float,
    seed: str,
) -> Disruption:
    """Let all actors act for so many minutes."""
    record_listings(people.icloud, ledger)
    ended = Event()
    disruption = Disruption(people, ledger, seed, ended, 2.0, workers)
    actors: list[Actor] = [Client(people, ledger, f"{seed} {number}", ended, 1.2) for number in range(2)]
    actors += [PublicVisitor(people, ledger, f"{seed} {number}", ended, 0.8) for number in range(2)]
    actors += [SeriesClient(people, ledger, f"{seed} {number}", ended, 2.0) for number in range(2)]
    actors += [MailReader(people, ledger, f"{seed} {number}", ended, 1.5, deployment.address) for number in range(2)]
    actors += [StaffMember(people, ledger, seed, ended, 1.5, deployment.address, role.name) for role in ROLES]
    actors += [Phone(people, ledger, f"{seed} {number}", ended, 0.8) for number in range(2)]
    threads = [actor.start() for actor in (*actors, disruption)]
    began = time.monotonic()
    while (elapsed := time.monotonic() - began) < minutes * 60:
        progress.say(f"{elapsed / 60:4.1f} of {minutes:g} min · seed {seed} · {_summary(ledger)}")
        time.sleep(0.5)
    _end(ended, threads)
    disruption.end()
    return disruption


def _end(ended: Event, threads: list[Thread]) -> None:
    ended.set()
    for thread in threads:
        thread.join(120)
        if thread.is_alive():
            raise RuntimeError(f"the thread {thread.name} does not end")


@contextmanager
def _schedule() -> Iterator[None]:
    """Queue the scheduled tasks every few seconds while the block runs."""
    ended = Event()

    def queue_repeatedly() -> None:
        try:
            while not ended.wait(SYNC_SECONDS / 2):
                queue_all()
        finally:
            database.close()

    thread = Thread(target=queue_repeatedly, name="schedule", daemon=True)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()


def _wait_for_web(deployment: Deployment, processes: Processes) -> None:
    deadline = time.monotonic() + START_SECONDS
    browser = Browser(deployment.address)
    while time.monotonic() < deadline:
        processes.check()
        try:
            browser.get("/accounts/login/")
        except NoAnswer:
            time.sleep(0.2)
        else:
            return
    raise RuntimeError("the web server does not answer")


def _summary(ledger: Ledger) -> str:
    with ledger.lock:
        counts = ledger.counts.copy()
    booked = counts["bookings booked"]
    phones = sum(count for what, count in counts.items() if "phone" in what or "calendars" in what)
    disruptions = sum(
        count for what, count in counts.items() if what.startswith(("fault", "iCloud", "times of lag", "quirk"))
    )
    killed = counts["processes killed"] + counts["workers killed"]
    return f"{booked} booked, {phones} edits on phones, {disruptions} disruptions, {killed} kills"


def errors_in_logs(deployment: Deployment) -> Iterator[str]:
    """The unexpected errors in the log files, one sentence for each kind of error."""
    kinds: dict[str, tuple[int, str]] = {}
    for path in sorted(deployment.logs.glob("*.log")):
        for found in ERRORS.finditer(path.read_text(errors="replace")):
            kind = DIGITS.sub("#", found["raised"] or found["said"])
            if EXPECTED.search(kind):
                continue
            kinds[kind] = (kinds.get(kind, (0, ""))[0] + 1, f"{path.name}: {found[0][-MAX_LENGTH:]}")
    for count, example in kinds.values():
        yield f"{count} times in logs, {example}"


def _report(console: Console, ledger: Ledger, findings: Findings) -> None:
    table = Table(show_header=False, box=None)
    for what, count in sorted(ledger.counts.items()):
        table.add_row(what, f"{count:,}")
    for what, count in findings.looked_at.items():
        table.add_row(f"looked at: {what}", f"{count:,}")
    console.print(table)
    for name in ("lost", "doubled", "wrong"):
        sentences = getattr(findings, name)
        console.print(f"{name} {len(sentences)}", style="" if not sentences else "bold red", highlight=False)
        for sentence in sentences[:MAX_SENTENCES]:
            console.print(f"  {sentence}", markup=False, highlight=False, soft_wrap=True)
