"""A record of what everybody did and was told, kept outside Kalends for the audit."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from threading import Lock

from django.utils import timezone

from soak.mails.arrival import CLIENTS

Span = tuple[datetime, datetime]


@dataclass(slots=True)
class Try:
    """An attempt to book, under a unique name. `outcome`: booked, refused, or unknown because no answer came.

    `insisted`: whether staff booked regardless of conflicts; `pending`: whether the booking was pending at first, None
    when unknown; `said`: language, time zone and note of a visitor. `count`: how many bookings it makes, which is more
    than one for a series, of which `booking` is the first.
    """

    name: str
    at: datetime
    outcome: str = "unknown"
    booking: int | None = None
    insisted: bool = False
    pending: bool | None = None
    said: tuple[str, str, str] | None = None
    count: int = 1

    @property
    def email(self) -> str:
        """The address that only this attempt names."""
        return f"{self.name.replace(' ', '').lower()}@{CLIENTS}"


@dataclass(frozen=True, slots=True)
class HeldTime:
    """The time with buffers of a staff member, by key, that a visitor was told is kept until `expires_at`."""

    staff: int
    span: Span
    expires_at: datetime


@dataclass(slots=True)
class Version:
    """An event of a phone as it was in iCloud in [since, until), with the spans it blocks. `account`: its Apple ID."""

    account: str
    calendar: str
    href: str
    spans: list[Span]
    since: datetime
    until: datetime | None = None


@dataclass
class Ledger:
    """The record. Threads may write to it at the same time."""

    counts: Counter[str] = field(default_factory=Counter)
    tries: dict[str, Try] = field(default_factory=dict)
    cancelled: dict[int, str] = field(default_factory=dict)  # booking -> "told", or "unknown" when no answer came
    holds: dict[str, HeldTime] = field(default_factory=dict)  # by the id of the visitor
    insisted: set[int] = field(default_factory=set)  # bookings that staff moved regardless of conflicts
    with_anybody: set[int] = field(default_factory=set)  # bookings that clients moved to a time of whoever is free
    removed_on_phone: set[str] = field(default_factory=set)  # UIDs
    made_on_phone: set[str] = field(default_factory=set)  # UIDs
    notes: dict[str, str] = field(default_factory=dict)  # UID -> the last notes written on the phone
    versions: list[Version] = field(default_factory=list)
    listed: dict[str, list[datetime]] = field(default_factory=dict)  # Apple ID -> when its home was listed successfully
    complaints: list[str] = field(default_factory=list)
    lock: Lock = field(default_factory=Lock)

    def count(self, what: str) -> None:
        with self.lock:
            self.counts[what] += 1

    def complain(self, sentence: str) -> None:
        """Record something that must never happen."""
        with self.lock:
            self.complaints.append(sentence)

    @contextmanager
    def trying(self, kind: str, *, insisted: bool = False, count: int = 1) -> Iterator[Try]:
        """Record an attempt before it is made, because no answer may come."""
        with self.lock:
            self.counts["tries"] += 1
            attempt = Try(f"{kind} {self.counts['tries']}", timezone.now(), insisted=insisted, count=count)
            self.tries[attempt.name] = attempt
        yield attempt
        self.count(f"bookings {attempt.outcome}")

    def add_version(self, version: Version) -> None:
        """Record a new event, or the new state of a changed one."""
        with self.lock:
            self.versions.append(version)

    def end_version(self, href: str, at: datetime) -> None:
        """Record that the event is about to be changed or deleted."""
        with self.lock:
            for version in reversed(self.versions):
                if version.href == href and version.until is None:
                    version.until = at

    def note_listing(self, apple_id: str) -> None:
        """Record that iCloud has just listed this account's home."""
        with self.lock:
            self.listed.setdefault(apple_id, []).append(timezone.now())

    def was_listed(self, apple_id: str, start: datetime, seconds: float) -> bool:
        """Whether iCloud listed this account's home within so many seconds after `start`."""
        with self.lock:
            times = list(self.listed.get(apple_id, ()))
        return any(start <= at <= start + timedelta(seconds=seconds) for at in times)
