"""What becomes of a day that a month does not have."""

from __future__ import annotations

import pytest

from tests.connections.ical.museum import series_days


@pytest.mark.parametrize(
    ("rule", "start", "expected"),
    [
        (
            "FREQ=MONTHLY;SKIP=BACKWARD;COUNT=4",
            "20261231",
            ["2026-12-31", "2027-01-31", "2027-02-28", "2027-03-31"],
        ),
        ("FREQ=MONTHLY;SKIP=BACKWARD;COUNT=3", "20270129", ["2027-01-29", "2027-02-28", "2027-03-29"]),
        ("FREQ=MONTHLY;SKIP=FORWARD;COUNT=2", "20270128", ["2027-01-28", "2027-02-28"]),
        ("FREQ=YEARLY;SKIP=BACKWARD", "20240229", ["2027-02-28"]),
        ("FREQ=YEARLY;SKIP=FORWARD", "20240229", ["2027-03-01"]),
        ("FREQ=YEARLY;SKIP=FORWARD", "20251231", ["2026-12-31"]),
        ("FREQ=DAILY;SKIP=FORWARD;COUNT=2", "20261231", ["2026-12-31", "2027-01-01"]),
        ("FREQ=MONTHLY;SKIP=FORWARD;UNTIL=20270301", "20261231", ["2026-12-31", "2027-01-31", "2027-03-01"]),
        ("FREQ=MONTHLY;SKIP=BACKWARD;BYMONTHDAY=31;COUNT=3", "20261231", ["2026-12-31", "2027-01-31", "2027-02-28"]),
        ("FREQ=MONTHLY;SKIP=FORWARD;INTERVAL=2;COUNT=3", "20261231", ["2026-12-31", "2027-03-01", "2027-05-01"]),
        ("FREQ=MONTHLY;SKIP=FORWARD;BYMONTH=12,2;COUNT=3", "20261231", ["2026-12-31", "2027-03-01"]),
        ("FREQ=MONTHLY;SKIP=BACKWARD;BYDAY=5MO;COUNT=2", "20261130", ["2026-11-30", "2027-03-29"]),
        ("FREQ=YEARLY;SKIP=BACKWARD;BYMONTH=2;BYMONTHDAY=1,30", "20260201", ["2027-02-01", "2027-02-28"]),
    ],
)
def test_a_day_that_a_month_lacks_is_moved_as_the_rule_says(rule, start, expected):
    """RFC 7529 4.1."""
    assert series_days(f"RSCALE=GREGORIAN;{rule}", start) == (expected, "")
