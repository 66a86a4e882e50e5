"""dateutil stops after the steps that it is given."""

from __future__ import annotations

from datetime import datetime

import pytest
from dateutil.rrule import rrulestr

from connections.ical.rules.step_limit import PastWindow, watch

START = datetime.fromisoformat("2026-12-01T10:00")
NEVER = [
    "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30",
    "FREQ=YEARLY;BYDAY=53MO;BYYEARDAY=1",
    "FREQ=HOURLY;BYMONTH=2;BYMONTHDAY=30",
]
RULES = ["FREQ=MONTHLY;COUNT=3", "FREQ=YEARLY;BYDAY=20MO;COUNT=3", "FREQ=MINUTELY;BYHOUR=9,10;BYSECOND=0,30;COUNT=3"]


@pytest.mark.parametrize("text", NEVER)
def test_a_rule_without_times_ends_after_its_steps(text: str) -> None:
    rule = rrulestr(text, dtstart=START)
    counter = watch(rule)
    counter.left = 1000

    with pytest.raises(PastWindow):
        next(iter(rule))
    assert counter.left == -1


@pytest.mark.parametrize("text", RULES)
def test_a_rule_with_steps_enough_gives_all_of_its_times(text: str) -> None:
    rule = rrulestr(text, dtstart=START)
    watch(rule).left = 10_000

    assert list(rule) == list(rrulestr(text, dtstart=START))
