"""Ranges that overlap share the width; for how many there is room, and what is counted instead."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from bookings.pages.week.layout.lanes import LANES, Crowd, Place, share


def test_each_group_shares_the_width_by_itself() -> None:
    places, crowds = share([(0, 10), (5, 15), (20, 30)], [0, 0, 0], 2)
    assert (places, crowds) == ([Place((0, 6)), Place((6, 12)), Place((0, LANES))], [])


def test_what_has_no_room_is_counted_beside_the_others() -> None:
    places, crowds = share([(0, 10), (0, 10), (2, 8), (4, 20)], [0, 0, 0, 0], 2)
    assert places == [Place((0, 5)), Place((5, 10)), Place(None), Place(None)]
    assert crowds == [Crowd(2, (2, 20))]


def test_the_lowest_rank_stays() -> None:
    places, crowds = share([(0, 10), (0, 10), (0, 10)], [2, 0, 1], 1)
    assert (places, crowds) == ([Place(None), Place((0, 10)), Place(None)], [Crowd(2, (0, 10))])


RANGES = st.lists(st.tuples(st.integers(0, 50), st.integers(1, 20)).map(lambda it: (it[0], sum(it)))).map(sorted)


@given(ranges=RANGES, limit=st.integers(1, 6), data=st.data())
def test_nothing_is_drawn_over_anything_else_and_nothing_is_lost(
    ranges: list[tuple[int, int]], limit: int, data: st.DataObject
) -> None:
    ranks = data.draw(st.lists(st.integers(0, 2), min_size=len(ranges), max_size=len(ranges)))
    places, crowds = share(ranges, ranks, limit)
    drawn = [(rows, place.lanes) for rows, place in zip(ranges, places, strict=True) if place.lanes]
    cells = [(row, lane) for rows, lanes in drawn for row in range(*rows) for lane in range(*lanes)]
    assert len(cells) == len(set(cells))
    assert len(drawn) + sum(crowd.count for crowd in crowds) == len(ranges)
