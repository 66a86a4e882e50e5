from __future__ import annotations

import multiprocessing
from collections.abc import Iterator

import pytest
from django.db import DatabaseError, connection
from pytest_django import Settings

from operations.metrics import storage, writer
from operations.models import Measurement
from practice.telemetry import measurements
from practice.telemetry.measurements import ANSWERS
from tests.shared_database import shared_database  # noqa: F401 - a fixture

pytestmark = pytest.mark.django_db
KEY = (ANSWERS.name, ("icloud", "207"), "count")


@pytest.fixture(autouse=True)
def nothing_measured() -> Iterator[None]:
    measurements.drain()
    yield
    measurements.drain()


def test_nothing_measured_costs_no_query(django_assert_num_queries) -> None:
    with django_assert_num_queries(0):
        writer.write()


def test_what_was_measured_costs_one_query(django_assert_num_queries) -> None:
    for status in range(200, 300):
        ANSWERS.count("icloud", str(status))
    with django_assert_num_queries(1):
        writer.write()
    assert Measurement.objects.count() == 100


def test_what_the_database_refuses_is_kept() -> None:
    def refuse(*args: object) -> None:
        raise DatabaseError

    ANSWERS.count("icloud", "207")
    with connection.execute_wrapper(refuse):
        writer.write()
    ANSWERS.count("icloud", "207")
    writer.write()
    assert storage.totals() == {KEY: 2}


def test_tests_have_no_thread_that_writes(settings: Settings) -> None:
    assert settings.METRICS_WRITE_SECONDS == 0


def count_and_end(times: int) -> None:
    """What a worker does: it is forked, measures, and ends before its thread has written anything."""
    connection.close()
    for _ in range(times):
        ANSWERS.count("icloud", "207")


@pytest.mark.processes
@pytest.mark.django_db(transaction=True)
def test_processes_that_end_write_what_they_measured(settings: Settings, shared_database: str) -> None:  # noqa: F811
    settings.METRICS_WRITE_SECONDS = 600
    forking = multiprocessing.get_context("fork")
    processes = [forking.Process(target=count_and_end, args=(50,)) for _ in range(4)]
    connection.close()
    for process in processes:
        process.start()
    for process in processes:
        process.join()
    assert storage.totals() == {KEY: 200}
