"""What other apps may ask: when is this person busy, and why?"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from pytest_django import DjangoAssertNumQueries

from connections.busy import blocking, busy, two_way_events
from connections.models import Calendar
from practice.models import User
from tests.factories import START, CalendarFactory, ConnectionFactory, EventFactory, FeedFactory, OccurrenceFactory

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


@pytest.fixture
def work(user: User) -> Calendar:
    return CalendarFactory(connection=ConnectionFactory(user=user), name="Work", path="/1/calendars/work/")


def spans(user: User, start: Any = START, end: Any = START + HOUR, **how: Any) -> list[tuple[Any, ...]]:
    """Start and end in hours from START, whether it blocks, and why."""
    rows = busy(user, start, end, **how)
    return [((row.start - START) / HOUR, (row.end - START) / HOUR, row.blocks, row.reason) for row in rows]


def test_an_occurrence_comes_whole_with_its_calendar_title_and_reason(user: User, work: Calendar) -> None:
    OccurrenceFactory(calendar=work, uid="A", start=START - HOUR, end=START + 3 * HOUR, recurrence_id="2026-12-01")
    [row] = busy(user, START, START + HOUR)
    assert (row.start, row.end, row.blocks, row.reason, row.all_day) == (
        START - HOUR,
        START + 3 * HOUR,
        True,
        "busy",
        False,
    )
    assert (row.summary, row.uid, row.recurrence_id) == ("Dentist", "A", "2026-12-01")
    assert (row.calendar, row.calendar_name, row.color) == ("/1/calendars/work/", "Work", "#1BADF8")
    assert row.blocking == ((START - HOUR, START + 3 * HOUR),)


def test_spans_are_half_open(user: User, work: Calendar) -> None:
    OccurrenceFactory(calendar=work, start=START - HOUR, end=START)
    OccurrenceFactory(calendar=work, start=START + HOUR)
    assert spans(user) == []
    OccurrenceFactory(calendar=work, start=START, end=START)
    assert spans(user) == [(0, 0, True, "busy")]


def test_rows_are_sorted_by_start_and_then_by_end(user: User, work: Calendar) -> None:
    for start, end in ((2, 4), (1, 5), (1, 3), (0, 6)):
        OccurrenceFactory(calendar=work, start=START + start * HOUR, end=START + end * HOUR)
    assert [span[:2] for span in spans(user, end=START + 9 * HOUR)] == [(0, 6), (1, 3), (1, 5), (2, 4)]


def test_only_chosen_calendars_count_and_only_the_users_own(user: User, work: Calendar) -> None:
    OccurrenceFactory(calendar=CalendarFactory(connection=work.connection, is_conflict_calendar=False))
    OccurrenceFactory()
    assert spans(user) == []


def test_a_calendar_that_is_gone_still_blocks(user: User, work: Calendar) -> None:
    Calendar.objects.update(gone_at=START)
    OccurrenceFactory(calendar=work)
    assert spans(user) == [(0, 1, True, "busy")]


def test_one_event_seen_through_two_connections_is_one_and_what_blocks_wins(user: User, work: Calendar) -> None:
    other = CalendarFactory(connection=ConnectionFactory(user=user))
    OccurrenceFactory(calendar=work, uid="A", blocks=False)
    OccurrenceFactory(calendar=other, uid="A")
    OccurrenceFactory(calendar=work, uid="")
    OccurrenceFactory(calendar=other, uid="")
    assert spans(user) == [(0, 1, True, "busy")] * 3


def test_instances_of_one_series_are_each_their_own(user: User, work: Calendar) -> None:
    event = EventFactory(calendar=work, uid="A")
    for recurrence_id in ("2026-12-01", "2026-12-02"):
        OccurrenceFactory(calendar=work, event=event, recurrence_id=recurrence_id)
    assert len(spans(user)) == 2


HELD = [
    ([], [(0, 2)], True, "busy"),
    ([(0, 2)], [], False, "own_booking"),
    ([(-1, 3)], [], False, "own_booking"),
    ([(0, 1)], [(1, 2)], True, "busy"),
    ([(1, 2)], [(0, 1)], True, "busy"),
    ([(0.5, 1)], [(0, 0.5), (1, 2)], True, "busy"),
    ([(1, 2), (0, 1)], [], False, "own_booking"),
    ([(2, 3), (-1, 0)], [(0, 2)], True, "busy"),
]


@pytest.mark.parametrize(("held", "left", "blocks", "reason"), HELD)
def test_an_own_event_blocks_only_what_its_booking_does_not_hold(
    user: User, work: Calendar, held: list[Any], left: list[Any], blocks: bool, reason: str
) -> None:
    OccurrenceFactory(calendar=work, uid="OWN", start=START, end=START + 2 * HOUR)
    given = {"OWN": [(START + a * HOUR, START + b * HOUR) for a, b in held]}
    [row] = busy(user, START, START + 2 * HOUR, own_spans=given)
    assert [((a - START) / HOUR, (b - START) / HOUR) for a, b in row.blocking] == left
    assert (row.blocks, row.reason) == (blocks, reason)


def test_what_is_held_under_another_uid_changes_nothing(user: User, work: Calendar) -> None:
    OccurrenceFactory(calendar=work, uid="A")
    assert spans(user, own_spans={"B": [(START, START + HOUR)]}) == [(0, 1, True, "busy")]


def test_a_free_event_stays_free_whatever_is_held(user: User, work: Calendar) -> None:
    OccurrenceFactory(calendar=work, uid="A", blocks=False)
    assert spans(user, own_spans={"A": []}) == [(0, 1, False, "free")]


def test_blocking_is_the_time_in_which_busy_blocks(user: User, work: Calendar) -> None:
    other = CalendarFactory(connection=ConnectionFactory(user=user))
    for uid, start, end, blocks, calendar in (
        ("A", -1, 1, True, work),
        ("A", -1, 1, False, other),
        ("B", 0, 4, True, work),
        ("C", 1, 2, False, work),
        ("D", 2, 2, True, work),
        ("E", 3, 4, True, other),
        ("F", -2, 0, True, work),
        ("G", 4, 5, True, work),
        ("H", 0, 4, True, CalendarFactory(connection=work.connection, is_conflict_calendar=False)),
        ("I", 0, 4, True, CalendarFactory()),
    ):
        OccurrenceFactory(calendar=calendar, uid=uid, blocks=blocks, start=START + start * HOUR, end=START + end * HOUR)
    held = {"B": [(START + HOUR, START + 2 * HOUR)], "E": [(START, START + 9 * HOUR)], "D": []}
    found = blocking(user, START, START + 4 * HOUR, own_spans=held)
    of_busy = {span for row in busy(user, START, START + 4 * HOUR, own_spans=held) for span in row.blocking}
    assert (set(found), len(found)) == (of_busy, 3)
    assert sorted(((a - START) / HOUR, (b - START) / HOUR) for a, b in found) == [(-1, 1), (0, 1), (2, 4)]


@pytest.mark.parametrize("count", [1, 30])
def test_it_is_one_query_whatever_there_is(
    user: User, work: Calendar, count: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for _ in range(count):
        OccurrenceFactory(calendar=work)
    with django_assert_num_queries(1):
        assert len(busy(user, START, START + HOUR)) == count


def test_events_are_found_by_uid_in_all_calendars_of_the_user(user: User, work: Calendar) -> None:
    unticked = CalendarFactory(connection=work.connection, is_conflict_calendar=False)
    for calendar in (work, unticked, CalendarFactory()):
        EventFactory(calendar=calendar, uid="A", href=f"{calendar.path}a.ics")
    EventFactory(calendar=work, uid="B")
    assert {event.calendar_id for event in two_way_events(user, ["A"])} == {work.pk, unticked.pk}


def test_an_event_of_ours_is_never_looked_for_in_a_file_at_a_web_address(user: User, work: Calendar) -> None:
    for calendar in (work, FeedFactory(connection__user=user)):
        EventFactory(calendar=calendar, uid="A", href=f"{calendar.path}a.ics")
    assert {event.calendar_id for event in two_way_events(user, ["A"])} == {work.pk}
