"""The same with the caldav library's own high-level path, icalendar and recurring-ical-events."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

import caldav
import recurring_ical_events

PAST, AHEAD = timedelta(days=35), timedelta(days=402)  # the window in which Kalends keeps occurrences


def window() -> tuple[datetime, datetime]:
    """The window around today, half-open, in UTC."""
    midnight = datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    return midnight - PAST, midnight + AHEAD


class Job:
    """A calendar of the library."""

    times = 1

    def __init__(self, *, url: str, username: str, password: str, path: str) -> None:
        client = caldav.DAVClient(url=url, username=username, password=password, auth_type="basic", timeout=300)
        self.calendar = client.calendar(url=url.rstrip("/") + path)

    def expand(self, objects: Iterable[Any]) -> int:
        """How many occurrences these have in the window."""
        start, end = window()
        return sum(len(recurring_ical_events.of(one.icalendar_instance).between(start, end)) for one in objects)


class First(Job):
    """Everything, by `load_objects=True`, parsed and expanded."""

    def run(self) -> dict[str, Any]:
        found = list(self.calendar.get_objects_by_sync_token(load_objects=True))
        return {"changed": len(found), "occurrences": self.expand(found)}


class Changed(Job):
    """What changed since the last run."""

    def __init__(self, **place: Any) -> None:
        super().__init__(**place)
        self.token = self.calendar.get_objects_by_sync_token().sync_token

    def run(self) -> dict[str, Any]:
        changes = self.calendar.get_objects_by_sync_token(self.token, load_objects=True, disable_fallback=True)
        self.token = changes.sync_token
        found = [one for one in changes if one.is_loaded()]
        return {"changed": len(found), "occurrences": self.expand(found)}


class Poll(Changed):
    """Nothing changed."""

    times = 20
    enough = 2.0


class Live(Job):
    """What a page of a live-query system does at each view: ask the server for 30 days, expanded."""

    def __init__(self, **place: Any) -> None:
        super().__init__(**place)
        self.calendar.get_display_name()  # the process has long been running

    def run(self) -> dict[str, Any]:
        now = datetime.now(UTC)
        found = self.calendar.search(event=True, start=now, end=now + timedelta(days=30), expand=True)
        spans = [(one.icalendar_component["DTSTART"].dt, one.icalendar_component.get("TRANSP")) for one in found]
        return {"occurrences": len(spans)}
