"""Half-open spans of time: merge, subtract, intersect, compare. No Django, no clock, no zones.

A span is a pair of aware datetimes in UTC and contains its start but not its end, so that a span ending at
ten and one starting at ten touch without overlapping. A span whose end is not after its start contains
nothing and is dropped.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

Span = tuple[datetime, datetime]

INSTANT = timedelta(microseconds=1)


def merge(spans: Iterable[Span]) -> list[Span]:
    """Give the same time as few spans as possible, sorted; spans that touch become one."""
    merged: list[Span] = []
    for start, end in sorted(span for span in spans if span[0] < span[1]):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged


def subtract(spans: Iterable[Span], holes: Iterable[Span]) -> list[Span]:
    """Give the time that lies in ``spans`` and in none of the ``holes``, merged."""
    rest: list[Span] = []
    cuts = merge(holes)
    i = 0
    for start, end in merge(spans):
        while i < len(cuts) and cuts[i][1] <= start:
            i += 1
        j = i
        while j < len(cuts) and cuts[j][0] < end:
            if start < cuts[j][0]:
                rest.append((start, cuts[j][0]))
            start = max(start, cuts[j][1])
            j += 1
        if start < end:
            rest.append((start, end))
    return rest


def intersect(spans: Iterable[Span], others: Iterable[Span]) -> list[Span]:
    """Give what each of ``spans`` shares with each of the ``others``, sorted; what touches is not joined."""
    shared: set[Span] = set()
    walls = sorted(others)
    i = 0
    for start, end in sorted(spans):
        while i < len(walls) and walls[i][1] <= start:
            i += 1
        j = i
        while j < len(walls) and walls[j][0] < end:
            shared.add((max(start, walls[j][0]), min(end, walls[j][1])))
            j += 1
    return sorted(span for span in shared if span[0] < span[1])


def overlaps(span: Span, others: Iterable[Span]) -> bool:
    """Say whether the span shares any time with one of the others; touching is not overlapping."""
    start, end = span
    return start < end and any(a < b and a < end and start < b for a, b in others)


def widen(span: Span, before: timedelta, after: timedelta) -> Span:
    """Give the span with ``before`` added in front and ``after`` behind, both in elapsed time."""
    return span[0] - before, span[1] + after


class Spans:
    """Merged spans, prepared for asking many times: each question costs a binary search."""

    def __init__(self, spans: Iterable[Span]) -> None:
        merged = merge(spans)
        self._starts: Sequence[datetime] = [start for start, _ in merged]
        self._ends: Sequence[datetime] = [end for _, end in merged]

    def overlap(self, span: Span) -> bool:
        """Say whether any time of ``span`` is covered."""
        last = bisect_left(self._starts, span[1]) - 1
        return span[0] < span[1] and last >= 0 and self._ends[last] > span[0]

    def contain(self, moment: datetime) -> bool:
        """Say whether ``moment`` lies in the covered time."""
        return self.overlap((moment, moment + INSTANT))

    def cover(self, span: Span) -> bool:
        """Say whether all of ``span`` is covered."""
        last = bisect_left(self._starts, span[1]) - 1
        return last >= 0 and self._starts[last] <= span[0] and span[1] <= self._ends[last]
