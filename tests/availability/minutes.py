"""A brute-force view of time for the oracles: a span is the set of minutes it contains."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

from hypothesis import strategies as st

from availability.intervals import Span

EPOCH = datetime(2026, 3, 2, tzinfo=UTC)


def at(minute: int) -> datetime:
    return EPOCH + timedelta(minutes=minute)


def span(start: int, end: int) -> Span:
    return at(start), at(end)


def minute(moment: datetime) -> int:
    return (moment - EPOCH) // timedelta(minutes=1)


def minutes(spans: Iterable[Span]) -> set[int]:
    return {m for start, end in spans for m in range(minute(start), minute(end))}


def spans(up_to: int = 60, *, most: int = 6) -> st.SearchStrategy[list[Span]]:
    """Lists of spans, some of them empty or the wrong way round."""
    edges = st.integers(min_value=0, max_value=up_to)
    return st.lists(st.builds(span, edges, edges), max_size=most)
