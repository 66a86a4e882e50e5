"""The schedules match the code, however often and after whatever they are set up."""

from __future__ import annotations

import json
from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
import time_machine
from django.core.management import call_command
from django.utils import timezone
from django.utils.module_loading import import_string
from django_q.models import Schedule

from tests.factories import NOW

pytestmark = pytest.mark.django_db

EXPECTED = {
    "poll connections": ("connections.tasks.poll_connections", Schedule.MINUTES, 1),
    "push events": ("bookings.tasks.push_events", Schedule.MINUTES, 1),
    "reconcile bookings": ("bookings.tasks.reconcile_bookings", Schedule.MINUTES, 1),
    "heartbeat": ("operations.tasks.heartbeat", Schedule.MINUTES, 1),
    "delete old holds": ("bookings.tasks.delete_old_holds", Schedule.DAILY, None),
    "apply retention": ("bookings.tasks.apply_retention", Schedule.DAILY, None),
    "prune activity": ("practice.activity.tasks.prune_activity", Schedule.DAILY, None),
    "delete ended sessions": ("practice.sign_in.sessions.delete_ended_sessions", Schedule.DAILY, None),
    "go on after a restore": ("operations.restored.tasks.go_on", Schedule.MINUTES, 1),
    "expand events": ("connections.tasks.expand_events", Schedule.DAILY, None),
}


def set_up() -> dict[str, list[str]]:
    out = StringIO()
    call_command("setup_schedules", "--json", stdout=out)
    return dict(json.loads(out.getvalue()))


def standing() -> dict[str, tuple[Any, ...]]:
    return {row.name: (row.func, row.schedule_type, row.minutes) for row in Schedule.objects.all()}


def test_it_makes_every_schedule() -> None:
    assert set_up() == {"schedules": list(EXPECTED), "removed": []}
    assert standing() == EXPECTED


def test_every_task_exists() -> None:
    set_up()
    assert [callable(import_string(row.func)) for row in Schedule.objects.all()] == [True] * len(EXPECTED)


def test_a_second_time_changes_nothing() -> None:
    set_up()
    before = list(Schedule.objects.order_by("pk").values())
    set_up()
    assert list(Schedule.objects.order_by("pk").values()) == before


def test_when_a_schedule_runs_next_is_left_to_the_worker() -> None:
    set_up()
    soon = timezone.now() + timedelta(hours=7)
    Schedule.objects.filter(name="expand events").update(next_run=soon)
    set_up()
    assert Schedule.objects.get(name="expand events").next_run == soon


def test_a_schedule_that_the_code_has_no_more_goes() -> None:
    Schedule.objects.create(name="old", func="connections.tasks.gone")
    Schedule.objects.create(name=None, func="connections.tasks.nameless")
    assert set_up()["removed"] == ["connections.tasks.nameless", "old"]
    assert standing() == EXPECTED


def test_of_several_with_one_name_one_is_left() -> None:
    for _ in range(3):
        Schedule.objects.create(name="push events", func="bookings.tasks.push_events")
    set_up()
    assert Schedule.objects.filter(name="push events").count() == 1
    assert standing() == EXPECTED


def test_what_somebody_changed_by_hand_is_put_right() -> None:
    set_up()
    Schedule.objects.filter(name="push events").update(minutes=30, repeats=2, args="1, 2", func="os.system")
    set_up()
    row = Schedule.objects.get(name="push events")
    assert (row.func, row.minutes, row.repeats, row.args) == ("bookings.tasks.push_events", 1, -1, None)


def test_people_are_told_in_words() -> None:
    Schedule.objects.create(name="old", func="connections.tasks.gone")
    out = StringIO()
    call_command("setup_schedules", stdout=out)
    assert out.getvalue().splitlines() == ["10 schedules are set up.", "Removed: old"]


@pytest.mark.parametrize(("task", "period"), [("poll connections", 60), ("expand events", 4 * 60 * 60)])
def test_instances_that_are_set_up_at_once_take_turns(settings, task: str, period: int) -> None:
    turns = set()
    for name in ("spring", "summer", "autumn", "winter"):
        Schedule.objects.all().delete()
        settings.INSTANCE = name
        with time_machine.travel(NOW, tick=False):
            set_up()
        turns.add((Schedule.objects.get(name=task).next_run - NOW).total_seconds())
    assert (len(turns), min(turns) >= 0, max(turns) < period) == (4, True, True)
    assert max(turns) - min(turns) > period / 3
