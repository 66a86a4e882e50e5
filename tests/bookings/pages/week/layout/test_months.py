"""A month as weeks of days, each with its first items."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from bookings.pages.week.layout import Cell, Diary, Item, ItemKind, View, lay_out_month, period_of

BERLIN = ZoneInfo("Europe/Berlin")
NOW = datetime(2026, 12, 1, 9, tzinfo=UTC)


def item(hour: int, kind: ItemKind = ItemKind.BLOCKED, title: str = "x", days: int = 0) -> Item:
    """One hour of 3 December UTC, or some days longer."""
    start = datetime(2026, 12, 3, hour, tzinfo=UTC)
    return Item(start, start + timedelta(hours=1, days=days), kind, title, key=f"{hour}")


def cells(*items: Item) -> list[Cell]:
    period = period_of(View.MONTH, date(2026, 12, 1), 1)
    weeks = lay_out_month(Diary(list(items), [], [], []), period, zone=BERLIN, now=NOW)
    assert [len(week) for week in weeks] == [7] * 5
    return [cell for week in weeks for cell in week]


def shown(cell: Cell) -> tuple[list[str], int, int]:
    return [one.title for one in cell.items], cell.more, cell.bookings


def test_days_of_other_months_and_today_are_marked() -> None:
    month = cells()
    assert [cell.date.day for cell in month if cell.is_outside] == [30, 1, 2, 3]
    assert [cell.date for cell in month if cell.is_today] == [date(2026, 12, 1)]


def test_three_items_have_room_and_of_more_two_are_shown() -> None:
    assert shown(cells(item(8), item(9), item(10))[3]) == (["x", "x", "x"], 0, 0)
    assert shown(cells(item(8), item(9), item(10), item(11))[3]) == (["x", "x"], 2, 0)


def test_bookings_come_before_events_and_travel_is_left_out() -> None:
    late = [item(hour, ItemKind.BOOKING, f"Clara {hour}") for hour in (14, 15)]
    assert shown(cells(item(8), item(9), item(10, ItemKind.TRAVEL), *late)[3]) == (["Clara 14", "Clara 15"], 2, 2)


def test_what_lasts_several_days_stands_on_each() -> None:
    assert [cell.date.day for cell in cells(item(8, days=2)) if cell.items] == [3, 4, 5]
