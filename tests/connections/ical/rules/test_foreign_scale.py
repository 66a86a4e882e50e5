"""Rules of a calendar system that is not supported."""

from __future__ import annotations

from datetime import datetime

from connections.ical.moments import Moment
from connections.ical.rules.foreign_scale import approximate_rules
from tests.connections.ical.museum import BERLIN


def test_an_anniversary_may_fall_on_any_day_within_a_month_of_the_same_date() -> None:
    start = Moment(datetime.fromisoformat("2026-01-15"), None, is_date=True)
    days = [*range(1, 47), *range(350, 367)]

    assert approximate_rules("RSCALE=HEBREW;FREQ=YEARLY;UNTIL=20300101", start, BERLIN) == [
        f"FREQ=YEARLY;BYYEARDAY={','.join(map(str, days))};UNTIL=20300101"
    ]
