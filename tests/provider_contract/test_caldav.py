"""What every calendar provider has in common, asked of each server that can be started here.

Radicale and Xandikos are what they are; Fastmail and Nextcloud are the sandbox in their settings.
"""

from __future__ import annotations

from datetime import timedelta

import pytest

from bookings import actions
from bookings.models import Booking
from bookings.reconcile.audit import audit
from connections import accounts
from connections.models import Calendar, CalendarConfiguration, Connection, Event, SyncRun
from tests.factories import START
from tests.ics_text import event
from tests.provider_contract.practice import FREE, Chosen, Practice, make_practice
from tests.sandboxed import SandboxServer
from tests.servers import CalendarServer

pytestmark = [pytest.mark.django_db, pytest.mark.processes]

HOUR = timedelta(hours=1)
CHOSEN = {
    "sandboxed_icloud": Chosen("icloud", lambda server: ""),
    "fastmail": Chosen("fastmail", lambda server: server.sandbox.entry_url),
    "nextcloud_server": Chosen("nextcloud", lambda server: f"{server.sandbox.entry_url}cloud"),
    "radicale": Chosen("radicale", lambda server: server.url),
    "xandikos": Chosen("caldav", lambda server: server.url),
}


@pytest.fixture(params=sorted(CHOSEN))
def unconnected(request: pytest.FixtureRequest, db: None) -> Practice:
    """Anna, who has an account at the server."""
    server: CalendarServer | SandboxServer = request.getfixturevalue(request.param)
    return make_practice(server, CHOSEN[request.param])


@pytest.fixture
def practice(unconnected: Practice) -> Practice:
    """Anna has connected the account and chosen its calendars, and they were read once, empty."""
    unconnected.connect()
    unconnected.choose()
    assert unconnected.sync().error is None
    return unconnected


def edited(text: bytes, *changes: tuple[bytes, bytes]) -> bytes:
    """The text of an event after another client has changed it."""
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    return text


def test_connecting_finds_the_calendars_under_the_name_of_the_provider(unconnected: Practice) -> None:
    connection = unconnected.connect()
    assert (connection.provider, connection.error_code) == (unconnected.chosen.provider, "")
    found = Calendar.objects.filter(connection=connection).order_by("path")
    assert [(one.path, one.name, one.writable) for one in found] == [
        (unconnected.home, "Home", True),
        (unconnected.work, "Work", True),
    ]
    assert (Event.objects.count(), unconnected.starts()) == (0, [])


def test_a_wrong_password_stores_nothing_and_is_said(unconnected: Practice) -> None:
    with pytest.raises(accounts.ConnectFailed) as caught:
        unconnected.connect("abcd-efgh-ijkl-mnop")
    assert (caught.value.problem.code, Connection.objects.count()) == ("not_accepted", 0)


def test_what_another_client_writes_changes_and_deletes_is_followed(practice: Practice) -> None:
    practice.server.write(f"{practice.work}a.ics", event("A", "Dentist"))  # from eleven to twelve in Berlin
    practice.server.write(f"{practice.work}b.ics", event("B", "Call"))
    report = practice.poll_later()
    assert (report.changed, practice.titles(), practice.starts()) == (
        2,
        ["Call", "Dentist"],
        [hour for hour in FREE if hour != 11],
    )
    later = edited(event("A", "Dentist"), (b"T100000Z", b"T130000Z"), (b"T110000Z", b"T140000Z"))
    practice.server.write(f"{practice.work}a.ics", later)
    practice.server.remove(f"{practice.work}b.ics")
    report = practice.poll_later()
    assert (report.changed, report.removed, practice.titles()) == (1, 1, ["Dentist"])
    assert practice.starts() == [hour for hour in FREE if hour != 14]
    practice.server.remove(f"{practice.work}a.ics")
    practice.poll_later(2)  # an emptied calendar is doubted once
    assert (practice.titles(), practice.starts()) == ([], FREE)


def test_a_poll_of_what_is_unchanged_is_one_request(practice: Practice) -> None:
    practice.server.write(f"{practice.work}a.ics", event("A"))
    practice.poll_later()
    assert [practice.poll_later().requests for _ in range(3)] == [1, 1, 1]
    fresh = Calendar.objects.filter(connection=practice.connection).values_list("fresh_at", flat=True)
    assert set(fresh) == {practice.now}


def test_a_booking_reaches_the_calendar_and_its_move_there_comes_back(practice: Practice) -> None:
    booking = practice.book()
    href = practice.href(booking)
    assert practice.server.paths(practice.home) == [href]
    practice.poll_later()
    text = practice.server.read(href)
    practice.server.write(href, edited(text, (b":20261201T100000", b":20261201T140000"), (b"T110000", b"T150000")))
    practice.poll_later()
    booking.refresh_from_db()
    later = START.replace(hour=13)
    assert (booking.start, booking.end, booking.status) == (later, later + HOUR, "confirmed")
    assert practice.starts() == [hour for hour in FREE if hour != 14]


def test_a_booking_moved_here_is_moved_there_and_what_was_added_there_stays(practice: Practice) -> None:
    booking = practice.book()
    href = practice.href(booking)
    practice.poll_later()
    noted = edited(practice.server.read(href), (b"END:VEVENT", b"X-NOTE:from elsewhere\r\nEND:VEVENT"))
    practice.server.write(href, noted)
    practice.poll_later()
    actions.reschedule(booking, start=START.replace(hour=14), now=practice.now)
    assert practice.push() == ["pushed"]
    text = practice.server.read(href)
    assert (b":20261201T150000" in text, b"X-NOTE:from elsewhere" in text) == (True, True)


def test_a_cancelled_booking_leaves_the_calendar(practice: Practice) -> None:
    booking = practice.book()
    practice.poll_later()
    actions.cancel(booking, now=practice.now)
    practice.push()
    practice.poll_later()
    assert (practice.server.paths(practice.home), practice.starts()) == ([], FREE)


def test_an_event_deleted_there_asks_and_leaves_the_booking(practice: Practice) -> None:
    booking = practice.book()
    practice.book(START.replace(hour=12))  # so that the calendar is not emptied
    practice.poll_later()
    practice.server.remove(practice.href(booking))
    practice.poll_later(2)
    booking.refresh_from_db()
    open_proposals = [proposal.kind for proposal in booking.proposals.all()]
    assert (booking.status, open_proposals) == ("confirmed", ["deleted"])


def test_disconnecting_leaves_nothing_there_and_keeps_the_bookings(practice: Practice) -> None:
    practice.server.write(f"{practice.home}a.ics", event("A"))
    practice.book()
    practice.poll_later()
    actions.disconnect(practice.connection, remove=True, now=practice.now)
    assert practice.server.paths(practice.home) == [f"{practice.home}a.ics"]
    assert (Connection.objects.count(), Event.objects.count()) == (0, 0)
    assert list(Booking.objects.values_list("status", flat=True)) == ["confirmed"]


def test_reconnecting_keeps_the_choices_and_finds_what_changed_meanwhile(practice: Practice) -> None:
    practice.server.write(f"{practice.work}a.ics", event("A"))
    practice.book()
    practice.poll_later()
    Connection.objects.update(password="wrong")
    report = practice.poll_later()
    assert (report.error.code if report.error else "", practice.connection.needs_attention) == ("unauthorized", True)
    practice.server.write(f"{practice.work}b.ics", event("B"))
    found = accounts.reconnect(practice.connection, password=practice.server.password, now=practice.now)
    assert (found.added, found.removed, found.changed, found.differing) == (1, 0, 0, 0)
    chosen = CalendarConfiguration.objects.get(user=practice.user)
    assert chosen.linked_calendar == Calendar.objects.get(path=practice.home)
    assert Calendar.objects.conflict_calendars().count() == 2
    assert practice.connection.needs_attention is False


def test_the_history_tells_of_changes_and_the_audit_finds_no_difference(practice: Practice) -> None:
    practice.server.write(f"{practice.work}a.ics", event("A"))
    practice.book()
    practice.poll_later()
    SyncRun.objects.all().delete()
    practice.server.remove(f"{practice.work}a.ics")
    practice.server.write(f"{practice.work}b.ics", event("B"))
    practice.poll_later(2)
    runs = [(run.changed, run.removed, run.error_code) for run in SyncRun.objects.order_by("pk")]
    assert runs == [(1, 1, "")]
    assert audit(practice.user, practice.now) == []
