"""The same work with the high-level interface of caldav, with icalendar and with recurring-ical-events."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

import recurring_ical_events
from caldav.davclient import DAVClient

PAST, AHEAD = timedelta(days=35), timedelta(days=402)  # the window in which Kalends stores occurrences


def window() -> tuple[datetime, datetime]:
    """The window around today, half-open, in UTC."""
    midnight = datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    return midnight - PAST, midnight + AHEAD


class LibraryJob:
    """What these jobs have in common: a calendar object of the caldav library."""

    times = 1

    def __init__(self, *, url: str, username: str, password: str, path: str) -> None:
        client: Any = DAVClient(url=url, username=username, password=password, auth_type="basic", timeout=300)
        self.calendar = client.calendar(url=url.rstrip("/") + path)

    def expand(self, objects: Iterable[Any]) -> int:
        """How many occurrences the objects have in the window."""
        start, end = window()
        return sum(len(recurring_ical_events.of(one.icalendar_instance).between(start, end)) for one in objects)


class LibraryFirstSync(LibraryJob):
    """Fetch everything with `load_objects=True`, parse it and expand it."""

    def run(self) -> dict[str, Any]:
        found = list(self.calendar.get_objects_by_sync_token(load_objects=True))
        return {"changed": len(found), "occurrences": self.expand(found)}


class LibraryChanges(LibraryJob):
    """Fetch and expand what changed since the last run."""

    def __init__(self, **address: Any) -> None:
        super().__init__(**address)
        self.token = self.calendar.get_objects_by_sync_token().sync_token

    def run(self) -> dict[str, Any]:
        changes = self.calendar.get_objects_by_sync_token(self.token, load_objects=True, disable_fallback=True)
        self.token = changes.sync_token
        found = [one for one in changes if one.is_loaded()]
        return {"changed": len(found), "occurrences": self.expand(found)}


class LibraryPoll(LibraryChanges):
    """Ask for changes when there are none."""

    times = 20
    max_seconds = 2.0


class LiveSearch(LibraryJob):
    """What a booking page without a local copy does at each view: ask the server for 30 days, expanded."""

    def __init__(self, **address: Any) -> None:
        super().__init__(**address)
        self.calendar.get_display_name()  # opens the connection, as in a process that runs already

    def run(self) -> dict[str, Any]:
        now = datetime.now(UTC)
        found = self.calendar.search(event=True, start=now, end=now + timedelta(days=30), expand=True)
        spans = [(one.icalendar_component["DTSTART"].dt, one.icalendar_component.get("TRANSP")) for one in found]
        return {"occurrences": len(spans)}
