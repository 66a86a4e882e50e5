"""What is kept of foreign events, and where the password is not."""

from __future__ import annotations

import io
import logging
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection as database
from django.db import transaction
from django_q.models import OrmQ

from connections import tasks
from connections.models import Calendar, Connection, Event, Occurrence, SyncRun
from connections.sync import apply, queue
from tests.connections.engine import World, at
from tests.factories import START, EventFactory, OccurrenceFactory
from tests.shared_database import shared_database  # noqa: F401 - a fixture

SECRETS = [
    "Teeth and fear",
    "Hauptstr. 1",
    "https://clinic.example/42",
    "Otto Organizer",
    "photo.jpg",
    "otto@example.org",
]


def full_event() -> bytes:
    """An event with everything that is nobody's business."""
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//Apple Inc.//iOS 26.1//EN",
        "BEGIN:VEVENT",
        "UID:FULL",
        "DTSTAMP:20261122T080000Z",
        "DTSTART:20261201T090000Z",
        "DTEND:20261201T100000Z",
        "SUMMARY:Dentist",
        "DESCRIPTION:Teeth and fear",
        "LOCATION:Hauptstr. 1",
        "URL;VALUE=URI:https://clinic.example/42",
        "ORGANIZER;CN=Otto Organizer:mailto:otto@example.org",
        "ATTENDEE;CN=Otto Organizer;PARTSTAT=ACCEPTED:mailto:otto@example.org",
        "ATTENDEE;CN=Anna Example;PARTSTAT=ACCEPTED:mailto:anna@example.com",
        "ATTACH:https://clinic.example/photo.jpg",
        "END:VEVENT",
        "END:VCALENDAR",
    ]
    return "".join(f"{line}\r\n" for line in lines).encode()


def stored() -> str:
    """Everything that the tables hold of calendars."""
    rows: list[Any] = []
    for model in (Calendar, Event, Occurrence, SyncRun):
        rows += [[bytes(v) if isinstance(v, memoryview) else v for v in row] for row in model.objects.values_list()]
    return repr(rows)


def test_of_a_foreign_event_only_times_blocking_and_title_are_stored(world: World) -> None:
    data = full_event()
    assert [secret in data.decode() for secret in SECRETS] == [True] * len(SECRETS)
    world.theirs("Work").put("full.ics", data)
    world.add("Physio", at(12), location="Praxis am See", notes="Knee", url="https://see.example/")
    world.sync()
    assert world.seen() == ["01.12. 10:00-11:00 Dentist BUSY", "01.12. 12:00-13:00 Physio BUSY"]
    everything = stored()
    assert [secret for secret in [*SECRETS, "Praxis", "Knee", "see.example"] if secret in everything] == []
    assert "Dentist" in everything
    assert "Anna Example" not in everything


def test_times_only_stores_no_title_anywhere(world: World) -> None:
    Calendar.objects.filter(name="Work").update(times_only=True)
    world.theirs("Work").put("full.ics", full_event())
    world.sync()
    assert ("Dentist" in stored(), [line[:12] for line in world.seen()]) == (False, ["01.12. 10:00"])


def test_a_readers_answer_to_an_invitation_is_kept_without_names(world: World) -> None:
    href = world.phone.receive_invitation(world.theirs("Work"), "Talk", at(14), answer="DECLINED")
    world.sync()
    assert world.seen() == ["01.12. 14:00-15:00 Talk declined"]
    assert b"CN=" not in bytes(world.event(href).text)


def test_the_password_is_encrypted_in_the_database(world: World) -> None:
    with database.cursor() as cursor:
        cursor.execute("SELECT password FROM connections_connection")
        [[kept]] = cursor.fetchall()
    assert (world.password in str(kept), world.connection.password) == (False, world.password)


def test_the_password_is_in_no_repr(world: World) -> None:
    account = world.connection.account
    shown = [repr(world.connection), str(world.connection), repr(account), str(vars(type(account)))]
    assert [world.password in text for text in shown] == [False] * 4


@pytest.mark.parametrize("trouble", ["none", "refused", "silent", "html"])
def test_the_password_is_in_no_log_task_history_or_output(
    world: World, trouble: str, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    caplog.set_level(logging.DEBUG)
    world.add("Dentist", at(10))
    if trouble == "refused":
        world.account.revoke_all()
    elif trouble == "silent":
        world.icloud.down(how="close")
    elif trouble == "html":
        world.icloud.faults.html(times=None)
    Connection.objects.update(next_sync_at=world.now - timedelta(days=30))
    tasks.poll_connections()
    world.person_syncs()
    queue.sync_soon(world.pk)
    call_command("check_connections", stdout=io.StringIO()) if trouble != "refused" else None
    words = [world.password, world.password.replace("-", "")]
    shown = caplog.text + "".join(capfd.readouterr()) + stored() + repr(list(OrmQ.objects.values_list()))
    assert [word in shown for word in words] == [False, False]


def wait_until_somebody_waits() -> None:
    """Until another connection waits for a row of this one. SQLite lets the other one begin no sooner."""
    with database.cursor() as cursor:
        while database.vendor == "postgresql":
            cursor.execute("SELECT count(*) FROM pg_locks WHERE NOT granted")
            if cursor.fetchone()[0]:
                return


def test_an_event_is_removed_whole_although_another_process_is_writing_it(
    shared_database: str,  # noqa: F811 - the fixture
) -> None:
    event = EventFactory()
    OccurrenceFactory(event=event, calendar=event.calendar)
    with ThreadPoolExecutor(1) as other:
        with transaction.atomic():
            Event.objects.filter(pk=event.pk).update(etag="new")
            OccurrenceFactory(event=event, calendar=event.calendar, start=START + timedelta(days=1))
            removal = other.submit(remove_and_disconnect, event)
            wait_until_somebody_waits()
        removal.result(timeout=60)
    assert (Event.objects.count(), Occurrence.objects.count()) == (0, 0)


def remove_and_disconnect(event: Event) -> None:
    try:
        apply.remove_events(event.calendar, [event.href])
    finally:
        database.close()
