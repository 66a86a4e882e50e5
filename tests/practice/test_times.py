"""Points in time as programs write them."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone

import pytest

from practice.times import iso, parse_instant

TEN = datetime(2026, 12, 1, 9, 0, tzinfo=UTC)


@pytest.mark.parametrize("text", ["2026-12-01T10:00:00+01:00", "2026-12-01T09:00Z", " 2026-12-01 09:00+00:00 "])
def test_an_instant_is_read_with_its_offset(text: str) -> None:
    assert parse_instant(text) == TEN


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("tomorrow", "“tomorrow” is not a time. Write it like 2026-12-01T10:00:00+01:00."),
        ("2026-12-01", "“2026-12-01” has no time zone. Add one, like 2026-12-01T10:00:00+01:00 or …Z."),
        ("1969-12-31T12:00Z", "“1969-12-31T12:00Z” is too far from today."),
        ("2200-01-01T00:00Z", "“2200-01-01T00:00Z” is too far from today."),
    ],
)
def test_what_is_no_instant_is_refused_with_a_sentence(text: str, sentence: str) -> None:
    with pytest.raises(ValueError, match=re.escape(sentence)):
        parse_instant(text)


def test_an_instant_is_written_in_utc() -> None:
    assert iso(TEN.astimezone(timezone(timedelta(hours=5)))) == "2026-12-01T09:00:00Z"
    assert iso(None) is None
