"""What is read of a rule that makes no sense as a whole."""

from __future__ import annotations

import pytest

from tests.connections.ical.museum import series_days


@pytest.mark.parametrize("until", ["20261231T240000Z", "20270230T000000Z", "20270230", "20261231T235959+9", "soon"])
def test_an_end_that_is_no_time_does_not_end_the_series(until):
    found, problem = series_days(f"FREQ=MONTHLY;UNTIL={until}", "20261215")

    assert (found[0], found[-1], len(found), problem) == ("2026-12-15", "2027-11-15", 12, "unreadable")


@pytest.mark.parametrize("rule", ["FREQ=DAILY;UNTIL=20261214", "FREQ=DAILY;UNTIL=00010101T000000Z"])
def test_an_end_before_the_start_leaves_the_first_time_and_is_named(rule):
    """RFC 5545 3.8.5.3: DTSTART counts as the first instance."""
    assert series_days(rule, "20261215") == (["2026-12-15"], "unreadable")


def test_the_first_time_of_a_series_that_ends_before_it_can_be_left_out():
    assert series_days("FREQ=DAILY;UNTIL=20261214\nEXDATE;VALUE=DATE:20261215", "20261215") == ([], "unreadable")


def test_among_days_that_exist_one_that_does_not_is_left_out():
    found = series_days("FREQ=MONTHLY;BYMONTHDAY=0,1,32;COUNT=2", "20261201")

    assert found == (["2026-12-01", "2027-01-01"], "unreadable")
