"""The strict reading of a rule."""

from __future__ import annotations

import pytest

from tests.connections.ical.museum import calendar, expanded, series_days


def test_the_name_of_the_property_written_twice_is_forgiven():
    assert series_days("RRULE:FREQ=MONTHLY;COUNT=2", "20261215") == (["2026-12-15", "2027-01-15"], "")


@pytest.mark.parametrize(
    "part", ["BYMONTHDAY=0", "BYMONTHDAY=32", "BYMONTH=13", "BYMONTH=-1", "BYYEARDAY=0", "BYWEEKNO=0", "BYWEEKNO=54"]
)
def test_a_day_that_no_calendar_has_is_no_rule(part):
    assert series_days(f"FREQ=YEARLY;{part}", "20261205") == (["2026-12-05"], "unreadable")


@pytest.mark.parametrize(
    ("rule", "days"),
    [
        ("FREQ=MONTHLY;BYDAY=MO,2TU;UNTIL=20261231T000000Z", [1, 7, 8, 14, 21, 28]),
        ("FREQ=YEARLY;BYMONTH=12;BYDAY=1SU,FR;UNTIL=20261231T000000Z", [1, 4, 6, 11, 18, 25]),
    ],
)
def test_plain_and_numbered_days_together_mean_either(rule, days):
    event = f"UID:x\nDTSTART:20261201T100000Z\nDURATION:PT1H\nRRULE:{rule}"

    assert [instance.start.day for instance in expanded(calendar(event)).instances] == days


@pytest.mark.parametrize(
    ("until", "last"),
    [
        ("20261203T090000Z", "2026-12-03"),
        ("20261203T085959Z", "2026-12-02"),
        ("20261203T100000", "2026-12-03"),
        ("20261203T095959", "2026-12-02"),
        ("20261203", "2026-12-03"),
    ],
)
def test_until_of_a_timed_series_is_inclusive_in_each_value_type(until, last):
    event = f"UID:x\nDTSTART;TZID=Europe/Berlin:20261201T100000\nDURATION:PT1H\nRRULE:FREQ=DAILY;UNTIL={until}"

    assert f"{expanded(calendar(event)).instances[-1].start:%Y-%m-%d}" == last


@pytest.mark.parametrize(
    "until", ["20261203", "20261203T000000Z", "20261202T230000Z", "20261203T235959Z", "20261203T000000"]
)
def test_until_of_an_all_day_series_names_its_last_day_in_each_value_type(until):
    event = f"UID:x\nDTSTART;VALUE=DATE:20261201\nRRULE:FREQ=DAILY;UNTIL={until}"

    assert expanded(calendar(event)).instances[-1].recurrence_id == "2026-12-03"
