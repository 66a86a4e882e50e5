"""What a calendar page draws, as plain values: pure functions of items, dates and a zone. No tables, no clock."""

from __future__ import annotations

from bookings.pages.week.layout.columns import Board, Piece, WeekDay, lay_out_side_by_side, lay_out_week
from bookings.pages.week.layout.items import Diary, Item, ItemKind
from bookings.pages.week.layout.lists import Agenda, ListedDay, lay_out_list
from bookings.pages.week.layout.months import Cell, lay_out_month
from bookings.pages.week.layout.periods import Period, View, period_of, week_start

__all__ = [
    "Agenda",
    "Board",
    "Cell",
    "Diary",
    "Item",
    "ItemKind",
    "ListedDay",
    "Period",
    "Piece",
    "View",
    "WeekDay",
    "lay_out_list",
    "lay_out_month",
    "lay_out_side_by_side",
    "lay_out_week",
    "period_of",
    "week_start",
]
