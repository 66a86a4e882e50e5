"""SKIP (RFC 7529 4.1): what becomes of a day that a month does not have."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Mapping
from datetime import datetime

from connections.ical.rules.parts import MONTHS, PLAIN_PARTS, TIME_PARTS

SKIPS = frozenset({"BACKWARD", "FORWARD", "OMIT"})


def can_skip(parts: Mapping[str, str]) -> bool:
    """Does SKIP change anything? Only for days of the month, because only these can be missing.

    Raises ValueError for what is not supported.
    """
    skip = parts.get("SKIP", "OMIT")
    if skip not in SKIPS:
        raise ValueError("SKIP with a value that is not known")
    if skip == "OMIT" or parts["FREQ"] not in MONTHS or ("BYDAY" in parts and "BYMONTHDAY" not in parts):
        return False
    supported = PLAIN_PARTS | {"COUNT", "UNTIL", "SKIP", "BYMONTHDAY", "BYMONTH", *TIME_PARTS}
    if not parts.keys() <= supported or "-" in parts.get("BYMONTHDAY", ""):
        raise ValueError("SKIP with these parts is not supported")
    return True


class Skip:
    """Moves days that a month does not have to its last day or to the first of the next month (RFC 7529 4.1).

    dateutil computes all days that are possible, and `keeps` chooses among them.
    """

    def __init__(self, parts: Mapping[str, str], start: datetime, interval: int) -> None:
        self.start = start
        self.interval = interval
        self.forward = parts["SKIP"] == "FORWARD"
        self.yearly = parts["FREQ"] == "YEARLY"
        months = parts.get("BYMONTH", str(start.month) if self.yearly else "")
        self.months = set(map(int, months.split(","))) if months else set(range(1, 13))
        self.days = set(map(int, parts.get("BYMONTHDAY", str(start.day)).split(",")))

    def candidates(self, parts: dict[str, str]) -> dict[str, str]:
        """The parts of a rule for all days that are possible."""
        days = self.days | ({1} if self.forward else set(range(28, max(self.days) + 1)))
        kept = {name: value for name, value in parts.items() if name != "BYMONTH"}
        return kept | {"FREQ": "MONTHLY", "INTERVAL": "1", "BYMONTHDAY": ",".join(map(str, sorted(days)))}

    def keeps(self, time: datetime) -> bool:
        """Is that day one that the rule names, or one to which such a day is moved?"""
        if time.day in self.days and self._is_chosen(time.year, time.month):
            return True
        year, month = (time.year, time.month)
        if self.forward:
            year, month = divmod(year * 12 + month - 2, 12)
            month += 1
        last = monthrange(year, month)[1]
        is_moved = time.day == (1 if self.forward else last)
        return is_moved and max(self.days) > last and self._is_chosen(year, month)

    def _is_chosen(self, year: int, month: int) -> bool:
        years = year - self.start.year
        passed = years if self.yearly else years * 12 + month - self.start.month
        return passed >= 0 and passed % self.interval == 0 and month in self.months
