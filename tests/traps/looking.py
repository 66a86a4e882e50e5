"""What Kalends has, held against what iCloud has, and in words short enough for one assert."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from itertools import product
from typing import Any

from connections.busy import busy
from connections.freshness import freshness
from connections.models import Calendar, Connection, Event, Occurrence
from tests.bookings.practice import BERLIN, Practice, berlin

DECEMBER = (berlin(1, 0), berlin(31, 0))


def every(**switches: Iterable[Any]) -> list[dict[str, Any]]:
    """All combinations of these switches' values."""
    return [dict(zip(switches, values, strict=True)) for values in product(*switches.values())]


def named(switches: Mapping[str, Any]) -> str:
    """What a test with these switches is called."""
    return "-".join(f"{name}={value}" for name, value in switches.items())


def row(name: str) -> Calendar:
    """A calendar in the tables."""
    return Calendar.objects.get(name=name)


def times(name: str = "Work") -> list[str]:
    """The occurrences of a calendar that block, in Berlin time: `01 10:00-11:00`."""
    rows = Occurrence.objects.filter(calendar__name=name, blocks=True).order_by("start", "end")
    return [_time(one.start, one.end) for one in rows]


def reasons(name: str = "Work") -> list[tuple[str, str]]:
    """All occurrences of a calendar with their reason."""
    rows = Occurrence.objects.filter(calendar__name=name).order_by("start", "end")
    return [(_time(one.start, one.end), one.reason) for one in rows]


def _time(start: datetime, end: datetime) -> str:
    return f"{start.astimezone(BERLIN):%d %H:%M}-{end.astimezone(BERLIN):%H:%M}"


def blocked(practice: Practice) -> list[str]:
    """What blocks in December besides bookings."""
    from bookings.openings.own_time import own_spans

    found = busy(practice.user, *DECEMBER, own_spans=own_spans(practice.user, *DECEMBER))
    return [_time(*span) for one in found for span in one.blocking]


def differences(practice: Practice) -> dict[str, tuple[str, str]]:
    """What the tables and iCloud disagree on in the selected calendars: href -> ETag here, ETag there."""
    here = {event.href: "owed" if event.pending_etag else event.etag for event in Event.objects.all()}
    selected = set(Calendar.objects.conflict_calendars().present().values_list("path", flat=True))
    shown = [calendar for calendar in practice.account.events() if calendar.path in selected]
    there = {href: resource.etag for calendar in shown for href, resource in calendar.resources.items()}
    hrefs = here.keys() | there.keys()
    return {href: (here.get(href, ""), there.get(href, "")) for href in hrefs if here.get(href) != there.get(href)}


def state(practice: Practice) -> tuple[str, bool, str]:
    """The connection's error, whether it needs a person, and how far the calendars can be believed."""
    connection = Connection.objects.get(pk=practice.connection.pk)
    return connection.error_code, connection.needs_attention, freshness(practice.user, now=practice.now).state


WELL = ("", False, "fresh")


def asked(practice: Practice) -> list[str]:
    """The requests since the log was cleared: method or report with the last part of the path."""
    return [f"{one.report or one.method} {one.path.rstrip('/').rpartition('/')[2]}" for one in practice.icloud.log]


def writes(practice: Practice) -> list[tuple[str, str]]:
    """What was written to iCloud: method and path."""
    return [(one.method, one.path) for one in practice.icloud.log if one.method in {"PUT", "DELETE", "MOVE"}]
