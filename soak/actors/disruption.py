"""Disruptions: an iCloud that is down, slow, wrong or without its sync tokens, and processes that are killed."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.utils import timezone

from sandbox.server.faults import Faults
from sandbox.server.switches import Switches
from soak.actors.actor import Action, Actor
from soak.deployment import children, is_linux
from soak.workers import Workers

WRITES = ("PUT", "DELETE")
ANY = ("PUT", "DELETE", "PROPFIND", "REPORT", "GET", "")


@dataclass
class Disruption(Actor):
    """Causes disruptions and ends them.

    `periods`: when iCloud was disrupted, as [from, until]. `killed`: when processes were killed.
    """

    workers: Workers | None = None
    periods: list[tuple[datetime, datetime]] = field(default_factory=list)
    killed: list[datetime] = field(default_factory=list)

    def actions(self) -> Sequence[tuple[int, Action]]:
        return [
            (6, self.faults),
            (2, self.down),
            (2, self.lag),
            (2, self.quirk),
            (1, self.forget_tokens),
            (1, self.move_pod),
            (1, self.revoke),
            (3, self.kill_one),
            (1, self.kill_worker),
            (3, self.kill_while_mailing),
            (4, self.pause_a_while),
        ]

    # --- iCloud -----------------------------------------------------------------------------------------------

    def faults(self) -> None:
        """Add faults to the next requests for a few seconds."""
        faults = self.people.icloud.faults
        names = self.choose.sample(sorted(FAULTS), self.choose.choice((1, 1, 2)))
        with_times = [(name, self.choose.randrange(1, 5)) for name in names]
        began = timezone.now()
        for name, times in with_times:
            method = self.choose.choice(WRITES if name == "lost" else ANY)
            FAULTS[name](faults, times=1 if name == "unauthorized" else times, method=method)
            self.ledger.count(f"fault {name}")
        self.ended.wait(self.choose.uniform(0.5, 5))
        faults.clear()
        self._note_period(began)

    def down(self) -> None:
        began = timezone.now()
        if self.choose.random() < 0.5:
            self.people.icloud.down(self.choose.choice((503, 429, 500)))
        else:
            self.people.icloud.down(how="close")
        self.ledger.count("iCloud down")
        self.ended.wait(self.choose.uniform(1, 8))
        self.people.icloud.up()
        self._note_period(began)

    def lag(self) -> None:
        """Make reads lag behind writes. Kalends must cope with that, so it does not count as a disrupted period."""
        switches = self.people.icloud.switches
        switches.lag_shows = self.choose.choice(("missing", "old"))
        switches.lag_seconds = self.choose.uniform(1, 8)
        self.ledger.count("times of lag")
        self.ended.wait(self.choose.uniform(3, 12))
        switches.lag_seconds = 0

    def quirk(self) -> None:
        """Change a behaviour of iCloud on which the sources disagree, for a few seconds."""
        name, values = self.choose.choice(QUIRKS)
        setattr(self.people.icloud.switches, name, self.choose.choice(values))
        self.ledger.count("quirks")
        self.ended.wait(self.choose.uniform(3, 12))
        setattr(self.people.icloud.switches, name, getattr(Switches(), name))

    def forget_tokens(self) -> None:
        self.people.icloud.forget_tokens()
        self.ledger.count("sync tokens forgotten")

    def move_pod(self) -> None:
        began = timezone.now()
        self.people.icloud.move_pod(self.choose.choice(("closed", "421", "404", "503")))
        self.ledger.count("accounts moved to another pod")
        self._note_period(began)

    def revoke(self) -> None:
        """Revoke a password and create another one, so that its user must reconnect."""
        began = timezone.now()
        name, apple_id = self.choose.choice(sorted(self.people.passwords))
        account = self.people.account(apple_id)
        account.revoke(name)
        self.people.passwords[name, apple_id] = account.new_app_password(name)
        self.ledger.count("passwords revoked")
        self._note_period(began, timedelta(seconds=60))

    # --- processes --------------------------------------------------------------------------------------------

    def kill_one(self) -> None:
        """Kill one process of the worker or of the web server."""
        if self.workers is None or not is_linux():
            return
        web = self.workers.processes.running["web"].pid
        leader = self.choose.choice((self.workers.leader(self.workers.choose(self.choose)), web))
        under = [child for one in children(leader) for child in [one, *children(one)]]
        if under:
            victim = self.choose.choice(under)
            guarded = children(leader) if len(under) > len(children(leader)) else []
            if victim not in guarded:  # the supervisor of the worker is killed only together with the whole worker
                with suppress(ProcessLookupError):
                    os.kill(victim, signal.SIGKILL)
                self.killed.append(timezone.now())
                self.ledger.count("processes killed")

    def kill_worker(self) -> None:
        """Kill a whole worker, as a crash of its machine would, and start another one a few seconds later."""
        if self.workers is not None:
            self._kill_worker(self.workers, self.workers.choose(self.choose))

    def _kill_worker(self, workers: Workers, name: str) -> None:
        def note_and_wait() -> None:
            self.killed.append(timezone.now())
            self.ended.wait(self.choose.uniform(0.5, 5))

        self.ledger.count("workers killed")
        workers.replace(name, wait=note_and_wait)

    def kill_while_mailing(self) -> None:
        """Kill all workers in turn while one waits for the answer to a mail, which the server keeps or does not."""
        if self.workers is None:
            return
        with self.people.mail_server.next_waits(accepts=self.choose.random() < 0.6) as wait:
            if wait.reached.wait(5):
                for name in sorted(self.workers.running):
                    self._kill_worker(self.workers, name)
                self.ledger.count("workers killed while mailing")

    def pause_a_while(self) -> None:
        """Cause nothing for a few seconds."""
        self.ended.wait(self.choose.uniform(2, 8))

    def end(self) -> None:
        """End all disruptions of iCloud and of the mail server."""
        self.people.mail_server.is_reliable = True
        icloud = self.people.icloud
        icloud.faults.clear()
        icloud.up()
        for name, value in vars(Switches()).items():
            setattr(icloud.switches, name, value)

    def _note_period(self, began: datetime, longer: timedelta = timedelta()) -> None:
        self.periods.append((began, timezone.now() + longer))

    def killed_since(self, start: datetime, end: datetime) -> bool:
        """Whether a process was killed in that span, so that it may have left an account that nobody else could ask."""
        return any(start <= at <= end for at in self.killed)

    def was_active(self, start: datetime, end: datetime) -> bool:
        """Whether iCloud was disrupted at any time in that span."""
        return any(began < end and until > start for began, until in self.periods)


FAULTS: dict[str, Callable[..., object]] = {
    "503": lambda faults, **where: faults.status(503, retry_after="2", **where),
    "503 without Retry-After": lambda faults, **where: faults.status(503, **where),
    "429": lambda faults, **where: faults.status(429, retry_after="3", **where),
    "500": lambda faults, **where: faults.status(500, **where),
    "502 with a page": lambda faults, **where: faults.html(502, **where),
    "HTML page": lambda faults, **where: faults.html(200, **where),
    "unauthorized": Faults.unauthorized,
    "reset": lambda faults, **where: faults.reset(**where),
    "lost": lambda faults, **where: faults.lost(**where),
    "refuse": lambda faults, **where: faults.refuse(**where),
    "truncate": lambda faults, **where: faults.truncate(**where),
    "wrong length": lambda faults, **where: faults.wrong_length(**where),
    "slow": lambda faults, **where: faults.slow(2.5, **where),
    "hang": lambda faults, **where: faults.slow(12, **where),
    "drip": lambda faults, **where: faults.drip(0.3, 16, **where),
    "stranger": lambda faults, **where: faults.redirect("stranger", **where),
}
QUIRKS: tuple[tuple[str, tuple[object, ...]], ...] = (
    ("etag_on_put", (False,)),
    ("uid_conflict", ("403-precondition", "409", "412")),
    ("uid_lag_seconds", (5,)),
    ("expired_token", ("403", "409", "410", "412", "500", "507")),
    ("sync_page", (2, 5)),
    ("multiget_missing", ("404-propstat", "left-out", "empty-status")),
    ("escaped_hrefs", (True,)),
    ("hrefs_on", ("entry", "pod")),
    ("entry_redirects", ("calendars", "always")),
    ("home_known", (False,)),
    ("cdata", (False,)),
    ("doubles_dtstamp", (True,)),
)
