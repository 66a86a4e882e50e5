"""What is left of a calendar file in the support bundle."""

from __future__ import annotations

import pytest

from operations.support.structure import structure


@pytest.mark.parametrize(
    ("line", "shape"),
    [
        ("DTSTART;TZID=Europe/Berlin:20261201T100000", "DTSTART;TZID=text(13):99999999T999999"),
        ("DTSTART;VALUE=DATE:20261201", "DTSTART;VALUE=DATE:99999999"),
        ("RRULE:FREQ=WEEKLY;BYDAY=MO;COUNT=4", "RRULE:FREQ=WEEKLY;BYDAY=text(2);COUNT=9"),
        ("RRULE:ANNA=Clara", "RRULE:?=text(5)"),
        ("SUMMARY:Dentist", "SUMMARY:text(7)"),
        ("STATUS:confirmed", "STATUS:CONFIRMED"),
        ("STATUS:CLARA", "STATUS:text(5)"),
        ("X-CLARA;X-SOMMER=1:2", "?;?=9:9"),
        ("X-APPLE-TRAVEL-DURATION;VALUE=DURATION:PT30M", "X-APPLE-TRAVEL-DURATION;VALUE=DURATION:PT99M"),
        ("DURATION:", "DURATION:text(0)"),
    ],
)
def test_values_become_shapes_and_unknown_names_a_question_mark(line: str, shape: str) -> None:
    assert structure(f"{line}\r\n".encode()) == [shape]


def test_a_long_file_is_cut() -> None:
    lines = structure(b"SUMMARY:x\r\n" * 205)
    assert (len(lines), lines[-1]) == (201, "and 5 more lines")


@pytest.mark.parametrize("data", [b"", b"\xff\xfe\x00", b":::\r\n;;;=\r\n", b'"' * 5000])
def test_no_bytes_make_it_fail(data: bytes) -> None:
    assert all(isinstance(line, str) for line in structure(data))
