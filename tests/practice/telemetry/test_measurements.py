from __future__ import annotations

import os
from collections.abc import Iterator

import pytest

from practice.telemetry import measurements
from practice.telemetry.measurements import ANSWERS, HTTP, INFINITE, SUM


@pytest.fixture(autouse=True)
def nothing_measured() -> Iterator[None]:
    measurements.drain()
    yield
    measurements.drain()


def test_what_is_measured_is_added_up_and_taken_away_once() -> None:
    for seconds in (0.005, 0.02, 0.02, 90):
        HTTP.observe(seconds, "week:page", "GET", "2xx")
    ANSWERS.count("icloud", "207")
    name, labels = HTTP.name, ("week:page", "GET", "2xx")
    assert measurements.drain() == {
        (name, labels, "0.005"): 1,
        (name, labels, "0.025"): 2,
        (name, labels, INFINITE): 1,
        (name, labels, SUM): 90.045,
        (ANSWERS.name, ("icloud", "207"), "count"): 1,
    }
    assert measurements.drain() == {}


def test_what_could_not_be_written_is_added_to_what_came_since() -> None:
    ANSWERS.count("icloud", "207")
    taken = measurements.drain()
    ANSWERS.count("icloud", "207")
    measurements.put_back(taken)
    assert measurements.drain() == {(ANSWERS.name, ("icloud", "207"), "count"): 2}


def test_the_writer_is_started_with_the_first_measurement_and_once(monkeypatch: pytest.MonkeyPatch) -> None:
    started: list[int] = []
    monkeypatch.setattr(measurements, "_start_writer", lambda: started.append(1))
    monkeypatch.setattr(measurements, "_is_started", False)
    ANSWERS.count("icloud", "207")
    ANSWERS.count("icloud", "207")
    assert started == [1]


def test_a_forked_process_begins_with_nothing_and_a_writer_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(measurements, "_start_writer", lambda: None)
    ANSWERS.count("icloud", "207")
    child = os.fork()
    if child == 0:
        is_new = measurements.drain() == {} and not measurements._is_started
        os._exit(0 if is_new else 1)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    assert measurements.drain() == {(ANSWERS.name, ("icloud", "207"), "count"): 1}
