"""Reading one calendar: events that cannot be read yet, tokens that are refused, and listings that are not believed."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import get_args, get_type_hints

import pytest

from sandbox.server.switches import Switches
from tests.connections.engine import World, at
from tests.ics_text import event

NOTHING = b'<?xml version="1.0"?><multistatus xmlns="DAV:"/>'

HOUR = 3600


def owed(world: World) -> list[tuple[str, int, timedelta]]:
    """Title, attempts and the pause from now on of every owed event."""
    rows = world.calendar().events.pending().order_by("summary")
    return [(row.summary, row.pending_attempts, row.pending_next_at - world.now) for row in rows]


@pytest.mark.parametrize("how", ["missing", "left-out", "empty", "error"])
def test_a_member_that_is_listed_and_cannot_be_read_is_owed_and_the_rest_goes_on(world: World, how: str) -> None:
    bad = world.add("Bad", at(10))
    world.add("Good", at(12))
    world.theirs("Work").spoil(bad, how)
    report = world.sync()
    assert (report.changed, report.problems, report.error, world.seen()) == (
        1,
        1,
        None,
        ["01.12. 12:00-13:00 Good BUSY"],
    )
    assert owed(world) == [("", 0, timedelta(seconds=10))]
    world.theirs("Work").heal(bad)
    assert (world.sync().changed, owed(world), world.known()) == (1, [], world.there())


@pytest.mark.parametrize("how", ["404", "404-propstat", "left-out", "empty-status"])
def test_a_404_inside_a_multiget_is_not_a_deletion(world: World, how: str) -> None:
    world.icloud.switches.multiget_missing = how
    href = world.add("Dentist", at(10))
    world.sync()
    world.phone.move(href, at(15))
    world.theirs("Work").spoil(href)
    report = world.sync()
    assert (report.removed, report.problems, world.seen()) == (0, 1, ["01.12. 10:00-11:00 Dentist BUSY"])
    world.theirs("Work").heal(href)
    world.sync()
    assert world.seen() == ["01.12. 15:00-16:00 Dentist BUSY"]


def test_the_token_moves_on_and_only_the_owed_event_is_asked_for_again(world: World) -> None:
    bad = world.add("Bad", at(10))
    world.theirs("Work").spoil(bad)
    world.sync()
    assert world.calendar().probe_token == world.calendar().listed_token
    assert (world.connection.next_sync_at - world.now).total_seconds() == 10
    world.asked()
    world.sync(after=10)
    assert world.asked() == ["PROPFIND /calendars/ 1 207", "calendar-multiget /calendars/work/ 207"]


def test_the_pauses_grow_up_to_an_hour(world: World) -> None:
    world.theirs("Work").spoil(world.add("Bad", at(10)))
    world.sync()
    pauses = []
    for _ in range(11):
        pause = world.calendar().events.get().pending_next_at - world.now
        pauses.append(pause.total_seconds())
        world.sync(after=pause.total_seconds())
    assert pauses == [10, 20, 40, 80, 160, 320, 640, 1280, 2560, 3600, 3600]


def test_nobody_asks_before_the_pause_is_over(world: World) -> None:
    world.theirs("Work").spoil(world.add("Bad", at(10)))
    world.sync()
    world.asked()
    world.sync(after=9)
    assert world.asked() == ["PROPFIND /calendars/ 1 207"]


def test_a_calendar_that_owes_is_not_fresh_for_24_hours_and_then_it_is(world: World) -> None:
    world.theirs("Work").spoil(world.add("Bad", at(10)))
    good = world.calendar().fresh_at
    world.sync()
    since = world.now
    fresh_at = []
    for hours in (1, 12, 10, 0.99, 0.02):
        world.sync(after=hours * HOUR)
        fresh_at.append(world.calendar().fresh_at)
    assert fresh_at == [good, good, good, good, world.now]
    assert (world.event(next(iter(world.there()))).pending_since, world.connection.error_code) == (since, "")


def test_a_first_read_with_an_unread_event_is_not_complete_and_offers_no_times(connected: World) -> None:
    connected.theirs("Work").spoil(connected.add("Bad", at(10)))
    connected.choose("Work")
    connected.sync()
    assert (connected.freshness().state, connected.freshness().as_of) == ("never_read", None)
    assert (connected.freshness().bookable, connected.freshness().pending) == (False, False)


def test_an_owed_event_that_is_deleted_is_owed_no_more(world: World) -> None:
    bad = world.add("Bad", at(10))
    world.theirs("Work").spoil(bad)
    world.sync()
    world.phone.delete(bad)
    assert (world.sync().removed, owed(world), world.calendar().fresh_at) == (1, [], world.now)


def lag(world: World, shows: str) -> None:
    world.icloud.switches.lag_seconds = 30
    world.icloud.switches.lag_shows = shows


@pytest.mark.parametrize("shows", ["missing", "old"])
def test_a_read_that_lags_behind_the_listing_catches_up(world: World, shows: str) -> None:
    href = world.add("Dentist", at(10))
    world.sync()
    lag(world, shows)
    world.phone.move(href, at(15))
    report = world.sync()
    assert (world.seen(), report.removed) == (["01.12. 10:00-11:00 Dentist BUSY"], 0)
    assert (world.event(href).pending_etag, world.calendar().fresh_at == world.now) == (world.there()[href], False)
    world.sync(after=10)
    assert owed(world) == [("Dentist", 1, timedelta(seconds=20))]
    world.icloud.advance(30)
    world.sync(after=20)
    assert (world.seen(), owed(world)) == (["01.12. 15:00-16:00 Dentist BUSY"], [])
    assert (world.known(), world.calendar().fresh_at) == (world.there(), world.now)


def test_a_new_event_that_lags_is_seen_as_soon_as_it_can_be_read(world: World) -> None:
    lag(world, "old")
    world.add("Dentist", at(10))
    assert (world.sync().problems, world.seen()) == (1, [])
    world.icloud.advance(31)
    world.sync(after=10)
    assert (world.seen(), world.known()) == (["01.12. 10:00-11:00 Dentist BUSY"], world.there())


def test_an_event_changed_again_while_it_is_owed_ends_as_the_newest(world: World) -> None:
    href = world.add("Dentist", at(10))
    world.sync()
    lag(world, "old")
    world.phone.move(href, at(15))
    world.sync()
    world.phone.move(href, at(17))
    world.sync(after=10)
    world.icloud.advance(60)
    for _ in range(3):
        world.sync(after=60)
    assert (world.seen(), owed(world), world.known()) == (["01.12. 17:00-18:00 Dentist BUSY"], [], world.there())


def test_a_fifty_fold_gap_is_owed_in_few_queries(world: World, django_assert_max_num_queries: object) -> None:
    for hour in range(50):
        world.theirs("Work").spoil(world.add(f"Bad {hour}", at(10) + timedelta(hours=hour)))
    with django_assert_max_num_queries(40):  # type: ignore[operator]
        assert world.sync().problems == 50
    assert len(owed(world)) == 50


def test_an_owed_event_in_a_calendar_that_is_gone_hurries_nobody(world: World) -> None:
    world.theirs("Work").spoil(world.add("Bad", at(10)))
    world.sync()
    world.theirs("Work").remove()
    world.sync(after=10)
    next_sync: datetime = world.connection.next_sync_at
    assert (next_sync - world.now).total_seconds() == 300


@pytest.mark.parametrize("number", [3, 7])
def test_events_that_all_make_the_server_fail_do_not_stop_their_calendar(world: World, number: int) -> None:
    """It still serves what it served before, so they are at fault and not the server."""
    world.add("Read before", at(8))
    world.sync()
    spoil = [world.add(f"Bad {hour}", at(9 + hour)) for hour in range(number)]
    for href in spoil:
        world.theirs("Work").spoil(href, "error")

    report = world.sync()
    assert (report.error, report.problems, len(owed(world))) == (None, number, number)

    world.add("Good", at(20))
    assert (world.sync(after=10).changed, world.calendar().error_code) == (1, "")
    for _ in range(5):
        report = world.sync(after=5 * HOUR)
    assert (report.error, world.freshness().state) == (None, "fresh")
    for href in spoil:
        world.theirs("Work").heal(href)
    world.sync(after=HOUR)
    assert (owed(world), world.known()) == ([], world.there())


def test_events_that_all_make_the_server_fail_in_an_account_that_was_never_read_are_the_servers_fault(
    connected: World,
) -> None:
    """There is no good copy of anything, so nothing is taken for read."""
    for hour in range(3):
        connected.theirs("Work").spoil(connected.add(f"Bad {hour}", at(9 + hour)), "error")
    connected.choose("Work")
    connected.sync()
    assert (connected.calendar().error_code, connected.freshness().state) == ("unavailable", "never_read")


def test_a_server_that_serves_no_event_at_all_is_not_believed_to_have_bad_ones(world: World) -> None:
    world.add("Read before", at(8))
    world.sync()
    for hour in range(3):
        world.add(f"New {hour}", at(9 + hour))
    world.icloud.faults.status(500, times=None, body="calendar-multiget")
    report = world.sync()
    assert (report.error and report.error.code, owed(world)) == ("unavailable", [])
    assert world.calendar().probe_token != world.calendar().listed_token


NO_TIMES = {
    "no calendar": b"garbage",
    "a page": b"<html>Service busy</html>",
    "cut off in DTSTART": event("A").partition(b"DTSTART")[0] + b"DTST",
    "cut off in the series": event("A").partition(b"END:VEVENT")[0],
    "nothing in it": b"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nEND:VCALENDAR\r\n",
    "no DTSTART": b"BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nUID:A\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n",
}


@pytest.mark.parametrize("data", NO_TIMES.values(), ids=NO_TIMES)
def test_a_new_version_that_says_no_time_or_is_cut_off_is_owed_and_the_known_times_stay(
    world: World, data: bytes
) -> None:
    work = world.theirs("Work")
    href = work.put("1.ics", event("A"))
    world.sync()
    known = world.seen()
    work.put("1.ics", data)
    report = world.sync()
    assert (world.seen(), report.changed, report.problems) == (known, 0, 1)
    assert (world.event(href).pending_etag, world.freshness().state) == (world.there()[href], "stale")

    world.sync(after=10)
    assert (world.seen(), world.event(href).pending_attempts) == (known, 1)

    work.put("1.ics", event("A").replace(b"T10", b"T14").replace(b"T11", b"T15"))
    world.sync()
    assert (world.seen(), world.known()) == (["01.12. 15:00-16:00 Dentist BUSY"], world.there())
    assert (owed(world), world.freshness().state) == ([], "fresh")


def test_a_version_that_says_no_time_of_an_event_without_known_ones_is_stored_and_named(world: World) -> None:
    href = world.theirs("Work").put("1.ics", NO_TIMES["cut off in DTSTART"])
    report = world.sync()
    assert (report.changed, world.event(href).problem, owed(world)) == (1, "unreadable", [])


WAYS = get_args(get_type_hints(Switches)["expired_token"])


@pytest.mark.parametrize("how", WAYS)
def test_after_a_refused_token_everything_is_compared_and_only_differences_are_fetched(world: World, how: str) -> None:
    hrefs = [world.add(f"Event {hour}", at(hour)) for hour in range(8, 14)]
    world.sync()
    world.icloud.switches.expired_token = how
    world.icloud.forget_tokens()
    world.phone.move(hrefs[0], at(20))
    world.phone.delete(hrefs[1])
    world.asked()
    report = world.sync()
    assert (report.error, world.known(), len(world.seen())) == (None, world.there(), 5)
    assert (report.changed, report.removed) == (1, 1)
    assert [line for line in world.asked() if "multiget" in line] == ["calendar-multiget /calendars/work/ 207"]
    assert world.sync().requests == 1
    world.phone.move(hrefs[2], at(21))
    assert (world.sync().requests, world.known()) == (3, world.there())


def test_a_207_with_nothing_is_no_proof_that_nothing_changed(world: World) -> None:
    world.sync()
    world.icloud.switches.expired_token = "207-nothing"
    world.icloud.forget_tokens()
    world.add("Dentist", at(10))
    world.asked()
    assert (world.sync().changed, world.seen()) == (1, ["01.12. 10:00-11:00 Dentist BUSY"])
    assert world.asked() == [
        "PROPFIND /calendars/ 1 207",
        "sync-collection /calendars/work/ 0 207",
        "sync-collection /calendars/work/ 0 207",
        "calendar-multiget /calendars/work/ 207",
    ]


@pytest.mark.parametrize("form", ["base64", "ft"])
def test_tokens_are_opaque(world: World, form: str) -> None:
    world.icloud.switches.token_form = form
    world.add("Dentist", at(10))
    assert world.sync().changed == 1
    world.add("Physio", at(12))
    world.asked()
    assert (world.sync().changed, len(world.asked())) == (1, 3)


def test_a_token_too_long_to_keep_is_as_good_as_none(world: World) -> None:
    href = world.add("Dentist", at(10))
    world.sync()
    world.calendar().connection.calendars.update(sync_token="")
    world.phone.move(href, at(15))
    assert (world.sync().changed, world.known()) == (1, world.there())


def fill(world: World, count: int) -> list[str]:
    """So many events, read; then the tokens are forgotten, so that the next read is a complete listing."""
    hrefs = [world.theirs("Work").put(f"{number}.ics", event(f"EVENT-{number}")) for number in range(count)]
    world.sync()
    world.icloud.forget_tokens()
    return hrefs


def delete(world: World, hrefs: list[str]) -> None:
    for href in hrefs:
        world.theirs("Work").delete(href)


@pytest.mark.parametrize(
    ("there", "gone", "doubted"),
    [(1, 1, True), (3, 3, True), (3, 2, False), (9, 8, False), (10, 5, False), (10, 6, True), (40, 40, True)],
)
def test_a_listing_that_lacks_everything_or_more_than_half_of_ten_is_doubted(
    world: World, there: int, gone: int, doubted: bool
) -> None:
    delete(world, fill(world, there)[:gone])
    report = world.sync()
    assert (report.removed, len(world.known())) == ((0, there) if doubted else (gone, there - gone))
    calendar = world.calendar()
    assert (calendar.mass_deletion_suspected_at == world.now, calendar.error_code) == (
        doubted,
        "mass_deletion_suspected" if doubted else "",
    )


def test_a_doubted_listing_removes_nothing_stores_no_token_and_says_so(world: World) -> None:
    delete(world, fill(world, 3))
    before = world.calendar()
    report = world.sync()
    after = world.calendar()
    assert (after.sync_token, after.probe_token) == (before.sync_token, before.probe_token)
    assert (after.fresh_at, after.read_at) == (before.fresh_at, before.read_at)
    assert report.error is not None
    assert report.error.sentence == (
        "“Work”: iCloud suddenly listed far fewer events (3 of 3 gone). Nothing was removed; it is asked again shortly."
    )
    assert (world.connection.error_code, world.connection.needs_attention) == ("mass_deletion_suspected", False)
    assert (world.connection.next_sync_at - world.now).total_seconds() == 60
    assert len(world.seen()) == 3


def test_before_a_minute_is_over_nobody_asks_again(world: World) -> None:
    delete(world, fill(world, 3))
    world.sync()
    world.asked()
    assert world.sync(after=59).error is not None
    world.refresh(after=0)
    assert world.asked() == ["PROPFIND /calendars/ 1 207"] * 2
    assert (len(world.known()), world.connection.error_code) == (3, "mass_deletion_suspected")


def test_after_a_minute_the_same_answer_is_believed(world: World) -> None:
    delete(world, fill(world, 3))
    world.sync()
    report = world.sync(after=60)
    assert (report.removed, report.error, world.seen()) == (3, None, [])
    calendar, connection = world.calendar(), world.connection
    assert (calendar.mass_deletion_suspected_at, calendar.suspected_deletion_digest, calendar.error_code) == (
        None,
        "",
        "",
    )
    assert (calendar.fresh_at, connection.error_code, connection.failing_since) == (world.now, "", None)
    assert world.sync().requests == 1


def test_another_answer_is_doubted_anew(world: World) -> None:
    hrefs = fill(world, 20)
    delete(world, hrefs[:15])
    assert world.sync().removed == 0
    delete(world, hrefs[15:17])
    assert (world.sync(after=60).removed, world.calendar().mass_deletion_suspected_at) == (0, world.now)
    assert (world.sync(after=60).removed, len(world.known())) == (17, 3)


def test_what_comes_back_meanwhile_is_known_at_once_and_nothing_was_lost(world: World) -> None:
    hrefs = fill(world, 12)
    kept = {href: world.theirs("Work").resources[href].data for href in hrefs}
    delete(world, hrefs)
    assert world.sync().removed == 0
    rows = {href: world.event(href).pk for href in hrefs}
    for href, data in kept.items():
        world.theirs("Work").put(href.rsplit("/")[-1], data)
    report = world.sync(after=60)
    assert (report.removed, world.calendar().mass_deletion_suspected_at, world.known()) == (0, None, world.there())
    assert {href: world.event(href).pk for href in hrefs} == rows


def test_events_that_are_new_in_a_doubted_listing_are_stored(world: World) -> None:
    delete(world, fill(world, 3))
    world.add("New", at(15))
    report = world.sync()
    assert (report.changed, report.removed, "01.12. 15:00-16:00 New BUSY" in world.seen()) == (1, 0, True)


def test_a_full_sync_of_a_person_is_doubted_too_and_the_next_one_confirms(world: World) -> None:
    delete(world, fill(world, 3))
    assert (world.person_syncs(full=True).removed, len(world.known())) == (0, 3)
    assert (world.person_syncs(full=True).removed, world.known()) == (3, {})


def test_removals_in_a_delta_are_believed_at_once(world: World) -> None:
    hrefs = [world.theirs("Work").put(f"{number}.ics", event(f"EVENT-{number}")) for number in range(20)]
    world.sync()
    delete(world, hrefs)
    report = world.sync()
    assert (report.removed, report.error, world.known()) == (20, None, {})


def test_a_thousand_removals_are_believed_too_and_take_few_transactions(world: World) -> None:
    hrefs = [world.theirs("Work").put(f"{number}.ics", event(f"EVENT-{number}")) for number in range(1100)]
    world.sync()
    delete(world, hrefs)
    assert (world.sync().removed, world.known(), world.seen()) == (1100, {}, [])


def test_while_in_doubt_the_calendar_is_not_fresh_and_the_last_good_copy_blocks(world: World) -> None:
    delete(world, fill(world, 3))
    good = world.calendar().fresh_at
    world.sync()
    world.now += (at(12) - at(9)) / 2  # an hour and a half without any answer
    assert (world.freshness().state, world.freshness().as_of, len(world.seen())) == ("stale", good, 3)


def test_an_answer_without_anything_in_it_is_not_taken_for_an_empty_calendar(connected: World) -> None:
    """Not even at the first reading, when there is nothing that could vanish."""
    href = connected.add("There", at(9))
    connected.choose("Work")
    connected.icloud.faults.body(NOTHING, path="/work/", times=2)

    connected.sync()
    assert (connected.calendar().error_code, connected.freshness().bookable) == ("not_caldav", False)

    connected.sync()
    assert (connected.calendar().error_code, list(connected.known())) == ("", [href])


def test_where_a_sync_report_says_nothing_at_all_the_members_are_listed_otherwise(connected: World) -> None:
    href = connected.add("There", at(9))
    connected.choose("Work")
    connected.icloud.faults.body(NOTHING, method="REPORT", path="/work/")

    connected.sync()

    assert (connected.freshness().state, list(connected.known())) == ("fresh", [href])
