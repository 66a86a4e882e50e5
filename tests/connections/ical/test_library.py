"""Well-formed series against icalendar and recurring-ical-events reading the same file by themselves."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import icalendar
import recurring_ical_events
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.connections.ical.museum import BERLIN, calendar, expanded

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


@given(data=series())
@settings(max_examples=200, deadline=None)
def test_an_ordinary_series_has_the_instances_that_the_library_finds(data):
    found = recurring_ical_events.of(icalendar.Calendar.from_ical(data)).between(*WINDOW)

    assert [(i.start, i.end) for i in expanded(data, window=WINDOW, zone=BERLIN).instances] == sorted(
        (event.start.astimezone(UTC), event.end.astimezone(UTC)) for event in found
    )
