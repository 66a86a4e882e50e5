"""Calendar parts and files, read by ical.js, which Thunderbird and Nextcloud use."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from bookings.notifications.addresses import Mailbox
from bookings.notifications.calendar_part import CalendarEntry, calendar_file, mail_part
from tests.bookings.notifications.entries import CLIENT, ENTRY, PRACTICE
from tests.bookings.notifications.ical_js_reader import needs_ical_js, read

HOUR = timedelta(hours=1)
pytestmark = needs_ical_js


def parts(*entries: CalendarEntry) -> list[dict[str, Any]]:
    return [events[0] for events in read(*(mail_part(entry) or "" for entry in entries))]


def moment(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)


def test_a_request_is_understood() -> None:
    (found,) = parts(ENTRY)
    assert found == {
        "method": "REQUEST",
        "uid": ENTRY.uid,
        "sequence": 0,
        "stamp": "2026-11-28T08:00:00.000Z",
        "start": "2026-12-08T09:00:00.000Z",
        "end": "2026-12-08T09:45:00.000Z",
        "zone": "Europe/Berlin",
        "summary": ENTRY.summary,
        "location": ENTRY.location,
        "description": "With Anna Winter\nhttps://kalends.example/booking/abc/",
        "status": "CONFIRMED",
        "organizers": [{"address": "mailto:praxis@winter.example", "cn": "Praxis Winter"}],
        "attendees": [
            {
                "address": "mailto:zoe@client.example",
                "cn": "Zoë Klein",
                "cutype": "INDIVIDUAL",
                "role": "REQ-PARTICIPANT",
                "partstat": "ACCEPTED",
                "rsvp": "FALSE",
            }
        ],
    }


def test_a_cancellation_is_understood() -> None:
    (found,) = parts(replace(ENTRY, sequence=3, is_cancelled=True))
    assert [found[name] for name in ("method", "status", "uid", "sequence")] == ["CANCEL", "CANCELLED", ENTRY.uid, 3]


def test_a_file_has_the_uid_and_sequence_of_the_mail() -> None:
    entry = replace(ENTRY, sequence=2)
    ((found,),) = read(calendar_file(entry).decode())
    (mailed,) = parts(entry)
    assert found == {**mailed, "method": None, "organizers": [], "attendees": []}


def test_hostile_names_and_texts_arrive_as_texts() -> None:
    text = 'A\\b; "c", d:e\nATTENDEE:mailto:evil@example.com\u2028 😀 \u202eevil\u202c \\N' + "ä" * 400
    entry = replace(
        ENTRY,
        summary=text,
        location=text,
        description=(text,),
        organizer=Mailbox(text, PRACTICE.address),
        attendee=Mailbox(text, CLIENT.address),
    )
    (found,) = parts(entry)
    shown = text.replace("\u2028", " ")
    assert [found[name] for name in ("summary", "location", "description")] == [shown] * 3
    name = " ".join(shown.split()).replace('"', "'").replace("\\", "/")
    assert [(one["address"], one["cn"]) for one in found["organizers"]] == [("mailto:praxis@winter.example", name)]
    assert [(one["address"], one["cn"]) for one in found["attendees"]] == [("mailto:zoe@client.example", name)]


@pytest.mark.parametrize("zone", ["Europe/Berlin", "America/New_York", "Australia/Sydney", "UTC"])
def test_times_around_both_changes_of_the_clocks_are_exact(zone: str) -> None:
    nights = [
        datetime(2026, 10, 25, tzinfo=UTC),
        datetime(2026, 11, 1, 4, tzinfo=UTC),
        datetime(2027, 3, 28, tzinfo=UTC),
    ]
    starts = [night + hours * HOUR for night in nights for hours in range(-12, 13)]
    entries = [replace(ENTRY, zone=zone, start=start, end=start + HOUR) for start in starts]
    assert [moment(one["start"]) for one in parts(*entries)] == starts
