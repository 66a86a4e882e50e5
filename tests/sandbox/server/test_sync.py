"""What changed since a token: ETags, listed members and members left out."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from sandbox.server.dav.properties import CTAG
from sandbox.server.dav.xml import d
from sandbox.server.server import Sandbox
from tests.sandbox.client import event


@pytest.fixture
def token(client, work):
    """The token of a calendar with three events."""
    for name in "abc":
        work.put(f"{name}.ics", event(name))
    return client.sync(work.path).token


def test_an_empty_token_lists_everything_and_the_collection_itself(client, work, token):
    answer = client.sync(work.path)
    assert answer.hrefs == [work.path, *(f"{work.path}{name}.ics" for name in "abc")]
    etag = answer.found(f"{work.path}a.ics", d("getetag")).text
    assert etag == work.resources[f"{work.path}a.ics"].etag


def test_depth_0_and_depth_1_are_the_same(client, work, token):
    assert client.sync(work.path, depth="0").body == client.sync(work.path, depth="1").body


def test_a_token_lists_what_changed_and_a_bare_404_for_what_went(client, work, token):
    work.put("b.ics", event("b", end="20261123T110000Z"))
    work.delete("c.ics")
    work.put("d.ics", event("d"))
    answer = client.sync(work.path, token)
    assert answer.hrefs == [work.path, *(f"{work.path}{name}.ics" for name in "bcd")]
    assert answer.statuses == {f"{work.path}c.ics": "404"}


def test_the_same_token_again_says_the_same_and_the_new_one_nothing(client, work, token):
    work.delete("a.ics")
    first = client.sync(work.path, token)
    assert client.sync(work.path, token).body == first.body
    assert client.sync(work.path, first.token).hrefs == [work.path]


def test_a_name_that_comes_back_is_no_longer_gone(client, work, token):
    work.delete("a.ics")
    work.put("a.ics", event("a"))
    answer = client.sync(work.path, token)
    assert (answer.hrefs, answer.statuses) == ([work.path, f"{work.path}a.ics"], {})


def test_the_first_listing_leaves_out_what_is_gone(client, work, token):
    work.delete("a.ics")
    assert f"{work.path}a.ics" not in client.sync(work.path).hrefs


def test_the_collection_can_be_left_out_and_members_repeated(icloud, client, work, token):
    icloud.switches.sync_lists_itself = False
    icloud.switches.sync_repeats = True
    work.put("a.ics", event("a"))
    assert client.sync(work.path, token).hrefs == [f"{work.path}a.ics"] * 2


def test_a_limit_is_ignored_unless_switched(icloud, client, work, token):
    limit = "<limit><nresults>1</nresults></limit>"
    assert len(client.sync(work.path, limit=limit).hrefs) == 4
    icloud.switches.honours_limit = True
    assert client.sync(work.path, limit=limit).statuses == {work.path: "507"}


def test_pages_end_with_507_and_go_on_from_their_token(icloud, client, work, token):
    icloud.switches.sync_page = 2
    icloud.switches.sync_lists_itself = False
    work.delete("a.ics")
    first = client.sync(work.path)
    assert first.hrefs == [f"{work.path}b.ics", f"{work.path}c.ics"]
    work.put("d.ics", event("d"))
    first = client.sync(work.path)
    assert first.statuses == {work.path: "507"}
    rest = client.sync(work.path, first.token)
    assert rest.hrefs == [f"{work.path}a.ics", f"{work.path}d.ics"]
    assert client.sync(work.path, rest.token).hrefs == []


@pytest.mark.parametrize(
    ("how", "status"),
    [("403-precondition", 403), ("403", 403), ("409", 409), ("410", 410), ("412", 412), ("500", 500), ("507", 507)],
)
def test_a_forgotten_token_is_refused_in_many_ways(icloud, client, work, token, how, status):
    icloud.switches.expired_token = how
    icloud.forget_tokens()
    answer = client.sync(work.path, token)
    assert answer.status == status
    if how == "403-precondition":
        assert answer.preconditions == [d("valid-sync-token")]
    else:
        assert answer.body == b""
    assert client.sync(work.path, client.sync(work.path).token).status == 207


def test_a_forgotten_token_can_silently_list_everything_or_nothing(icloud, client, work, token):
    icloud.forget_tokens()
    icloud.switches.expired_token = "207-everything"
    assert len(client.sync(work.path, token).hrefs) == 4
    icloud.switches.expired_token = "207-nothing"
    assert client.sync(work.path, token).hrefs == [work.path]


def test_a_forgotten_token_can_be_refused_inside_a_207(icloud, client, work, token):
    icloud.forget_tokens()
    icloud.switches.expired_token = "207-error"
    answer = client.sync(work.path, token)
    assert (answer.status, answer.statuses) == (207, {work.path: "403"})
    assert answer.root.find(f".//{d('valid-sync-token')}") is not None


@pytest.mark.parametrize("given", ["nonsense", "http://example.com/ns/sync/1", "HwoQEgwAAAAA"])
def test_a_token_of_somebody_else_is_refused(client, account, work, token, given):
    assert client.sync(work.path, given).status == 403
    assert client.sync(account.calendar("home").path, token).status == 403


def test_tokens_can_have_their_older_form(icloud, client, work):
    icloud.switches.token_form = "ft"
    token = client.sync(work.path).token
    assert token.startswith("FT=-@RU=")
    work.put("a.ics", event("a"))
    assert client.sync(work.path, token).hrefs == [work.path, f"{work.path}a.ics"]


def test_the_ctag_changes_with_every_write_and_the_homes_too(client, account, work):
    home = f"/{account.dsid}/calendars/"

    def ctags():
        answer = client.propfind(home, CTAG, depth="1")
        return [answer.found(path, CTAG).text for path in (home, work.path, f"{home}home/")]

    before = ctags()
    client.put(f"{work.path}a.ics", event("a"))
    after = ctags()
    assert [old == new for old, new in zip(before, after, strict=True)] == [False, False, True]
    assert ctags() == after


def test_the_home_tells_of_calendars_that_are_new_changed_or_gone(client, account, work):
    home = f"/{account.dsid}/calendars/"
    token = client.sync(home).token
    new = account.add_calendar("New")
    account.calendar("home").remove()
    work.rename("Practice")
    answer = client.sync(home, token)
    assert set(answer.hrefs) == {new.path, f"{home}home/", work.path}
    assert answer.statuses == {f"{home}home/": "404"}


@pytest.mark.processes
def test_an_etag_is_the_clock_in_base_36_and_never_the_same_twice():
    with Sandbox(clock=lambda: datetime(2023, 10, 3, 6, 43, 9, 174000, UTC)) as icloud:
        calendar = icloud.add_account("anna@example.com").add_calendar("Work", id="work")
        hrefs = [calendar.put(f"{name}.ics", event(name)) for name in "ab"]
        assert [calendar.resources[href].etag for href in hrefs] == ['"ln9ydv5i"', '"ln9ydv5j"']


def test_housekeeping_changes_an_etag_without_a_change(client, work, token):
    before = work.resources
    work.housekeep(["b.ics"])
    changed = [href for href, resource in work.resources.items() if resource.etag != before[href].etag]
    assert changed == [f"{work.path}b.ics"]
    assert client.sync(work.path, token).hrefs == [work.path, *changed]
    assert {href: one.data for href, one in before.items()} == {href: one.data for href, one in work.resources.items()}


def test_an_event_moved_between_calendars_is_gone_here_and_new_there(client, account, phone, work):
    href = phone.add(work, "Visit", datetime(2026, 11, 23, 9, tzinfo=UTC))
    home = account.calendar("home")
    tokens = client.sync(work.path).token, client.sync(home.path).token
    new = phone.move_to(href, home)
    assert client.sync(work.path, tokens[0]).statuses == {href: "404"}
    assert client.sync(home.path, tokens[1]).hrefs == [home.path, new]


def test_a_calendar_made_again_under_its_name_is_another_one(client, account, work, token):
    work.remove()
    assert client.sync(work.path, token).status == 404
    again = account.add_calendar("Work")
    assert again.path != work.path
    same_path = account.add_calendar("Work", id="work")
    assert client.sync(same_path.path, token).status == 403


def test_a_shared_calendar_is_one_calendar_in_two_homes(icloud, client, account, work):
    ben = icloud.add_account("ben@example.com")
    guest = work.share_with(ben)
    work.put("a.ics", event("a"))
    assert [one.data for one in guest.resources.values()] == [event("a")]
    assert (len(guest.id), guest.read_only, work.sharing) == (64, True, "owner")
    work.unshare()
    assert (ben.events(), work.sharing) == ([], "")


@pytest.mark.parametrize("told", ["404", "403", "410"])
def test_a_calendar_that_was_taken_away_can_be_missed_in_three_ways(icloud, client, work, token, told):
    icloud.switches.removed_calendar = told
    work.remove()
    assert client.sync(work.path, token).status == int(told)
    assert client.ask("GET", f"{work.path}a.ics").status == int(told)
