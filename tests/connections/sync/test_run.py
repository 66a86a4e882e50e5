"""The first sync of an account, and what later ones find."""

from __future__ import annotations

import time
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from pytest_django import Settings

from connections.models import Event, Occurrence, SyncRun
from connections.sync import apply, calendar, run
from tests.connections.engine import World, at
from tests.ics_text import event


def test_a_sync_before_anything_is_chosen_reads_what_is_ticked_already(connected: World) -> None:
    connected.add("Dentist", at(10))
    assert (connected.sync().changed, connected.seen()) == (1, ["01.12. 10:00-11:00  BUSY"])
    assert connected.freshness().bookable is False


def test_the_first_sync_reads_everything_in_the_window(world: World) -> None:
    world.add("Dentist", at(10))
    world.add("Physio", at(12), travel=timedelta(minutes=30))
    world.phone.add(world.theirs("Work"), "Crete", date(2026, 12, 3), date(2026, 12, 5))
    world.add("Yoga", at(18), rule="FREQ=WEEKLY;COUNT=2")
    world.add("Maybe", at(20), free=True)
    world.add("Long ago", at(10) - timedelta(days=60))
    world.add("Far away", at(10) + timedelta(days=500))
    report = world.sync()
    assert (report.changed, report.removed, report.problems, report.error) == (7, 0, 0, None)
    assert world.seen() == [
        "01.12. 10:00-11:00 Dentist BUSY",
        "01.12. 11:30-13:00 Physio BUSY",
        "01.12. 18:00-19:00 Yoga BUSY",
        "01.12. 20:00-21:00 Maybe free",
        "03.12. 00:00-00:00 Crete free",
        "08.12. 18:00-19:00 Yoga BUSY",
    ]
    assert world.known() == world.there()


def test_moved_edited_and_deleted_events_follow_by_the_next_sync(world: World) -> None:
    dentist, physio = world.add("Dentist", at(10)), world.add("Physio", at(12))
    world.sync()
    world.phone.move(dentist, at(15))
    world.phone.delete(physio)
    world.add("New", at(9))
    report = world.sync()
    assert (report.changed, report.removed) == (2, 1)
    assert world.seen() == ["01.12. 09:00-10:00 New BUSY", "01.12. 15:00-16:00 Dentist BUSY"]
    assert world.known() == world.there()


def test_an_event_moved_to_another_chosen_calendar_is_seen_there_once(world: World) -> None:
    world.choose("Work", "Home", linked="Work")
    dentist = world.add("Dentist", at(10))
    world.sync()
    world.phone.move_to(dentist, world.theirs("Home"))
    report = world.sync()
    assert (report.changed, report.removed) == (1, 1)
    assert (world.known("Work"), world.known("Home")) == ({}, world.there("Home"))
    assert world.seen() == ["01.12. 10:00-11:00 Dentist BUSY"]


def test_what_is_not_chosen_is_not_read(world: World) -> None:
    world.add("Private", at(10), calendar="Home")
    report = world.sync()
    assert (report.requests, report.changed, world.seen()) == (1, 0, [])
    assert world.calendar("Home").listed_token != ""


def test_new_etags_without_a_change_are_read_and_change_nothing(world: World) -> None:
    href = world.add("Dentist", at(10))
    world.sync()
    before = world.event(href).pk, world.seen()
    world.theirs("Work").housekeep()
    assert (world.sync().changed, world.known()) == (1, world.there())
    assert (world.event(href).pk, world.seen()) == before
    assert world.sync().requests == 1


@pytest.mark.parametrize("facts", [{"sync_repeats": True}, {"sync_lists_itself": False}, {"sync_page": 2}])
def test_repeated_members_pages_and_the_collection_as_its_own_member_change_nothing(
    world: World, facts: dict[str, object]
) -> None:
    for name, value in facts.items():
        setattr(world.icloud.switches, name, value)
    hrefs = [world.add(f"Event {hour}", at(hour)) for hour in range(8, 15)]
    assert (world.sync().changed, world.known()) == (7, world.there())
    world.phone.delete(hrefs[0])
    for href in hrefs[1:4]:
        world.phone.touch(href)
    report = world.sync()
    assert (report.changed, report.removed, world.known()) == (3, 1, world.there())


def test_a_first_sync_stops_at_its_time_budget_and_the_next_one_goes_on(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(run, "MAX_TURN_SECONDS", 0)  # after the first batch
    for number in range(120):
        world.theirs("Work").put(f"{number:03}.ics", event(f"EVENT-{number}"))
    counts = []
    while True:
        report = world.sync(after=0)
        counts.append((report.changed, report.unfinished, world.connection.next_sync_at == world.now))
        if not report.unfinished:
            break
    assert counts == [(50, True, True), (50, True, True), (20, False, False)]
    assert world.known() == world.there()
    assert world.connection.lease_token == ""


def test_the_next_events_are_fetched_while_those_that_came_are_read(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(120):
        world.theirs("Work").put(f"{number}.ics", event(f"EVENT-{number}"))
    read, seen = apply.read_event, []

    def wait_and_read(*given: Any) -> apply.ReadEvent:
        until = time.monotonic() + (0 if seen else 5)
        while len(asked := world.icloud.log.matching(report="calendar-multiget")) < 2 and time.monotonic() < until:
            time.sleep(0.01)
        seen.append(len(asked))
        return read(*given)

    monkeypatch.setattr(apply, "read_event", wait_and_read)
    assert (world.sync().changed, seen[0] > 1) == (120, True)
    assert world.known() == world.there()


def test_what_came_before_the_server_broke_off_is_stored(world: World) -> None:
    for number in range(120):
        world.theirs("Work").put(f"{number:03}.ics", event(f"EVENT-{number}"))
    world.icloud.faults.status(503, body="/119.ics", times=None)  # of the batches, which come in any order, the last
    report = world.sync()
    world.icloud.faults.clear()
    assert (report.changed, report.error and report.error.code, len(world.known())) == (100, "throttled", 100)
    assert world.sync().changed == 20
    assert world.known() == world.there()


def test_large_events_are_stored_before_they_fill_the_memory(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(calendar, "MAX_OCTETS", 1000)
    for number in range(120):
        world.theirs("Work").put(f"{number}.ics", event(f"EVENT-{number}"))
    with CaptureQueriesContext(connection) as captured:
        assert world.sync().changed == 120
    stored = [
        query for query in captured.captured_queries if query["sql"].startswith('INSERT INTO "connections_event"')
    ]
    assert len(stored) == 40  # three at once


def test_titles_that_mean_something_to_a_database_are_stored_as_they_are(world: World) -> None:
    titles = ["100 % of Anna's; DROP TABLE", "%s %(start)s ? :1", 'a "quoted" \\ one', "Größe 🎈"]
    for hour, title in enumerate(titles):
        world.add(title, at(8 + hour))
    world.sync()
    assert list(Occurrence.objects.order_by("start").values_list("summary", flat=True)) == titles


def test_an_event_is_stored_with_every_column(world: World) -> None:
    assert {"id", *apply.EVENT_COLUMNS} == {field.column for field in Event._meta.concrete_fields}


def test_an_occurrence_is_stored_with_every_column(world: World) -> None:
    assert {"id", *apply.COLUMNS} == {field.column for field in Occurrence._meta.concrete_fields}
    world.add("Yoga", at(18), rule="FREQ=WEEKLY;COUNT=2")
    world.sync()
    first, second = Occurrence.objects.order_by("start")
    assert (first.event, first.calendar, first.blocks, first.reason) == (
        Event.objects.get(),
        world.calendar(),
        True,
        "busy",
    )
    assert (first.all_day, first.free_marked, first.summary) == (False, False, "Yoga")
    assert (second.start, second.end) == (at(18, day=8), at(19, day=8))
    assert first.recurrence_id != second.recurrence_id


def test_until_the_first_read_is_complete_there_are_no_openings(
    connected: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(run, "MAX_TURN_SECONDS", 0)
    for number in range(60):
        connected.theirs("Work").put(f"{number}.ics", event(f"EVENT-{number}"))
    connected.choose("Work")
    assert connected.sync().unfinished is True
    calendar = connected.calendar()
    assert (connected.freshness().state, calendar.sync_token, calendar.read_at) == ("never_read", "", None)
    assert connected.sync(after=1).unfinished is False
    assert (connected.freshness().state, connected.calendar().read_at) == ("fresh", connected.now)


def test_a_full_sync_that_ran_out_of_time_is_still_full_when_it_goes_on(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.choose("Work", "Home", linked="Work")
    for number in range(60):
        world.theirs("Work").put(f"{number}.ics", event(f"WORK-{number}"))
        world.theirs("Home").put(f"{number}.ics", event(f"HOME-{number}"))
    world.sync()
    lost = next(iter(world.known("Work")))
    Event.objects.filter(href=lost).update(etag='"lost"')  # which only a comparison can find
    world.theirs("Home").housekeep()
    monkeypatch.setattr(run, "MAX_TURN_SECONDS", 0)
    assert world.person_syncs(full=True).unfinished is True
    assert [world.sync(after=1).unfinished for _ in range(2)] == [True, False]
    assert (world.known("Home"), world.known("Work")) == (world.there("Home"), world.there("Work"))


def test_once_a_day_everything_that_is_listed_is_compared(world: World) -> None:
    href = world.add("Dentist", at(10))
    world.sync()
    Event.objects.filter(href=href).delete()  # something went wrong that no delta will tell
    world.sync()
    assert world.known() == {}
    world.asked()
    report = world.sync(after=24 * 3600)
    assert world.asked() == [
        "PROPFIND /calendars/ 1 207",
        "sync-collection /calendars/work/ 0 207",
        "calendar-multiget /calendars/work/ 207",
    ]
    assert (report.changed, world.known(), world.calendar().compared_at) == (1, world.there(), world.now)


def test_history_has_a_row_for_a_change_and_for_a_request_but_none_for_a_quiet_poll(world: World) -> None:
    SyncRun.objects.all().delete()
    world.sync()
    world.poll()
    world.add("Dentist", at(10))
    world.sync()
    world.person_syncs()
    rows = SyncRun.objects.order_by("started_at").values_list("trigger", "requests", "changed", "error_code")
    assert list(rows) == [("schedule", 3, 1, ""), ("person", 1, 0, "")]
    connection = world.connection
    assert (connection.polls, connection.requests) == (5, 2 + 1 + 1 + 3 + 1)


def test_the_window_is_35_days_back_and_the_horizon_ahead(world: World, settings: Settings) -> None:
    settings.BOOKING_HORIZON_DAYS = 10
    world.add("Daily", at(10) - timedelta(days=100), rule="FREQ=DAILY")
    world.sync()
    seen = world.seen()
    assert (seen[0], seen[-1], len(seen)) == (
        "26.10. 10:00-11:00 Daily BUSY",
        "11.12. 10:00-11:00 Daily BUSY",
        47,
    )


def test_a_calendar_is_called_fresh_as_of_the_listing_not_of_the_sync_that_followed_it(world: World) -> None:
    """The poll saw that Home had changed; the task for it comes 20 seconds later and trusts the poll's listing."""
    world.choose("Home", "Work")
    world.sync()
    world.phone.add(world.theirs("Home"), "Seen", at(9))
    polled_at = world.poll()[0] and world.now
    world.add("Made since", at(10))

    world.sync(after=20, probed=True)

    assert (world.calendar("Work").fresh_at, world.seen()) == (polled_at, ["01.12. 09:00-10:00 Seen BUSY"])


def test_the_history_says_how_the_server_answered_and_how_often(world: World) -> None:
    world.add("Dentist", at(10))
    world.icloud.faults.add(status=401, method="PROPFIND", times=1)
    world.person_syncs()
    run = SyncRun.objects.latest("pk")
    assert (run.answers, sum(run.answers.values())) == (
        {"PROPFIND 401": 1, "PROPFIND 207": 1, "REPORT 207": 2},
        run.requests,
    )
