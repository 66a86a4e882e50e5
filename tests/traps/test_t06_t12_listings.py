"""What listings say of members, and what of that may be believed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from bookings import actions
from connections.models import Calendar, CalendarConfiguration, Event
from sandbox.device.device import AppleDevice
from sandbox.server.server import Sandbox
from sandbox.server.store.accounts import Account
from tests.bookings.practice import BERLIN, HOUR, Practice, berlin
from tests.factories import START
from tests.ics_text import event
from tests.servers import Served, multistatus
from tests.traps.conftest import Start, turn
from tests.traps.looking import WELL, asked, blocked, differences, every, named, row, state, times
from tests.traps.scripted import WORK, Server, customer, gone, token

COUNT = 12


def filled(practice: Practice, count: int = COUNT) -> list[str]:
    """So many events in Work, read."""
    work = practice.account.calendar("Work")
    hrefs = [work.put(f"{n:03}.ics", event(f"U{n:03}")) for n in range(count)]
    practice.poll_later()
    assert differences(practice) == {}
    return hrefs


# --- T6 ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("switches", every(sync_lists_itself=[True, False], hrefs_on=["path", "pod"]), ids=named)
def test_t06_the_calendar_itself_is_no_event_and_not_deleted(start: Start, switches: dict[str, Any]) -> None:
    practice = start(**switches)
    hrefs = filled(practice, 2)
    practice.account.calendar("Work").delete(hrefs[0])
    practice.poll_later()
    practice.sync(full=True)
    assert [*Event.objects.values_list("href", flat=True)] == hrefs[1:]
    assert (state(practice), row("Work").gone_at) == (WELL, None)


@pytest.mark.parametrize("status", ["404 Not Found", "507 Insufficient Storage", ""])
def test_t06_a_status_of_the_calendar_inside_a_delta_deletes_nothing(
    db: None, web: Callable[..., Served], status: str
) -> None:
    shop = customer(web, Server({"1.ics": ('"1"', event("A"))}))
    shop.server.put("2.ics", event("B"), '"2"')
    itself = f"<href>{WORK}</href><status>HTTP/1.1 {status}</status>"
    once = [multistatus(itself, shop.server.member("2.ics"), after=token("9"))]
    shop.server.answers.append(lambda one: (207, once.pop()) if once and b"sync-collection" in one.body else None)
    shop.sync()
    assert sorted(Event.objects.values_list("uid", flat=True)) == ["A", "B"]
    assert (shop.calendar.gone_at, shop.calendar.error_code) == (None, "")


# --- T7 ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("switches", every(sync_repeats=[True], sync_page=[None, 3]), ids=named)
def test_t07_a_member_listed_twice_is_one_event(start: Start, switches: dict[str, Any]) -> None:
    practice = start(**switches)
    hrefs = filled(practice)
    practice.account.calendar("Work").delete(hrefs[3])
    practice.account.calendar("Work").put("001.ics", event("U001", "Changed"))
    practice.poll_later()
    assert (practice.reports[-1].changed, practice.reports[-1].removed, differences(practice)) == (1, 1, {})
    assert times() == ["01 11:00-12:00"] * (COUNT - 1)


# --- T8 ---------------------------------------------------------------------------------------------------

MISSING = every(multiget_missing=["404", "404-propstat", "left-out", "empty-status"], lag_shows=["missing", "old"])


@pytest.mark.parametrize("switches", MISSING, ids=named)
def test_t08_a_404_inside_a_multiget_is_not_a_deletion(practice: Practice, switches: dict[str, Any]) -> None:
    dentist = practice.phone.add(practice.account.calendar("Work"), "Dentist", berlin(1, 14))
    practice.poll_later()
    turn(practice.icloud, {**switches, "lag_seconds": 30})
    practice.later()
    practice.phone.move(dentist, berlin(1, 16))
    practice.sync()
    assert (times(), Event.objects.exclude(pending_etag="").count()) == (["01 14:00-15:00"], 1)
    assert row("Work").fresh_at < practice.now
    practice.poll_later()
    assert (times(), differences(practice), row("Work").fresh_at) == (["01 16:00-17:00"], {}, practice.now)


@pytest.mark.parametrize("fate", ["missing", "left-out", "empty", "error"])
def test_t08_an_event_that_can_never_be_read_stays_as_it_was_and_is_named(practice: Practice, fate: Any) -> None:
    work = practice.account.calendar("Work")
    first, second = filled(practice, 2)
    work.spoil(first, fate)
    work.put("000.ics", event("U000", "Changed"))
    work.put("001.ics", event("U001", "Changed too"))
    practice.poll_later()
    assert (list(differences(practice)), times()) == ([first], ["01 11:00-12:00"] * 2)
    assert (second in differences(practice), practice.reports[-1].problems) == (False, 1)
    work.heal(first)
    practice.poll_later()
    assert (differences(practice), state(practice)) == ({}, WELL)


@pytest.mark.parametrize("policy", CalendarConfiguration.StalePolicy.values)
def test_t08_nothing_is_sold_while_an_event_is_owed_since_the_first_read(
    start: Start, account: Account, phone: AppleDevice, policy: str
) -> None:
    work = account.calendar("Work")
    work.spoil(phone.add(work, "Dentist", START.astimezone(BERLIN), (START + HOUR).astimezone(BERLIN)))
    practice = start()
    CalendarConfiguration.objects.update(stale_policy=policy)
    for _ in range(2):
        with pytest.raises(actions.NotOpen, match="being read for the first time"):
            practice.book()
        practice.poll_later()
    work.heal(*work.resources)
    practice.poll_later()
    assert practice.book(START + HOUR).status == "confirmed"


# --- T9 ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("status", [503, 500, 502, 429])
def test_t09_the_token_waits_until_every_member_is_stored_or_owed(practice: Practice, status: int) -> None:
    work = practice.account.calendar("Work")
    before = row("Work").sync_token
    for n in range(120):
        work.put(f"{n:03}.ics", event(f"U{n:03}"))
    practice.icloud.faults.status(status, method="REPORT", body="calendar-multiget", skip=1, times=40)
    practice.poll_later()
    stored = Event.objects.filter(calendar=row("Work"))
    assert stored.count() >= 50
    assert (row("Work").sync_token == before) is (stored.count() < 120)
    practice.icloud.faults.clear()
    practice.poll_later(2)
    assert (differences(practice), state(practice), stored.count()) == ({}, WELL, 120)


# --- T10 --------------------------------------------------------------------------------------------------

EMPTY = multistatus(after=token("HwoQEgwAAempty"))
LISTINGS: dict[str, Callable[[Sandbox], object]] = {
    "503": lambda icloud: icloud.faults.status(503, body="sync-collection"),
    "empty 207": lambda icloud: icloud.faults.body(EMPTY, body="sync-collection"),
    "truncated": lambda icloud: icloud.faults.truncate(body="sync-collection"),
    "reset": lambda icloud: icloud.faults.reset(body="sync-collection"),
    "page": lambda icloud: icloud.faults.html(body="sync-collection"),
    "short": lambda icloud: icloud.faults.wrong_length(-200, body="sync-collection"),
    "nothing": lambda icloud: icloud.faults.add("nothing", status=200, content=b"", body="sync-collection"),
}


@pytest.mark.parametrize("fault", LISTINGS)
def test_t10_a_listing_that_failed_deletes_nothing(practice: Practice, fault: str) -> None:
    filled(practice)
    practice.later()
    practice.icloud.switches.gzip = False
    LISTINGS[fault](practice.icloud)
    practice.sync(full=True)
    assert (differences(practice), times()) == ({}, ["01 11:00-12:00"] * COUNT)
    practice.poll_later()
    assert (differences(practice), state(practice)) == ({}, WELL)


REFUSALS = {
    "401 Unauthorized": "",  # that concerns the account
    "403 Forbidden": "forbidden",
    "404 Not Found": "calendar_not_found",
    "410 Gone": "calendar_not_found",
    "423 Locked": "server_refused",
    "500 Internal Server Error": "unavailable",
    "503 Service Unavailable": "",
}


def refusing(shop: Server, status: str, *, deleted: bool = False) -> None:
    """From now on the calendar itself has this status in all its listings, and its members are gone if `deleted`."""
    itself = f"<href>{WORK}</href><status>HTTP/1.1 {status}</status>"
    members = [gone(name) for name in shop.members] if deleted else []
    shop.answers.append(
        lambda asked: (
            (207, multistatus(itself, *members, after=token("99")))
            if asked.path == WORK and b"calendar-multiget" not in asked.body
            else None
        )
    )


@pytest.mark.parametrize("deleted", [False, True])
@pytest.mark.parametrize("status", REFUSALS)
def test_t10_a_calendar_refused_inside_its_listing_is_not_an_empty_one(
    db: None, web: Callable[..., Served], status: str, deleted: bool
) -> None:
    shop = customer(web, Server({"1.ics": ('"1"', event("A")), "2.ics": ('"2"', event("B"))}))
    before = shop.calendar
    refusing(shop.server, status, deleted=deleted)
    shop.server.step += 1
    for _ in range(3):
        shop.sync()
        after = shop.calendar
        assert (after.error_code, after.read_at, after.fresh_at) == (REFUSALS[status], before.read_at, before.fresh_at)
        assert sorted(Event.objects.values_list("uid", flat=True)) == ["A", "B"]
    assert Calendar.objects.get().connection.error_code != ""


@pytest.mark.parametrize("status", REFUSALS)
def test_t10_a_calendar_refused_inside_its_first_listing_is_never_read(
    db: None, web: Callable[..., Served], status: str
) -> None:
    server = Server({"1.ics": ('"1"', event("A"))})
    refusing(server, status)
    with pytest.raises(AssertionError):
        customer(web, server)
    calendar = Calendar.objects.get()
    assert (calendar.error_code, calendar.read_at, calendar.fresh_at) == (REFUSALS[status], None, None)


@pytest.mark.parametrize(("left", "doubted"), [(0, True), (5, True), (6, False), (11, False)])
def test_t10_a_mass_deletion_is_believed_only_when_it_is_said_twice(
    practice: Practice, left: int, doubted: bool
) -> None:
    hrefs = filled(practice)
    for href in hrefs[left:]:
        practice.account.calendar("Work").delete(href)
    practice.icloud.forget_tokens()
    practice.poll_later()
    kept = COUNT if doubted else left
    assert (len(times()), row("Work").error_code) == (kept, "mass_deletion_suspected" if doubted else "")
    practice.poll_later()
    assert (len(times()), differences(practice), state(practice)) == (left, {}, WELL)


def test_t10_an_emptiness_that_was_a_mistake_is_forgotten(practice: Practice) -> None:
    filled(practice)
    practice.later()
    practice.icloud.faults.body(EMPTY, path="work", body="sync-collection", times=1)
    practice.sync(full=True)
    doubted = row("Work").error_code
    practice.poll_later()
    assert (doubted, row("Work").error_code, differences(practice)) == ("mass_deletion_suspected", "", {})


# --- T11 --------------------------------------------------------------------------------------------------

FACES = ["403-precondition", "403", "409", "410", "412", "500", "507", "207-everything", "207-nothing", "207-error"]


@pytest.mark.parametrize(
    ("face", "form"), [*((face, "base64") for face in FACES), ("403", "ft"), ("207-nothing", "ft")]
)
def test_t11_an_expired_token_has_many_faces_and_loses_nothing(start: Start, face: str, form: str) -> None:
    practice = start(token_form=form)
    hrefs = filled(practice)
    work, before = practice.account.calendar("Work"), row("Work").sync_token
    turn(practice.icloud, {"expired_token": face})
    practice.icloud.forget_tokens()
    work.delete(hrefs[0])
    work.put("001.ics", event("U001", "Changed"))
    practice.phone.add(work, "Dentist", berlin(1, 14))
    practice.poll_later()
    assert "01 14:00-15:00" in blocked(practice)
    practice.poll_later()
    practice.sync(full=True)
    assert (differences(practice), state(practice)) == ({}, WELL)
    assert row("Work").sync_token not in ("", before)


def test_t11_a_bare_403_means_no_permission_only_after_a_listing_was_refused_too(practice: Practice) -> None:
    filled(practice, 2)
    turn(practice.icloud, {"expired_token": "403"})
    practice.account.calendar("Work").put("001.ics", event("U001", "Changed"))
    practice.icloud.faults.status(403, path="/work/", times=None)
    practice.icloud.log.clear()
    practice.poll_later()
    assert asked(practice)[1:] == ["sync-collection work", "sync-collection work", "PROPFIND work"]
    assert (row("Work").error_code, len(times())) == ("forbidden", 2)


# --- T12 --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("face", FACES)
def test_t12_no_library_makes_tokens_up_or_lists_in_its_own_way(practice: Practice, face: str) -> None:
    filled(practice, 3)
    turn(practice.icloud, {"expired_token": face})
    practice.icloud.forget_tokens()
    practice.account.calendar("Work").put("001.ics", event("U001", "Changed"))
    practice.icloud.log.clear()
    practice.poll_later()
    kinds = {word.split()[0] for word in asked(practice)}
    assert kinds == {"PROPFIND", "sync-collection", "calendar-multiget"}
    tokens = Calendar.objects.exclude(sync_token="").values_list("sync_token", flat=True)
    assert {one[:9] for one in tokens} == {"HwoQEgwAA"}
