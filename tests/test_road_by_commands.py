"""The whole road through the commands alone, against an independent server."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.core.management import call_command

from tests.servers import PASSWORD, USERNAME, CalendarServer

BERLIN = ZoneInfo("Europe/Berlin")
Go = Callable[..., Any]

pytestmark = [pytest.mark.django_db, pytest.mark.today]


@pytest.fixture
def go(monkeypatch: pytest.MonkeyPatch) -> Go:
    """Run a command with --json; what it prints. `typed` is its standard input."""

    def run(name: str, *arguments: str, typed: str = "") -> Any:
        monkeypatch.setattr("sys.stdin", io.StringIO(typed))
        out = io.StringIO()
        call_command(name, *arguments, "--json", stdout=out)
        return json.loads(out.getvalue())

    return run


def next_monday() -> datetime:
    today = datetime.now(BERLIN).replace(hour=0, minute=0, second=0, microsecond=0)
    return today + timedelta(days=7 - today.weekday())


def at(hour: int) -> str:
    """That hour of next Monday in Berlin, as the JSON gives it."""
    return (next_monday() + timedelta(hours=hour)).astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def dentist() -> bytes:
    compact = [at(hour).replace("-", "").replace(":", "") for hour in (10, 11)]
    return (
        "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//Example//Example//EN\r\nBEGIN:VEVENT\r\nUID:dentist\r\n"
        f"DTSTAMP:20261101T000000Z\r\nDTSTART:{compact[0]}\r\nDTEND:{compact[1]}\r\nSUMMARY:Dentist\r\n"
        "END:VEVENT\r\nEND:VCALENDAR\r\n"
    ).encode()


def connect(go: Go, server: CalendarServer) -> str:
    """Make Anna, a service and a configured connection; the path of her calendar."""
    server.add_calendar("work", "Work")
    go("create_staff", "--username", "anna", "--timezone", "Europe/Berlin", typed="a long enough secret\n")
    go("create_service", "--slug", "talk", "--name", "Talk", "--minutes", "60", "--user", "anna")
    account = ("--username", USERNAME, "--url", server.url)
    connected = go("connect", "--provider", "caldav", "--user", "anna", *account, typed=PASSWORD + "\n")
    path = str(connected["calendars"][0]["path"])
    go("configure_calendars", "--user", "anna", "--linked", "Work", "--conflict", path)
    return path


def starts(go: Go) -> list[str]:
    span = ("--from", next_monday().isoformat(), "--to", (next_monday() + timedelta(days=1)).isoformat())
    return [opening["start"] for opening in go("openings", "--service", "talk", *span)["openings"]]


def busy(go: Go) -> list[tuple[str, bool, str, str]]:
    span = ("--from", next_monday().isoformat(), "--to", (next_monday() + timedelta(days=1)).isoformat())
    rows = go("busy", "--user", "anna", *span)
    return [(row["start"], row["blocks"], row["reason"], row["summary"]) for row in rows]


def test_what_stands_in_the_calendar_is_not_open(radicale: CalendarServer, go: Go) -> None:
    path = connect(go, radicale)
    assert starts(go) == []  # never read
    radicale.write(f"{path}dentist.ics", dentist())
    synced = go("sync_calendars", "--user", "anna")
    assert [(row["requests"], row["changed"], row["removed"], row["error"]) for row in synced] == [(3, 1, 0, None)]
    assert busy(go) == [(at(10), True, "busy", "Dentist")]
    assert starts(go)[:2] == [at(9), at(11)]


def test_a_booking_reaches_the_calendar_moves_with_it_and_leaves_it(radicale: CalendarServer, go: Go) -> None:
    connect(go, radicale)
    go("sync_calendars")
    booking = go("book", "--service", "talk", "--start", at(9), "--name", "Carla")
    assert (booking["status"], booking["start"], booking["end"], booking["push"]) == (
        "confirmed",
        at(9),
        at(10),
        "queued",
    )
    assert go("push_bookings") == [{"booking": booking["id"], "push": "pushed", "error": None}]
    assert go("bookings", "--user", "anna") == [{**booking, "push": "pushed"}]
    assert busy(go) == [(at(9), False, "own_booking", "Carla")]

    moved = go("reschedule", "--booking", str(booking["id"]), "--start", at(15))
    assert moved == {**booking, "start": at(15), "end": at(16)}
    go("push_bookings")
    assert [row["changed"] for row in go("sync_calendars", "--full")] == [0]
    assert busy(go) == [(at(15), False, "own_booking", "Carla")]

    assert go("cancel", "--booking", str(booking["id"]))["status"] == "cancelled"
    go("push_bookings")
    go("sync_calendars")
    assert busy(go) == []
    assert starts(go)[0] == at(9)
