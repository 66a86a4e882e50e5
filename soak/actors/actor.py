"""The base of all actors: one random action after the other, until told to end."""

from __future__ import annotations

import random
import traceback
from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from threading import Event, Thread

from django.db import connections
from django.utils import timezone

from bookings.models import Booking
from connections import guard
from practice.models import User
from soak.ledger import Ledger
from soak.people import BERLIN, People
from soak.web import NoAnswer

Action = Callable[[], object]
DAYS = range(1, 10)  # days ahead for bookings: never today, so that no booking is over before the audit
QUARTER = timedelta(minutes=15)
MAX_BOOKINGS = 25  # live bookings of one staff member; above it, bookings are cancelled instead of made


@dataclass
class Actor(ABC):
    """Chooses from `actions` by weight. `pause`: seconds between two actions, on average."""

    people: People
    ledger: Ledger
    seed: str
    ended: Event
    pause: float = 1.0
    choose: random.Random = field(init=False)

    def __post_init__(self) -> None:
        self.choose = random.Random(f"{self.seed} {self.name}")  # noqa: S311 - no security depends on it

    @property
    def name(self) -> str:
        return type(self).__name__.lower()

    @abstractmethod
    def actions(self) -> Sequence[tuple[int, Action]]:
        """What the actor may do now, with weights."""

    def start(self) -> Thread:
        thread = Thread(target=self._run, name=self.name, daemon=True)
        thread.start()
        return thread

    def _run(self) -> None:
        try:
            while not self.ended.wait(self.choose.uniform(0, 2 * self.pause)):
                self.act()
        finally:
            connections.close_all()

    def act(self) -> None:
        """Do one action. An error in it is recorded as a complaint, and the actor continues."""
        weights, actions = zip(*self.actions(), strict=True)
        (action,) = self.choose.choices(actions, weights)
        with guard.isolate_failure(f"what {self.name} did", self._complain):
            try:
                action()
            except NoAnswer:
                self.ledger.count("pages without an answer")

    def _complain(self, error: str) -> None:
        self.ledger.complain(f"{self.name}: {traceback.format_exc()}")

    # --- what several kinds of actors need ----------------------------------------------------------------------

    def day(self) -> datetime:
        """Midnight of a random day, in Berlin."""
        today = timezone.now().astimezone(BERLIN).replace(hour=0, minute=0, second=0, microsecond=0)
        return (today.replace(tzinfo=None) + timedelta(days=self.choose.choice(DAYS))).replace(tzinfo=BERLIN)

    def booking(self, user: User | None = None) -> Booking | None:
        """A random live booking that does not start within an hour."""
        found = Booking.objects.live().filter(start__gt=timezone.now() + timedelta(hours=1))
        if user is not None:
            found = found.filter(staff=user)
        keys = list(found.values_list("pk", flat=True))
        if not keys:
            return None
        return Booking.objects.with_details().get(pk=self.choose.choice(keys))

    def is_full(self, user: User) -> bool:
        """Whether the staff member has as many bookings as the test allows."""
        return Booking.objects.live().filter(staff=user).count() >= MAX_BOOKINGS
