"""A calendar as a list of days."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from bookings.pages.week.layout import Diary, Item, ItemKind, lay_out_list
from bookings.pages.week.layout.lists import MAX_LISTED

BERLIN = ZoneInfo("Europe/Berlin")
NOW = datetime(2026, 12, 1, 9, tzinfo=UTC)
DATES = [date(2026, 12, 1) + timedelta(days=number) for number in range(28)]


def item(day: int, hour: int, title: str, hours: float = 1, *, all_day: bool = False) -> Item:
    start = datetime(2026, 12, day, hour, tzinfo=UTC)
    return Item(start, start + timedelta(hours=hours), ItemKind.BLOCKED, title, key=title, all_day=all_day)


def listed(*items: Item) -> list[tuple[int, list[str]]]:
    agenda = lay_out_list(Diary(list(items), [], [], []), DATES, zone=BERLIN, now=NOW)
    return [(day.date.day, [piece.item.title for piece in day.pieces]) for day in agenda.days]


def test_only_days_that_have_something_are_listed_in_order() -> None:
    assert listed(item(5, 9, "b"), item(5, 8, "a"), item(7, 8, "c")) == [(5, ["a", "b"]), (7, ["c"])]


def test_what_takes_the_whole_day_comes_first_and_what_takes_no_time_is_listed_too() -> None:
    assert listed(item(5, 8, "a"), item(5, 23, "Crete", 24, all_day=True), item(6, 8, "b", 0)) == [
        (5, ["a"]),
        (6, ["Crete", "b"]),
    ]


def test_what_goes_past_midnight_is_on_both_days() -> None:
    assert listed(item(5, 20, "party", 8)) == [(5, ["party"]), (6, ["party"])]


def test_a_page_has_whole_days_and_says_where_the_rest_begins() -> None:
    many = [item(day, 8, f"{day} {number}") for day in (1, 2, 3) for number in range(MAX_LISTED // 2)]
    agenda = lay_out_list(Diary(many, [], [], []), DATES, zone=BERLIN, now=NOW)
    assert ([day.date.day for day in agenda.days], agenda.rest) == ([1, 2], date(2026, 12, 3))


def test_a_day_with_more_than_a_page_is_listed_whole() -> None:
    many = [item(1, 8, f"{number}") for number in range(MAX_LISTED + 1)]
    assert len(listed(*many)[0][1]) == MAX_LISTED + 1
