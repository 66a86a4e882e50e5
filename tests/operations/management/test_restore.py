"""The command `restore`, as a shell runs it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from django.db import connection
from django.utils import timezone

from bookings.models import Booking, Client
from bookings.records.erase import erase_client
from operations.backup.writing import write_backup
from tests.factories import NOW, BookingFactory
from tests.operations.backup.deployment import Deployment, deployment  # noqa: F401 - a fixture
from tests.operations.management.shell import manage
from tests.shared_database import shared_database  # noqa: F401 - a fixture

pytestmark = pytest.mark.processes


@pytest.fixture
def booking(deployment: Deployment) -> Booking:  # noqa: F811
    """A booking in the backup, whose client was erased afterwards."""
    made: Booking = BookingFactory.create()
    write_backup(deployment.target, now=NOW, key=deployment.key)
    erase_client(made.seat.client, now=timezone.now())
    connection.close()
    return made


def test_it_restores_and_says_what_it_did(deployment: Deployment, booking: Booking) -> None:  # noqa: F811
    done = manage(deployment, "restore", str(deployment.target), "--replace", "--json")
    assert (done.returncode, done.stderr) == (0, "")
    data = json.loads(done.stdout)
    assert (data["made_at"], data["erased"], data["former_uploads"]) == ("2026-11-30T08:00:00Z", 1, None)
    assert list(Client.objects.values_list("erased_at", flat=True)) != [None]
    if connection.vendor == "sqlite":
        assert Path(data["former"]).is_file()
    connection.close()


def test_people_read_what_it_did(deployment: Deployment, booking: Booking) -> None:  # noqa: F811
    done = manage(deployment, "restore", str(deployment.target), "--replace")
    lines = done.stdout.splitlines()
    assert lines[:2] == ["The backup of 2026-11-30T08:00:00Z is restored.", "1 client was erased again."]
    assert (lines[2].startswith("What was there before is kept in "), len(lines)) == (True, 3)


def test_a_refusal_is_one_sentence_and_exit_two(deployment: Deployment, booking: Booking) -> None:  # noqa: F811
    done = manage(deployment, "restore", str(deployment.target))
    sentence = "This database has bookings. Add --replace to replace them by the backup.\n"
    assert (done.returncode, done.stdout, done.stderr) == (2, "", sentence)


def test_a_broker_that_does_not_answer_is_said_and_nothing_changes(deployment: Deployment, booking: Booking) -> None:  # noqa: F811
    arguments = ("restore", str(deployment.target), "--replace")
    done = manage(deployment, *arguments, REDIS_URL="redis://127.0.0.1:1/0")
    sentence = "The broker of REDIS_URL does not answer. Start it, then try again.\n"
    assert (done.returncode, done.stdout, done.stderr) == (2, "", sentence)
    assert Client.objects.exclude(erased_at=None).count() == 1
    connection.close()


def test_a_database_that_has_no_tables_is_filled(deployment: Deployment, booking: Booking, tmp_path: Path) -> None:  # noqa: F811
    with empty_database(deployment, tmp_path) as url:
        check_that_it_is_filled(deployment, booking, url)


@contextmanager
def empty_database(deployment: Deployment, tmp_path: Path) -> Iterator[str]:  # noqa: F811
    """The DATABASE_URL of a database without tables."""
    if connection.vendor == "sqlite":
        yield f"sqlite:///{tmp_path / 'new' / 'kalends.sqlite3'}"
        return
    name = f"{connection.settings_dict['NAME']}_empty"
    with connection.cursor() as cursor:
        cursor.execute(f"DROP DATABASE IF EXISTS {name}")
        cursor.execute(f"CREATE DATABASE {name} ENCODING 'UTF8' TEMPLATE template0")
    yield f"{deployment.url.rpartition('/')[0]}/{name}"
    with connection.cursor() as cursor:
        cursor.execute(f"DROP DATABASE {name}")


def check_that_it_is_filled(deployment: Deployment, booking: Booking, url: str) -> None:  # noqa: F811
    done = manage(deployment, "restore", str(deployment.target), "--json", DATABASE_URL=url)
    assert (done.returncode, json.loads(done.stdout)["former"], done.stderr) == (0, None, "")
    listed = manage(deployment, "bookings", "--user", booking.staff.username, "--json", DATABASE_URL=url)
    assert [row["id"] for row in json.loads(listed.stdout)] == [booking.pk]
