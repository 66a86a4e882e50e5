"""The whole road of a calendar by web address, through the commands alone."""

from __future__ import annotations

import pytest
from django.core.management import CommandError

from tests.feed_server import SECRET, FeedServer, feed_text
from tests.test_road_by_commands import Go, at, busy, starts
from tests.test_road_by_commands import go as go  # a fixture

pytestmark = [pytest.mark.django_db, pytest.mark.processes, pytest.mark.today]


def match(*hours: int) -> str:
    """An event between these hours of next Monday."""
    start, end = (at(hour).replace("-", "").replace(":", "") for hour in hours)
    lines = ["UID:match@club.example", "DTSTAMP:20261101T000000Z", f"DTSTART:{start}", f"DTEND:{end}", "SUMMARY:Match"]
    return "\r\n".join(["BEGIN:VEVENT", *lines, "END:VEVENT"])


@pytest.fixture
def connected(go: Go, feed_server: FeedServer) -> FeedServer:
    """Anna, her service, and a club's fixtures that block; she has no account besides."""
    feed_server.data = feed_text(match(10, 12))
    go("create_staff", "--username", "anna", "--timezone", "Europe/Berlin", typed="a long enough secret\n")
    go("create_service", "--slug", "talk", "--name", "Talk", "--minutes", "60", "--user", "anna")
    made = go("connect", "--provider", "ics", "--user", "anna", typed=f"{feed_server.address}\n")
    assert ([one["name"] for one in made["calendars"]], SECRET in str(made)) == (["Club"], False)
    go("configure_calendars", "--user", "anna", "--linked", "none", "--conflict", "Club")
    return feed_server


def test_what_the_file_says_is_not_open_and_what_it_says_later_neither(go: Go, connected: FeedServer) -> None:
    assert [(row["changed"], row["error"]) for row in go("sync_calendars", "--user", "anna")] == [(1, None)]
    assert (busy(go), starts(go)[:2]) == ([(at(10), True, "busy", "Match")], [at(9), at(12)])
    connected.data = feed_text(match(9, 11))
    assert [(row["requests"], row["changed"]) for row in go("sync_calendars", "--user", "anna")] == [(1, 1)]
    assert starts(go)[0] == at(11)


def test_a_booking_stays_here_and_goes_nowhere(go: Go, connected: FeedServer) -> None:
    go("sync_calendars", "--user", "anna")
    booking = go("book", "--service", "talk", "--start", at(9), "--name", "Carla")
    assert (booking["status"], booking["push"]) == ("confirmed", "no_linked_calendar")
    assert (go("push_bookings"), go("audit", "--user", "anna")) == ([], [])
    assert {asked.method for asked in connected.requests} == {"GET"}


def test_it_cannot_receive_bookings(go: Go, connected: FeedServer) -> None:
    with pytest.raises(CommandError, match="Club"):
        go("configure_calendars", "--user", "anna", "--linked", "Club", "--conflict", "Club")
