"""The check of an account, against the sandbox's iCloud and against servers of other kinds."""

from __future__ import annotations

import json
import os
import signal
import stat
import threading
import time

import pytest

from connections import accounts, dav
from connections.models import Calendar
from operations.account_check.check import CheckResult, check_calendar
from operations.account_check.event_texts import PREFIX
from operations.account_check.expectations import EXPECTATIONS, NOT_ASKED, Outcome
from operations.account_check.fitness import Unfit
from operations.account_check.results import load_results, results_path
from practice.models import User
from tests.connections.engine import World
from tests.factories import NOW
from tests.ics_text import event
from tests.servers import PASSWORD, USERNAME, CalendarServer

BOTH = {
    "home": "207, a path",
    "principal-depth-1": "207",
    "allprop": "there",
    "server": "another",
    "request-id": "not there",
    "sync-all": "207, a token",
    "etag": "another",
    "sync-delta": "207, the event",
    "sync-depth-1": "207, the event",
    "sync-limit": "one member",
    "get": "200, changed",
    "multiget": "207, changed",
    "query-all": "207",
    "free-busy": "200",
    "head": "200",
    "wildcard": "204",
    "no-end": "201",
    "repeat-get": "200, changed",
    "move-one-get": "207, changed",
    "query-new-day": "207, found",
    "query-old-day": "207, not found",
}
OTHERWISE = {
    "radicale": BOTH | {"home-ctag": "not there", "ctag": "different", "delete": "200"},
    "xandikos": BOTH | {"schedule-tag": "there"},
}
"""What these servers do otherwise than iCloud, by key; which properties of the event they change is left out."""


def different(result: CheckResult) -> dict[str, str]:
    return {one.key: one.found for one in result.findings if one.outcome is Outcome.DIFFERENT}


def test_the_sandbox_meets_every_expectation_and_keeps_nothing(connected: World) -> None:
    result = check_calendar(connected.calendar(), NOW)
    assert different(result) == {}
    assert (result.complete, result.is_clean, result.removed, connected.there()) == (True, True, 0, {})
    assert {one.key for one in result.findings if one.found == NOT_ASKED} == set()


@pytest.mark.parametrize("name", ["radicale", "xandikos"])
def test_other_servers_differ_in_what_is_known_of_them(name: str, request: pytest.FixtureRequest, anna: User) -> None:
    server: CalendarServer = request.getfixturevalue(name)
    path = server.add_calendar("check", "Check")
    accounts.connect(anna, username=USERNAME, password=PASSWORD, url=server.url, now=NOW)
    result = check_calendar(Calendar.objects.get(path=path), NOW)
    assert {key: found.partition(":")[0] for key, found in different(result).items()} == OTHERWISE[name]
    assert (result.complete, result.is_clean) == (True, True)


def test_a_result_is_kept_without_names_and_only_for_its_user(connected: World) -> None:
    for _ in range(6):
        check_calendar(connected.calendar(), NOW)
    kept = load_results()
    assert [(one["provider"], one["complete"], one["counts"]["different"]) for one in kept] == [("icloud", True, 0)] * 5
    assert stat.S_IMODE(results_path().stat().st_mode) == 0o600
    text = json.dumps(kept)
    secrets = (connected.account.dsid, connected.password, connected.account.apple_id, "Work", "127.0.0.1", PREFIX)
    assert [secret for secret in secrets if secret in text] == []


def test_what_a_killed_check_left_is_removed_and_nothing_else(connected: World) -> None:
    work = connected.theirs("Work")
    work.put(f"{PREFIX}old.ics", event(f"{PREFIX}old"))
    work.put(f"{PREFIX}named.ics", event("SOMEBODY-ELSE"))
    work.put("own.ics", event(f"{PREFIX}uid-alone"))
    result = check_calendar(connected.calendar(), NOW)
    assert (result.removed, different(result)) == (1, {})
    assert sorted(path.rpartition("/")[2] for path in connected.there()) == [f"{PREFIX}named.ics", "own.ics"]


def test_an_error_in_the_middle_leaves_no_event(connected: World) -> None:
    connected.icloud.faults.add(status=503, method="REPORT", body="calendar-query", times=1)
    with pytest.raises(dav.Unavailable):
        check_calendar(connected.calendar(), NOW)
    (kept,) = load_results()
    found = {one["key"]: one["found"] for one in kept["findings"]}
    assert (kept["complete"], kept["clean"], found["multiget"], found["query"]) == (
        False,
        True,
        "207, as sent",
        NOT_ASKED,
    )
    assert connected.there() == {}


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_to_end_leaves_no_event(connected: World, number: signal.Signals) -> None:
    connected.icloud.faults.add(delay=20, method="GET", times=1)
    before = signal.getsignal(signal.SIGTERM)
    interrupter = threading.Thread(target=_interrupt_at_the_first_get, args=(connected, number))
    interrupter.start()
    with pytest.raises(KeyboardInterrupt):
        check_calendar(connected.calendar(), NOW)
    interrupter.join()
    assert (connected.there(), load_results()[0]["complete"], signal.getsignal(signal.SIGTERM)) == ({}, False, before)


def _interrupt_at_the_first_get(world: World, number: signal.Signals) -> None:
    """End the process once the GET that does not answer was sent."""
    while not any(one.method == "GET" for one in world.icloud.log):
        time.sleep(0.01)
    os.kill(os.getpid(), number)


def _with_guests(uid: str) -> bytes:
    return event(uid).replace(b"BEGIN:VEVENT\r\n", b"BEGIN:VEVENT\r\nORGANIZER:mailto:boss@example.com\r\n")


def refused(world: World, calendar: Calendar) -> str:
    before = world.there()
    with pytest.raises(Unfit) as refusal:
        check_calendar(calendar, NOW)
    assert (world.there(), load_results()) == (before, [])
    return str(refusal.value)


def test_a_calendar_that_others_see_or_that_has_guests_is_refused(connected: World) -> None:
    assert "is shared" in refused(connected, connected.calendar("Team"))
    work = connected.theirs("Work")
    work.put("meeting.ics", _with_guests("MEETING"))
    assert "events with guests" in refused(connected, connected.calendar())
    work.sharing = "owner"
    assert "is shared" in refused(connected, connected.calendar())


def test_a_calendar_that_is_gone_or_full_is_refused(connected: World) -> None:
    work = connected.theirs("Work")
    for number in range(201):
        work.put(f"{number}.ics", event(f"E{number}"))
    assert "201 events, more than 200" in refused(connected, connected.calendar())
    row = connected.calendar()
    connected.account.detach(work)
    with pytest.raises(Unfit, match="no longer in the account"):
        check_calendar(row, NOW)


def test_an_answer_that_ends_the_questions_counts_the_rest_as_not_asked(connected: World) -> None:
    connected.icloud.faults.add(status=500, method="PUT", times=None)
    result = check_calendar(connected.calendar(), NOW)
    found = {one.key: one.found for one in result.findings}
    assert (found["create"], found["get"], found["delete"], result.is_clean) == ("500", NOT_ASKED, NOT_ASKED, True)


def test_a_redirect_to_the_pod_is_followed_and_said(connected: World) -> None:
    connected.icloud.switches.entry_redirects = "always"
    result = check_calendar(connected.calendar(), NOW)
    assert different(result) == {}
    assert {one.key: one.found for one in result.findings}["entry"] == "redirects to another host"


def test_each_question_has_a_key_of_its_own_and_a_source() -> None:
    keys = [row.key for row in EXPECTATIONS]
    assert (len(keys), all(row.source for row in EXPECTATIONS)) == (len(set(keys)), True)
