from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from availability.intervals import Span
from availability.slots import Period, Shape, narrowed, periods_overlap, possible_starts, working_spans
from tests.availability.minutes import at, minute, minutes, span, spans

MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)
ANY_TIME = {"earliest": at(-10_000), "latest": at(10_000)}


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def whole_day(zone: str, day: str) -> Span:
    midnight = datetime.fromisoformat(day).replace(tzinfo=ZoneInfo(zone))
    return midnight.astimezone(UTC), (midnight + timedelta(days=1)).astimezone(UTC)


def daily(*periods: str) -> dict[int, list[Period]]:
    """The same periods on every weekday, written "09:00-12:00"."""
    parsed = [(time.fromisoformat(start), time.fromisoformat(end)) for start, end in (p.split("-") for p in periods)]
    return dict.fromkeys(range(7), parsed)


def shape(duration: int, interval: int, before: int = 0, after: int = 0) -> Shape:
    return Shape(duration * MINUTE, interval * MINUTE, before * MINUTE, after * MINUTE)


@pytest.mark.parametrize(
    ("other", "clashes"),
    [("09:00-10:00", False), ("09:00-10:01", True), ("12:00-13:00", False), ("11:00-00:00", True)],
)
def test_periods_of_a_day_clash_when_they_share_time(other: str, clashes: bool) -> None:
    morning, another = daily("10:00-12:00", other)[0]
    assert (periods_overlap(morning, another), periods_overlap(another, morning)) == (clashes, clashes)


HOURS = [
    # zone, day, period, start and end in UTC
    ("Europe/Berlin", "2026-01-15", "09:00-17:00", "2026-01-15 08:00", "2026-01-15 16:00"),
    ("Europe/Berlin", "2026-07-15", "09:00-17:00", "2026-07-15 07:00", "2026-07-15 15:00"),
    ("Europe/Berlin", "2026-03-29", "00:00-00:00", "2026-03-28 23:00", "2026-03-29 22:00"),  # 23 hours
    ("Europe/Berlin", "2026-03-29", "01:00-05:00", "2026-03-29 00:00", "2026-03-29 03:00"),  # 3 hours
    ("Europe/Berlin", "2026-03-29", "02:30-05:00", "2026-03-29 01:00", "2026-03-29 03:00"),
    ("Europe/Berlin", "2026-03-29", "01:00-02:30", "2026-03-29 00:00", "2026-03-29 01:00"),
    ("Europe/Berlin", "2026-10-25", "00:00-00:00", "2026-10-24 22:00", "2026-10-25 23:00"),  # 25 hours
    ("Europe/Berlin", "2026-10-25", "01:00-05:00", "2026-10-24 23:00", "2026-10-25 04:00"),  # 5 hours
    ("Europe/Berlin", "2026-10-25", "02:30-05:00", "2026-10-25 00:30", "2026-10-25 04:00"),
    ("Europe/Berlin", "2026-10-25", "20:00-00:00", "2026-10-25 19:00", "2026-10-25 23:00"),
    ("America/New_York", "2026-03-08", "00:00-00:00", "2026-03-08 05:00", "2026-03-09 04:00"),
    ("America/New_York", "2026-03-08", "01:00-04:00", "2026-03-08 06:00", "2026-03-08 08:00"),
    ("America/New_York", "2026-11-01", "00:00-00:00", "2026-11-01 04:00", "2026-11-02 05:00"),
    ("America/New_York", "2026-11-01", "00:30-03:00", "2026-11-01 04:30", "2026-11-01 08:00"),
    ("Africa/Lagos", "2026-03-29", "00:00-00:00", "2026-03-28 23:00", "2026-03-29 23:00"),
    ("Asia/Kathmandu", "2026-03-29", "09:00-17:00", "2026-03-29 03:15", "2026-03-29 11:15"),
    (
        "Australia/Lord_Howe",
        "2026-10-04",
        "00:00-00:00",
        "2026-10-03 13:30",
        "2026-10-04 13:00",
    ),  # 23.5
    (
        "Australia/Lord_Howe",
        "2026-04-05",
        "00:00-00:00",
        "2026-04-04 13:00",
        "2026-04-05 13:30",
    ),  # 24.5
    ("Australia/Lord_Howe", "2026-10-04", "02:10-03:00", "2026-10-03 15:30", "2026-10-03 16:00"),
]


@pytest.mark.parametrize(("zone", "day", "period", "start", "end"), HOURS)
def test_a_working_period_is_what_the_clock_on_the_wall_says(
    zone: str, day: str, period: str, start: str, end: str
) -> None:
    assert working_spans(daily(period), {}, ZoneInfo(zone), whole_day(zone, day)) == [(utc(start), utc(end))]


def test_a_period_swallowed_by_the_change_of_clocks_is_left_out() -> None:
    window = whole_day("Europe/Berlin", "2026-03-29")
    assert working_spans(daily("02:00-03:00", "02:15-02:45"), {}, ZoneInfo("Europe/Berlin"), window) == []


def test_an_override_replaces_the_weekday_and_an_empty_one_closes_the_day() -> None:
    window = utc("2026-01-12"), utc("2026-01-15")  # Monday to Wednesday
    overrides: dict[date, list[Period]] = {date(2026, 1, 12): [(time(20), time(0))], date(2026, 1, 13): []}
    assert working_spans(daily("09:00-10:00"), overrides, ZoneInfo("UTC"), window) == [
        (utc("2026-01-12 20:00"), utc("2026-01-13 00:00")),
        (utc("2026-01-14 09:00"), utc("2026-01-14 10:00")),
    ]


def test_hours_follow_the_weekday_of_the_zone_not_of_utc() -> None:
    sunday_only = {6: [(time(0), time(1))]}
    window = utc("2026-01-10"), utc("2026-01-13")
    assert working_spans(sunday_only, {}, ZoneInfo("Pacific/Kiritimati"), window) == [
        (utc("2026-01-10 10:00"), utc("2026-01-10 11:00"))
    ]


def test_periods_at_the_edge_of_the_window_are_given_whole_and_touching_ones_left_out() -> None:
    window = utc("2026-01-12 11:00"), utc("2026-01-12 14:00")
    assert working_spans(
        daily("08:00-11:00", "10:00-12:00", "13:00-18:00", "14:00-15:00"), {}, ZoneInfo("UTC"), window
    ) == [
        (utc("2026-01-12 10:00"), utc("2026-01-12 12:00")),
        (utc("2026-01-12 13:00"), utc("2026-01-12 18:00")),
    ]


WALL_TIMES = st.builds(time, st.integers(0, 23), st.sampled_from([0, 15, 30, 45]))
CLOCK_CHANGES = st.sampled_from(
    [
        ("Europe/Berlin", date(2026, 3, 29)),
        ("Europe/Berlin", date(2026, 10, 25)),
        ("America/New_York", date(2026, 3, 8)),
        ("America/New_York", date(2026, 11, 1)),
        ("Australia/Lord_Howe", date(2026, 10, 4)),
        ("Australia/Lord_Howe", date(2026, 4, 5)),
        ("America/Santiago", date(2026, 9, 6)),
        ("America/Havana", date(2026, 11, 1)),
        ("Asia/Kathmandu", date(2026, 3, 29)),
    ]
)


def first_minute(zone: ZoneInfo, day: date, clock: time) -> datetime:
    """Watch the clock minute by minute until it shows at least ``clock`` of ``day``."""
    moment = datetime.combine(day, time(0), tzinfo=UTC) - timedelta(hours=15)
    while moment.astimezone(zone).replace(tzinfo=None) < datetime.combine(day, clock):
        moment += MINUTE
    return moment


@settings(deadline=None)  # the oracle looks at the clock thousands of times
@given(CLOCK_CHANGES, WALL_TIMES, WALL_TIMES)
def test_hours_agree_with_watching_the_clock_minute_by_minute(change: tuple[str, date], start: time, end: time) -> None:
    zone, day = ZoneInfo(change[0]), change[1]
    last_day = day + timedelta(days=1) if end == time(0) else day
    watched = first_minute(zone, day, start), first_minute(zone, last_day, end)
    window = utc(f"{day}T00:00") - 36 * HOUR, utc(f"{day}T00:00") + 60 * HOUR
    assert working_spans({}, {day: [(start, end)]}, zone, window) == ([watched] if watched[0] < watched[1] else [])


TUESDAYS_AND_THURSDAYS = {1: [(time(14), time(18))], 3: [(time(14), time(18))]}


def test_hours_are_narrowed_to_weekly_periods_whatever_they_come_from() -> None:
    hours = [
        (utc("2026-01-13 09:00"), utc("2026-01-13 17:00")),  # a Tuesday
        (utc("2026-01-14 09:00"), utc("2026-01-14 17:00")),
        (utc("2026-01-15 15:00"), utc("2026-01-15 16:00")),
        (utc("2026-01-15 16:00"), utc("2026-01-15 20:00")),
    ]
    assert narrowed(hours, TUESDAYS_AND_THURSDAYS, ZoneInfo("UTC")) == [
        (utc("2026-01-13 14:00"), utc("2026-01-13 17:00")),
        (utc("2026-01-15 15:00"), utc("2026-01-15 16:00")),
        (utc("2026-01-15 16:00"), utc("2026-01-15 18:00")),
    ]
    assert (narrowed(hours, None, ZoneInfo("UTC")), narrowed([], TUESDAYS_AND_THURSDAYS, ZoneInfo("UTC"))) == (
        hours,
        [],
    )


def test_weekly_periods_are_those_of_the_zone_on_the_day_of_a_change_of_clocks() -> None:
    berlin, sunday = ZoneInfo("Europe/Berlin"), whole_day("Europe/Berlin", "2026-03-29")
    found = narrowed([sunday], {6: [(time(1), time(4))]}, berlin)
    assert found == [(utc("2026-03-29 00:00"), utc("2026-03-29 02:00"))]


def offered(*args: object, **limits: datetime) -> list[int]:
    return [minute(start) for start in possible_starts(*args, **(limits or ANY_TIME))]  # type: ignore[arg-type]


def test_starts_are_counted_from_the_beginning_of_each_period() -> None:
    assert offered([span(7, 100), span(205, 300)], [], [], shape(30, 30)) == [7, 37, 67, 205, 235, 265]


def test_what_is_booked_ends_within_the_hours() -> None:
    assert offered([span(0, 60)], [], [], shape(45, 15)) == [0, 15]
    assert offered([span(0, 60)], [], [], shape(61, 15)) == []


def test_something_may_run_from_one_period_into_the_next_when_they_touch() -> None:
    assert offered([span(0, 60), span(60, 100)], [], [], shape(60, 40)) == [0, 40]
    assert offered([span(0, 60), span(61, 100)], [], [], shape(60, 40)) == [0]


def test_busy_time_and_taken_time_are_left_alone_but_may_be_touched() -> None:
    assert offered([span(0, 120)], [span(30, 60)], [], shape(30, 30)) == [0, 60, 90]
    assert offered([span(0, 120)], [], [span(30, 60)], shape(30, 30)) == [0, 60, 90]
    assert offered([span(0, 120)], [span(31, 32)], [span(90, 91)], shape(30, 30)) == [0, 60]


def test_buffers_keep_clear_of_what_is_busy_and_may_reach_outside_the_hours() -> None:
    assert offered([span(0, 120)], [span(60, 61)], [], shape(30, 10, before=10, after=20)) == [0, 10, 80, 90]
    assert offered([span(0, 30)], [], [], shape(30, 30, before=60, after=60)) == [0]
    assert offered([span(0, 30)], [span(-5, 0)], [], shape(30, 30, before=1)) == []


def test_the_limits_are_half_open_and_do_not_move_the_steps() -> None:
    assert offered([span(0, 300)], [], [], shape(30, 30), earliest=at(31), latest=at(90)) == [60]
    assert offered([span(0, 300)], [], [], shape(30, 30), earliest=at(30), latest=at(91)) == [30, 60, 90]


def test_nothing_starts_in_full_time_but_what_started_before_may_run_into_it() -> None:
    found = possible_starts([span(0, 120)], [], [], shape(30, 15), **ANY_TIME, full_spans=[span(30, 75)])
    assert [minute(start) for start in found] == [0, 15, 75, 90]


def test_overlapping_periods_offer_each_start_once() -> None:
    assert offered([span(0, 60), span(30, 90)], [], [], shape(30, 30)) == [0, 30, 60]


def test_steps_are_elapsed_time_across_a_change_of_clocks() -> None:
    berlin = ZoneInfo("Europe/Berlin")
    for day, walls in (
        ("2026-03-29", "0:30 1:30 3:30 4:30"),
        ("2026-10-25", "0:30 1:30 2:30 2:30 3:30 4:30"),
    ):
        window = whole_day("Europe/Berlin", day)
        open_time = working_spans(daily("00:30-05:30"), {}, berlin, window)
        found = possible_starts(open_time, [], [], shape(60, 60), earliest=window[0], latest=window[1])
        assert [f"{s.astimezone(berlin):%-H:%M}" for s in found] == walls.split()


def test_a_year_and_more_of_quarter_hours_is_offered_in_full() -> None:
    window = utc("2026-01-01"), utc("2027-02-05")
    open_time = working_spans(daily("09:00-17:00"), {}, ZoneInfo("UTC"), window)
    found = possible_starts(open_time, [], [], shape(30, 15), earliest=window[0], latest=window[1])
    assert len(found) == 400 * 31


@pytest.mark.parametrize("lengths", [(0, 30, 0, 0), (30, 0, 0, 0), (-1, 30, 0, 0), (30, 30, -1, 0), (30, 30, 0, -1)])
def test_a_shape_without_length_is_refused(lengths: tuple[int, int, int, int]) -> None:
    with pytest.raises(ValueError, match=r"nothing|negative"):
        shape(*lengths)


LENGTHS = st.integers(min_value=1, max_value=40)
BUFFERS = st.integers(min_value=0, max_value=15)


@given(
    spans(120, most=4),
    spans(120, most=4),
    spans(120, most=4),
    st.builds(shape, LENGTHS, LENGTHS, BUFFERS, BUFFERS),
    st.integers(-10, 130),
    st.integers(-10, 130),
    spans(120, most=3),
)
def test_starts_agree_with_trying_every_minute(
    open_time: list[Span],
    busy: list[Span],
    taken: list[Span],
    wanted: Shape,
    earliest: int,
    latest: int,
    full: list[Span],
) -> None:
    length, step = wanted.duration // MINUTE, wanted.interval // MINUTE
    before, after = wanted.buffer_before // MINUTE, wanted.buffer_after // MINUTE
    inside, blocked = minutes(open_time), minutes(busy) | minutes(taken)
    expected = [
        m
        for m in range(earliest, latest)
        if any(minute(a) <= m < minute(b) and (m - minute(a)) % step == 0 for a, b in open_time)
        and set(range(m, m + length)) <= inside
        and not set(range(m - before, m + length + after)) & blocked
        and m not in minutes(full)
    ]
    limits = {"earliest": at(earliest), "latest": at(latest)}
    found = possible_starts(open_time, busy, taken, wanted, **limits, full_spans=full)
    assert [minute(start) for start in found] == expected
