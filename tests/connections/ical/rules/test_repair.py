"""The rules that are computed instead of one that makes no sense."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from connections.ical.moments import Moment
from connections.ical.rules.repair import safe_rules
from tests.connections.ical.museum import BERLIN, calendar, expanded, series_days

SAFE = [
    # the rule, the rules that are computed instead, and whether it was understood
    ("FREQ=WEEKLY;BYDAY=MO;X-ODD=1", ["FREQ=WEEKLY;BYDAY=MO;X-ODD=1"], True),
    ("FREQ=WEEKLY;BYDAY=MO,XX;COUNT=4", ["FREQ=WEEKLY;INTERVAL=1;WKST=MO;BYDAY=MO;COUNT=4"], False),
    (
        "FREQ=WEEKLY;BYDAY=MO;WKST=",
        ["FREQ=WEEKLY;INTERVAL=1;WKST=MO;BYDAY=MO", "FREQ=WEEKLY;INTERVAL=1;WKST=SU;BYDAY=MO"],
        False,
    ),
    ("FREQ=WEEKLY;INTERVAL=2;INTERVAL=3", ["FREQ=WEEKLY;INTERVAL=2;WKST=MO", "FREQ=WEEKLY;INTERVAL=3;WKST=MO"], False),
    ("FREQ=WEEKLY;FREQ=DAILY", ["FREQ=WEEKLY;INTERVAL=1;WKST=MO", "FREQ=DAILY;INTERVAL=1;WKST=MO"], False),
    ("FREQ=MONTHLY;BYDAY=MO,TU;BYSETPOS=1;FOO=1;COUNT=2", ["FREQ=MONTHLY;INTERVAL=1;WKST=MO;BYDAY=MO,TU"], False),
    ("FREQ=WEEKLY;BYDAY=Monday,Thursday", ["FREQ=WEEKLY;INTERVAL=1;WKST=MO;BYDAY=MO,TH"], False),
    ("FREQ=WEEKLY;BYDAY=SA TU WE/Fri", ["FREQ=WEEKLY;INTERVAL=1;WKST=MO;BYDAY=SA,TU,WE,FR"], False),
    ("FREQ=MONTHLY;BYDAY=-1SUN,2Sat", ["FREQ=MONTHLY;INTERVAL=1;WKST=MO;BYDAY=-1SU,2SA"], False),
    ("FREQ=WEEKLY;BYDAY=MO;TU;WE", ["FREQ=WEEKLY;INTERVAL=1;WKST=MO;BYDAY=MO,TU,WE"], False),
    ("FREQ=MONTHLY;BYMONTHDAY=1;15;COUNT=3", ["FREQ=MONTHLY;INTERVAL=1;WKST=MO;BYMONTHDAY=1,15;COUNT=3"], False),
    ("FREQ=MONTHLY;BYSETPOS=2", ["FREQ=MONTHLY;INTERVAL=1;WKST=MO"], False),
    ("FREQ=DAILY;COUNT=0", ["FREQ=DAILY;INTERVAL=1;WKST=MO"], False),
    ("FREQ=DAILY;UNTIL=20261301;COUNT=3", ["FREQ=DAILY;INTERVAL=1;WKST=MO;COUNT=3"], False),
    ("FREQ=YEARLY;BYWEEKNO=20;BYDAY=1MO", ["FREQ=YEARLY;INTERVAL=1;WKST=MO;BYWEEKNO=20;BYDAY=MO"], False),
    ("RSCALE=ISLAMIC-CIVIL;FREQ=YEARLY", ["FREQ=DAILY"], True),
    ("RSCALE=HEBREW;FREQ=MONTHLY;UNTIL=20270101", ["FREQ=DAILY;UNTIL=20270101"], True),
    ("RSCALE=HEBREW;FREQ=MONTHLY;UNTIL=soon", ["FREQ=DAILY"], True),
    ("RSCALE=HEBREW;FREQ=DAILY;SKIP=BACKWARD", ["RSCALE=HEBREW;FREQ=DAILY;SKIP=BACKWARD"], True),
    ("EVERY DAY", ["FREQ=DAILY;INTERVAL=1;WKST=MO"], False),
    ("WEEKLY", ["FREQ=WEEKLY;INTERVAL=1;WKST=MO"], False),
    ("FREQ=FORTNIGHTLY;BYDAY=TU", ["FREQ=WEEKLY;INTERVAL=1;WKST=MO;BYDAY=TU"], False),
    ("FREQ=FORTNIGHTLY;INTERVAL=2;COUNT=3", ["FREQ=DAILY;INTERVAL=1;WKST=MO"], False),
    ("BYDAY=TU;COUNT=3", ["FREQ=WEEKLY;INTERVAL=1;WKST=MO;BYDAY=TU"], False),
    ("BYDAY=2TU;UNTIL=20270101", ["FREQ=WEEKLY;INTERVAL=1;WKST=MO;BYDAY=2TU;UNTIL=20270101"], False),
    ("FREQ=;BYMONTHDAY=5", ["FREQ=MONTHLY;INTERVAL=1;WKST=MO;BYMONTHDAY=5"], False),
    ("FREQ=WEEKLY,BYDAY=TU,WE,COUNT=3", ["FREQ=WEEKLY;INTERVAL=1;WKST=MO;BYDAY=TU,WE;COUNT=3"], False),
    ("FREQ:DAILY;COUNT:3", ["FREQ=DAILY;INTERVAL=1;WKST=MO;COUNT=3"], False),
    ('"FREQ=DAILY;COUNT=3"', ["FREQ=DAILY;INTERVAL=1;WKST=MO;COUNT=3"], False),
    ("FREQ=DAILY\\;COUNT=3", ["FREQ=DAILY;INTERVAL=1;WKST=MO;COUNT=3"], False),
    ("FREQ=DAILY UNTIL=20261203", ["FREQ=DAILY;INTERVAL=1;WKST=MO;UNTIL=20261203"], False),
    ("FREQ=WEEKLY,DAILY", ["FREQ=WEEKLY;INTERVAL=1;WKST=MO", "FREQ=DAILY;INTERVAL=1;WKST=MO"], False),
    ("FREQ=MONTHLY;BYMONTHDAY=32,5", ["FREQ=MONTHLY;INTERVAL=1;WKST=MO;BYMONTHDAY=5"], False),
    ("FREQ=YEARLY;BYMONTH=13,12", ["FREQ=YEARLY;INTERVAL=1;WKST=MO;BYMONTH=12"], False),
    ("FREQ=MONTHLY;BYDAY=6TU,1WE", ["FREQ=MONTHLY;INTERVAL=1;WKST=MO;BYDAY=1WE"], False),
    ("FREQ=MONTHLY;BYDAY=-6TU;COUNT=3", ["FREQ=MONTHLY;INTERVAL=1;WKST=MO"], False),
    ("FREQ=YEARLY;BYDAY=54MO,20MO", ["FREQ=YEARLY;INTERVAL=1;WKST=MO;BYDAY=20MO"], False),
    ("FREQ=YEARLY;BYYEARDAY=-400,340", ["FREQ=YEARLY;INTERVAL=1;WKST=MO;BYYEARDAY=340"], False),
    ("FREQ=HOURLY;BYHOUR=10,24", ["FREQ=HOURLY;INTERVAL=1;WKST=MO;BYHOUR=10"], False),
    ("RSCALE=HEBREW;FREQ=YEARLY;BYMONTH=5L,1;FOO=1;UNTIL=20270101", ["FREQ=DAILY;UNTIL=20270101"], False),
    (
        "FREQ=MONTHLY;SKIP=FOO;BYMONTHDAY=31;COUNT=2",
        [
            "FREQ=MONTHLY;INTERVAL=1;WKST=MO;SKIP=BACKWARD;BYMONTHDAY=31;COUNT=2",
            "FREQ=MONTHLY;INTERVAL=1;WKST=MO;SKIP=FORWARD;BYMONTHDAY=31;COUNT=2",
            "FREQ=MONTHLY;INTERVAL=1;WKST=MO;BYMONTHDAY=31;COUNT=2",
        ],
        False,
    ),
    (
        "FREQ=MONTHLY;SKIP=BACKWARD;INTERVAL=2;BYMONTHDAY=-30;COUNT=4",
        [
            "FREQ=MONTHLY;INTERVAL=2;WKST=MO;BYMONTHDAY=-30;COUNT=4",
            "FREQ=MONTHLY;BYMONTH=2;BYMONTHDAY=1;COUNT=8",
            "FREQ=MONTHLY;BYMONTH=1;BYMONTHDAY=-1;COUNT=8",
        ],
        False,
    ),
]


@pytest.mark.parametrize(("rule", "computed", "is_certain"), SAFE)
def test_of_a_rule_that_makes_no_sense_each_value_that_can_be_read_is_kept(rule, computed, is_certain):
    start = Moment(datetime.fromisoformat("2026-12-01T10:00"), BERLIN)
    found, certain = safe_rules(rule, start, BERLIN)

    assert ([sorted(text.split(";")) for text in found], certain) == (
        [sorted(text.split(";")) for text in computed],
        is_certain,
    )


@pytest.mark.parametrize("rule", ["FREQ=HOURLY;INTERVAL=24;COUNT=3", "FREQ=MINUTELY;INTERVAL=2880"])
def test_the_hours_between_dates_are_not_taken_for_days(rule: str) -> None:
    start = Moment(datetime.fromisoformat("2026-12-01"), None, is_date=True)

    assert safe_rules(rule, start, BERLIN) == (["FREQ=DAILY;INTERVAL=1;WKST=MO"], False)


@pytest.mark.parametrize(
    ("rule", "start", "expected"),
    [
        ("FREQ=MONTHLY;SKIP=SIDEWAYS;COUNT=2", "20261231", ["2026-12-31", "2027-01-31"]),
        (
            "FREQ=MONTHLY;SKIP=FOO;UNTIL=20270331",
            "20261231",
            ["2026-12-31", "2027-01-31", "2027-02-28", "2027-03-01", "2027-03-31"],
        ),
        (
            "FREQ=MONTHLY;SKIP=BACKWARD;BYMONTHDAY=-31;UNTIL=20270401",
            "20261201",
            ["2026-12-01", "2027-01-01", "2027-01-31", "2027-02-01", "2027-03-01", "2027-03-31", "2027-04-01"],
        ),
        (
            "FREQ=YEARLY;SKIP=FORWARD;BYYEARDAY=366;UNTIL=20270630",
            "20241231",
            ["2026-12-31", "2027-01-01"],
        ),
    ],
)
def test_a_day_that_cannot_be_moved_for_certain_blocks_wherever_it_may_be(rule, start, expected):
    assert series_days(f"RSCALE=GREGORIAN;{rule}", start) == (expected, "unreadable")


def test_a_rule_that_contradicts_itself_in_a_thousand_ways_blocks_from_its_start() -> None:
    rule = ";".join(f"INTERVAL={number}" for number in range(1, 700))
    result = expanded(calendar(f"UID:x\nDTSTART:20261201T090000Z\nDURATION:PT1H\nRRULE:FREQ=DAILY;{rule}"))

    assert [(instance.start, instance.end) for instance in result.instances] == [
        (datetime(2026, 12, 1, 9, tzinfo=UTC), datetime(2027, 12, 1, tzinfo=UTC))
    ]
    assert result.problem == "too_many_occurrences"
