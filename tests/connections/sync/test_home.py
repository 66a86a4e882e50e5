"""What happens to whole calendars, and to the account's place."""

from __future__ import annotations

from datetime import timedelta

import pytest

from connections.models import Calendar, SyncRun
from connections.problems import sentence
from tests.connections.engine import World, at

NOTHING = b'<?xml version="1.0"?><multistatus xmlns="DAV:"/>'

HOME = "PROPFIND /calendars/ 1 207"
GONE = ["PROPFIND /calendars/work/ 0 404"] * 2  # the pod says so, and the entry host


def states(world: World) -> dict[str, tuple[bool, str]]:
    """Name -> whether it is gone, and its problem."""
    rows = Calendar.objects.filter(connection=world.pk)
    return {row.name: (row.gone_at is not None, row.error_code) for row in rows}


def test_name_colour_order_and_access_follow_the_listing(world: World) -> None:
    pk = world.calendar().pk
    world.theirs("Work").rename("Practice")
    world.theirs("Practice").recolor("#00FF00FF")
    world.theirs("Practice").make_read_only()
    world.asked()
    world.sync()
    row = Calendar.objects.get(pk=pk)
    assert (row.name, row.color, row.writable, row.is_conflict_calendar) == ("Practice", "#00FF00", False, True)
    world.theirs("Practice").make_read_only(False)
    world.sync()
    assert Calendar.objects.get(pk=pk).writable is True


def test_two_calendars_may_have_the_same_name(world: World) -> None:
    other = world.account.add_calendar("Work")
    world.sync()
    assert list(world.connection.calendars.filter(name="Work").values_list("path", "is_conflict_calendar")) == [
        ("/10000001/calendars/work/", True),
        (other.path, False),
    ]


def test_a_calendar_that_is_removed_keeps_its_last_good_copy_and_says_so(world: World) -> None:
    world.add("Dentist", at(10))
    world.sync()
    good = world.calendar().fresh_at
    world.theirs("Work").remove()
    world.asked()
    report = world.sync()
    assert world.asked() == [HOME, *GONE]
    assert (states(world)["Work"], world.calendar().gone_at) == ((True, "calendar_gone"), world.now)
    assert (world.seen(), world.calendar().fresh_at) == (["01.12. 10:00-11:00 Dentist BUSY"], good)
    assert report.error is not None
    assert report.error.sentence == "“Work”: This calendar is no longer in the account. Choose another, or untick it."
    assert (world.connection.error_code, world.connection.needs_attention) == ("calendar_gone", False)


def test_a_calendar_known_to_be_gone_costs_no_further_request_and_no_further_history(world: World) -> None:
    world.theirs("Work").remove()
    world.sync()
    world.asked()
    rows = SyncRun.objects.count()
    for _ in range(3):
        world.poll()
    assert (world.asked(), world.connection.error_code, SyncRun.objects.count()) == ([HOME] * 3, "calendar_gone", rows)
    world.now += timedelta(hours=2)
    assert world.freshness().state == "stale"


def test_a_calendar_that_does_not_block_goes_with_the_listing(world: World) -> None:
    world.theirs("Home").remove()
    report = world.sync()
    assert (report.error, "Home" in states(world)) == (None, False)


def test_a_calendar_made_anew_under_the_same_name_is_another_one_and_is_asked_about(world: World) -> None:
    world.add("Dentist", at(10))
    world.sync()
    world.theirs("Work").remove()
    made = world.account.add_calendar("Work")
    world.sync()
    rows = Calendar.objects.filter(connection=world.pk, name="Work").order_by("pk")
    assert list(rows.values_list("path", "is_conflict_calendar", "asked_about", "error_code")) == [
        ("/10000001/calendars/work/", True, True, "calendar_gone"),
        (made.path, False, False, ""),
    ]


def test_a_calendar_that_comes_back_under_its_path_is_compared_in_full(world: World) -> None:
    hrefs = [world.add(f"Event {hour}", at(hour)) for hour in (8, 10, 12)]
    kept = world.theirs("Work").resources[hrefs[1]].data
    world.sync()
    world.theirs("Work").remove()
    world.sync()
    made = world.account.add_calendar("Work", id="work")
    made.put(hrefs[1].rpartition("/")[2], kept)
    report = world.sync()
    assert (report.error, states(world)["Work"]) == (None, (False, ""))
    assert (world.known(), world.seen()) == (world.there(), ["01.12. 10:00-11:00 Event 10 BUSY"])
    assert world.freshness().state == "fresh"


def test_one_listing_that_lacks_a_calendar_removes_nothing_and_the_next_one_mends_it(world: World) -> None:
    world.choose("Work", "Home", linked="Work")
    world.add("Dentist", at(10))
    world.sync()
    body = _home_without(world, "work")
    world.icloud.faults.body(body, method="PROPFIND", path="/calendars/$")
    report = world.sync()
    assert states(world)["Work"] == (False, "calendar_missing")
    assert report.error is not None
    assert report.error.code == "calendar_missing"
    assert (world.seen(), world.calendar().fresh_at < world.now) == (["01.12. 10:00-11:00 Dentist BUSY"], True)
    assert world.sync().error is None
    assert (states(world)["Work"], world.calendar().fresh_at) == ((False, ""), world.now)


def _home_without(world: World, name: str) -> bytes:
    """The home's listing as iCloud gives it, but for one calendar."""
    hidden = world.account.calendars.pop(name)
    world.icloud.faults.clear()
    answer = _list_home(world)
    world.account.calendars[name] = hidden
    world.icloud.log.clear()
    return answer


def _list_home(world: World) -> bytes:
    import niquests

    from connections.dav.requests import CALENDARS

    answer = niquests.request(
        "PROPFIND",
        f"{world.icloud.pod_url}{world.account.dsid}/calendars/",
        data=CALENDARS,
        headers={"Depth": "1", "Content-Type": "application/xml"},
        auth=(world.account.apple_id, world.password),
    )
    return answer.content or b""


def test_a_poll_leaves_a_missing_calendar_to_a_sync_of_its_own_that_lists_the_home_again(world: World) -> None:
    world.theirs("Work").remove()
    [report] = world.poll()
    assert (world.asked(), report.unfinished, report.look_again) == ([HOME], True, True)
    world.sync(after=1, probed=not report.look_again)
    assert (world.asked(), states(world)["Work"]) == ([HOME, *GONE], (True, "calendar_gone"))


def test_a_share_that_is_withdrawn_with_403_keeps_its_times_and_harms_no_other_calendar(world: World) -> None:
    world.choose("Work", "Home", linked="Work")
    world.add("Dentist", at(10))
    world.sync()
    path = world.theirs("Work").path
    world.theirs("Work").remove()
    world.icloud.faults.status(403, path=path, times=None)
    world.add("New", at(12), calendar="Home")
    report = world.sync()
    assert (states(world)["Work"], report.changed) == ((False, "calendar_withdrawn"), 1)
    assert world.seen() == ["01.12. 10:00-11:00 Dentist BUSY", "01.12. 12:00-13:00 New BUSY"]
    assert report.error is not None
    assert report.error.sentence == sentence("calendar_withdrawn", {"calendar": "Work"})


def test_a_share_that_its_owner_ends_is_gone(world: World) -> None:
    owner = world.icloud.add_account("otto@example.com")
    shared = owner.add_calendar("Room").share_with(world.account)
    world.sync()
    world.choose("Work", "Room", linked="Work")
    world.sync()
    owner.calendar("Room").unshare()
    world.sync()
    assert (states(world)["Room"], shared.path in world.account.calendars) == ((True, "calendar_gone"), False)


@pytest.mark.parametrize("old", ["closed", "421", "404"])
def test_an_account_that_moved_to_another_pod_is_found_again(world: World, old: str) -> None:
    assert world.connection.origin == world.icloud.pod_url.rstrip("/")
    world.icloud.move_pod(old)
    world.add("Dentist", at(10))
    [report] = world.poll()
    assert (report.error, report.unfinished) == (None, True)
    assert (world.sync(after=1).changed, world.seen()) == (1, ["01.12. 10:00-11:00 Dentist BUSY"])
    assert world.connection.origin in (world.icloud.entry_url.rstrip("/"), world.icloud.pod_url.rstrip("/"))
    world.asked()
    assert world.poll()[0].requests == 1


@pytest.mark.parametrize("door", ["poll", "sync"])
def test_a_home_that_is_elsewhere_by_now_is_discovered_again(world: World, door: str) -> None:
    world.connection.calendars.all()
    type(world.connection).objects.update(home_path="/10000001/elsewhere/")
    world.poll() if door == "poll" else world.sync()
    assert world.connection.home_path == "/10000001/calendars/"
    assert (world.connection.error_code, world.calendar().fresh_at) == ("", world.now)


def test_the_entry_hosts_redirects_are_paid_once(world: World) -> None:
    world.icloud.switches.entry_redirects = "always"
    type(world.connection).objects.update(origin="")
    world.sync()
    assert world.connection.origin == world.icloud.pod_url.rstrip("/")
    world.asked()
    world.sync()
    assert world.asked() == [HOME]


def test_a_calendar_that_is_listed_and_answers_404_says_so_until_it_is_back(world: World) -> None:
    """It is in trouble all that time, whichever door is used, and everything in it is compared afterwards."""
    href = world.add("Dentist", at(10))
    world.sync()
    world.phone.move(href, at(15))
    world.icloud.faults.status(404, times=None, path="/work/")
    world.sync()
    since = world.now
    rows = SyncRun.objects.count()
    for _ in range(3):
        world.poll()
        world.sync(after=1, probed=True)
    assert (states(world)["Work"], world.calendar().gone_at) == ((False, "calendar_not_found"), None)
    assert (world.connection.failing_since, SyncRun.objects.count()) == (since, rows)
    assert (world.seen(), world.calendar().fresh_at < since) == (["01.12. 10:00-11:00 Dentist BUSY"], True)

    world.icloud.faults.clear()
    world.sync()
    assert (states(world)["Work"], world.seen()) == ((False, ""), ["01.12. 15:00-16:00 Dentist BUSY"])
    assert (world.calendar().compared_at, world.connection.failing_since) == (world.now, None)


@pytest.mark.parametrize("door", ["sync", "poll"])
def test_a_home_without_anything_in_it_is_no_home_without_calendars(world: World, door: str) -> None:
    world.icloud.faults.body(NOTHING, method="PROPFIND")

    getattr(world, door)()

    assert (world.connection.error_code, world.calendar().error_code) == ("not_caldav", "")
