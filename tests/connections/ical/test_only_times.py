"""An event of ours that loses all but its times."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from connections.ical import EventDraft, Instance, compose, only_times, own_event
from tests.connections.ical.museum import MUSEUM, expanded, museum

NOW = datetime(2026, 11, 22, 8, tzinfo=UTC)
DRAFT = EventDraft(
    uid="0B6F2C1E-0000-4000-8000-000000000001",
    start=datetime(2026, 12, 1, 9, tzinfo=UTC),
    end=datetime(2026, 12, 1, 10, tzinfo=UTC),
    zone="Europe/Berlin",
    summary="Booked",
)
WRITTEN = (
    b"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//Apple Inc.//iOS 26.1//EN\r\nX-WR-CALNAME:Zerlinda\r\n"
    b"BEGIN:VTIMEZONE\r\nTZID:Europe/Berlin\r\nX-COMMENT:Zerlinda\r\nBEGIN:STANDARD\r\nDTSTART:19701025T030000\r\n"
    b"TZOFFSETFROM:+0200\r\nTZOFFSETTO:+0100\r\nTZNAME:CET\r\nEND:STANDARD\r\nEND:VTIMEZONE\r\n"
    b"BEGIN:VEVENT\r\nUID:0B6F2C1E-0000-4000-8000-000000000001\r\nDTSTAMP:20261120T080000Z\r\n"
    b"DTSTART;TZID=Europe/Berlin:20261201T100000\r\nDTEND;TZID=Europe/Berlin:20261201T110000\r\n"
    b"SUMMARY:Zerlinda\r\nSUMMARY;LANGUAGE=de:Zerlinda\r\nDESCRIPTION:Zer\r\n linda\r\nLOCATION:Zerlinda\r\n"
    b"X-APPLE-STRUCTURED-LOCATION;X-TITLE=Zerlinda:geo:1,2\r\nX-APPLE-TRAVEL-DURATION;VALUE=DURATION:PT20M\r\n"
    b"URL:https://example.org/Zerlinda\r\nATTACH;FILENAME=Zerlinda.pdf:https://example.org/a\r\nCOMMENT:Zerlinda\r\n"
    b"CONTACT:Zerlinda\r\nATTENDEE;CN=Zerlinda:mailto:z@example.org\r\nORGANIZER;CN=Zerlinda:mailto:z@example.org\r\n"
    b"CATEGORIES:Zerlinda\r\nSTATUS:CONFIRMED\r\nTRANSP:OPAQUE\r\nSEQUENCE:4\r\n"
    b"BEGIN:VALARM\r\nACTION:DISPLAY\r\nDESCRIPTION:Zerlinda\r\nTRIGGER:-PT30M\r\nEND:VALARM\r\n"
    b"END:VEVENT\r\nEND:VCALENDAR\r\n"
)


def times(instance: Instance) -> tuple[object, ...]:
    return (instance.start, instance.end, instance.all_day, instance.recurrence_id)


def test_whatever_was_written_goes_and_the_times_stay() -> None:
    text = only_times(WRITTEN, DRAFT, now=NOW)
    there, before = own_event(text), own_event(WRITTEN)
    assert (b"linda" in text, b"example.org" in text) == (False, False)
    assert (there.uid, there.start, there.end, there.shape) == (before.uid, before.start, before.end, before.shape)
    assert (there.sequence, text.count(b"SUMMARY:Booked\r\n")) == (5, 1)
    assert b"X-APPLE-TRAVEL-DURATION;VALUE=DURATION:PT20M\r\n" in text
    assert b"BEGIN:VTIMEZONE\r\nTZID:Europe/Berlin\r\nBEGIN:STANDARD\r\n" in text


def test_done_twice_only_the_sequence_grows() -> None:
    once = only_times(WRITTEN, DRAFT, now=NOW)
    assert only_times(once, DRAFT, now=NOW) == once.replace(b"SEQUENCE:5", b"SEQUENCE:6")


def test_what_holds_no_event_becomes_one() -> None:
    assert only_times(b"Zerlinda", DRAFT, now=NOW) == compose(DRAFT, now=NOW)


@pytest.mark.parametrize("name", sorted(path.stem for path in MUSEUM.glob("*.ics")))
def test_times_stay_as_they_are_read_in_every_kind_of_file(name: str) -> None:
    before = expanded(museum(name))
    after = expanded(only_times(museum(name), DRAFT, now=NOW))
    if before.instances:
        assert list(map(times, after.instances)) == list(map(times, before.instances))
    assert {instance.summary for instance in after.instances} <= {"Booked"}
