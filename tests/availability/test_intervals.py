from __future__ import annotations

from datetime import timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from availability.intervals import Span, Spans, intersect, merge, overlaps, subtract, widen
from tests.availability.minutes import minutes, span, spans

EDGES = st.integers(min_value=0, max_value=60)


def is_merged(result: list[Span]) -> bool:
    """Sorted, nothing empty, and nothing that touches its neighbour."""
    return all(start < end for start, end in result) and all(a[1] < b[0] for a, b in pairwise(result))


@pytest.mark.parametrize(
    ("given_spans", "merged"),
    [
        ([], []),
        ([span(1, 1)], []),
        ([span(5, 2)], []),
        ([span(1, 3)], [span(1, 3)]),
        ([span(4, 6), span(1, 3)], [span(1, 3), span(4, 6)]),
        ([span(1, 3), span(3, 6)], [span(1, 6)]),
        ([span(1, 9), span(2, 3)], [span(1, 9)]),
        ([span(1, 5), span(4, 8), span(8, 9)], [span(1, 9)]),
    ],
)
def test_merge_joins_what_overlaps_or_touches(given_spans: list[Span], merged: list[Span]) -> None:
    assert merge(given_spans) == merged


@pytest.mark.parametrize(
    ("whole", "holes", "rest"),
    [
        ([span(1, 5)], [], [span(1, 5)]),
        ([span(1, 5)], [span(0, 9)], []),
        ([span(1, 5)], [span(5, 9)], [span(1, 5)]),
        ([span(1, 9)], [span(3, 4)], [span(1, 3), span(4, 9)]),
        ([span(1, 4), span(5, 9)], [span(3, 6)], [span(1, 3), span(6, 9)]),
        ([span(1, 9)], [span(1, 2), span(8, 9)], [span(2, 8)]),
    ],
)
def test_subtract_leaves_what_no_hole_covers(whole: list[Span], holes: list[Span], rest: list[Span]) -> None:
    assert subtract(whole, holes) == rest


@given(spans(), spans())
def test_intersect_agrees_with_comparing_every_span_with_every_other(one: list[Span], other: list[Span]) -> None:
    pairs = ((max(a[0], b[0]), min(a[1], b[1])) for a in one for b in other if a[0] < a[1] and b[0] < b[1])
    found = intersect(one, other)
    assert found == sorted({(start, end) for start, end in pairs if start < end})
    assert minutes(found) == minutes(one) & minutes(other)


def test_intersect_keeps_apart_what_touches() -> None:
    assert intersect([span(0, 5), span(5, 9)], [span(3, 7), span(7, 8)]) == [span(3, 5), span(5, 7), span(7, 8)]


def test_spans_that_touch_do_not_overlap() -> None:
    assert [overlaps(span(3, 5), [other]) for other in (span(1, 3), span(5, 7), span(4, 4))] == [False] * 3
    assert [overlaps(span(3, 5), [other]) for other in (span(1, 4), span(4, 7), span(0, 9))] == [True] * 3


def test_widen_adds_time_on_both_sides() -> None:
    assert widen(span(10, 20), timedelta(minutes=5), timedelta(minutes=1)) == span(5, 21)


@given(spans())
def test_merging_changes_no_minute(some: list[Span]) -> None:
    assert minutes(merge(some)) == minutes(some)
    assert is_merged(merge(some))


@given(spans(), spans())
def test_subtracting_keeps_the_minutes_outside_the_holes(whole: list[Span], holes: list[Span]) -> None:
    assert minutes(subtract(whole, holes)) == minutes(whole) - minutes(holes)
    assert is_merged(subtract(whole, holes))


@given(EDGES, EDGES, spans())
def test_overlapping_is_sharing_a_minute(start: int, end: int, others: list[Span]) -> None:
    shared = bool(minutes([span(start, end)]) & minutes(others))
    assert overlaps(span(start, end), others) == shared
    assert Spans(others).overlap(span(start, end)) == shared


@given(EDGES, st.integers(min_value=1, max_value=20), spans())
def test_covering_is_containing_every_minute(start: int, length: int, others: list[Span]) -> None:
    asked = span(start, start + length)
    assert Spans(others).cover(asked) == (minutes([asked]) <= minutes(others))
