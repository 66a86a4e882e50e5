"""Hosts, redirects, spellings and names: what an href is and where a password may go."""

from __future__ import annotations

import sys
from typing import Any

import pytest

from bookings import actions
from connections import accounts
from connections.models import Calendar, Connection, Event
from sandbox.server.server import Sandbox
from sandbox.server.store.accounts import Account
from tests.bookings.practice import Practice, berlin, utc
from tests.factories import NOW, UserFactory
from tests.ics_text import event
from tests.traps.conftest import Start
from tests.traps.looking import WELL, differences, every, named, row, state, times, writes

CONNECTED: list[str] | None = None


def _note_connections(event: str, arguments: tuple[Any, ...]) -> None:
    if CONNECTED is not None and event in {"socket.connect", "socket.getaddrinfo"}:
        address = arguments[1] if event == "socket.connect" else arguments[0]
        CONNECTED.append(address[0] if isinstance(address, tuple) else str(address))


sys.addaudithook(_note_connections)


@pytest.fixture
def connected(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Every host that this process looks up or connects to."""
    monkeypatch.setattr(sys.modules[__name__], "CONNECTED", [])
    assert CONNECTED is not None
    return CONNECTED


# --- T1 ---------------------------------------------------------------------------------------------------

REDIRECTS = every(entry_redirects=["calendars", "always"], redirect_status=[301, 302, 307, 308])
DIRECT = every(entry_redirects=["never"], home_on_pod=[True, False])


@pytest.mark.parametrize(
    "switches", REDIRECTS + DIRECT + [{"entry_redirects": "always", "home_on_pod": False}], ids=named
)
def test_t01_the_password_is_not_lost_on_the_way_to_the_pod(start: Start, switches: dict[str, Any]) -> None:
    practice = start(**switches)
    practice.phone.add(practice.account.calendar("Work"), "Dentist", berlin(1, 14))
    booking = practice.book()
    assert practice.push() == ["pushed"]
    practice.poll_later()
    assert (state(practice), differences(practice), times()) == (WELL, {}, ["01 14:00-15:00"])
    assert [one for one in practice.icloud.log if not one.authorized or one.status == 401] == []
    assert practice.events().count(practice.href(booking)) == 1


def test_t01_one_401_is_asked_again_before_anybody_is_alarmed(practice: Practice) -> None:
    practice.phone.add(practice.account.calendar("Work"), "Dentist", berlin(1, 14))
    practice.icloud.faults.unauthorized()
    practice.poll_later()
    assert (state(practice), differences(practice)) == (WELL, {})


def test_t01_a_wrong_password_behind_a_redirect_is_a_wrong_password(start: Start) -> None:
    practice = start(entry_redirects="always")
    practice.account.revoke_all()
    practice.poll_later()
    assert state(practice)[:2] == ("unauthorized", True)


# --- T2 ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("apple_id", ["anna@gmail.com", "anna@icloud.com", "anna@localhost"])
def test_t02_the_mail_domain_of_an_apple_id_is_never_asked(
    db: None, icloud: Sandbox, connected: list[str], apple_id: str
) -> None:
    account = icloud.add_account(apple_id)
    account.add_calendar("Home")
    user = UserFactory()
    connected.clear()
    accounts.connect(user, username=apple_id, password=account.new_app_password(), url=icloud.entry_url, now=NOW)
    assert set(connected) == {"127.0.0.1"}


@pytest.mark.parametrize("status", [301, 302, 307, 308])
def test_t02_a_stranger_is_not_even_connected_to(practice: Practice, connected: list[str], status: int) -> None:
    practice.icloud.faults.redirect("stranger", status, times=None)
    connected.clear()
    practice.poll_later()
    assert (practice.icloud.stranger_connections, "127.0.0.2" in connected) == (0, False)
    assert state(practice)[:2] == ("foreign_host", False)


# --- T3 ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("old", ["closed", "421", "404", "503"])
@pytest.mark.parametrize("hrefs_on", ["path", "pod"])
def test_t03_an_account_that_moves_to_another_pod_is_found_again(start: Start, hrefs_on: str, old: Any) -> None:
    practice = start(hrefs_on=hrefs_on)
    work = practice.account.calendar("Work")
    practice.phone.add(work, "Dentist", berlin(1, 14))
    practice.poll_later()
    practice.icloud.move_pod(old)
    practice.phone.add(work, "Lunch", berlin(1, 12))
    practice.poll_later(2)
    assert (state(practice), differences(practice)) == (WELL, {})
    assert times() == ["01 12:00-13:00", "01 14:00-15:00"]
    practice.book()
    assert practice.push() == ["pushed"]


def test_t03_no_host_is_stored_with_a_calendar_or_an_event(start: Start) -> None:
    practice = start(hrefs_on="pod")
    practice.phone.add(practice.account.calendar("Work"), "Dentist", berlin(1, 14))
    practice.booked()
    stored = [*Calendar.objects.values_list("path", flat=True), *Event.objects.values_list("href", flat=True)]
    stored += Connection.objects.values_list("home_path", "principal_path")[0]
    assert [path for path in stored if not path.startswith("/") or ":" in path] == []


# --- T4 ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("switches", every(hrefs_on=["path", "entry", "pod"], escaped_hrefs=[False, True]), ids=named)
def test_t04_one_event_has_one_row_however_its_href_is_spelled(
    start: Start, account: Account, switches: dict[str, Any]
) -> None:

    practice = start(**switches)
    odd = practice.account.add_calendar("Odd", id="anna@example.com")
    practice.poll_later()
    accounts.configure(practice.user, linked=row("Home"), conflicts=[row("Work"), row("Odd")], now=practice.now)
    odd.put("a@b.ics", event("A"))
    practice.poll_later()
    practice.icloud.switches.escaped_hrefs = not practice.icloud.switches.escaped_hrefs
    odd.put("a@b.ics", event("A", "Dentist again"))
    practice.poll_later()
    report = practice.sync(full=True)
    assert (report.changed, report.removed, differences(practice)) == (0, 0, {})
    assert times("Odd") == ["01 11:00-12:00"]
    odd.delete("a@b.ics")
    practice.poll_later()
    assert (times("Odd"), Calendar.objects.filter(gone_at=None).count()) == ([], 4)


# --- T5 ---------------------------------------------------------------------------------------------------


def test_t05_a_uid_may_come_back_under_another_name(practice: Practice) -> None:
    work = practice.account.calendar("Work")
    first = work.put("1.ics", event("SAME"))
    practice.poll_later()
    assert differences(practice) == {}
    with practice.account.store.lock:
        work.delete(first)
        second = work.put("another name.ics".replace(" ", "-"), event("SAME"))
    practice.poll_later()
    assert list(Event.objects.values_list("href", "uid")) == [(second, "SAME")]
    assert times() == ["01 11:00-12:00"]


def test_t05_one_uid_in_two_calendars_is_two_events_and_blocks_once(practice: Practice) -> None:
    for name in ("Home", "Work"):
        practice.account.calendar(name).put("1.ics", event("SAME"))
    practice.poll_later()
    assert (differences(practice), Event.objects.filter(uid="SAME").count()) == ({}, 2)
    assert (times("Home"), times("Work")) == (["01 11:00-12:00"], ["01 11:00-12:00"])


def test_t05_our_own_event_is_known_by_its_href_and_uid_after_the_phone_moved_it(practice: Practice) -> None:
    booking = practice.booked()
    new = practice.phone.move_to(practice.href(booking), practice.account.calendar("Work"))
    practice.poll_later()
    assert (practice.href(booking), practice.proposals()) == (new, [])
    actions.reschedule(booking, start=utc(1, 13), now=practice.now)
    practice.icloud.log.clear()
    assert (practice.push(), writes(practice)) == (["pushed"], [("PUT", new)])
