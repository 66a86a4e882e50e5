"""When reminders are due: early enough to cancel, never at night, never after the start, on every night of the year."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from bookings.notifications.reminder_time import reminder_due

BERLIN = ZoneInfo("Europe/Berlin")
HOUR = timedelta(hours=1)
NIGHT = timedelta(hours=12, minutes=15)  # from 20:45 to 8:00 when the clocks go back
LONG_AGO = datetime(2026, 1, 1, tzinfo=UTC)
ZONES = ("Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Pacific/Apia", "Asia/Kathmandu", "UTC")
CLOCKS_GO_BACK = datetime(2026, 10, 25, 1, tzinfo=UTC)
CLOCKS_GO_FORWARD = datetime(2027, 3, 28, 1, tzinfo=UTC)


def berlin(day: int, hour: int, minute: int = 0) -> datetime:
    """A time in December in Berlin."""
    return datetime(2026, 12, day, hour, minute, tzinfo=BERLIN)


def due(start: datetime, **options: object) -> datetime | None:
    return reminder_due(start, **{"known_since": LONG_AGO, "zone": BERLIN, **options})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("start", "cancel_until", "expected"),
    [
        (berlin(10, 10), None, berlin(8, 10)),
        (berlin(10, 10), berlin(9, 10), berlin(8, 10)),
        (berlin(10, 10), berlin(8, 10), berlin(7, 20, 45)),
        (berlin(10, 14), berlin(8, 22), berlin(8, 10)),
        (berlin(10, 21), None, berlin(8, 20, 45)),
        (berlin(10, 20, 59), None, berlin(8, 20, 59)),
        (berlin(10, 7, 59), None, berlin(7, 20, 45)),
        (berlin(10, 8), None, berlin(8, 8)),
        (berlin(10, 0), None, berlin(7, 20, 45)),
    ],
)
def test_a_reminder_comes_two_days_before_and_early_enough_to_cancel(
    start: datetime, cancel_until: datetime | None, expected: datetime
) -> None:
    assert due(start, cancel_until=cancel_until) == expected


def test_the_practice_chooses_how_long_before() -> None:
    assert due(berlin(10, 10), before_start=24 * HOUR) == berlin(9, 10)


def test_who_learned_of_the_time_after_that_is_not_reminded() -> None:
    assert due(berlin(10, 10), known_since=berlin(8, 9, 59)) == berlin(8, 10)
    assert due(berlin(10, 10), known_since=berlin(8, 10)) is None
    assert due(berlin(10, 10), known_since=berlin(9, 10)) is None


def test_two_days_are_48_hours_when_the_clocks_change_between() -> None:
    assert due(datetime(2026, 10, 26, 10, tzinfo=BERLIN)) == datetime(2026, 10, 24, 11, tzinfo=BERLIN)
    assert due(datetime(2027, 3, 29, 10, tzinfo=BERLIN)) == datetime(2027, 3, 27, 9, tzinfo=BERLIN)


def test_the_quiet_hours_are_those_of_the_client() -> None:
    start = berlin(10, 10)
    assert due(start, zone=ZoneInfo("America/New_York")) == datetime(2026, 12, 8, 1, 45, tzinfo=UTC)


STARTS = st.one_of(
    st.datetimes(datetime(2026, 6, 1), datetime(2028, 6, 1), timezones=st.just(UTC)),  # noqa: DTZ001 - bounds have no zone
    st.integers(-72 * 60, 72 * 60).map(lambda minutes: CLOCKS_GO_BACK + timedelta(minutes=minutes)),
    st.integers(-72 * 60, 72 * 60).map(lambda minutes: CLOCKS_GO_FORWARD + timedelta(minutes=minutes)),
)


@given(
    start=STARTS,
    zone=st.sampled_from(ZONES),
    before_start=st.integers(0, 24 * 14).map(lambda hours: hours * HOUR),
    window=st.none() | st.integers(0, 24 * 14).map(lambda hours: hours * HOUR),
    known_for=st.integers(0, 24 * 30).map(lambda hours: hours * HOUR),
)
@example(
    start=CLOCKS_GO_BACK + 48 * HOUR, zone="Europe/Berlin", before_start=48 * HOUR, window=None, known_for=500 * HOUR
)
@example(
    start=CLOCKS_GO_FORWARD + 48 * HOUR, zone="Europe/Berlin", before_start=48 * HOUR, window=None, known_for=500 * HOUR
)
@settings(max_examples=500, deadline=None)
def test_a_reminder_is_never_late_and_never_at_night(
    start: datetime, zone: str, before_start: timedelta, window: timedelta | None, known_for: timedelta
) -> None:
    known_since = start - known_for
    cancel_until = None if window is None else start - window
    latest = min(start - before_start, start if window is None else start - window - 12 * HOUR)
    found = reminder_due(
        start, known_since=known_since, zone=ZoneInfo(zone), cancel_until=cancel_until, before_start=before_start
    )
    if found is None:
        assert latest - known_since <= NIGHT or latest >= start
        return
    assert (known_since < found < start, found <= latest) == (True, True)
    assert time(8) <= found.astimezone(ZoneInfo(zone)).time() < time(21)
    assert latest - found <= NIGHT
