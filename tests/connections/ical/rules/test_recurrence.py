"""Rules against brute force, and against dateutil counting from the very beginning."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import takewhile

import pytest
from dateutil.rrule import rrulestr
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from connections.ical.moments import Moment
from connections.ical.rules.budget import Budget, TooMany
from connections.ical.rules.recurrence import RecurrenceRule
from tests.connections.ical.museum import BERLIN, calendar, expanded, series_days

wall = datetime.fromisoformat
WEEKDAYS = ["MO", "TU", "WE", "TH", "FR", "SA", "SU"]
starts = st.datetimes(wall("2019-01-01"), wall("2027-06-01")).map(lambda time: time.replace(microsecond=0))
day_sets = st.lists(st.sampled_from(WEEKDAYS), unique=True, max_size=4)


def ints(name: str, low: int, high: int):
    numbers = st.integers(low, high).filter(bool)
    return st.lists(numbers, min_size=1, max_size=3, unique=True).map(lambda n: f";{name}={','.join(map(str, n))}")


def maybe(part):
    return st.just("") | part


plain_days = st.lists(st.sampled_from(WEEKDAYS), min_size=1, max_size=3, unique=True).map(
    lambda d: f";BYDAY={','.join(d)}"
)
numbered_days = st.lists(
    st.tuples(st.sampled_from([1, 2, 4, 5, -1, -2]), st.sampled_from(WEEKDAYS)), min_size=1, max_size=2, unique=True
).map(lambda days: ";BYDAY=" + ",".join(f"{number}{day}" for number, day in days))
months, monthdays = ints("BYMONTH", 1, 12), ints("BYMONTHDAY", -5, 31)
hours, setpos = ints("BYHOUR", 1, 23), ints("BYSETPOS", -3, 3)


def rule(freq: str, *parts):
    interval = st.integers(1, 5).map(lambda number: f";INTERVAL={number}")
    return st.tuples(st.just(f"FREQ={freq}"), maybe(interval), *map(maybe, parts)).map("".join)


rules = st.one_of(
    rule("YEARLY", months, monthdays, plain_days, hours),
    rule("YEARLY", months, numbered_days),
    rule("YEARLY", ints("BYYEARDAY", -366, 366)),
    rule("YEARLY", ints("BYWEEKNO", 1, 53), plain_days),
    rule("MONTHLY", months, monthdays, plain_days, setpos.filter(bool)),
    rule("MONTHLY", numbered_days, hours),
    rule("WEEKLY", months, plain_days, st.just(";WKST=SU"), hours),
    rule("DAILY", months, monthdays, plain_days, hours),
    rule("HOURLY", months, plain_days, hours),
).filter(lambda text: "BYSETPOS" not in text or "BYDAY" in text or "BYMONTHDAY" in text)
ends = st.one_of(
    st.just(""),
    st.integers(1, 40).map(lambda count: f";COUNT={count}"),
    st.datetimes(wall("2025-01-01"), wall("2028-01-01")).map(lambda until: f";UNTIL={until:%Y%m%dT%H%M%S}"),
)


@pytest.mark.slow
@given(start=starts, text=rules, end=ends, after=st.datetimes(wall("2020-01-01"), wall("2027-01-01")))
@settings(max_examples=400, deadline=None)
def test_counting_from_shortly_before_the_window_gives_what_counting_from_the_start_gives(start, text, end, after):
    before = after + timedelta(days=500)
    assume("UNTIL" not in end or wall(end.removeprefix(";UNTIL=")) >= start)
    weekday = f";BYDAY={WEEKDAYS[start.weekday()]}" if "BYWEEKNO" in text and "BYDAY" not in text else ""
    try:
        whole = rrulestr(text + weekday + end, dtstart=start)
    except ValueError:
        assume(False)

    found = RecurrenceRule(text + end, Moment(start, None), BERLIN, Budget()).between(after, before)

    assert found == [time for time in takewhile(lambda time: time <= before, whole) if time >= after]


@pytest.mark.slow
@given(start=starts, interval=st.integers(1, 4), days=day_sets, count=st.none() | st.integers(1, 60))
@settings(max_examples=150, deadline=None)
def test_a_weekly_rule_falls_on_the_days_that_counting_by_hand_gives(start, interval, days, count):
    rule = f"FREQ=WEEKLY;INTERVAL={interval}" + (f";BYDAY={','.join(days)}" if days else "")
    rule += f";COUNT={count}" if count else ""
    monday = start.date() - timedelta(days=start.weekday())
    wanted = {WEEKDAYS.index(day) for day in days} or {start.weekday()}

    by_hand = []
    for number in range((date(2028, 1, 1) - start.date()).days):
        day = start.date() + timedelta(days=number)
        if day.weekday() in wanted and (day - monday).days // 7 % interval == 0:
            by_hand.append(day)

    event = f"UID:x\nDTSTART;TZID=Europe/Berlin:{start:%Y%m%dT%H%M%S}\nDURATION:PT1M\nRRULE:{rule}"
    window = (datetime(2018, 1, 1, tzinfo=UTC), datetime(2027, 12, 31, tzinfo=UTC))
    found = {
        instance.start.astimezone(BERLIN).date() for instance in expanded(calendar(event), window=window).instances
    }
    expected = set(by_hand[:count] if count else [day for day in by_hand if day < date(2027, 12, 31)])
    assert found - {date(2027, 12, 31)} == (expected | {start.date()}) - {date(2027, 12, 31)}


@pytest.mark.slow
@given(start=starts, interval=st.integers(1, 5), day=st.integers(1, 31))
@settings(max_examples=100, deadline=None)
def test_a_monthly_rule_skips_months_without_the_day(start, interval, day):
    start = start.replace(day=1)
    by_hand = []
    for number in range(0, (2027 - start.year) * 12 + 12 - start.month, interval):
        year, month = divmod(start.month - 1 + number, 12)
        try:
            by_hand.append(start.replace(year=start.year + year, month=month + 1, day=day))
        except ValueError:
            continue

    found = RecurrenceRule(f"FREQ=MONTHLY;INTERVAL={interval};BYMONTHDAY={day}", Moment(start, None), BERLIN, Budget())

    assert found.between(start, wall("2027-11-30 23:59:59")) == by_hand


NONE = [
    "",
    "FREQ=FORTNIGHTLY",
    "FREQ=DAILY;INTERVAL=0",
    "FREQ=WEEKLY;BYDAY=XX",
    "BYDAY=MO",
    "FREQ=DAILY;UNTIL=20251231",
]


@pytest.mark.parametrize("text", NONE)
def test_what_is_no_rule_is_refused(text):
    with pytest.raises((ValueError, KeyError)):
        RecurrenceRule(text, Moment(wall("2026-01-01"), None), BERLIN, Budget()).between(
            wall("2026-01-01"), wall("2027-01-01")
        )


@pytest.mark.parametrize(
    ("count", "endless"), [("COUNT=5", False), ("COUNT=500", True), ("UNTIL=20270101T000000Z", False)]
)
def test_a_rule_is_endless_if_it_may_go_on_past_the_window(count, endless):
    event = f"UID:x\nDTSTART:20261201T100000Z\nDURATION:PT1H\nRRULE:FREQ=DAILY;{count}"

    assert expanded(calendar(event)).endless == endless


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        ("FREQ=YEARLY;BYWEEKNO=49", ["2026-12-01"]),
        ("FREQ=YEARLY;BYWEEKNO=49,51;UNTIL=20261231", ["2026-12-01", "2026-12-15"]),
        ("FREQ=YEARLY;BYWEEKNO=49;BYDAY=TU,WE;UNTIL=20261231", ["2026-12-01", "2026-12-02"]),
    ],
)
def test_a_week_of_the_year_means_the_weekday_of_the_start(rule, expected):
    assert series_days(rule, "20261201") == (expected, "")


def test_a_count_that_must_be_counted_is_bounded():
    text = "FREQ=DAILY;COUNT=100000000;BYHOUR=0,6,12,18;BYMINUTE=0,15,30,45;BYSECOND=0,20,40"
    repetition = RecurrenceRule(text, Moment(wall("1950-01-01"), None), BERLIN, Budget())

    with pytest.raises(TooMany):
        repetition.between(wall("2026-01-01"), wall("2027-01-01"))
