"""Days side by side as plain values: rows, lanes, folds, all-day items, and both nights on which the clocks change."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bookings.pages.week.layout import Board, Diary, Item, ItemKind, WeekDay, lay_out_side_by_side, lay_out_week
from bookings.pages.week.layout.lanes import LANES, Crowd
from bookings.pages.week.layout.periods import View, period_of

BERLIN = ZoneInfo("Europe/Berlin")
MONDAY = date(2026, 11, 30)
NOW = datetime(2026, 12, 1, 9, 2, tzinfo=UTC)
BUSY = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])  # a busy machine fails nothing


def at(text: str, zone: ZoneInfo = BERLIN, fold: int = 0) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=zone, fold=fold).astimezone(UTC)


def item(start: str, end: str, title: str = "x", *, zone: ZoneInfo = BERLIN, all_day: bool = False) -> Item:
    return Item(at(start, zone), at(end, zone), ItemKind.BLOCKED, title, key=title, all_day=all_day)


def week(*items: Item, first: date = MONDAY, zone: ZoneInfo = BERLIN, hours=(), buffers=(), now=NOW) -> Board:
    """A week in which all working hours are free."""
    diary = Diary(list(items), list(hours), list(hours), list(buffers))
    return lay_out_week(diary, dates=[first + timedelta(days=n) for n in range(7)], zone=zone, now=now)


def span_of(first: date, zone: ZoneInfo) -> tuple[datetime, datetime]:
    return period_of(View.WEEK, first, first.isoweekday() % 7).span(zone)


def drawn(day: WeekDay) -> list[tuple[str, tuple[int, int], tuple[int, int]]]:
    return [(piece.item.title, piece.rows, piece.lanes) for piece in day.pieces]


def test_an_empty_week_shows_eight_to_six() -> None:
    empty = week()
    assert (empty.rows, [mark.clock.hour for mark in empty.marks]) == (120, list(range(8, 18)))
    assert [day.empty for day in empty.columns] == [True] * 7


def test_an_item_lies_on_the_rows_of_its_wall_clock_time() -> None:
    monday = week(item("2026-11-30T10:00", "2026-11-30T11:30")).columns[0]
    assert drawn(monday) == [("x", (24, 42), (0, LANES))]


def test_rows_hold_all_of_an_item_that_does_not_start_at_five_minutes() -> None:
    monday = week(item("2026-11-30T10:02", "2026-11-30T10:31")).columns[0]
    assert drawn(monday) == [("x", (24, 31), (0, LANES))]


def test_what_is_short_is_tall_enough_for_its_title() -> None:
    monday = week(item("2026-11-30T10:00", "2026-11-30T10:00")).columns[0]
    assert drawn(monday) == [("x", (24, 28), (0, LANES))]


def test_a_short_item_at_the_end_stays_inside() -> None:
    monday = week(item("2026-11-30T17:55", "2026-11-30T18:00")).columns[0]
    assert drawn(monday) == [("x", (116, 120), (0, LANES))]


def test_the_scale_grows_to_whole_hours_around_what_stands_outside() -> None:
    grown = week(item("2026-11-30T06:20", "2026-11-30T20:10"))
    assert (grown.marks[0].clock.hour, grown.rows, grown.folds) == (6, 15 * 12, ())


def test_the_scale_is_the_working_day_where_there_is_one() -> None:
    hours = [(at("2026-11-30T09:30"), at("2026-11-30T13:00")), (at("2026-12-01T14:00"), at("2026-12-01T16:30"))]
    board = week(hours=hours)
    assert [mark.clock.hour for mark in board.marks] == list(range(9, 17))


def test_hours_between_the_working_day_and_what_lies_outside_fold_away() -> None:
    board = week(item("2026-11-30T22:00", "2026-11-30T23:00"))
    assert ([mark.clock.hour for mark in board.marks], board.folds) == ([*range(8, 18), 22], ((120, 123),))
    assert (drawn(board.columns[0]), board.rows) == ([("x", (123, 135), (0, LANES))], 135)


def test_what_fills_a_working_day_and_lasts_longer_than_a_day_keeps_no_other_hours_in_sight() -> None:
    board = week(item("2026-11-29T01:00", "2026-12-02T01:00"))  # whole days of a colleague in London
    assert ([mark.clock.hour for mark in board.marks], board.folds) == ([0, *range(8, 18)], ((12, 15),))
    filled, rest = [("x", (0, 135), (0, LANES))], [("x", (0, 12), (0, LANES))]
    assert [drawn(column) for column in board.columns[:3]] == [filled, filled, rest]


def test_what_lasts_longer_than_a_day_and_fills_no_working_day_is_seen_whole() -> None:
    board = week(item("2026-11-30T10:00", "2026-12-01T11:00"))
    assert ([mark.clock.hour for mark in board.marks], board.folds) == ([*range(24)], ())


def test_a_single_hour_between_does_not_fold() -> None:
    board = week(item("2026-11-30T19:00", "2026-11-30T20:00"))
    assert (drawn(board.columns[0])[0][1], board.rows, board.folds) == ((132, 144), 144, ())


def test_what_ends_where_hours_fold_ends_there() -> None:
    board = week(item("2026-11-30T05:00", "2026-11-30T06:00"), item("2026-11-30T09:00", "2026-11-30T10:00", "y"))
    assert [rows for _, rows, _ in drawn(board.columns[0])] == [(0, 12), (27, 39)]


def test_items_at_the_same_time_share_the_width() -> None:
    monday = week(
        item("2026-11-30T10:00", "2026-11-30T12:00", "a"),
        item("2026-11-30T11:00", "2026-11-30T13:00", "b"),
        item("2026-11-30T12:00", "2026-11-30T14:00", "c"),
        item("2026-11-30T15:00", "2026-11-30T16:00", "d"),
    ).columns[0]
    assert [(title, lanes) for title, _, lanes in drawn(monday)] == [
        ("a", (0, 6)),
        ("b", (6, 12)),
        ("c", (0, 6)),
        ("d", (0, 12)),
    ]


def test_of_more_items_than_two_a_day_of_a_week_counts_the_rest() -> None:
    crowd = [item("2026-11-30T10:00", "2026-11-30T11:00", f"{n}") for n in range(4)]
    monday = week(*crowd).columns[0]
    assert drawn(monday) == [("0", (24, 36), (0, 5)), ("1", (24, 36), (5, 10))]
    assert monday.crowds == (Crowd(2, (24, 36)),)


def test_where_there_is_no_room_for_all_bookings_stay_and_what_is_free_goes_first() -> None:
    span = at("2026-11-30T10:00"), at("2026-11-30T11:00")
    kinds = [ItemKind.FREE, ItemKind.BLOCKED, ItemKind.HERE, ItemKind.BOOKING]
    monday = week(*(Item(*span, kind, kind.value, key=str(n)) for n, kind in enumerate(kinds))).columns[0]
    assert [piece.item.kind for piece in monday.pieces] == [ItemKind.BLOCKED, ItemKind.BOOKING]


@pytest.mark.parametrize(("people", "shown", "more"), [(1, 6, 2), (2, 3, 5), (10, 2, 6)])
def test_a_day_of_one_person_has_room_for_more(people: int, shown: int, more: int) -> None:
    crowd = [item("2026-11-30T10:00", "2026-11-30T11:00", f"{n}") for n in range(8)]
    diaries = [Diary(crowd, [], [], [])] * people
    board = lay_out_side_by_side(diaries, day=MONDAY, zone=BERLIN, now=NOW)
    assert [len(day.pieces) for day in board.columns] == [shown] * people
    assert [day.crowds[0].count for day in board.columns] == [more] * people


def test_travel_of_a_quarter_of_an_hour_leaves_the_width_to_its_event() -> None:
    travel = Item(at("2026-11-30T10:00"), at("2026-11-30T10:15"), ItemKind.TRAVEL, "Travel time", key="travel")
    monday = week(travel, item("2026-11-30T10:15", "2026-11-30T11:00")).columns[0]
    assert drawn(monday) == [("Travel time", (24, 27), (0, LANES)), ("x", (27, 36), (0, LANES))]


def test_an_item_past_midnight_has_a_piece_on_each_day() -> None:
    days = week(item("2026-11-30T22:00", "2026-12-01T02:00")).columns
    assert [(piece.rows, piece.goes_on) for day in days for piece in day.pieces] == [
        ((150, 174), False),
        ((0, 24), True),
    ]


def test_an_all_day_item_stands_above_each_of_its_days() -> None:
    days = week(item("2026-12-01T00:00", "2026-12-03T00:00", "Crete", all_day=True)).columns
    assert [[one.title for one in day.all_day] for day in days] == [[], ["Crete"], ["Crete"], [], [], [], []]
    assert [day.pieces for day in days] == [()] * 7


@pytest.mark.parametrize(("count", "shown", "more"), [(4, 4, 0), (5, 3, 2)])
def test_of_more_than_four_all_day_items_three_are_shown(count: int, shown: int, more: int) -> None:
    items = [item("2026-12-01T00:00", "2026-12-02T00:00", f"{number}", all_day=True) for number in range(count)]
    tuesday = week(*items).columns[1]
    assert (len(tuesday.all_day), tuesday.more_all_day) == (shown, more)


def test_open_hours_and_buffers_are_rows_too() -> None:
    hours = [(at("2026-11-30T09:00"), at("2026-11-30T17:00"))]
    buffers = [(at("2026-11-30T11:00"), at("2026-11-30T11:10"))]
    monday = week(item("2026-11-30T10:00", "2026-11-30T11:00"), hours=hours, buffers=buffers).columns[0]
    assert (monday.open, monday.open_spans, monday.buffers) == (((0, 96),), tuple(hours), ((24, 26),))


def test_the_buffer_of_a_booking_that_is_only_counted_is_not_drawn() -> None:
    hours = [(at("2026-11-30T09:00"), at("2026-11-30T17:00"))]
    drawn_ones = [item("2026-11-30T10:00", "2026-11-30T10:30", f"{number}") for number in range(2)]
    counted = item("2026-11-30T10:00", "2026-11-30T11:00", "counted")
    buffers = [(one.end, one.end + timedelta(minutes=10)) for one in (drawn_ones[0], counted)]
    monday = week(*drawn_ones, counted, hours=hours, buffers=buffers).columns[0]
    assert (monday.crowds[0].count, monday.buffers) == (1, ((18, 20),))


def test_now_is_a_row_of_today_only() -> None:
    assert [day.now_row for day in week().columns] == [None, 24, None, None, None, None, None]
    assert [day.is_today for day in week().columns] == [False, True, False, False, False, False, False]


def test_now_outside_the_shown_hours_is_no_row() -> None:
    assert week(now=at("2026-12-01T05:00")).columns[1].now_row is None


def test_every_shown_hour_of_a_day_can_be_asked_about() -> None:
    monday = week().columns[0]
    assert [(hour.at, hour.rows) for hour in monday.hours][:2] == [
        (at("2026-11-30T08:00"), (0, 12)),
        (at("2026-11-30T09:00"), (12, 24)),
    ]
    assert (len(monday.hours), monday.hours[-1].rows) == (10, (108, 120))


def test_a_whole_day_is_asked_about_from_when_it_opens_on() -> None:
    hours = [
        (at("2026-11-30T09:30"), at("2026-11-30T17:00")),
        (at("2026-12-01T22:00"), at("2026-12-02T00:00")),
        (at("2026-12-02T00:00"), at("2026-12-02T03:00")),
    ]
    asked = [day.asked_at for day in week(hours=hours).columns]
    assert asked[:4] == [
        at("2026-11-30T09:30"),
        at("2026-12-01T22:00"),
        at("2026-12-02T00:00"),
        at("2026-12-03T00:00"),  # closed, and shown from midnight on
    ]


# --- the clocks change -----------------------------------------------------------------------------


def test_the_skipped_hour_is_a_gap_of_its_day() -> None:
    spring = week(item("2026-03-29T01:00", "2026-03-29T04:00"), first=date(2026, 3, 23))
    sunday = spring.columns[6]
    assert (drawn(sunday), sunday.gaps) == ([("x", (0, 36), (0, LANES))], ((12, 24),))
    assert [day.gaps for day in spring.columns[:6]] == [()] * 6
    assert (spring.rows, spring.folds) == (3 * 12 + 3 + 10 * 12, ((36, 39),))


def test_the_repeated_hour_stands_twice_on_the_scale_and_is_a_gap_elsewhere() -> None:
    autumn = week(item("2026-10-25T00:00", "2026-10-25T05:00"), first=date(2026, 10, 19))
    sunday = autumn.columns[6]
    assert (drawn(sunday), sunday.gaps) == ([("x", (0, 72), (0, LANES))], ())
    assert [day.gaps for day in autumn.columns[:6]] == [((36, 48),)] * 6
    assert [(mark.clock.hour, mark.again) for mark in sorted(autumn.marks, key=lambda mark: mark.row)][:5] == [
        (0, False),
        (1, False),
        (2, False),
        (2, True),
        (3, False),
    ]


def test_an_item_that_ends_earlier_on_the_clock_than_it_starts_is_as_tall_as_it_is_long() -> None:
    second = Item(
        at("2026-10-25T02:30"), at("2026-10-25T02:15", fold=1), ItemKind.BLOCKED, "45 minutes", key="45 minutes"
    )
    sunday = week(second, first=date(2026, 10, 19)).columns[6]
    assert drawn(sunday) == [("45 minutes", (6, 15), (0, LANES))]


def test_ordinary_hours_in_the_week_of_the_change_are_drawn_below_each_other() -> None:
    autumn = week(
        item("2026-10-19T10:00", "2026-10-19T11:00", "monday"),
        item("2026-10-25T10:00", "2026-10-25T11:00", "sunday"),
        first=date(2026, 10, 19),
    )
    assert drawn(autumn.columns[0])[0][1] == drawn(autumn.columns[6])[0][1] == (24, 36)


def test_half_an_hour_repeated_in_lord_howe() -> None:
    zone = ZoneInfo("Australia/Lord_Howe")
    autumn = week(item("2026-04-05T00:00", "2026-04-05T03:00", zone=zone), first=date(2026, 3, 30), zone=zone, now=NOW)
    assert (drawn(autumn.columns[6])[0][1], autumn.columns[0].gaps) == ((0, 42), ((24, 30),))


ZONES = [
    "Europe/Berlin",
    "America/New_York",
    "Asia/Kolkata",
    "Australia/Lord_Howe",
    "America/Havana",
    "Asia/Beirut",
]


@BUSY
@given(
    zone=st.sampled_from(ZONES).map(ZoneInfo),
    first=st.dates(date(2026, 1, 1), date(2027, 12, 31)),
    start=st.integers(0, 7 * 24 * 12 - 1),
    length=st.integers(4, 12 * 24 - 1),  # hours may be folded beside what is longer
)
def test_pieces_are_as_tall_as_the_elapsed_time_of_their_day(
    zone: ZoneInfo, first: date, start: int, length: int
) -> None:
    begin, end = span_of(first, zone)
    one = Item(
        begin + timedelta(minutes=5 * start),
        begin + timedelta(minutes=5 * (start + length)),
        ItemKind.BLOCKED,
        "x",
    )
    days = week(one, first=first, zone=zone).columns
    tall = sum(piece.rows[1] - piece.rows[0] - _gap_rows(day, piece.rows) for day in days for piece in day.pieces)
    elapsed = max((min(one.end, end) - one.start) // timedelta(minutes=5), 0)  # a week may be half an hour shorter
    slack = sum(3 for day in days if day.pieces)  # pieces of fewer than four rows are drawn with four
    assert elapsed <= tall <= elapsed + slack


@BUSY
@given(zone=st.sampled_from(ZONES).map(ZoneInfo), first=st.dates(date(2026, 1, 1), date(2027, 12, 31)))
def test_the_hours_of_a_day_are_its_shown_time_without_a_hole(zone: ZoneInfo, first: date) -> None:
    whole = Item(*span_of(first, zone), ItemKind.BLOCKED, "x")
    for day in week(whole, first=first, zone=zone).columns:
        for one, following in pairwise(day.hours):
            between = (one.rows[1], following.rows[0])
            assert between[1] - between[0] == _gap_rows(day, between)
            tall = one.rows[1] - one.rows[0] - _gap_rows(day, one.rows)
            assert (following.at - one.at) // timedelta(minutes=5) == tall
        assert [hour.at.astimezone(zone).date() for hour in (day.hours[0], day.hours[-1])] == [day.date] * 2


def _gap_rows(day: WeekDay, rows: tuple[int, int]) -> int:
    return sum(max(0, min(gap[1], rows[1]) - max(gap[0], rows[0])) for gap in day.gaps)
