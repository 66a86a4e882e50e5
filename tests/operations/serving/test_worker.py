"""A supervisor without a parent process, which signals stop."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Iterator

import pytest

from operations.serving.worker import Flag, MainSupervisor


class Idle(MainSupervisor):
    """A supervisor that starts nothing."""

    def __init__(self, pid: int) -> None:
        self.pid, self.stop_event = pid, Flag()


@pytest.fixture(autouse=True)
def handlers() -> Iterator[None]:
    """The handlers of signals as they were."""
    numbers = (signal.SIGTERM, signal.SIGINT)
    before = [signal.getsignal(number) for number in numbers]
    yield
    for number, handler in zip(numbers, before, strict=True):
        signal.signal(number, handler)


def test_a_flag_that_is_set_is_not_waited_for() -> None:
    flag = Flag()
    assert (flag.is_set(), flag.wait(0)) == (False, False)
    flag.set()
    began = time.monotonic()
    assert (flag.is_set(), flag.wait(60)) == (True, True)
    assert time.monotonic() - began < 30


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_tells_the_supervisor_to_stop(number: signal.Signals) -> None:
    supervisor = Idle(os.getpid())
    signal.signal(signal.SIGTERM, supervisor._end_only_others)
    signal.signal(signal.SIGINT, supervisor._stop_if_main)
    os.kill(os.getpid(), number)
    assert supervisor.stop_event.is_set()


def test_ctrl_c_does_not_interrupt_the_task_of_a_worker() -> None:
    supervisor = Idle(os.getpid() + 1)  # as in a forked process, which inherits the handler
    signal.signal(signal.SIGINT, supervisor._stop_if_main)
    os.kill(os.getpid(), signal.SIGINT)
    assert not supervisor.stop_event.is_set()
