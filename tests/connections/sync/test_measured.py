"""What polls and syncs measure: how long they took, and what the provider answered."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from connections.dav import Credentials, Session, Unavailable
from connections.dav.client import status_label
from connections.sync import poll
from connections.sync.run import sync_connection
from practice.telemetry import measurements
from practice.telemetry.measurements import COUNT, SUM
from tests.connections.engine import World
from tests.factories import NOW


@pytest.fixture(autouse=True)
def nothing_measured() -> Iterator[None]:
    measurements.drain()
    yield
    measurements.drain()


def measured() -> dict[tuple[str, ...], float]:
    """How often, by the name of the metric and its labels."""
    found: dict[tuple[str, ...], float] = {}
    for (name, labels, part), value in measurements.drain().items():
        if part != SUM:
            found[(name, *labels)] = found.get((name, *labels), 0) + value
    return found


@pytest.mark.django_db
def test_a_quiet_sync_counts_its_answer_and_itself(world: World) -> None:
    sync_connection(world.pk, now=NOW)
    measurements.drain()
    sync_connection(world.pk, now=NOW)
    assert measured() == {
        ("kalends_sync_seconds", "schedule"): 1,
        ("kalends_provider_answers", world.connection.provider, "207"): 1,
    }


@pytest.mark.django_db
def test_a_probe_is_measured_with_its_result(world: World) -> None:
    measurements.drain()  # what connecting measured
    poll.probe(world.connection.account, world.connection.home_path, deadline=float("inf"))
    assert measured() == {
        ("kalends_poll_seconds", "listed"): 1,
        ("kalends_provider_answers", world.connection.provider, "207"): 1,
    }


def test_no_answer_is_counted_too() -> None:
    with Session(Credentials("http://127.0.0.1:1/", "anna", "secret")) as session, pytest.raises(Unavailable):
        session.calendars("/1/")
    assert measurements.drain() == {("kalends_provider_answers", ("caldav", "none"), COUNT): 1}


@pytest.mark.parametrize(("status", "label"), [(207, "207"), (507, "507"), (799, "other"), (0, "other")])
def test_no_server_invents_labels(status: int, label: str) -> None:
    assert status_label(status) == label
