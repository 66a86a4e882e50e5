"""The parts of the long test that can be looked at by themselves."""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.utils import timezone

from soak import calendar_text
from soak.deployment import Deployment, children, free_port
from soak.ledger import Ledger, Version
from soak.run import errors_in_logs
from soak.web import Browser, NoAnswer, Page
from tests.ics_text import event

TEN, ELEVEN = datetime(2026, 12, 1, 10, tzinfo=UTC), datetime(2026, 12, 1, 11, tzinfo=UTC)
WORKER_LOG = """\
2026-11-22 17:55:05,833 CRITICAL django-q: reincarnated worker Process-1 after death
2026-11-22 17:55:06,000 WARNING kalends: something odd
2026-11-22 17:55:07,000 ERROR kalends: pushing 7 failed
2026-11-22 17:55:08,000 ERROR kalends: pushing 8 failed
Traceback (most recent call last):
  File "somewhere.py", line 1, in <module>
ValueError: no
"""


def place(folder: Path) -> Deployment:
    return Deployment(folder, "", 1)


def test_of_every_kind_of_error_in_the_logs_one_is_told(tmp_path: Path) -> None:
    (tmp_path / "logs").mkdir()
    (tmp_path / "logs" / "worker-1.log").write_text(WORKER_LOG)
    found = [sentence.splitlines()[0] for sentence in errors_in_logs(place(tmp_path))]
    assert found == [
        "2 times in logs, worker-1.log: 2026-11-22 17:55:08,000 ERROR kalends: pushing 8 failed",
        "1 times in logs, worker-1.log: Traceback (most recent call last):",
    ]


def test_without_errors_nothing_is_told(tmp_path: Path) -> None:
    (tmp_path / "logs").mkdir()
    (tmp_path / "logs" / "web.log").write_text("2026-11-22 17:55:06,000 WARNING kalends: something odd\n")
    assert list(errors_in_logs(place(tmp_path))) == []


def test_an_attempt_without_an_answer_stays_unknown_and_stands_in_the_ledger() -> None:
    ledger = Ledger()
    with pytest.raises(NoAnswer), ledger.trying("anna") as attempt:
        raise NoAnswer("gone")
    assert (attempt.outcome, ledger.tries) == ("unknown", {"anna 1": attempt})


def test_an_event_that_vanishes_ends_its_last_version_only() -> None:
    ledger = Ledger()
    old, new = (Version("anna@example.com", "/home/", "/home/1.ics", [], TEN) for _ in range(2))
    old.until = TEN
    ledger.appears(old)
    ledger.appears(new)
    ledger.vanishes("/home/1.ics", ELEVEN)
    assert (old.until, new.until) == (TEN, ELEVEN)


def test_a_home_counts_as_listed_only_within_the_time() -> None:
    ledger = Ledger()
    before = timezone.now()
    ledger.note_listing("anna@example.com")
    assert ledger.was_listed("anna@example.com", before, 5)
    assert not ledger.was_listed("anna@example.com", before - timedelta(seconds=9), 5)
    assert not ledger.was_listed("ben@example.com", before, 5)


def test_a_plain_event_is_read() -> None:
    data = event("UID-1")
    assert (calendar_text.uid_of(data), calendar_text.alone(data)) == ("UID-1", (TEN, ELEVEN, True))
    assert calendar_text.blocking(data, TEN - timedelta(days=1), ELEVEN) == [(TEN, ELEVEN)]
    assert calendar_text.blocking(data, ELEVEN, ELEVEN + timedelta(days=9)) == []


def test_what_repeats_is_not_alone_and_what_is_free_blocks_nothing() -> None:
    weekly = event("UID-1").replace(b"SUMMARY", b"RRULE:FREQ=WEEKLY;COUNT=2\r\nSUMMARY")
    week = timedelta(days=7)
    assert calendar_text.alone(weekly) is None
    assert calendar_text.blocking(weekly, TEN, ELEVEN + week) == [(TEN, ELEVEN), (TEN + week, ELEVEN + week)]
    free = event("UID-1").replace(b"SUMMARY", b"TRANSP:TRANSPARENT\r\nSUMMARY")
    assert calendar_text.blocking(free, TEN, ELEVEN) == []


def test_travel_time_is_part_of_what_blocks() -> None:
    travel = event("UID-1").replace(b"SUMMARY", b"X-APPLE-TRAVEL-DURATION;VALUE=DURATION:PT30M\r\nSUMMARY")
    assert calendar_text.blocking(travel, TEN, ELEVEN) == [(TEN - timedelta(minutes=30), ELEVEN)]


def test_a_page_tells_what_its_fields_offer() -> None:
    page = Page(
        200, "/", '<input name="opening" value="1"><input name="opening"\n value="2"><input name="date" value="3">'
    )
    assert page.values("opening") == ["1", "2"]


def test_where_nobody_listens_there_is_no_answer() -> None:
    with pytest.raises(NoAnswer):
        Browser(f"http://127.0.0.1:{free_port()}").get("/")


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="looks for processes as Linux shows them")
def test_the_children_of_a_process_are_found() -> None:
    child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
    try:
        assert child.pid in children(os.getpid())
    finally:
        child.kill()
        child.wait()
