"""Well-formed series against icalendar and recurring-ical-events reading the same file by themselves."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import icalendar
import pytest
import recurring_ical_events
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.connections.ical.museum import BERLIN, MUSEUM, calendar, expanded, museum
from tests.connections.ical.museum import WINDOW as MUSEUM_WINDOW

FIRST = datetime.fromisoformat("2026-06-01")
WINDOW = (datetime(2026, 11, 1, tzinfo=UTC), datetime(2027, 5, 1, tzinfo=UTC))
rules = st.sampled_from(
    [
        "FREQ=DAILY",
        "FREQ=DAILY;INTERVAL=3",
        "FREQ=WEEKLY;BYDAY=MO,WE,FR",
        "FREQ=WEEKLY;INTERVAL=2;COUNT=20",
        "FREQ=MONTHLY;BYDAY=-1FR",
        "FREQ=MONTHLY;BYMONTHDAY=1,15,31",
        "FREQ=DAILY;UNTIL=20270110T120000Z",
        "FREQ=YEARLY;BYMONTH=12;BYMONTHDAY=24",
    ]
)


@st.composite
def series(draw):
    """A series in Berlin by day, with days left out, added and moved."""
    start = FIRST + timedelta(days=draw(st.integers(0, 200)), hours=draw(st.integers(8, 18)))
    slots = [start + timedelta(days=number) for number in range(400)]
    picked = draw(st.lists(st.sampled_from(slots), max_size=6, unique=True))
    left_out, added, moved = picked[:2], picked[2:4], picked[4:]
    master = [
        "UID:x",
        f"DTSTART;TZID=Europe/Berlin:{start:%Y%m%dT%H%M%S}",
        f"DTEND;TZID=Europe/Berlin:{start + timedelta(minutes=50):%Y%m%dT%H%M%S}",
        f"RRULE:{draw(rules)}",
        *(f"EXDATE;TZID=Europe/Berlin:{slot:%Y%m%dT%H%M%S}" for slot in left_out),
        *(f"RDATE;TZID=Europe/Berlin:{slot + timedelta(hours=1):%Y%m%dT%H%M%S}" for slot in added),
    ]
    overrides = []
    for slot in moved:
        there = slot + timedelta(days=draw(st.integers(-300, 300)), hours=draw(st.integers(-5, 4)))
        overrides.append(
            f"UID:x\nRECURRENCE-ID;TZID=Europe/Berlin:{slot:%Y%m%dT%H%M%S}\n"
            f"DTSTART;TZID=Europe/Berlin:{there:%Y%m%dT%H%M%S}\nDURATION:PT40M"
        )
    return calendar("\n".join(master), *overrides)


@pytest.mark.slow
@given(data=series())
@settings(max_examples=200, deadline=None)
def test_an_ordinary_series_has_the_instances_that_the_library_finds(data):
    found = recurring_ical_events.of(icalendar.Calendar.from_ical(data)).between(*WINDOW)

    assert [(i.start, i.end) for i in expanded(data, window=WINDOW, zone=BERLIN).instances] == sorted(
        (event.start.astimezone(UTC), event.end.astimezone(UTC)) for event in found
    )


RAISES = "the library raises an exception for the whole file"
ENDLESS = "dateutil never ends"
AT_LEAST_A_DAY = "an all-day event lasts at least one day (RFC 5545 3.6.1)"
TRAVEL = "the library does not know Apple's travel time"
UNKNOWN_ZONE = "the library ignores a zone that it does not know, or reads it otherwise"

# Each file of the museum for which the libraries find other instances than we do, and why.
DIFFERENCES = {
    "alarm_that_never_ends": RAISES,
    "all_day_that_ends_on_its_own_day": AT_LEAST_A_DAY,
    "all_day_with_a_duration_backwards": AT_LEAST_A_DAY,
    "all_day_with_a_duration_of_no_time": AT_LEAST_A_DAY,
    "apple_deleted_after_it_was_moved": "an override counts even if its slot is excluded, as on Apple's server",
    "apple_travel_time_with_route": TRAVEL,
    "apple_travel_time_without_value_parameter": TRAVEL,
    "bad_until_keeps_byday": RAISES,
    "basic_with_offset": RAISES,
    "byday_empty_item": RAISES,
    "carriage_returns_only": RAISES,
    "cut_off_after_the_start": RAISES,
    "date_series_with_byhour": "a series of dates ignores BYHOUR (RFC 5545 3.3.10)",
    "desc_with_end_vevent_text": RAISES,
    "dtend_before_dtstart": "an event that ends before it starts lasts until midnight",
    "end_that_is_no_date": RAISES,
    "ends_before_it_starts": "an event that ends before it starts lasts until midnight",
    "exchange_display_name_without_vtimezone": UNKNOWN_ZONE,
    "exchange_midnight_recurrence_id": "the library does not match a slot that is named only by its day",
    "exchange_unquoted_colon_in_a_zone": RAISES,
    "exdate_half_lost": RAISES,
    "exdate_of_an_hourly_series_in_utc": "the library compares UTC and local time, so EXDATE removes another hour",
    "exrule": "the library ignores EXRULE (RFC 2445)",
    "google_all_day_series_until_an_instant": "the library ends an all-day series before the day of UNTIL",
    "google_until_as_a_date_beside_a_time": "the library ends a timed series before the day of UNTIL",
    "interval_empty": RAISES,
    "interval_zero_keeps_byday": ENDLESS,
    "iso_8601_with_dashes": RAISES,
    "iso_with_offset": RAISES,
    "js_iso_millis": RAISES,
    "line_ends_converted_twice": RAISES,
    "lower_case_names": RAISES,
    "no_times_at_all": RAISES,
    "not_a_calendar": RAISES,
    "override_of_exdate": "an override counts even if its slot is excluded, as on Apple's server",
    "quote_that_never_closes": RAISES,
    "rdate_bad_and_rule": RAISES,
    "rdate_one_bad": RAISES,
    "rdate_period_dates": "a PERIOD of dates is invalid, so that day blocks until midnight",
    "rscale_chinese_yearly": RAISES,
    "rscale_hebrew_weekly": RAISES,
    "rule_longer_than_1000": "the library compares dates with the window without their zone",
    "rule_named_twice": RAISES,
    "rule_part_twice": "both values of a part count",
    "rule_that_is_empty": RAISES,
    "rule_that_is_no_rule": RAISES,
    "rule_that_skips_backward_in_short_months": RAISES,
    "rule_until_before_its_start": "the start counts as the first instance (RFC 5545 3.8.5.3)",
    "rule_until_hour_twenty_four": RAISES,
    "several_overrides_for_one_slot": "nobody knows which override is meant, so all of them block",
    "skip_backward_two_days": RAISES,
    "start_that_is_no_date": RAISES,
    "this_and_future_ny_over_us_dst": "the library keeps the zone of the series",
    "times_half_lost": RAISES,
    "two_dtstarts": RAISES,
    "two_masters_with_one_uid": "the library reads only one master of each UID",
    "tzid_windows_daylight": UNKNOWN_ZONE,
    "unknown_rule_part": RAISES,
    "vtimezone_gmt_with_bst": "the library prefers the name to the VTIMEZONE",
    "vtimezone_that_cannot_be_computed": UNKNOWN_ZONE,
    "vtimezone_with_summer_named_EST": "the library prefers the name to the VTIMEZONE",
    "vtimezone_wraps_event": RAISES,
    "weekly_bysetpos_midweek": "dateutil counts positions from the start and not in the whole week",
    "zone_that_is_only_an_offset": UNKNOWN_ZONE,
}


def library_spans(data: bytes) -> list[tuple[datetime, datetime]] | str:
    """What icalendar and recurring-ical-events find in a file, or the exception they raise."""
    try:
        events = recurring_ical_events.of(icalendar.Calendar.from_ical(data)).between(*MUSEUM_WINDOW)
        return sorted((_instant(event.start), _instant(event.end)) for event in events)
    except Exception as error:  # noqa: BLE001 - which one it is depends on the file
        return type(error).__name__


def _instant(time: date) -> datetime:
    """A time of the library in UTC: dates and floating times are read in Berlin."""
    start = time if isinstance(time, datetime) else datetime.combine(time, datetime.min.time())
    return (start if start.tzinfo else start.replace(tzinfo=BERLIN)).astimezone(UTC)


@pytest.mark.parametrize("name", sorted(path.stem for path in MUSEUM.glob("*.ics")))
@pytest.mark.filterwarnings("ignore::icalendar.error.GloballyUniqueTZIDGuessed")
def test_a_file_of_the_museum_has_the_instances_that_the_libraries_find_apart_from_known_differences(name):
    found = library_spans(museum(name)) if DIFFERENCES.get(name) != ENDLESS else []
    ours = [(instance.start, instance.end) for instance in expanded(museum(name)).instances]

    assert (found == ours, isinstance(found, str)) == (name not in DIFFERENCES, DIFFERENCES.get(name) == RAISES)
