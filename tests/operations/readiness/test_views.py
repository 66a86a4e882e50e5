from __future__ import annotations

from pathlib import Path

import pytest
from django.core.management import call_command
from django.db import OperationalError, connection
from django.db.migrations.recorder import MigrationRecorder
from django.test import Client
from pytest_django import Settings

from operations.tasks import heartbeat

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def home(settings: Settings, tmp_path: Path) -> None:
    settings.HOME = tmp_path


def failing(client: Client) -> tuple[int, list[str]]:
    answer = client.get("/readyz")
    body = answer.json()
    names = [name for name, check in body["checks"].items() if not check["ok"]]
    assert body["ready"] == (answer.status_code == 200) == (names == [])
    return answer.status_code, names


def test_after_a_start_it_is_not_ready_before_schedules_and_a_worker_run(client: Client) -> None:
    assert failing(client) == (503, ["worker", "schedules"])
    call_command("setup_schedules", "--json")
    assert failing(client) == (503, ["worker"])
    heartbeat()
    assert failing(client) == (200, [])


def test_what_is_well_has_no_sentence(client: Client) -> None:
    assert client.get("/readyz").json()["checks"]["database"] == {"ok": True, "problem": None}


def test_before_migrations_it_is_not_ready(client: Client) -> None:
    MigrationRecorder.Migration.objects.filter(app="bookings").delete()
    assert failing(client) == (503, ["migrations", "worker", "schedules"])


def test_without_a_database_it_answers_all_the_same(client: Client) -> None:
    def refuse(*args: object) -> None:
        raise OperationalError("password of kalends refused at 10.0.0.1")

    with connection.execute_wrapper(refuse):
        answer = client.get("/readyz")
    assert (answer.status_code, answer.json()["checks"]["database"]["ok"]) == (503, False)
    assert [part for part in ("password", "10.0.0.1", "refused") if part in answer.content.decode()] == []


def test_a_folder_that_cannot_be_looked_at_is_a_problem_of_the_disk(client: Client, settings: Settings) -> None:
    settings.HOME = Path("/proc/nothing/here")
    assert "disk" in failing(client)[1]
