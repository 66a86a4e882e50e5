"""A staff member, her iCloud and the engine between them, with a clock that moves only when a test says so."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from connections import accounts
from connections.freshness import Freshness, freshness
from connections.models import Calendar, Connection, Event, Occurrence, SyncRun
from connections.sync import poll
from connections.sync.report import SyncReport
from connections.sync.run import sync_connection
from practice.models import User
from sandbox.device.device import AppleDevice
from sandbox.server.server import Sandbox
from sandbox.server.store import calendars
from sandbox.server.store.accounts import Account
from tests.factories import NOW

BERLIN = ZoneInfo("Europe/Berlin")
MINUTES = 60


def at(hour: int, minute: int = 0, *, day: int = 1) -> datetime:
    """That time of a day in December 2026, in Berlin."""
    return datetime(2026, 12, day, hour, minute, tzinfo=BERLIN)


@dataclass
class World:
    """Anna and her iCloud. `now` is what the engine is told; `sync` and `poll` let five minutes pass first."""

    icloud: Sandbox
    account: Account
    user: User
    password: str = field(repr=False)
    now: datetime = NOW
    pk: int = 0  # of the connection

    def __post_init__(self) -> None:
        self.phone = AppleDevice(self.account, zone="Europe/Berlin")

    # --- iCloud's side ----------------------------------------------------------------------------------------

    def theirs(self, name: str) -> calendars.Calendar:
        """The calendar in iCloud."""
        return self.account.calendar(name)

    def add(self, title: str, start: datetime, *, calendar: str = "Work", **facts: Any) -> str:
        """An event of an hour made on the phone; its path."""
        return self.phone.add(self.theirs(calendar), title, start, **facts)

    def asked(self) -> list[str]:
        """What was asked since the last look, with the account's number left out."""
        lines = [line.replace(f"/{self.account.dsid}", "") for line in self.icloud.log.summary()]
        self.icloud.log.clear()
        return lines

    # --- Kalends' side ----------------------------------------------------------------------------------------

    def connect(self) -> Connection:
        connection = accounts.connect(self.user, username=self.account.apple_id, password=self.password, now=self.now)
        self.icloud.log.clear()
        self.pk = connection.pk
        return connection

    def choose(self, *names: str, linked: str = "") -> None:
        """Choose calendars by name, exactly these."""
        rows = [self.calendar(name) for name in names]
        accounts.configure(self.user, linked=self.calendar(linked) if linked else None, conflicts=rows, now=self.now)

    @property
    def connection(self) -> Connection:
        return Connection.objects.get(pk=self.pk)

    def calendar(self, name: str = "Work") -> Calendar:
        return Calendar.objects.get(connection__user=self.user, name=name)

    def event(self, href: str) -> Event:
        return Event.objects.get(calendar__connection__user=self.user, href=href)

    def sync(self, *, after: float = 5 * MINUTES, **how: Any) -> SyncReport:
        """Let `after` seconds pass in Kalends, then sync."""
        self.now += timedelta(seconds=after)
        return sync_connection(self.pk, now=self.now, **how)

    def person_syncs(self, *, after: float = 1, **how: Any) -> SyncReport:
        return self.sync(after=after, trigger=SyncRun.Trigger.PERSON, **how)

    def poll(self, *, after: float = 5 * MINUTES) -> list[SyncReport]:
        self.now += timedelta(seconds=after)
        return poll.poll_due(self.now)

    def refresh(self, *, after: float = 1, seconds: float = 4) -> None:
        self.now += timedelta(seconds=after)
        poll.refresh(self.user.pk, self.now, seconds=seconds)

    def freshness(self) -> Freshness:
        return freshness(self.user, now=self.now)

    def seen(self) -> list[str]:
        """What Kalends knows: day, start, end in Berlin, title, and the reason, or "busy" in capitals if it blocks."""
        rows = Occurrence.objects.filter(calendar__connection__user=self.user).order_by("start", "end", "summary")
        return [_line(row) for row in rows]

    def known(self, name: str = "Work") -> dict[str, str]:
        """Path -> ETag of what Kalends has of a calendar."""
        return dict(Event.objects.filter(calendar=self.calendar(name)).values_list("href", "etag"))

    def there(self, name: str = "Work") -> dict[str, str]:
        """Path -> ETag of what iCloud has of it."""
        return {path: resource.etag for path, resource in self.theirs(name).resources.items()}


def _line(row: Occurrence) -> str:
    start, end = row.start.astimezone(BERLIN), row.end.astimezone(BERLIN)
    reason = row.reason.upper() if row.blocks else row.reason
    return f"{start:%d.%m. %H:%M}-{end:%H:%M} {row.summary} {reason}"
