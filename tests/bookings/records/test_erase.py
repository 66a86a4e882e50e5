"""Erasing a client: no row, no event and no copy of it says any more who they were."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.contenttypes.models import ContentType
from django.contrib.sessions.backends.db import SessionStore
from django_q.models import OrmQ, Task
from django_q.signing import SignedPackage

from availability.models import Closure
from bookings import actions
from bookings.clients import client_of
from bookings.models import Booking, Client, Mail, Proposal, Seat
from bookings.notifications.mails import asked_links, calls, reminders
from bookings.records.erase import erase_client
from bookings.records.erased_log import erased_keys
from bookings.records.unreached import unreached_sentences, waiting_events
from connections import accounts
from practice.models import Activity
from practice.models import Practice as PracticeRow
from tests.bookings.practice import HOUR, Practice
from tests.bookings.records.columns import columns_with
from tests.factories import (
    NOW,
    START,
    BlockedSlotFactory,
    BookingChangeFactory,
    BookingFactory,
    ClientFactory,
    HoldFactory,
    MailFactory,
    ProposalFactory,
)

pytestmark = pytest.mark.django_db
NAME = "Zerlinda Quast"
WORDS = ("zerlinda", "quast", "zquast@example.org", "49307654321", "z.quast@example.net", "49307654322", "Nuckel")
ZERLINDA = actions.ClientDetails(NAME, "zquast@example.org", "+49 30 7654321")


@pytest.fixture
def planted(practice: Practice) -> Booking:
    """A client whose name stands wherever the product writes it, after a booking, a change, a merge and a proposal."""
    said = actions.SeatDetails(language="de", time_zone="Asia/Tokyo", note=f"I am {NAME}", answers={"Name": NAME})
    booking = practice.book(client=ZERLINDA, note=f"{NAME} again", seat=said)
    practice.push()
    practice.sync()
    client = booking.client
    client.note = f"{NAME} prefers mornings"
    client.name = f"{NAME} Nuckel"
    actions.change_client(client, now=practice.now, actor=practice.user)
    actions.merge_clients(client, [ClientFactory.create(name=NAME)], now=practice.now, actor=practice.user)
    practice.push()
    plant_beside(practice, booking)
    return booking


def plant_beside(practice: Practice, booking: Booking) -> None:
    """The name in rows that are nobody's booking."""
    BookingChangeFactory.create(booking=booking, reason=f"{NAME} is ill")
    MailFactory.create(seat=booking.seat, state="sent")
    MailFactory.create(seat=booking.seat, state="sent", kind="reminder")
    other = BookingFactory.create(staff=practice.user, start=START + 3 * HOUR)
    ProposalFactory.create(booking=other, reason=f"{NAME}'s booking 10:00-11:00 overlaps it.")
    ProposalFactory.create(booking=booking, reason=f"{NAME} moved", untitled_reason=f"{NAME} moved")
    HoldFactory.create(staff=practice.user, start=START + 7 * HOUR, typed={"name": NAME, "email": "ZQuast@example.org"})
    Seat.objects.filter(booking=booking).update(email="z.quast@example.net", phone="+49307654322")
    Closure.objects.create(user=practice.user, first=START.date(), last=START.date(), name=f"Visit to {NAME}")
    BlockedSlotFactory.create(user=practice.user, note=f"Call {NAME} Nuckel.", start=START + 5 * HOUR)
    asked_links.ask("ZQuast@example.org", address_key="", now=practice.now)
    kind = ContentType.objects.get_for_model(Client)
    LogEntry.objects.create(
        user=practice.user, content_type=kind, object_id=booking.client.pk, object_repr=NAME, action_flag=2
    )
    session = SessionStore()
    session["_messages"] = f"Booked: {NAME}"
    session.save()
    Task.objects.create(id="1", name="one", func="f", result=f"Key (name)=({NAME})", started=NOW, stopped=NOW)
    queued = {"id": "2", "name": "two", "func": "f", "args": (NAME,), "kwargs": {}}
    OrmQ.objects.create(key="kalends", payload=SignedPackage.dumps(queued), lock=NOW)


def test_no_column_of_any_table_has_the_name(practice: Practice, planted: Booking) -> None:
    before = columns_with(*WORDS)
    assert len(before) > 20
    erase_client(planted.client, now=practice.now)
    assert columns_with(*WORDS) == []
    practice.push()
    practice.sync(full=True)
    assert columns_with(*WORDS) == []


# --- what becomes of the rows ----------------------------------------------------------------------


@pytest.fixture
def clara(practice: Practice) -> Client:
    """Booked for tomorrow, and that stands in iCloud."""
    return practice.booked().client


def test_the_booking_stays_and_takes_its_time(practice: Practice, clara: Client) -> None:
    booking = Booking.objects.get()
    erase_client(clara, now=practice.now)
    again = Booking.objects.get()
    assert (again.status, again.start, again.service, str(again.client)) == (
        "confirmed",
        booking.start,
        booking.service,
        f"Erased client {clara.pk}",
    )
    with pytest.raises(actions.NotOpen):
        practice.book()


def test_links_die_and_nobody_is_told_any_more(practice: Practice, clara: Client) -> None:
    seat = Seat.objects.get()
    token = seat.link.rsplit("/", 2)[-2]
    erase_client(clara, now=practice.now)
    assert Seat.objects.of_link(token, practice.now)[1] is None
    actions.cancel(Booking.objects.get(), now=practice.now)
    assert (Mail.objects.count(), list(calls.to_call(practice.user, practice.now))) == (0, [])
    assert list(reminders.upcoming(practice.now, until=practice.now + timedelta(days=30))) == []


def test_the_same_name_books_as_somebody_new(practice: Practice, clara: Client) -> None:
    erase_client(clara, now=practice.now)
    name = Client.objects.get().name
    for given in (("Carla Client", "carla@example.org", ""), (name, "", "")):
        assert client_of(*given, now=practice.now) != clara


def test_nobody_is_erased_twice_or_merged_afterwards(practice: Practice, clara: Client) -> None:
    erase_client(clara, now=practice.now)
    with pytest.raises(actions.Refused, match="erased already"):
        erase_client(clara, now=practice.now)
    with pytest.raises(actions.Refused, match="cannot be merged"):
        actions.merge_clients(ClientFactory.create(), [clara], now=practice.now)


def test_it_is_listed_beside_the_database_for_nobody_else_to_read(
    practice: Practice, clara: Client, erased_log: Path
) -> None:
    erase_client(clara, now=practice.now)
    assert erased_log.read_text() == f"2026-11-30T08:00:00Z {clara.erasure_key}\n"
    assert (erased_log.stat().st_mode & 0o777, erased_log.parent.stat().st_mode & 0o777) == (0o600, 0o700)
    assert erased_keys(erased_log) == [clara.erasure_key]


def test_who_cannot_be_listed_is_not_erased(practice: Practice, clara: Client, erased_log: Path) -> None:
    erased_log.mkdir(parents=True)
    with pytest.raises(actions.Refused, match="Nobody was erased"):
        erase_client(clara, now=practice.now)
    assert Client.objects.get().name == "Carla Client"


def test_the_activity_has_who_and_the_number_and_no_name(practice: Practice, clara: Client) -> None:
    erase_client(clara, now=practice.now, actor=practice.user)
    row = Activity.objects.get(kind="erased")
    assert (row.actor, row.client, row.detail, row.at) == (practice.user, clara.pk, "", practice.now)


def test_notes_about_others_lose_the_name(practice: Practice, clara: Client) -> None:
    other = ClientFactory.create(note=f"Sister of {clara.name}")
    booking = BookingFactory.create(client=other, note=f"Brings {clara.name.upper()}")
    instead = f"Erased client {clara.pk}"
    erase_client(clara, now=practice.now)
    other.refresh_from_db()
    booking.refresh_from_db()
    assert (other.note, booking.note) == (f"Sister of {instead}", f"Brings {instead}")


def test_names_of_others_stay(practice: Practice, clara: Client) -> None:
    ProposalFactory.create(booking=BookingFactory.create(start=START + HOUR), reason="Carla Clientele came.")
    erase_client(clara, now=practice.now)
    assert Proposal.objects.get().reason == "Carla Clientele came."


# --- what becomes of the events --------------------------------------------------------------------


def lines(practice: Practice, booking: Booking) -> list[str]:
    """The lines of the event in iCloud, without those that describe its time zone and when it was written."""
    text = practice.text(booking).replace("\r\n ", "")
    event = text[text.index("BEGIN:VEVENT") : text.index("END:VEVENT")].splitlines()[1:]
    return sorted(line for line in event if not line.startswith("DTSTAMP"))


def nameless(practice: Practice, booking: Booking, sequence: int) -> list[str]:
    return [
        "DTEND;TZID=Europe/Berlin:20261201T110000",
        "DTSTART;TZID=Europe/Berlin:20261201T100000",
        f"SEQUENCE:{sequence}",
        "STATUS:CONFIRMED",
        "SUMMARY:Booked",
        "TRANSP:OPAQUE",
        f"UID:{practice.placement(booking).uid}",
    ]


def test_the_event_keeps_its_times_and_loses_everything_else(practice: Practice, clara: Client) -> None:
    booking = Booking.objects.get()
    erase_client(clara, now=practice.now)
    assert practice.push() == ["pushed"]
    assert lines(practice, booking) == nameless(practice, booking, 1)
    assert "BEGIN:VTIMEZONE" in practice.text(booking)
    assert (practice.push(), list(waiting_events())) == ([], [])
    assert (practice.sync().changed, practice.proposals()) == (0, [])


def test_whatever_the_phone_wrote_is_overwritten(practice: Practice, clara: Client) -> None:
    booking, phone = Booking.objects.get(), practice.phone
    href = practice.href(booking)
    phone.rename(href, "Carla Client, urgent")
    phone.annotate(href, "Carla Client: bring the file")
    phone.place(href, "At Carla Client's")
    phone.alarm(href, 30)
    attach(practice, href, b"ATTACH;FILENAME=Carla Client.pdf:https://example.org/carla")
    erase_client(clara, now=practice.now)
    assert practice.push() == ["pushed"]
    assert [line for line in lines(practice, booking) if "SEQUENCE" not in line] == [
        line for line in nameless(practice, booking, 1) if "SEQUENCE" not in line
    ]
    assert "arla" not in practice.text(booking)


def attach(practice: Practice, href: str, line: bytes) -> None:
    calendar = practice.account.calendar("Home")
    data = calendar.resources[href].data
    calendar.put(calendar.name_of(href), data.replace(b"END:VEVENT", line + b"\r\nEND:VEVENT", 1))


def test_an_edit_at_the_same_moment_is_read_and_overwritten_too(practice: Practice, clara: Client) -> None:
    booking = Booking.objects.get()
    erase_client(clara, now=practice.now)
    practice.icloud.faults.status(412, method="PUT")
    practice.phone.annotate(practice.href(booking), "Carla Client came late")
    assert practice.push() == ["pushed"]
    assert "arla" not in practice.text(booking)


def test_past_events_lose_the_name_too(practice: Practice, clara: Client) -> None:
    booking = Booking.objects.get()
    practice.later(timedelta(days=200))
    erase_client(clara, now=practice.now)
    assert practice.push() == ["pushed"]
    assert "SUMMARY:Booked" in practice.text(booking)
    assert "arla" not in practice.text(booking)


def test_a_move_that_waits_for_a_decision_goes_on_waiting_without_the_name(practice: Practice, clara: Client) -> None:
    booking = Booking.objects.get()
    practice.phone.move(practice.href(booking), START + 12 * HOUR)  # outside office hours
    practice.later()
    practice.sync()
    [(kind, _reason)] = practice.proposals()
    erase_client(clara, now=practice.now)
    assert practice.push() == ["waiting_for_decision"]
    practice.poll_later()
    assert ([one[0] for one in practice.proposals()], kind) == (["moved"], "moved")
    assert ("arla" in practice.text(booking), practice.there(booking).start) == (False, START + 12 * HOUR)


def test_a_move_that_nobody_compared_yet_is_followed_after_it(practice: Practice, clara: Client) -> None:
    booking = Booking.objects.get()
    practice.phone.move(practice.href(booking), START + 2 * HOUR)
    erase_client(clara, now=practice.now)
    practice.push()
    practice.poll_later()
    booking.refresh_from_db()
    assert (booking.start, practice.there(booking).start) == (START + 2 * HOUR, START + 2 * HOUR)
    assert columns_with("carla") == []


def test_an_event_that_was_made_to_repeat_loses_the_name_in_all_its_parts(practice: Practice, clara: Client) -> None:
    booking = Booking.objects.get()
    href = practice.href(booking)
    practice.phone.repeat(href, "FREQ=WEEKLY;COUNT=3")
    practice.phone.change_one(href, START + timedelta(days=7), title="Carla Client alone")
    erase_client(clara, now=practice.now)
    practice.push()
    text = practice.text(booking)
    assert (text.count("SUMMARY:Booked"), "arla" in text, "RRULE:FREQ=WEEKLY;COUNT=3" in text) == (2, False, True)


def test_an_event_that_the_phone_moved_to_another_calendar_is_found(practice: Practice, clara: Client) -> None:
    booking = Booking.objects.get()
    moved = practice.phone.move_to(practice.href(booking), practice.account.calendar("Work"))
    erase_client(clara, now=practice.now)
    practice.sync()
    practice.push()
    assert b"arla" not in practice.account.calendar("Work").resources[moved].data


def test_an_event_that_is_gone_needs_nothing(practice: Practice, clara: Client) -> None:
    practice.phone.delete(practice.href(Booking.objects.get()))
    erase_client(clara, now=practice.now)
    practice.push()
    assert list(waiting_events()) == []


def test_an_upcoming_booking_is_moved_without_a_name(practice: Practice, clara: Client) -> None:
    booking = Booking.objects.get()
    erase_client(clara, now=practice.now)
    practice.push()
    actions.reschedule(booking, start=START + HOUR, now=practice.now)
    assert practice.push() == ["pushed"]
    assert (practice.there(booking).start, "SUMMARY:Booked" in practice.text(booking)) == (START + HOUR, True)
    assert ("arla" in practice.text(booking), "/bookings/" in practice.text(booking)) == (False, False)


def test_a_cancelled_booking_whose_event_is_still_there_is_removed_as_before(practice: Practice, clara: Client) -> None:
    actions.cancel(Booking.objects.get(), now=practice.now)
    erase_client(clara, now=practice.now)
    assert (practice.push(), practice.events(), list(waiting_events())) == (["pushed"], [], [])


# --- what cannot be reached ------------------------------------------------------------------------


def test_events_of_a_disconnected_account_are_named_until_it_is_connected_again(
    practice: Practice, clara: Client
) -> None:
    accounts.disconnect(practice.connection)
    erase_client(clara, now=practice.now)
    assert unreached_sentences(clara) == ["1 event in Anna’s disconnected account still carries the name."]
    assert practice.push() == []
    password = practice.account.new_app_password("Again")
    practice.connection = accounts.connect(
        practice.user, username="anna@example.com", password=password, url=practice.icloud.entry_url, now=practice.now
    )
    accounts.configure(
        practice.user,
        linked=practice.connection.calendars.get(name="Home"),
        conflicts=[practice.connection.calendars.get(name="Work")],
        now=practice.now,
    )
    practice.sync()
    practice.push()
    assert (unreached_sentences(), "arla" in practice.text(Booking.objects.get())) == ([], False)


def test_events_of_an_account_that_refuses_are_named_too(practice: Practice, clara: Client) -> None:
    practice.icloud.faults.unauthorized(times=None)
    erase_client(clara, now=practice.now)
    assert (practice.push(), unreached_sentences()) == (
        ["needs_reconnect"],
        ["1 event in Anna’s account that needs reconnecting still carries the name."],
    )


def test_an_event_in_a_calendar_that_does_not_answer_is_tried_again(practice: Practice, clara: Client) -> None:
    practice.icloud.faults.status(503, method="PUT")
    erase_client(clara, now=practice.now)
    assert (practice.push(), unreached_sentences()) == (
        ["retrying"],
        ["1 event in Anna’s calendar “Home” still carries the name."],
    )
    practice.later(timedelta(hours=1))
    assert (practice.push(), unreached_sentences()) == (["pushed"], [])


def test_a_server_that_gives_no_etag_is_read_again(practice: Practice, clara: Client) -> None:
    practice.icloud.switches.etag_on_put = False
    erase_client(clara, now=practice.now)
    assert practice.push() == ["pushed"]
    assert (practice.sync().changed, "arla" in practice.text(Booking.objects.get())) == (0, False)


def test_an_erased_client_is_called_so_in_the_language_of_the_practice(practice: Practice, clara: Client) -> None:
    PracticeRow.objects.create(language="de")
    erase_client(clara, now=practice.now)
    clara.refresh_from_db()
    assert clara.name == f"Gelöschter Kunde {clara.pk}"
