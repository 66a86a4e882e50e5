"""Conservative blocks for what cannot be expanded."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from connections.ical import reduce
from tests.connections.ical.museum import ANNA, WINDOW, calendar, expanded, local, reasons


@pytest.mark.parametrize("rule", ["FREQ=SECONDLY", "FREQ=MINUTELY", "FREQ=SECONDLY;BYSETPOS=2"])
def test_too_many_occurrences_block_as_one(rule):
    result = expanded(calendar(f"UID:x\nDTSTART:20261203T000000Z\nDURATION:PT1M\nRRULE:{rule}"))

    assert local(result) == ["2026-12-03 01:00 - 01:00"]
    assert (reasons(result), result.problem) == (["unreadable"], "too_many_occurrences")


def meant(expansion):
    return [
        (i.start, i.end, i.blocks, i.reason, i.all_day, i.recurrence_id, i.free_marked) for i in expansion.instances
    ]


def test_over_two_thousand_components_block_by_line_beside_the_master():
    overrides = [
        f"UID:x\nRECURRENCE-ID:20261201T{hour:02}{minute:02}{second:02}Z\nDTSTART:20261202T{hour:02}{minute:02}{second:02}Z\n"
        "DURATION:PT1S\nSTATUS:CANCELLED"
        for hour in range(9, 11)
        for minute in range(60)
        for second in range(17)
    ]
    result = expanded(calendar("UID:x\nDTSTART:20261201T090000Z\nDURATION:PT1H\nRRULE:FREQ=DAILY;COUNT=3", *overrides))

    assert (result.problem, len(result.instances)) == ("too_many_overrides", len(overrides) + 3)
    assert {(i.blocks, i.reason) for i in result.instances} == {(True, "unreadable"), (True, "busy")}


@pytest.mark.slow
def test_of_more_dates_than_anybody_has_the_rest_may_be_at_any_time():
    """So many that the series is not expanded any more: it blocks as long as it may go on."""
    starts = ",".join(["20270101T100000Z"] * 200_500)
    data = calendar(f"UID:x\nDTSTART:20270101T100000Z\nDURATION:PT1H\nRDATE:{starts}")
    result = expanded(data)

    assert meant(expanded(reduce(data, titles=False, addresses=ANNA))) == meant(result)
    assert result.problem == "too_many_occurrences"
    assert [(i.start, i.end, i.reason) for i in result.instances] == [(*WINDOW, "unreadable")]


def test_too_many_occurrences_of_a_bounded_rule_block_only_as_far_as_it_goes():
    rule = "RRULE:FREQ=MINUTELY;COUNT=30000"
    result = expanded(calendar(f"UID:x\nDTSTART:20261201T000000Z\nDURATION:PT1M\n{rule}"))

    assert (result.instances[0].start, result.problem) == (datetime(2026, 12, 1, tzinfo=UTC), "too_many_occurrences")
    assert timedelta(days=20) < result.instances[0].end - result.instances[0].start < timedelta(days=23)
