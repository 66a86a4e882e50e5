"""Rules against brute force, and against dateutil counting from the very beginning."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import takewhile

import pytest
from dateutil.rrule import rrulestr
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from connections.ical import reduce
from connections.ical.moments import Moment
from connections.ical.recurrence import Budget, RecurrenceRule, TooMany, fit_rule, safe_rules
from tests.connections.ical.museum import BERLIN, calendar, expanded

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


def test_a_count_that_must_be_counted_is_bounded():
    text = "FREQ=DAILY;COUNT=100000000;BYHOUR=0,6,12,18;BYMINUTE=0,15,30,45;BYSECOND=0,20,40"
    repetition = RecurrenceRule(text, Moment(wall("1950-01-01"), None), BERLIN, Budget())

    with pytest.raises(TooMany):
        repetition.between(wall("2026-01-01"), wall("2027-01-01"))


@pytest.mark.parametrize(
    ("count", "endless"), [("COUNT=5", False), ("COUNT=500", True), ("UNTIL=20270101T000000Z", False)]
)
def test_a_rule_is_endless_if_it_may_go_on_past_the_window(count, endless):
    event = f"UID:x\nDTSTART:20261201T100000Z\nDURATION:PT1H\nRRULE:FREQ=DAILY;{count}"

    assert expanded(calendar(event)).endless == endless


def days(rule: str, start: str) -> tuple[list[str], str]:
    """Days of an all-day series in the window, and its problem."""
    result = expanded(calendar(f"UID:x\nDTSTART;VALUE=DATE:{start}\nRRULE:{rule}"))
    return [instance.recurrence_id for instance in result.instances], result.problem


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
    assert days(f"RSCALE=GREGORIAN;{rule}", start) == (expected, "")


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
    assert days(f"RSCALE=GREGORIAN;{rule}", start) == (expected, "unreadable")


@pytest.mark.parametrize("until", ["20261231T240000Z", "20270230T000000Z", "20270230", "20261231T235959+9", "soon"])
def test_an_end_that_is_no_time_does_not_end_the_series(until):
    found, problem = days(f"FREQ=MONTHLY;UNTIL={until}", "20261215")

    assert (found[0], found[-1], len(found), problem) == ("2026-12-15", "2027-11-15", 12, "unreadable")


def test_the_name_of_the_property_written_twice_is_forgiven():
    assert days("RRULE:FREQ=MONTHLY;COUNT=2", "20261215") == (["2026-12-15", "2027-01-15"], "")


@pytest.mark.parametrize("rule", ["FREQ=DAILY;UNTIL=20261214", "FREQ=DAILY;UNTIL=00010101T000000Z"])
def test_an_end_before_the_start_leaves_the_first_time_and_is_named(rule):
    """RFC 5545 3.8.5.3: DTSTART counts as the first instance."""
    assert days(rule, "20261215") == (["2026-12-15"], "unreadable")


def test_the_first_time_of_a_series_that_ends_before_it_can_be_left_out():
    assert days("FREQ=DAILY;UNTIL=20261214\nEXDATE;VALUE=DATE:20261215", "20261215") == ([], "unreadable")


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        ("FREQ=YEARLY;BYWEEKNO=49", ["2026-12-01"]),
        ("FREQ=YEARLY;BYWEEKNO=49,51;UNTIL=20261231", ["2026-12-01", "2026-12-15"]),
        ("FREQ=YEARLY;BYWEEKNO=49;BYDAY=TU,WE;UNTIL=20261231", ["2026-12-01", "2026-12-02"]),
    ],
)
def test_a_week_of_the_year_means_the_weekday_of_the_start(rule, expected):
    assert days(rule, "20261201") == (expected, "")


@pytest.mark.parametrize(
    "part", ["BYMONTHDAY=0", "BYMONTHDAY=32", "BYMONTH=13", "BYMONTH=-1", "BYYEARDAY=0", "BYWEEKNO=0", "BYWEEKNO=54"]
)
def test_a_day_that_no_calendar_has_is_no_rule(part):
    assert days(f"FREQ=YEARLY;{part}", "20261205") == (["2026-12-05"], "unreadable")


def test_among_days_that_exist_one_that_does_not_is_left_out():
    assert days("FREQ=MONTHLY;BYMONTHDAY=0,1,32;COUNT=2", "20261201") == (["2026-12-01", "2027-01-01"], "unreadable")


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


def test_a_part_that_repeats_its_values_until_the_rule_is_too_long_loses_none() -> None:
    hours = ",".join(["10", "15"] * 2500)

    assert fit_rule(f"FREQ=DAILY;BYHOUR={hours};COUNT=4") == "FREQ=DAILY;BYHOUR=10,15;COUNT=4"


def test_a_rule_that_is_too_long_loses_the_long_part_alone() -> None:
    fitted = fit_rule(f"X-A={'A' * 9000};BYDAY={'B' * 9999};FREQ=DAILY;UNTIL=20261203")

    assert (fitted, fit_rule(fitted)) == ("FREQ=DAILY;UNTIL=20261203;LOST=1", fitted)


@pytest.mark.parametrize("size", [10_000, 90_000, 200_000])
def test_what_stands_behind_a_part_that_is_too_long_is_obeyed(size: int) -> None:
    event = f"UID:x\nDTSTART;VALUE=DATE:20261201\nRRULE:X-A={'A' * size};FREQ=DAILY;UNTIL=20261203"
    whole = expanded(calendar(event))
    kept = expanded(reduce(calendar(event), titles=False))

    assert ([i.recurrence_id for i in whole.instances], whole.problem) == (
        ["2026-12-01", "2026-12-02", "2026-12-03"],
        "unreadable",
    )
    assert (kept.instances, kept.problem) == (whole.instances, whole.problem)


def test_a_rule_that_contradicts_itself_in_a_thousand_ways_blocks_from_its_start() -> None:
    rule = ";".join(f"INTERVAL={number}" for number in range(1, 700))
    result = expanded(calendar(f"UID:x\nDTSTART:20261201T090000Z\nDURATION:PT1H\nRRULE:FREQ=DAILY;{rule}"))

    assert [(instance.start, instance.end) for instance in result.instances] == [
        (datetime(2026, 12, 1, 9, tzinfo=UTC), datetime(2027, 12, 1, tzinfo=UTC))
    ]
    assert result.problem == "too_many_occurrences"


@pytest.mark.parametrize("lines", ["RRULE:", "RRULE: ", "RRULE:\nRRULE:FREQ=DAILY;COUNT=1"])
def test_an_empty_rule_is_a_problem(lines: str) -> None:
    result = expanded(calendar(f"UID:x\nDTSTART;VALUE=DATE:20261201\n{lines}"))

    assert ([instance.start.day for instance in result.instances], result.problem) == ([30], "unreadable")
