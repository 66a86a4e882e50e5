"""Somebody who does one thing after the other, at random, until told to end."""

from __future__ import annotations

import random
import traceback
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

Act = Callable[[], object]
DAYS = range(1, 10)  # how far ahead things are booked: never today, so that nothing is over before it is looked at
QUARTER = timedelta(minutes=15)
FULL = 25  # live bookings of one staff member: from here on more is cancelled than booked


@dataclass
class Actor:
    """`pause`: seconds between two deeds, on average. What an actor does is drawn from `deeds`, by weight."""

    people: People
    ledger: Ledger
    seed: str
    ended: Event
    pause: float = 1.0
    choose: random.Random = field(init=False)

    def __post_init__(self) -> None:
        self.choose = random.Random(f"{self.seed} {self.name}")  # noqa: S311 - plays, guards nothing

    @property
    def name(self) -> str:
        return type(self).__name__.lower()

    def deeds(self) -> Sequence[tuple[int, Act]]:
        """What may be done now, with weights."""
        raise NotImplementedError

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
        """One deed. Whatever goes wrong in it is a complaint, and life goes on."""
        deeds = self.deeds()
        deed = self.choose.choices([deed for _weight, deed in deeds], [weight for weight, _deed in deeds])[0]
        with guard.one_row(f"what {self.name} did", self._complain):
            try:
                deed()
            except NoAnswer:
                self.ledger.count("pages without an answer")

    def _complain(self, error: str) -> None:
        self.ledger.complain(f"{self.name}: {traceback.format_exc()}")

    # --- what several kinds of them need ------------------------------------------------------------------------

    def day(self) -> datetime:
        """The midnight of some day in Berlin."""
        today = timezone.now().astimezone(BERLIN).replace(hour=0, minute=0, second=0, microsecond=0)
        return (today.replace(tzinfo=None) + timedelta(days=self.choose.choice(DAYS))).replace(tzinfo=BERLIN)

    def booking(self, user: User | None = None) -> Booking | None:
        """Some live booking that is not about to begin."""
        found = Booking.objects.live().filter(start__gt=timezone.now() + timedelta(hours=1))
        if user is not None:
            found = found.filter(staff=user)
        keys = list(found.values_list("pk", flat=True))
        if not keys:
            return None
        return Booking.objects.select_related("service", "staff", "client").get(pk=self.choose.choice(keys))

    def crowded(self, user: User) -> bool:
        return Booking.objects.live().filter(staff=user).count() >= FULL
