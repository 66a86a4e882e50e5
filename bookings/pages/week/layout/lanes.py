"""Items at the same time stand side by side: who stands where, and what there is no room for. No tables.

LANE: a share of a column's width. GROUP: items of one day of which each overlaps another.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

LANES = 12  # two, three, four and six items side by side share the width exactly
MORE_LANES = 2  # the width of the link to what there is no room for
MAX_PLACES = 20  # in a column; nobody can read more of a day

Rows = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Place:
    """The lanes of one of the ranges as a half-open range from 0; None if there is no room for it."""

    lanes: tuple[int, int] | None


@dataclass(frozen=True, slots=True)
class Crowd:
    """Ranges of one group for which there is no room: how many, and the rows from the first to the last of them."""

    count: int
    rows: Rows


def share(ranges: Sequence[Rows], ranks: Sequence[int], limit: int = LANES) -> tuple[list[Place], list[Crowd]]:
    """Share the width among ranges (sorted by rows), at most `limit` of them side by side, MAX_PLACES in all.

    Where there are more, those of the lowest rank stay.
    """
    places: list[Place] = [Place(None)] * len(ranges)
    crowds: list[Crowd] = []
    groups = list(_groups(ranges))
    fitting = [index for group in groups for index in _kept(group, ranges, ranks, limit)]
    shown = set(sorted(fitting, key=lambda one: (ranks[one], one))[:MAX_PLACES])
    for group in groups:
        kept = [index for index in group if index in shown]
        hidden = [ranges[index] for index in group if index not in shown]
        width = LANES - MORE_LANES if hidden else LANES
        for index, lanes in _lanes(kept, ranges, width):
            places[index] = Place(lanes)
        if hidden:
            crowds.append(Crowd(len(hidden), (min(rows[0] for rows in hidden), max(rows[1] for rows in hidden))))
    return places, crowds


def _groups(ranges: Sequence[Rows]) -> Iterator[list[int]]:
    """The indices of each group."""
    group: list[int] = []
    until = -1
    for index, rows in enumerate(ranges):
        if group and rows[0] >= until:
            yield group
            group = []
        group.append(index)
        until = max(until, rows[1])
    if group:
        yield group


def _kept(group: Sequence[int], ranges: Sequence[Rows], ranks: Sequence[int], limit: int) -> list[int]:
    """Those of the group for which there is room, in the order of the group."""
    ends: list[list[Rows]] = [[] for _ in range(limit)]
    kept: list[int] = []
    for index in sorted(group, key=lambda one: (ranks[one], one)):
        lane = next((taken for taken in ends if not any(_overlap(ranges[index], rows) for rows in taken)), None)
        if lane is not None:
            lane.append(ranges[index])
            kept.append(index)
    return sorted(kept)


def _overlap(one: Rows, other: Rows) -> bool:
    return one[0] < other[1] and other[0] < one[1]


def _lanes(kept: Sequence[int], ranges: Sequence[Rows], width: int) -> Iterator[tuple[int, tuple[int, int]]]:
    """The lanes of those for which there is room, as many as they need."""
    ends: list[int] = []  # where each lane is free again
    numbers = [_place(ends, ranges[index]) for index in kept]
    count = max(len(ends), 1)
    for index, number in zip(kept, numbers, strict=True):
        yield index, (number * width // count, (number + 1) * width // count)


def _place(ends: list[int], rows: Rows) -> int:
    for lane, end in enumerate(ends):
        if end <= rows[0]:
            ends[lane] = rows[1]
            return lane
    ends.append(rows[1])
    return len(ends) - 1
