"""Taking a file apart: quickly where it is written as everybody writes it, and never to another end."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connections.ical import content_lines
from connections.ical.raw_file import RawEvent, read_file, split_zones
from tests.connections.ical.museum import calendar, expanded, local
from tests.ics_text import event

ZONE = "BEGIN:VTIMEZONE\nTZID:Here\nBEGIN:STANDARD\nTZOFFSETTO:+0100\nEND:STANDARD\nEND:VTIMEZONE\n"


EVENT = "BEGIN:VEVENT\nUID:A\nDTSTART;TZID=Here:20261201T100000\nEND:VEVENT\n"


ODD = (
    "BEGIN:VTIMEZONE\n",
    "END:VTIMEZONE\n",
    "begin:vtimezone\n",
    "END:VTIMEZONE \n",
    "BEGIN:VTIME\n ZONE\n",
    "END:VTIMEZONE\n\n \n",
    " \n",
    "\n",
    "BEGIN:VTIMEZONE\nEND:VTIMEZONE\n",
    ZONE.replace("Here", "VTIMEZONE"),
    ZONE.replace("TZID:Here", "TZID:He\n re"),
)


def taken_apart(data: bytes) -> tuple[list[list[bytes]], list[bytes]]:
    """The lines of its events and its zones."""
    file = read_file(data)
    return [event.lines for event in file.events], list(file.zones)


def without(data: bytes) -> tuple[bytes, list[bytes]]:
    return split_zones(content_lines.unfold_all(content_lines.normalise(data)))


@given(st.lists(st.sampled_from([ZONE, EVENT, *ODD]), max_size=7))
def test_zones_are_told_apart_from_events_however_they_are_written(pieces: list[str]) -> None:
    data = "".join(["BEGIN:VCALENDAR\n", *pieces, "END:VCALENDAR\n"]).encode()
    rest, zones = without(data)
    events, found = taken_apart(data)
    assert (len(events), found) == (rest.count(b"BEGIN:VEVENT\n"), zones)


@pytest.mark.parametrize("data", [b"", b"\nEND:VTIMEZONE\n", b"\nBEGIN:VTIMEZONE\n", b"BEGIN:VTIMEZONE\nEND:VTIMEZONE"])
def test_remains_of_a_zone_are_no_events(data: bytes) -> None:
    assert taken_apart(data) == ([], without(data)[1])


def test_an_event_between_a_zone_left_open_and_one_written_well_is_found() -> None:
    text = f"BEGIN:VCALENDAR\nBEGIN:VTIMEZONE\n{EVENT}{ZONE}{EVENT}END:VTIMEZONE\nEND:VCALENDAR\n"
    assert len(taken_apart(text.encode())[0]) == 2


def test_a_file_is_read_once_by_all_who_ask_for_it_in_turn() -> None:
    one, other = event("A"), event("B")
    file = read_file(one)
    assert read_file(bytes(bytearray(one))) is file
    assert (read_file(other).uid, read_file(one).uid) == ("B", "A")


def test_lines_of_an_event_are_taken_apart_once() -> None:
    block = RawEvent([b"UID:A"])
    assert block.content is block.content


@pytest.mark.parametrize("begin", ["BEGIN:VEVEN", "BEGIN VEVENT", "BEGIN:VTODO"])
def test_an_event_whose_begin_is_broken_blocks_all_the_same(begin: str) -> None:
    data = calendar("UID:x\nDTSTART:20261201T090000Z\nDTEND:20261201T100000Z").replace(b"BEGIN:VEVENT", begin.encode())

    assert (local(expanded(data)), expanded(data).problem) == (["2026-12-01 10:00 - 11:00"], "unreadable")
