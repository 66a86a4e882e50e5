"""What a server's own search and its bytes are not good for."""

from __future__ import annotations

from typing import Any

import pytest

from connections.models import Event
from tests.bookings.practice import Practice, berlin
from tests.traps.conftest import Start, turn
from tests.traps.looking import WELL, blocked, differences, every, named, state, times

SEARCHES = every(moved_occurrences=["by-original", "by-both"], marks_exceptions=[True, False])
REWRITES = every(doubles_dtstamp=[True, False], marks_exceptions=[True, False], cdata=[True, False])


@pytest.mark.parametrize("switches", SEARCHES, ids=named)
def test_t13_an_occurrence_moved_far_away_blocks_where_it_is_now(start: Start, switches: dict[str, Any]) -> None:
    practice = start(**switches)
    work = practice.account.calendar("Work")
    href = practice.phone.add(work, "Course", berlin(1, 10), rule="FREQ=DAILY;COUNT=2")
    practice.phone.move_one(href, berlin(2, 10), berlin(23, 15))
    practice.icloud.log.clear()
    practice.poll_later()
    assert times() == ["01 10:00-11:00", "23 15:00-16:00"]
    assert [one for one in practice.icloud.log if one.report == "calendar-query"] == []


@pytest.mark.parametrize("switches", REWRITES, ids=named)
def test_t14_other_bytes_are_no_other_event(start: Start, switches: dict[str, Any]) -> None:
    practice = start()
    work = practice.account.calendar("Work")
    href = practice.phone.add(work, "Course", berlin(1, 10), rule="FREQ=DAILY;COUNT=3")
    practice.phone.move_one(href, berlin(2, 10), berlin(2, 15))
    booking = practice.booked(berlin(3, 13))
    before = (times(), practice.placement(booking).pushed_revision)
    turn(practice.icloud, switches)
    practice.icloud.advance(60)
    report = practice.sync(full=True)
    assert (report.changed, report.removed) == (0, 0)
    work.housekeep()
    practice.account.calendar("Home").housekeep()
    practice.icloud.log.clear()
    practice.poll_later()
    assert (times(), practice.placement(booking).pushed_revision) == before
    assert (practice.proposals(), practice.push(), differences(practice)) == ([], [], {})
    assert [one.method for one in practice.icloud.log if one.method not in ("PROPFIND", "REPORT")] == []


def test_t14_an_etag_that_did_not_change_is_an_event_that_is_not_fetched(practice: Practice) -> None:
    work = practice.account.calendar("Work")
    for hour in (12, 13, 14):
        practice.phone.add(work, "Dentist", berlin(1, hour))
    practice.poll_later()
    practice.icloud.log.clear()
    practice.sync(full=True)
    assert [one for one in practice.icloud.log if one.report == "calendar-multiget"] == []
    assert (state(practice), Event.objects.count(), len(blocked(practice))) == (WELL, 3, 3)
