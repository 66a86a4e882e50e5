"""What everybody did and was told, written down outside Kalends, so that it can be held against it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from threading import Lock

from django.utils import timezone

Span = tuple[datetime, datetime]


@dataclass(slots=True)
class Try:
    """An attempt to book, under a name nobody else has. `outcome`: booked, refused or unknown (no answer came).

    `pending`: whether the booking was so at first, None where nobody knows.
    """

    name: str
    at: datetime
    outcome: str = "unknown"
    booking: int | None = None
    insisted: bool = False
    pending: bool | None = None


@dataclass(slots=True)
class Version:
    """An ordinary event as it stood in iCloud in [since, until), with what of it blocks. `account` is its Apple ID."""

    account: str
    calendar: str
    href: str
    spans: list[Span]
    since: datetime
    until: datetime | None = None


@dataclass
class Ledger:
    """Safe to write from many threads."""

    counts: Counter[str] = field(default_factory=Counter)
    tries: dict[str, Try] = field(default_factory=dict)
    cancelled: dict[int, str] = field(default_factory=dict)  # booking -> told or unknown
    insisted: set[int] = field(default_factory=set)  # bookings moved "anyway"
    removed_on_phone: set[str] = field(default_factory=set)  # UIDs
    made_on_phone: set[str] = field(default_factory=set)  # UIDs
    notes: dict[str, str] = field(default_factory=dict)  # UID -> what was noted on the phone last
    versions: list[Version] = field(default_factory=list)
    listed: dict[str, list[datetime]] = field(default_factory=dict)  # Apple ID -> when its home was listed well
    complaints: list[str] = field(default_factory=list)
    lock: Lock = field(default_factory=Lock)

    def count(self, what: str) -> None:
        with self.lock:
            self.counts[what] += 1

    def complain(self, sentence: str) -> None:
        """Something that must never happen was seen under way."""
        with self.lock:
            self.complaints.append(sentence)

    @contextmanager
    def trying(self, kind: str, *, insisted: bool = False) -> Iterator[Try]:
        """Write an attempt down before it is made, because no answer may come."""
        with self.lock:
            self.counts["tries"] += 1
            attempt = Try(f"{kind} {self.counts['tries']}", timezone.now(), insisted=insisted)
            self.tries[attempt.name] = attempt
        yield attempt
        self.count(f"bookings {attempt.outcome}")

    def appears(self, version: Version) -> None:
        with self.lock:
            self.versions.append(version)

    def vanishes(self, href: str, at: datetime) -> None:
        """The event is about to change or go."""
        with self.lock:
            for version in reversed(self.versions):
                if version.href == href and version.until is None:
                    version.until = at

    def note_listing(self, apple_id: str) -> None:
        with self.lock:
            self.listed.setdefault(apple_id, []).append(timezone.now())

    def was_listed(self, apple_id: str, start: datetime, seconds: float) -> bool:
        """Did iCloud list this account's home well within so many seconds from `start`?"""
        with self.lock:
            times = list(self.listed.get(apple_id, ()))
        return any(start <= at <= start + timedelta(seconds=seconds) for at in times)
