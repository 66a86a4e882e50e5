"""Disruption: iCloud that is down, slow, wrong or forgetful, and processes that are killed."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.utils import timezone

from sandbox.demo.processes import Processes
from sandbox.server.faults import Faults
from sandbox.server.switches import Switches
from soak.actors import Act, Actor
from soak.deployment import children, is_linux

WRITES = ("PUT", "DELETE")
ANY = ("PUT", "DELETE", "PROPFIND", "REPORT", "GET", "")


@dataclass
class Disruption(Actor):
    """Makes trouble, and ends it again. `spells`: when there was some, as [from, until]."""

    processes: Processes | None = None
    spells: list[tuple[datetime, datetime]] = field(default_factory=list)
    started: int = 1  # workers so far

    def deeds(self) -> Sequence[tuple[int, Act]]:
        return [
            (6, self.faults),
            (2, self.down),
            (2, self.lag),
            (2, self.quirk),
            (1, self.forget_tokens),
            (1, self.move_pod),
            (1, self.revoke),
            (3, self.kill_one),
            (1, self.kill_all),
            (4, self.peace),
        ]

    # --- iCloud -----------------------------------------------------------------------------------------------

    def faults(self) -> None:
        """Some requests go wrong."""
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
        self._spell(began)

    def down(self) -> None:
        began = timezone.now()
        if self.choose.random() < 0.5:
            self.people.icloud.down(self.choose.choice((503, 429, 500)))
        else:
            self.people.icloud.down(how="close")
        self.ledger.count("iCloud down")
        self.ended.wait(self.choose.uniform(1, 8))
        self.people.icloud.up()
        self._spell(began)

    def lag(self) -> None:
        """Reads lag behind writes. This is no excuse for anything, so it is no spell."""
        switches = self.people.icloud.switches
        switches.lag_shows = self.choose.choice(("missing", "old"))
        switches.lag_seconds = self.choose.uniform(1, 8)
        self.ledger.count("spells of lag")
        self.ended.wait(self.choose.uniform(3, 12))
        switches.lag_seconds = 0

    def quirk(self) -> None:
        """One of the ways of iCloud on which sources disagree."""
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
        self._spell(began)

    def revoke(self) -> None:
        """A password is revoked and another one made; whoever used it must reconnect."""
        began = timezone.now()
        name, apple_id = self.choose.choice(sorted(self.people.passwords))
        account = self.people.account(apple_id)
        account.revoke(name)
        self.people.passwords[name, apple_id] = account.new_app_password(name)
        self.ledger.count("passwords revoked")
        self._spell(began, timedelta(seconds=60))

    # --- processes --------------------------------------------------------------------------------------------

    def kill_one(self) -> None:
        """One process of the worker or of the web server dies."""
        if self.processes is None or not is_linux():
            return
        leader = self.processes.running[self.choose.choice((f"worker-{self.started}", "web"))].pid
        under = [child for one in children(leader) for child in [one, *children(one)]]
        if under:
            victim = self.choose.choice(under)
            guarded = children(leader) if len(under) > len(children(leader)) else []
            if victim not in guarded:  # the overseer of the worker is killed only with all of it
                with suppress(ProcessLookupError):
                    os.kill(victim, signal.SIGKILL)
                self.ledger.count("processes killed")

    def kill_all(self) -> None:
        """The whole worker dies, as in a crash of its machine, and is started again after a while."""
        if self.processes is None:
            return
        self.processes.kill(f"worker-{self.started}")
        self.ledger.count("workers killed")
        self.ended.wait(self.choose.uniform(0.5, 5))
        self.started += 1
        self.processes.start(f"worker-{self.started}", "manage.py", "qcluster")

    def peace(self) -> None:
        """Nothing for a while."""
        self.ended.wait(self.choose.uniform(2, 8))

    def end(self) -> None:
        """All is well again."""
        icloud = self.people.icloud
        icloud.faults.clear()
        icloud.up()
        for name, value in vars(Switches()).items():
            setattr(icloud.switches, name, value)

    def _spell(self, began: datetime, longer: timedelta = timedelta()) -> None:
        self.spells.append((began, timezone.now() + longer))

    def troubled(self, start: datetime, end: datetime) -> bool:
        """Was there a spell in that time?"""
        return any(began < end and until > start for began, until in self.spells)


FAULTS: dict[str, Callable[..., object]] = {
    "503": lambda faults, **where: faults.status(503, retry_after="2", **where),
    "503 bare": lambda faults, **where: faults.status(503, **where),
    "429": lambda faults, **where: faults.status(429, retry_after="3", **where),
    "500": lambda faults, **where: faults.status(500, **where),
    "502 page": lambda faults, **where: faults.html(502, **where),
    "portal": lambda faults, **where: faults.html(200, **where),
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
