"""Who used the processor, from two readings."""

from __future__ import annotations

import os

from benchmarks.clients.cpu import Reading, Shares, busy_seconds, read, shares

BEFORE = Reading(clock=100.0, web=10.0, clients=1.0, machine=1000.0)
TICK = os.sysconf("SC_CLK_TCK")


def test_others_used_what_neither_the_web_server_nor_the_clients_did() -> None:
    after = Reading(clock=110.0, web=15.0, clients=2.0, machine=1016.0)
    assert shares(BEFORE, after, 2) == Shares(cores=2, web=0.5, clients=0.1, others=1.0)


def test_readings_of_coarse_clocks_never_give_less_than_nothing_to_others() -> None:
    after = Reading(clock=110.0, web=15.0, clients=2.0, machine=1005.0)
    assert shares(BEFORE, after, 2) == Shares(cores=2, web=0.5, clients=0.1, others=0.0)


def test_without_a_reading_nothing_is_said() -> None:
    assert (shares(None, BEFORE, 2), shares(BEFORE, None, 2)) == (None, None)


def test_idle_and_waiting_cores_are_not_busy_and_guests_are_counted_once() -> None:
    columns = [5 * TICK, 1 * TICK, 3 * TICK, 100 * TICK, 50 * TICK, 0, 2 * TICK, 4 * TICK, 5 * TICK, 0]
    assert busy_seconds(f"cpu  {' '.join(map(str, columns))}\ncpu0 1 2 3") == 15.0


def test_a_process_can_be_read() -> None:
    reading = read(os.getpid())
    assert reading is None or reading.machine > reading.web > 0
