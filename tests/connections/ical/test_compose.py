"""New events, as they are written."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from icalendar import Calendar

from connections.ical import EventDraft, OwnEvent, compose, own_event
from connections.ical.compose import vtimezone_lines
from connections.ical.timezones import zone_from_vtimezone

NOW = datetime(2026, 11, 22, 8, tzinfo=UTC)


DRAFT = EventDraft(
    uid="0B6F2C1E-0000-4000-8000-000000000001",
    start=datetime(2026, 12, 1, 9, tzinfo=UTC),
    end=datetime(2026, 12, 1, 10, tzinfo=UTC),
    zone="Europe/Berlin",
    summary="Haircut: Zoë",
    description="Made in Kalends",
    url="https://kalends.example/b/1",
)


WRITTEN = compose(DRAFT, now=NOW)


def lines(data: bytes, *names: str) -> list[str]:
    """Unfolded content lines of the first VEVENT that begin with one of `names`."""
    text = data.decode().replace("\r\n ", "")
    event = text.split("BEGIN:VEVENT\r\n", 1)[1].split("BEGIN:VALARM")[0]
    return [line for line in event.split("\r\n") if line.startswith(names)]


def test_what_is_composed_is_recognised():
    assert own_event(WRITTEN) == OwnEvent(DRAFT.uid, DRAFT.start, DRAFT.end, "timed", cancelled=False, sequence=0)


def test_a_composed_event_has_these_properties_and_no_others():
    names = [re.split("[:;]", line)[0] for line in lines(WRITTEN, "")]

    assert names[: names.index("END")] == [
        *("UID", "DTSTAMP", "DTSTART", "DTEND", "SUMMARY", "DESCRIPTION", "URL", "STATUS", "TRANSP", "SEQUENCE")
    ]
    assert [word for word in (b"METHOD", b"ORGANIZER", b"ATTENDEE", b"VALARM") if word in WRITTEN] == []


def test_what_is_not_approved_yet_is_tentative():
    assert lines(compose(replace(DRAFT, tentative=True), now=NOW), "STATUS") == ["STATUS:TENTATIVE"]


def test_an_alarm_is_written_only_if_it_is_asked_for():
    assert lines_of_alarm(compose(replace(DRAFT, alarm_minutes=30), now=NOW)) == ["TRIGGER:-PT30M"]
    assert lines_of_alarm(compose(replace(DRAFT, alarm_minutes=0), now=NOW)) == ["TRIGGER:PT0S"]
    assert lines_of_alarm(WRITTEN) == []


def lines_of_alarm(data: bytes) -> list[str]:
    return [line for line in data.decode().split("\r\n") if line.startswith("TRIGGER")]


def test_another_reader_understands_what_is_composed():
    event = Calendar.from_ical(WRITTEN).walk("VEVENT")[0]

    assert (event.start, event.end, str(event["SUMMARY"])) == (DRAFT.start, DRAFT.end, DRAFT.summary)


@given(summary=st.text(max_size=200), description=st.text(max_size=400), url=st.text(max_size=100))
@settings(max_examples=200, deadline=None)
def test_texts_cannot_add_lines_and_no_line_is_too_long(summary, description, url):
    draft = replace(DRAFT, summary=summary, description=description, url=url, location=summary, alarm_minutes=5)

    written = compose(draft, now=NOW)

    rows = written.split(b"\r\n")
    known = {line.split(":")[0].split(";")[0] for line in WRITTEN.decode().split("\r\n")} | {
        "LOCATION",
        "ACTION",
        "TRIGGER",
    }
    assert max(map(len, rows)) <= 75
    assert b"\n" not in b"".join(rows)
    assert b"\r" not in b"".join(rows)
    names = {row.split(b":")[0].split(b";")[0].decode() for row in rows if row and not row.startswith(b" ")}
    assert names - known == set()
    assert own_event(written) == own_event(WRITTEN)


def test_a_zone_that_does_not_exist_is_refused():
    with pytest.raises(ZoneInfoNotFoundError):
        compose(replace(DRAFT, zone="Europe/Nowhere"), now=NOW)


@pytest.mark.parametrize(
    ("zone", "start", "line"),
    [
        ("UTC", datetime(2026, 12, 1, 9, tzinfo=UTC), "DTSTART:20261201T090000Z"),
        ("Asia/Kolkata", datetime(2026, 12, 1, 9, tzinfo=UTC), "DTSTART;TZID=Asia/Kolkata:20261201T143000"),
        ("Europe/Berlin", datetime(2026, 10, 25, 0, 30, tzinfo=UTC), "DTSTART:20261025T003000Z"),
        ("Europe/Berlin", datetime(2026, 10, 25, 1, 30, tzinfo=UTC), "DTSTART:20261025T013000Z"),
    ],
)
def test_a_start_is_written_so_that_it_comes_back_as_the_same_instant(zone, start, line):
    written = compose(replace(DRAFT, zone=zone, start=start, end=start + timedelta(hours=1)), now=NOW)

    assert lines(written, "DTSTART") == [line]
    assert (own_event(written).start, own_event(written).end) == (start, start + timedelta(hours=1))


@pytest.mark.parametrize(
    "name",
    ["Europe/Berlin", "America/New_York", "Europe/Dublin", "Africa/Casablanca", "Australia/Lord_Howe", "Asia/Kolkata"],
)
def test_a_written_vtimezone_says_what_the_iana_zone_says(name):
    zone = ZoneInfo(name)
    written = zone_from_vtimezone("\n".join(vtimezone_lines(replace(DRAFT, zone=name))).replace(name, "Own").encode())

    hours = (datetime(2025, 1, 2) + timedelta(hours=number) for number in range(0, 6 * 365 * 24 - 100, 5))  # noqa: DTZ001
    wrong = [
        hour for hour in hours if hour.replace(tzinfo=zone).utcoffset() != hour.replace(tzinfo=written).utcoffset()
    ]
    ambiguous = [
        hour for hour in wrong if hour.replace(tzinfo=zone, fold=1).utcoffset() != hour.replace(tzinfo=zone).utcoffset()
    ]
    assert wrong == ambiguous
