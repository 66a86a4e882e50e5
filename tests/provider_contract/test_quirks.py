"""What Fastmail and Nextcloud do otherwise than iCloud, and that nothing comes of it."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from bookings import actions
from bookings.models import LinkedEvent
from connections import accounts
from connections.freshness import freshness
from connections.models import Calendar, Connection
from sandbox.server.flavours import FASTMAIL, Flavour, nextcloud
from sandbox.server.server import Sandbox
from tests.factories import START
from tests.ics_text import event
from tests.provider_contract.practice import CARLA, FREE, Chosen, Practice, make_practice
from tests.provider_contract.test_caldav import CHOSEN
from tests.sandboxed import SandboxServer

pytestmark = [pytest.mark.django_db, pytest.mark.processes]


@pytest.fixture(params=["fastmail", "nextcloud_server"])
def practice(request: pytest.FixtureRequest, db: None) -> Practice:
    """Anna, whose account at the server is connected, chosen and read."""
    made = make_practice(request.getfixturevalue(request.param), CHOSEN[request.param])
    made.connect()
    made.choose()
    assert made.sync().error is None
    return made


@pytest.fixture
def server(practice: Practice) -> SandboxServer:
    assert isinstance(practice.server, SandboxServer)
    return practice.server


def test_an_event_that_stands_under_another_name_is_found_and_not_doubled(practice: Practice) -> None:
    booking = actions.book(start=START, service=practice.service, staff=practice.user, client=CARLA, now=practice.now)
    uid = booking.linked_events.get().uid
    elsewhere = f"{practice.home}elsewhere.ics"
    practice.server.write(elsewhere, event(uid, "Carla Client"))
    assert practice.push() == ["retrying"]
    practice.poll_later()
    practice.later(timedelta(minutes=30))
    practice.push()
    assert practice.server.paths(practice.home) == [elsewhere]
    assert LinkedEvent.objects.get().href == elsewhere


def test_a_put_without_an_etag_is_read_back(practice: Practice, server: SandboxServer) -> None:
    server.sandbox.switches.etag_on_put = False
    booking = practice.book()
    assert (
        booking.linked_events.get().etag
        == server.account.calendar(practice.home).resources[practice.href(booking)].etag
    )
    assert practice.poll_later().error is None


def test_a_forgotten_token_costs_a_listing(practice: Practice, server: SandboxServer) -> None:
    server.write(f"{practice.work}a.ics", event("A", "Dentist"))
    practice.poll_later()
    server.sandbox.forget_tokens()
    server.write(f"{practice.work}b.ics", event("B", "Call"))
    report = practice.poll_later()
    assert (report.error, report.changed, practice.titles()) == (None, 1, ["Call", "Dentist"])
    assert practice.poll_later().requests == 1


def test_a_calendar_that_is_only_to_be_read_receives_no_bookings(practice: Practice, server: SandboxServer) -> None:
    server.account.add_calendar("Birthdays", id="contact_birthdays", read_only=True)
    practice.poll_later()
    birthdays = Calendar.objects.get(name="Birthdays")
    assert birthdays.writable is False
    with pytest.raises(accounts.ConfigurationRefused):
        accounts.configure(practice.user, linked=birthdays, conflicts=[birthdays], now=practice.now)


def test_the_boxes_beside_the_calendars_are_no_calendars(practice: Practice) -> None:
    assert sorted(Calendar.objects.values_list("name", flat=True)) == ["Home", "Work"]


def test_while_the_server_is_down_what_is_known_blocks_and_its_pause_is_kept(
    practice: Practice, server: SandboxServer
) -> None:
    server.write(f"{practice.work}a.ics", event("A", "Dentist"))
    practice.poll_later()
    server.sandbox.down()
    report = practice.poll_later()
    assert (report.error.code if report.error else "", practice.titles()) == ("throttled", ["Dentist"])
    assert practice.starts() == [hour for hour in FREE if hour != 11]
    asked = len(server.sandbox.log)
    practice.later(timedelta(seconds=20))
    practice.sync()
    pause = server.sandbox.flavour.down_headers.get("Retry-After")
    assert (len(server.sandbox.log) > asked) is (pause is None)
    server.sandbox.up()
    practice.later(timedelta(hours=1))
    assert practice.sync().error is None
    assert freshness(practice.user, now=practice.now).as_of == practice.now


@pytest.mark.parametrize("flavour", [FASTMAIL, nextcloud("/cloud")], ids=lambda flavour: flavour.name)
def test_a_server_that_moved_to_another_address_keeps_the_choices(tmp_path: Path, db: None, flavour: Flavour) -> None:
    with Sandbox(tmp_path, flavour=flavour) as before:
        server = SandboxServer(before)
        practice = make_practice(server, Chosen(flavour.name, lambda one: server.url))
        practice.connect()
        practice.choose()
        server.write(f"{practice.work}a.ics", event("A", "Dentist"))
        practice.poll_later()
        chosen = list(Calendar.objects.order_by("path").values_list("pk", "is_conflict_calendar"))
    assert practice.poll_later().error is not None
    with Sandbox(tmp_path, flavour=flavour) as after:
        url = server.url.replace(before.entry_url, after.entry_url)
        report = accounts.reconnect(practice.connection, password=server.password, url=url, now=practice.now)
        assert (report.matches, practice.connection.url, practice.titles()) == (True, url, ["Dentist"])
        assert list(Calendar.objects.order_by("path").values_list("pk", "is_conflict_calendar")) == chosen
        practice.book()


def test_guesses_at_a_password_end_in_a_sentence_and_change_nothing(nextcloud_server: SandboxServer) -> None:
    practice = make_practice(nextcloud_server, CHOSEN["nextcloud_server"])
    practice.connect()
    nextcloud_server.sandbox.switches.wrong_passwords = 1
    codes = []
    for _ in range(3):
        with pytest.raises(accounts.ConnectFailed) as caught:
            accounts.reconnect(practice.connection, password="wrong", now=practice.now)
        codes.append(caught.value.problem.code)
    assert codes == ["not_accepted", "not_accepted", "not_reached"]
    assert Connection.objects.get().password == nextcloud_server.password


def test_the_same_uid_in_two_calendars_of_a_nextcloud_is_two_events(nextcloud_server: SandboxServer) -> None:
    practice = make_practice(nextcloud_server, CHOSEN["nextcloud_server"])
    practice.connect()
    practice.choose()
    for path in (practice.home, practice.work):
        nextcloud_server.write(f"{path}a.ics", event("A", "Dentist"))
    practice.sync()
    assert practice.titles() == ["Dentist", "Dentist"]
