"""Clients with browsers: some look at free times with pauses, others book at the same moment."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from threading import Event, Thread

from benchmarks.clients.report import MONTH, Sample
from soak.web import Browser, NoAnswer, Page

PAUSE = (3.0, 7.0)  # seconds between two steps of one client
TIMES, HOLD, BOOK = "the service's page", "keep a time", "book"
ROUND_SECONDS = 12.0  # between two moments at which all bookers begin
MAX_CHOICES = 5  # so often a booker chooses again, because their time has gone


@dataclass
class Visits:
    """What all clients of one run share. `service` and `month` are parts of addresses."""

    address: str
    service: str
    month: str
    samples: list[Sample] = field(default_factory=list)
    booked: list[str] = field(default_factory=list)  # the names of the clients who were told of their booking
    ended: Event = field(default_factory=Event)

    def run(self, *, lookers: int, bookers: int, seconds: float, seed: int) -> None:
        """Let so many look and book for so many seconds."""
        began = time.monotonic()
        actors = [Looker(self, seed, number).look for number in range(lookers)]
        actors += [Booker(self, seed, number, began).book for number in range(bookers)]
        threads = [Thread(target=act, daemon=True) for act in actors]
        for thread in threads:
            thread.start()
        self.ended.wait(seconds)
        self.ended.set()
        for thread in threads:
            thread.join()

    def timed(self, step: str, ask: Callable[[], Page]) -> Page | None:
        """Ask for a page and record how long it took; None if no answer came."""
        began = time.monotonic()
        try:
            page = ask()
        except NoAnswer:
            page = None
        self.samples.append(Sample(step, time.monotonic() - began, page.status if page else 0))
        return page

    @property
    def page(self) -> str:
        return f"/book/{self.service}/"


class Visiting:
    """A client with a browser and a random generator of their own."""

    def __init__(self, visits: Visits, seed: int, number: int) -> None:
        self.visits, self.number = visits, number
        self.browser = Browser(visits.address)
        self.choose = random.Random(f"{seed} {type(self).__name__} {number}")  # noqa: S311 - no security depends on it

    def pause(self) -> None:
        """Read, or fill in a form."""
        self.visits.ended.wait(self.choose.uniform(*PAUSE))


class Looker(Visiting):
    """Looks at the free times of the service, then at a month, with pauses."""

    def look(self) -> None:
        self.visits.ended.wait(self.choose.uniform(0, PAUSE[1]))  # so that they do not all begin at once
        while not self.visits.ended.is_set():
            self.visits.timed(TIMES, lambda: self.browser.get(self.visits.page))
            self.pause()
            if not self.visits.ended.is_set():
                self.visits.timed(MONTH, lambda: self.browser.get(f"{self.visits.page}?month={self.visits.month}"))
                self.pause()


class Booker(Visiting):
    """Chooses one of the earliest times at the same moment as all other bookers, and books it after a pause."""

    def __init__(self, visits: Visits, seed: int, number: int, began: float) -> None:
        super().__init__(visits, seed, number)
        self.began, self.rounds = began, 0

    def book(self) -> None:
        while not self.visits.ended.wait(self._next_round() - time.monotonic()):
            self._book_once()

    def _next_round(self) -> float:
        """The next moment at which all begin."""
        self.rounds = max(self.rounds + 1, int((time.monotonic() - self.began) / ROUND_SECONDS) + 1)
        return self.began + self.rounds * ROUND_SECONDS

    def _book_once(self) -> None:
        page = self.visits.timed(TIMES, lambda: self.browser.get(self.visits.page))
        for _ in range(MAX_CHOICES):
            starts = page.values("start") if page else []
            if not starts:
                return
            page = self._keep(self.choose.choice(starts[:3]))
            if page and "/details/" in page.path:
                self.pause()
                page = self._submit(page)
            if page and page.path.startswith("/booking/"):
                return

    def _keep(self, start: str) -> Page | None:
        fields = {"start": start, "staff": "any", "zone": "Europe/Berlin"}
        return self.visits.timed(HOLD, lambda: self.browser.post(f"{self.visits.page}hold/", **fields))

    def _submit(self, page: Page) -> Page | None:
        name = f"Booker {self.number} in round {self.rounds}"
        email = f"booker{self.number}.{self.rounds}@example.org"
        hidden = {key: page.values(key)[0] for key in ("visitor", "staff", "zone", "lang", "token")}
        typed = {"name": name, "email": email, "reminders": "no"}
        answer = self.visits.timed(BOOK, lambda: self.browser.post(page.path, **hidden, **typed))
        if answer and answer.path.startswith("/booking/"):
            self.visits.booked.append(name)
        return answer
