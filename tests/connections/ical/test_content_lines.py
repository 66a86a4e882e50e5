"""Content lines: folding and unfolding, escaping and parsing."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connections.ical.content_lines import (
    Line,
    escape,
    find_events,
    fold,
    parse_line,
    split_lines,
    unescape,
    unfold_line,
)
from tests.connections.ical.museum import calendar

PLAIN = st.characters(exclude_categories=["Cs", "Cc", "Zl", "Zp"])


@given(st.text(alphabet=PLAIN, max_size=300))
def test_a_folded_line_has_75_octets_at_most_and_unfolds_to_what_it_was(text: str) -> None:
    folded = fold(f"SUMMARY:{text}")
    assert max(map(len, folded.split(b"\r\n"))) <= 75
    assert unfold_line(folded) == f"SUMMARY:{text}"


@given(st.text(alphabet=PLAIN | st.just("\n"), max_size=100))
def test_an_escaped_text_has_no_line_break_and_comes_back_as_it_was(text: str) -> None:
    assert "\n" not in escape(text)
    assert unescape(escape(text)) == text


@pytest.mark.parametrize(
    ("raw", "line"),
    [
        (b"dtstart;tzid=Europe/Berlin:20261201T100000", ("DTSTART", "20261201T100000", {"TZID": "Europe/Berlin"})),
        (b'DTSTART;TZID="A:B";VALUE=DATE-TIME:1', ("DTSTART", "1", {"TZID": "A:B", "VALUE": "DATE-TIME"})),
        (
            b"DTSTART;TZID=(UTC+01:00) Berlin:20261201T100000",
            ("DTSTART", "20261201T100000", {"TZID": "(UTC+01:00) Berlin"}),
        ),
        (b"SUMMARY:a:b;c=d", ("SUMMARY", "a:b;c=d", {})),
        (b'DTSTART;TZID="Europe/Berlin:20261201T100000', ("DTSTART", "20261201T100000", {"TZID": "Europe/Berlin"})),
        (b"UID;X=no value", ("", "UID;X=no value", {})),
    ],
)
def test_a_line_is_split_into_name_parameters_and_value(raw: bytes, line: tuple[str, str, dict[str, str]]) -> None:
    assert parse_line(raw) == Line(*line)


def test_the_lines_of_an_alarm_are_not_those_of_its_event() -> None:
    (event,) = find_events(split_lines(calendar("UID:x\nBEGIN:VALARM\nTRIGGER:PT0S\nEND:VALARM\nSUMMARY:after")))
    assert [name for _, name in event.names] == ["UID", "SUMMARY"]
    assert (event.value("SUMMARY"), event.value("TRIGGER")) == ("after", None)
