"""The calendars that are measured."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from benchmarks.bench import corpus
from connections import ical

TODAY = date(2026, 11, 22)


def test_the_calendar_is_the_same_each_time_and_a_tenth_of_it_is_series() -> None:
    once, again = (list(corpus.resources(100, TODAY)) for _ in range(2))
    assert once == again
    assert sum(b"RRULE:" in resource.data for resource in once) == 10
    assert all(resource.data.count(b"BEGIN:VTIMEZONE") == 1 for resource in once)


def test_an_edit_moves_the_event_and_keeps_its_name() -> None:
    before, after = corpus.resource(8, 100, TODAY), corpus.edited(8, 100, TODAY, 1)
    assert (before.name, _starts(before)[0] + timedelta(minutes=15)) == (after.name, _starts(after)[0])


def _starts(resource: corpus.Resource) -> list[datetime]:
    years = datetime(2025, 1, 1, tzinfo=UTC), datetime(2028, 1, 1, tzinfo=UTC)
    zone = ZoneInfo("Europe/Berlin")
    found = ical.expand(resource.data, window=years, zone=zone, rules=ical.Rules(), addresses=frozenset())
    return [instance.start for instance in found.instances]


@pytest.mark.parametrize(("size", "count", "series"), [(10000, 1, 0), (100, 1, 0), (10000, 100, 10), (100, 100, 10)])
def test_as_many_events_are_chosen_as_asked_and_a_tenth_of_many_are_series(size: int, count: int, series: int) -> None:
    chosen = corpus.choose(size, count)
    assert (len(set(chosen)), sum(map(corpus.is_series, chosen))) == (count, series)
