"""Stops dateutil after a number of steps, for which it has no public way."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from dateutil.rrule import HOURLY, YEARLY  # type: ignore[import-untyped] # its stubs are not installed


class PastWindow(Exception):
    """dateutil has looked at all days up to the end of the window."""


class StepCounter:
    """Counts down the steps of one rule."""

    left = 0


class _CountingSet(frozenset[int]):
    """A set that raises PastWindow after so many membership tests. dateutil makes one or more in each of its steps."""

    counter: StepCounter

    def __contains__(self, number: object) -> bool:
        self.counter.left -= 1
        if self.counter.left < 0:
            raise PastWindow
        return super().__contains__(number)


def watch(rule: Any) -> StepCounter:
    """Give dateutil counting sets for the tests in its loops, because it has no public way to be stopped.

    The first test of each day is that of the month. With numbered days of a year it is that of the weekday, because
    `20MO` would count in each month. Within a day dateutil tests hours, minutes and seconds.
    """
    counter = StepCounter()
    if rule._freq == YEARLY and rule._bynweekday and not rule._bymonth:
        rule._byweekday = _counting(rule._byweekday or range(7), counter)
    else:
        rule._bymonth = _counting(rule._bymonth or range(1, 13), counter)
    if rule._freq >= HOURLY:
        for name in ("_byhour", "_byminute", "_bysecond"):
            if getattr(rule, name):
                setattr(rule, name, _counting(getattr(rule, name), counter))
    return counter


def _counting(numbers: Iterable[int], counter: StepCounter) -> _CountingSet:
    found = _CountingSet(numbers)
    found.counter = counter
    return found
