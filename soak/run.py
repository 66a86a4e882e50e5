"""The run: everything is started, goes on for so many minutes, comes to rest, and is held against each other."""

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
from soak.actors import Actor
from soak.audit import Audit, Findings
from soak.clients import Client
from soak.deployment import ROOT, SYNC_SECONDS, Deployment, web_server
from soak.disruption import Disruption
from soak.ledger import Ledger
from soak.people import ROLES, People, create_people
from soak.phones import Phone
from soak.settling import settle
from soak.staff import StaffMember
from soak.web import Browser, NoAnswer

START_SECONDS = 60
SAY_EVERY = 15.0  # seconds, where nobody watches a terminal
SHOWN, LONG = 40, 1500
# What is said when processes are killed:
EXPECTED = re.compile(r"reincarnated|A process of the cluster was killed|Worker .* was sent SIGKILL")
DIGITS = re.compile(r"\d+")
ERRORS = re.compile(
    r"^(?:Traceback \(most.*\n(?: .*\n)+(?P<raised>\S.*)|\S+ \S+ (?:ERROR|CRITICAL) (?P<said>.*))$", re.MULTILINE
)


class Voice:
    """Tells how it goes: one line that changes on a terminal, else a line now and then."""

    def __init__(self, console: Console) -> None:
        self.console, self._said = console, 0.0
        self._live = Live(Text(""), console=console, refresh_per_second=4) if console.is_terminal else None

    def __enter__(self) -> Voice:
        if self._live:
            self._live.start()
        return self

    def __exit__(self, *error: object) -> None:
        if self._live:
            self._live.stop()

    def say(self, words: str) -> None:
        if self._live:
            self._live.update(Text(words))
        elif time.monotonic() - self._said > SAY_EVERY:
            self._said = time.monotonic()
            self.console.print(words, highlight=False, soft_wrap=True)


def run(place: Deployment, icloud: Sandbox, environment: dict[str, str], *, minutes: float, seed: str) -> bool:
    """All of it; whether nothing was lost, doubled or wrong."""
    console, ledger = Console(), Ledger()
    call_command("migrate", verbosity=0)
    call_command("setup_schedules", verbosity=0, stdout=sys.stderr)
    people = create_people(icloud)
    database.close()
    with Processes(place.logs, ROOT, environment) as processes, Voice(console) as voice:
        processes.start("web", *web_server(place))
        processes.start("worker-1", "manage.py", "qcluster")
        _wait_for_web(place, processes)
        with _ticking():
            trouble = _play(people, ledger, place, processes, voice, minutes=minutes, seed=seed)
            restless = settle(people, ledger, voice.say)
    findings = Audit(people, ledger, trouble).run()
    findings.wrong += [f"not at rest in time: {what}" for what in restless]
    findings.wrong += list(errors_in_logs(place))
    _report(console, ledger, findings)
    return findings.clean


def listen(icloud: Sandbox, ledger: Ledger) -> None:
    """Note when homes are listed well."""
    answer = icloud.cloud.answer

    def noting(request: Request, host: str) -> Response:
        response = answer(request, host)
        if request.method == "PROPFIND" and request.headers.get("Depth") == "1" and response.status_code == 207:
            ledger.note_listing(str(request.authorization.username) if request.authorization else "")
        return response

    icloud.cloud.answer = noting  # type: ignore[method-assign]


def _play(
    people: People, ledger: Ledger, place: Deployment, processes: Processes, voice: Voice, *, minutes: float, seed: str
) -> Disruption:
    """Let everybody loose for so many minutes."""
    listen(people.icloud, ledger)
    ended = Event()
    trouble = Disruption(people, ledger, seed, ended, 2.0, processes)
    actors: list[Actor] = [Client(people, ledger, f"{seed} {number}", ended, 1.2) for number in range(2)]
    actors += [StaffMember(people, ledger, seed, ended, 1.5, place.address, role.name) for role in ROLES]
    actors += [Phone(people, ledger, f"{seed} {number}", ended, 0.8) for number in range(2)]
    threads = [actor.start() for actor in (*actors, trouble)]
    began = time.monotonic()
    while (elapsed := time.monotonic() - began) < minutes * 60:
        voice.say(f"{elapsed / 60:4.1f} of {minutes:g} min · seed {seed} · {_summary(ledger)}")
        time.sleep(0.5)
    _end(ended, threads)
    trouble.end()
    return trouble


def _end(ended: Event, threads: list[Thread]) -> None:
    ended.set()
    for thread in threads:
        thread.join(120)
        if thread.is_alive():
            raise RuntimeError(f"{thread.name} does not end")


@contextmanager
def _ticking() -> Iterator[None]:
    """What the schedule does once a minute is done every few seconds."""
    ended = Event()

    def tick() -> None:
        try:
            while not ended.wait(SYNC_SECONDS / 2):
                queue_all()
        finally:
            database.close()

    thread = Thread(target=tick, name="schedule", daemon=True)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()


def _wait_for_web(place: Deployment, processes: Processes) -> None:
    deadline = time.monotonic() + START_SECONDS
    browser = Browser(place.address)
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
    trouble = sum(count for what, count in counts.items() if what.startswith(("fault", "iCloud", "spells", "quirk")))
    killed = counts["processes killed"] + counts["workers killed"]
    return f"{booked} booked, {phones} edits on phones, {trouble} troubles, {killed} kills"


def errors_in_logs(place: Deployment) -> Iterator[str]:
    """What processes wrote of errors nobody expected, each kind once."""
    kinds: dict[str, tuple[int, str]] = {}
    for path in sorted(place.logs.glob("*.log")):
        for found in ERRORS.finditer(path.read_text(errors="replace")):
            kind = DIGITS.sub("#", found["raised"] or found["said"])
            if EXPECTED.search(kind):
                continue
            kinds[kind] = (kinds.get(kind, (0, ""))[0] + 1, f"{path.name}: {found[0][-LONG:]}")
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
        for sentence in sentences[:SHOWN]:
            console.print(f"  {sentence}", markup=False, highlight=False, soft_wrap=True)
