"""The window, the rules and the zone: changed without any request."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from django_q.models import OrmQ
from pytest_django import Settings

from connections import tasks
from connections.models import Calendar, CalendarConfiguration, Event, Occurrence
from connections.sync import reexpand
from tests.connections.engine import World, at
from tests.connections.ical.museum import MUSEUM

DAY = timedelta(days=1)


@pytest.fixture
def silent(world: World, settings: Settings) -> World:
    """Read, with a short horizon; from here on any request would be seen."""
    settings.BOOKING_HORIZON_DAYS = 10
    world.add("Daily", at(10), rule="FREQ=DAILY")
    world.add("Series", at(8), rule="FREQ=DAILY;COUNT=20")
    world.add("Later", at(12, day=20))
    world.add("Past", at(9) - timedelta(days=30))
    world.phone.add(world.theirs("Work"), "Crete", at(0, day=3).date())
    world.add("Yoga", at(18, day=2), floating=True)
    world.sync()
    world.asked()
    return world


def lines(world: World, title: str) -> list[str]:
    return [line for line in world.seen() if title in line]


def test_as_days_go_by_occurrences_come_in_and_fall_out_without_a_request(silent: World) -> None:
    assert (lines(silent, "Later"), lines(silent, "Past")) == ([], ["01.11. 09:00-10:00 Past BUSY"])
    before = lines(silent, "Daily")
    reexpand.move_window(silent.now + 10 * DAY)
    assert lines(silent, "Later") == ["20.12. 12:00-13:00 Later BUSY"]
    assert (lines(silent, "Past"), silent.asked()) == ([], [])
    after = lines(silent, "Daily")
    assert (before[-1], after[-1], len(after) - len(before)) == (
        "11.12. 10:00-11:00 Daily BUSY",
        "21.12. 10:00-11:00 Daily BUSY",
        10,
    )
    assert silent.known() == silent.there()


def test_a_night_costs_only_what_goes_on_past_the_window(silent: World) -> None:
    # Daily, the series that is not over yet, and the later one.
    assert reexpand.move_window(silent.now + DAY).events == 3
    assert reexpand.move_window(silent.now + 15 * DAY).events == 3
    assert Event.objects.filter(endless=True).count() == 1
    assert reexpand.move_window(silent.now + 16 * DAY).events == 1


def test_a_night_that_takes_long_goes_on_where_it_stopped(silent: World) -> None:
    events: list[int] = []
    after: tuple[int, int] | None = (0, 0)
    while after:
        moved = reexpand.move_window(silent.now + 10 * DAY, after=after, seconds=0)
        events.append(moved.events)
        after = moved.rest
    in_pieces = silent.seen()
    reexpand.move_window(silent.now + 10 * DAY)
    assert (events, lines(silent, "Later"), silent.seen()) == (
        [1, 1, 1, 0],
        ["20.12. 12:00-13:00 Later BUSY"],
        in_pieces,
    )


def test_a_night_that_takes_long_lets_other_tasks_go_first(silent: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("connections.sync.run.MAX_TURN_SECONDS", 0)
    with time_machine.travel(silent.now + 10 * DAY, tick=False):
        tasks.expand_events()
        first = Event.objects.filter(endless=True).order_by("pk").values_list("calendar", "pk")[0]
        assert [(task.func(), task.args()) for task in OrmQ.objects.all()] == [
            ("connections.tasks.expand_events", first)
        ]
        while task := OrmQ.objects.first():
            task.delete()
            tasks.expand_events(*task.args())
    assert lines(silent, "Later") == ["20.12. 12:00-13:00 Later BUSY"]


def test_moving_the_window_twice_changes_nothing(silent: World) -> None:
    reexpand.move_window(silent.now + DAY)
    once = silent.seen()
    reexpand.move_window(silent.now + DAY)
    assert silent.seen() == once


@pytest.mark.parametrize(
    ("rule", "line"),
    [
        ("as_marked", "03.12. 00:00-00:00 Crete free"),
        ("always", "03.12. 00:00-00:00 Crete ALL_DAY_RULE"),
        ("never", "03.12. 00:00-00:00 Crete all_day_rule"),
    ],
)
def test_the_rule_for_all_day_events_is_obeyed_at_once(silent: World, rule: str, line: str) -> None:
    Calendar.objects.filter(name="Work").update(all_day_rule=rule)
    assert reexpand.expand_calendar(silent.calendar(), silent.now) == 6
    assert (lines(silent, "Crete"), silent.asked()) == ([line], [])


def test_the_rule_for_invitations_is_obeyed_at_once(silent: World) -> None:
    silent.phone.receive_invitation(silent.theirs("Work"), "Talk", at(14))
    silent.sync()
    silent.asked()
    assert lines(silent, "Talk") == ["01.12. 14:00-15:00 Talk INVITATION_RULE"]
    Calendar.objects.filter(name="Work").update(invitations_block=False)
    reexpand.expand_calendar(silent.calendar(), silent.now)
    assert (lines(silent, "Talk"), silent.asked()) == (["01.12. 14:00-15:00 Talk invitation_rule"], [])


def test_another_zone_moves_all_day_and_floating_events_only(silent: World) -> None:
    CalendarConfiguration.objects.update(time_zone="America/New_York")
    silent.phone.add(silent.theirs("Work"), "unread", at(20))
    assert reexpand.expand_user(silent.user.pk, silent.now) == 6
    assert lines(silent, "Crete") == ["03.12. 06:00-06:00 Crete free"]
    assert lines(silent, "Yoga") == ["03.12. 00:00-01:00 Yoga BUSY"]
    assert lines(silent, "Daily")[0] == "01.12. 10:00-11:00 Daily BUSY"
    assert silent.asked() == []


def test_times_only_takes_the_titles_away_at_once_and_everywhere(silent: World) -> None:
    assert "Daily" in "".join(silent.seen())
    Calendar.objects.filter(name="Work").update(times_only=True)
    before = len(silent.seen())
    reexpand.expand_calendar(silent.calendar(), silent.now)
    texts = [bytes(event.text) for event in Event.objects.all()]
    assert {event.summary for event in Event.objects.all()} == {""}
    assert [b"SUMMARY" in text for text in texts] == [False] * 6
    assert (len(silent.seen()), lines(silent, "Daily"), silent.asked()) == (before, [], [])
    silent.add("Secret", at(22))
    silent.sync()
    assert (silent.event(next(iter(silent.known()))).summary, lines(silent, "Secret")) == ("", [])


def test_titles_come_back_with_the_next_sync_when_they_are_wanted_again(silent: World) -> None:
    Calendar.objects.filter(name="Work").update(times_only=True)
    reexpand.expand_calendar(silent.calendar(), silent.now)
    Calendar.objects.filter(name="Work").update(times_only=False)
    reexpand.expand_calendar(silent.calendar(), silent.now)
    assert (lines(silent, "Daily"), silent.asked()) == ([], [])
    assert silent.sync().changed == 6
    assert (lines(silent, "Daily")[0], silent.known()) == ("01.12. 10:00-11:00 Daily BUSY", silent.there())
    assert silent.sync().requests == 1


def test_an_event_that_a_sync_replaces_meanwhile_keeps_what_the_sync_said(silent: World) -> None:
    context = reexpand.ReadContext.of(silent.calendar(), silent.now)
    rows = list(Event.objects.all())
    redone = [reexpand._redo(row, context) for row in rows]
    href = next(row.href for row in rows if row.summary == "Later")
    silent.phone.move(href, at(12, day=5))
    silent.sync()
    reexpand._replace(silent.calendar(), redone, context)
    assert lines(silent, "Later") == ["05.12. 12:00-13:00 Later BUSY"]


def test_a_thousand_events_are_expanded_in_few_queries(world: World, django_assert_max_num_queries: object) -> None:
    from tests.ics_text import event

    for number in range(1000):
        world.theirs("Work").put(f"{number}.ics", event(f"EVENT-{number}"))
    world.sync()
    with django_assert_max_num_queries(60):  # type: ignore[operator]
        assert reexpand.expand_calendar(world.calendar(), world.now) == 1000


def test_one_calendar_that_cannot_be_expanded_does_not_stop_the_night(silent: World) -> None:
    silent.choose("Work", "Home", linked="Work")
    silent.add("At home", at(10), calendar="Home", rule="FREQ=DAILY")
    silent.sync()
    CalendarConfiguration.objects.update(time_zone="Nowhere/Lost")
    assert reexpand.move_window(silent.now + DAY).events == 0
    CalendarConfiguration.objects.update(time_zone="Europe/Berlin")
    assert reexpand.move_window(silent.now + DAY).events == 4


@pytest.mark.parametrize("days", [0, 1, 6])
def test_of_the_oddest_events_the_kept_times_are_those_of_the_texts(world: World, days: int) -> None:
    for path in sorted(MUSEUM.glob("*.ics")):
        world.phone.add_text(world.theirs("Work"), path.read_bytes())
    world.sync()
    assert Occurrence.objects.count() > 50
    assert reexpand.find_inconsistent(world.calendar(), world.now + days * DAY) == []


def test_a_full_sync_works_out_anew_what_went_astray(silent: World) -> None:
    before = silent.seen()
    Occurrence.objects.filter(event__summary="Daily", start__gt=silent.now).delete()
    Occurrence.objects.filter(event__summary="Yoga").update(blocks=False)
    silent.sync()
    assert silent.seen() != before
    silent.sync(full=True)
    assert (silent.seen(), reexpand.find_inconsistent(silent.calendar(), silent.now)) == (before, [])
