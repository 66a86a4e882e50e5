"""What goes wrong between Kalends and iCloud: the right state, the right sentence, the right next try, nothing lost."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from connections.models import Connection, SyncRun
from connections.problems import Problem
from connections.sync.run import Sync, carry_out
from connections.sync.state import lease
from tests.connections.engine import World, at
from tests.factories import ConnectionFactory, UserFactory

HOME = "PROPFIND /calendars/ 1 207"
REFUSED = "PROPFIND /calendars/ 1 401"


@pytest.fixture
def read(world: World) -> World:
    """One event was read; another one is new."""
    world.add("Dentist", at(10))
    world.sync()
    world.add("New", at(12))
    world.asked()
    return world


def pause(world: World) -> float:
    """Seconds from now to the next sync."""
    next_sync_at = world.connection.next_sync_at
    assert next_sync_at is not None
    return float((next_sync_at - world.now).total_seconds())


def test_a_single_401_is_asked_once_more_and_alarms_nobody(read: World) -> None:
    read.icloud.faults.unauthorized()
    assert read.poll()[0].error is None
    assert read.asked() == [REFUSED, HOME]
    read.icloud.faults.unauthorized(method="REPORT")
    report = read.sync(after=1, probed=True)
    assert (report.error, report.changed, read.connection.needs_attention) == (None, 1, False)


@pytest.mark.parametrize("door", ["poll", "sync"])
def test_a_repeated_401_needs_a_person_and_polling_stops(read: World, door: str) -> None:
    read.account.revoke_all()
    reports = read.poll() if door == "poll" else [read.sync()]
    assert read.asked() == [REFUSED, REFUSED]
    assert [report.error.sentence for report in reports if report.error] == [
        "Apple no longer accepts the app-specific password of anna@example.com. Make a new one at account.apple.com "
        "and reconnect."
    ]
    connection = read.connection
    assert (connection.needs_attention, connection.error_code, connection.next_sync_at) == (True, "unauthorized", None)
    assert (connection.failing_since - read.now).total_seconds() < 5
    read.poll(after=3600)
    read.sync(after=3600)
    read.refresh()
    assert read.asked() == []
    assert read.seen() == ["01.12. 10:00-11:00 Dentist BUSY"]


def test_a_person_may_ask_a_connection_that_needs_one_and_a_good_answer_heals_it(read: World) -> None:
    Connection.objects.update(needs_attention=True, error_code="unauthorized", next_sync_at=None)
    report = read.person_syncs()
    assert (report.changed, report.error) == (1, None)
    assert (read.connection.needs_attention, read.connection.error_code, pause(read)) == (False, "", 300)


@pytest.mark.parametrize("status", [429, 503])
def test_retry_after_is_a_minimum(read: World, status: int) -> None:
    read.icloud.faults.status(status, retry_after="3000")
    report = read.sync()
    assert report.error is not None
    assert (report.error.code, report.retry_after) == ("throttled", 3000)
    assert 3000 <= pause(read) < 3005
    assert 3000 <= (read.connection.not_before - read.now).total_seconds() < 3005
    read.asked()
    read.poll(after=2990)
    read.refresh()
    assert read.person_syncs().error.code == "throttled"  # type: ignore[union-attr]
    assert read.asked() == []
    assert read.person_syncs(force=True).error is None
    assert read.connection.not_before is None


def test_our_own_pause_is_longer_than_a_short_retry_after(read: World) -> None:
    read.icloud.faults.status(503, retry_after="1")
    read.sync()
    assert 300 <= pause(read) <= 380


def test_a_choice_of_calendars_does_not_cut_a_wait_short_that_the_server_asked_for(read: World) -> None:
    read.icloud.faults.status(503, retry_after="3000")
    read.sync()
    read.asked()
    read.choose("Work", "Home", linked="Work")
    assert (read.poll(after=60), read.asked()) == ([], [])


def test_pauses_double_up_to_an_hour_with_some_jitter_and_end_with_the_first_success(read: World) -> None:
    read.icloud.down()
    pauses = []
    for _ in range(6):
        read.now = read.connection.next_sync_at
        read.poll(after=0)
        pauses.append(pause(read))
    plain = [300, 600, 1200, 2400, 3600, 3600]
    assert [low <= pause < low * 1.25 + 5 for low, pause in zip(plain, pauses, strict=True)] == [True] * 6
    assert (read.connection.failures, read.connection.error_code) == (6, "throttled")
    read.icloud.up()
    read.poll(after=5000)
    assert (read.connection.failures, read.connection.error_code, read.connection.failing_since) == (0, "", None)


FAULTS: list[tuple[str, dict[str, Any], str]] = [
    ("status", {"status": 500}, "unavailable"),
    ("status", {"status": 502}, "unavailable"),
    ("status", {"status": 503}, "throttled"),
    ("status", {"status": 421}, "unavailable"),
    ("status", {"status": 403}, "home_refused"),
    ("status", {"status": 404}, "no_home"),
    ("html", {"status": 200}, "not_caldav"),
    ("html", {"status": 207}, "not_caldav"),
    ("html", {"status": 502}, "unavailable"),
    ("truncate", {}, "not_caldav"),
    ("reset", {}, "unavailable"),
    ("lost", {}, "unavailable"),
    ("wrong_length", {}, "unavailable"),
    ("redirect", {"to": "stranger"}, "foreign_host"),
]


@pytest.mark.parametrize(("fault", "facts", "code"), FAULTS, ids=lambda value: str(value))
@pytest.mark.parametrize("door", ["poll", "sync"])
def test_a_home_that_cannot_be_listed_keeps_everything_and_is_tried_again(
    read: World, fault: str, facts: dict[str, Any], code: str, door: str
) -> None:
    getattr(read.icloud.faults, fault)(**facts, times=None)
    before = read.calendar()
    reports = read.poll() if door == "poll" else [read.sync()]
    assert [report.error.code for report in reports if report.error] == [code]
    connection, after = read.connection, read.calendar()
    assert (connection.needs_attention, connection.error_code, connection.failures) == (False, code, 1)
    assert (after.fresh_at, after.sync_token, after.gone_at) == (before.fresh_at, before.sync_token, None)
    assert read.seen() == ["01.12. 10:00-11:00 Dentist BUSY"]
    assert 300 <= pause(read) <= 380
    read.icloud.faults.clear()
    assert read.sync(after=400).error is None
    assert (read.seen()[1:], read.connection.error_code) == (["01.12. 12:00-13:00 New BUSY"], "")


@pytest.mark.parametrize("status", [301, 302, 307, 308])
def test_a_redirect_to_a_stranger_is_said_and_the_stranger_receives_nothing(read: World, status: int) -> None:
    read.icloud.faults.redirect("stranger", status, times=None)
    report = read.sync()
    assert report.error is not None
    assert report.error.sentence == (
        "The server led to 127.0.0.2, which is not one of its own hosts, so nothing was sent there. Kalends tries "
        "again. If this stays, check the address."
    )
    assert list(read.icloud.stranger_log) == []


@pytest.mark.parametrize("status", [301, 302, 307, 308])
def test_a_redirect_to_the_pod_is_followed(read: World, status: int) -> None:
    read.icloud.faults.redirect("pod", status, host="entry", times=None)
    Connection.objects.update(origin="")
    assert (read.sync().changed, read.connection.error_code) == (1, "")


CALENDAR_FAULTS: list[tuple[str, dict[str, Any], str]] = [
    ("status", {"status": 403, "times": None}, "forbidden"),
    ("status", {"status": 500, "times": None}, "unavailable"),
    ("html", {"status": 200, "times": None}, "not_caldav"),
    ("truncate", {"times": None}, "not_caldav"),
    ("status", {"status": 413, "times": None}, "too_large"),
]


@pytest.mark.parametrize(("fault", "facts", "code"), CALENDAR_FAULTS, ids=lambda value: str(value))
def test_trouble_with_one_calendar_stays_with_it(read: World, fault: str, facts: dict[str, Any], code: str) -> None:
    read.choose("Work", "Home", linked="Work")
    read.add("At home", at(15), calendar="Home")
    getattr(read.icloud.faults, fault)(**facts, path="/work/")
    report = read.sync()
    assert report.error is not None
    assert (report.error.code, read.calendar("Work").error_code, read.calendar("Home").error_code) == (code, code, "")
    assert read.seen() == ["01.12. 10:00-11:00 Dentist BUSY", "01.12. 15:00-16:00 At home BUSY"]
    assert (read.calendar("Home").fresh_at, read.calendar("Work").fresh_at < read.now) == (read.now, True)
    assert (pause(read), read.connection.error_code, read.connection.failures) == (300, code, 0)
    read.icloud.faults.clear()
    assert (read.sync().changed, read.calendar("Work").error_code, read.connection.error_code) == (1, "", "")


@pytest.mark.parametrize("status", [429, 502, 503])
def test_a_pause_asked_for_in_the_middle_ends_the_sync_and_the_next_one_goes_on(read: World, status: int) -> None:
    read.choose("Work", "Home", linked="Work")
    read.add("At home", at(15), calendar="Home")
    read.icloud.faults.status(status, path="/work/", times=None)
    report = read.sync()
    assert report.error is not None
    assert (read.connection.failures, read.calendar("Work").error_code) == (1, "")
    read.icloud.faults.clear()
    assert (read.sync().error, len(read.seen())) == (None, 3)


def test_a_reset_in_the_middle_of_a_listing_removes_nothing(read: World) -> None:
    read.icloud.forget_tokens()
    read.icloud.faults.reset(method="REPORT", body="sync-collection", times=None)
    assert (read.sync().removed, read.seen()) == (0, ["01.12. 10:00-11:00 Dentist BUSY"])


def test_an_error_that_stays_is_one_row_of_history_and_its_end_another(read: World) -> None:
    SyncRun.objects.all().delete()
    read.icloud.down(500)
    for _ in range(3):
        read.sync()
    read.icloud.up()
    read.sync()
    rows = SyncRun.objects.order_by("pk").values_list("error_code", "changed")
    assert list(rows) == [("unavailable", 0), ("", 1)]


def test_a_resource_that_does_not_parse_blocks_what_can_be_read_and_harms_no_other(read: World) -> None:
    work = read.theirs("Work")
    work.put("broken.ics", b"BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nUID:broken\r\nDTSTART:20261201T170000Z\r\nDTEND:2026")
    work.put("nonsense.ics", b"\x00\xff no calendar at all")
    million = "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//E//E//EN\r\nBEGIN:VEVENT\r\nUID:million\r\n"
    million += "DTSTART:20261202T000000Z\r\nDTEND:20261202T000001Z\r\nRRULE:FREQ=SECONDLY;COUNT=1000000\r\n"
    work.put("million.ics", f"{million}END:VEVENT\r\nEND:VCALENDAR\r\n".encode())
    report = read.sync()
    assert (report.changed, report.problems, report.error) == (4, 3, None)
    problems = dict(read.calendar().events.exclude(problem="").values_list("href", "problem"))
    assert {href.rpartition("/")[2]: problem for href, problem in problems.items()} == {
        "broken.ics": "unreadable",
        "nonsense.ics": "unreadable",
        "million.ics": "too_many_occurrences",
    }
    assert {"01.12. 10:00-11:00 Dentist BUSY", "01.12. 12:00-13:00 New BUSY"} <= set(read.seen())
    assert read.calendar().fresh_at == read.now


def test_hostile_texts_are_stored_on_every_database(read: World) -> None:
    text = "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//E//E//EN\r\nBEGIN:VEVENT\r\nUID:" + "u" * 5000 + "\x00\r\n"
    text += "DTSTART:20261203T100000Z\r\nDTEND:20261203T110000Z\r\nSUMMARY:nul\x00l \ud83d\r\n"
    data = f"{text}END:VEVENT\r\nEND:VCALENDAR\r\n".encode("utf-8", "surrogatepass")
    read.theirs("Work").put("hostile.ics", data)
    report = read.sync()
    assert (report.error, read.calendar().fresh_at, "\x00" in "".join(read.seen())) == (None, read.now, False)
    assert [len(event.uid) <= 700 for event in read.calendar().events.filter(href__endswith="hostile.ics")] == [True]


def test_a_bug_is_logged_said_on_the_row_and_tried_again(read: World, caplog: pytest.LogCaptureFixture) -> None:
    read.user.calendar_configuration.delete()
    report = read.sync()
    assert report.error is not None
    assert report.error.sentence == (
        "Something unexpected went wrong in Kalends (RelatedObjectDoesNotExist). It was logged; it is tried again "
        "later."
    )
    connection = read.connection
    assert (connection.error_code, connection.needs_attention, connection.lease_token) == ("bug", False, "")
    assert 300 <= pause(read) <= 380
    words = f"syncing connection {read.pk} failed (RelatedObjectDoesNotExist); it is tried again by itself"
    assert [record.message for record in caplog.records] == [words]


def test_a_bug_in_one_connection_leaves_the_others_of_a_poll_alone(read: World) -> None:
    without = ConnectionFactory(user=UserFactory(configuration=None), url=read.icloud.entry_url, next_sync_at=read.now)
    Connection.objects.filter(pk=without.pk).update(
        username=read.account.apple_id,
        password=read.connection.password,
        home_path=read.connection.home_path,
        origin="",
    )
    reports = {report.connection: report.error for report in read.poll()}
    assert reports == {
        read.pk: None,
        without.pk: Problem("bug", {"error": "RelatedObjectDoesNotExist"}),
    }
    assert Connection.objects.filter(lease_token="").count() == 2
    assert (read.connection.error_code, read.connection.polled_at) == ("", read.now)


def test_nothing_is_said_of_a_connection_that_is_removed_while_it_is_read(read: World) -> None:
    [held] = lease(Connection.objects.all(), read.now + timedelta(minutes=5))
    Connection.objects.all().delete()
    sync = Sync(held, now=read.now)
    report = carry_out(sync, sync.run, SyncRun.Trigger.PERSON)
    assert (report.busy, SyncRun.objects.count()) == (True, 0)
