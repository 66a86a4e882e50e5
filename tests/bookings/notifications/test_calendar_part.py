"""The calendar part of a mail: what is in it, that names cannot add to it, and what a client's calendar makes of it."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import icalendar
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bookings.notifications.addresses import Mailbox
from bookings.notifications.calendar_part import CalendarEntry, calendar_file, mail_part
from soak.mails.itip import Appointment, ItipReceiver
from tests.bookings.notifications.entries import CLIENT, ENTRY, PRACTICE

HOSTILE = [
    'Max "the; cat", Müller: x',
    "Max\r\nATTENDEE:mailto:evil@example.com",
    "Max\nEND:VEVENT",
    "Max\u2028X-EVIL:1\u0085X-EVIL:1",
    "Max^nX",
    "x" * 5000,
    "😀" * 300,
    "\u202eevil\u202c",
    "\\N\\n\\;",
    "",
]


def part(entry: CalendarEntry) -> str:
    found = mail_part(entry)
    assert found is not None
    return found


def lines(text: str) -> list[str]:
    """The unfolded content lines of the event."""
    return text.replace("\r\n ", "").split("BEGIN:VEVENT\r\n")[1].split("\r\nEND:VEVENT")[0].split("\r\n")


def names(text: str) -> list[str]:
    return [re.split("[:;]", line)[0] for line in lines(text)]


def test_a_request_has_these_lines() -> None:
    assert lines(part(ENTRY)) == [
        "UID:5f0c2d-3@kalends.example",
        "SEQUENCE:0",
        "DTSTAMP:20261128T080000Z",
        "DTSTART;TZID=Europe/Berlin:20261208T100000",
        "DTEND;TZID=Europe/Berlin:20261208T104500",
        r"SUMMARY:Your appointment on Tue 8 December\, 10:00 · Praxis Winter",
        r"LOCATION:Lindenstraße 1\, 10969 Berlin",
        r"DESCRIPTION:With Anna Winter\nhttps://kalends.example/booking/abc/",
        "STATUS:CONFIRMED",
        "TRANSP:OPAQUE",
        'ORGANIZER;CN="Praxis Winter":mailto:praxis@winter.example',
        'ATTENDEE;CN="Zoë Klein";CUTYPE=INDIVIDUAL;ROLE=REQ-PARTICIPANT;'
        "PARTSTAT=ACCEPTED;RSVP=FALSE:mailto:zoe@client.example",
    ]


def test_a_request_and_a_cancellation_name_their_method() -> None:
    cancelled = replace(ENTRY, sequence=1, is_cancelled=True)
    assert [one.method for one in (ENTRY, cancelled)] == ["REQUEST", "CANCEL"]
    assert re.findall(r"METHOD:\w+", part(ENTRY)) == ["METHOD:REQUEST"]
    assert re.findall(r"METHOD:\w+", part(cancelled)) == ["METHOD:CANCEL"]
    assert [line for line in lines(part(cancelled)) if line.startswith("STATUS")] == ["STATUS:CANCELLED"]
    assert names(part(cancelled)) == names(part(ENTRY))


def test_the_zone_is_described() -> None:
    assert re.findall("TZID[:=][^:\r]+", part(ENTRY)) == ["TZID:Europe/Berlin", *["TZID=Europe/Berlin"] * 2]
    assert re.findall("TZID", part(replace(ENTRY, zone="UTC"))) == []


def test_a_mail_to_the_practice_itself_has_no_part() -> None:
    assert mail_part(replace(ENTRY, attendee=Mailbox("Me", "Praxis@Winter.example"))) is None


def test_a_name_that_is_not_known_is_left_out() -> None:
    entry = replace(ENTRY, organizer=replace(PRACTICE, name=""))
    assert "ORGANIZER:mailto:praxis@winter.example" in lines(part(entry))


def test_a_domain_is_written_in_ascii() -> None:
    entry = replace(ENTRY, attendee=replace(CLIENT, address="zoe@maß.example"))
    assert re.findall("mailto:zoe@.*", part(entry)) == ["mailto:zoe@xn--ma-hia.example\r"]


@pytest.mark.parametrize("text", HOSTILE)
def test_a_hostile_text_adds_no_line(text: str) -> None:
    entry = replace(
        ENTRY,
        summary=text,
        location=f"x{text}",
        organizer=replace(PRACTICE, name=text),
        attendee=replace(CLIENT, name=text),
    )
    written = part(entry)
    assert names(written) == names(part(ENTRY))
    assert [row for row in written.split("\r\n") if len(row.encode()) > 75 or "\n" in row] == []
    (event,) = icalendar.Calendar.from_ical(written).walk("VEVENT")
    assert str(event["ATTENDEE"]) == "mailto:zoe@client.example"


@given(text=st.text(max_size=300))
@settings(max_examples=200, deadline=None)
def test_no_text_adds_a_line(text: str) -> None:
    written = part(
        replace(ENTRY, uid=f"1{text}", summary=text, description=(text, "x"), attendee=Mailbox(text, "a@b.example"))
    )
    assert names(written) == names(part(ENTRY))


def test_a_file_has_the_same_event_without_method_and_people() -> None:
    people = ("ORGANIZER", "ATTENDEE")
    text = calendar_file(ENTRY).decode()
    assert lines(text) == [line for line in lines(part(ENTRY)) if not line.startswith(people)]
    assert "METHOD" not in text


def test_a_feed_describes_each_zone_once_and_from_its_first_year() -> None:
    later = replace(ENTRY, uid="later", start=ENTRY.start + timedelta(days=400), end=ENTRY.end + timedelta(days=400))
    elsewhere = replace(ENTRY, uid="elsewhere", zone="America/New_York")
    calendar = icalendar.Calendar.from_ical(calendar_file(later, ENTRY, elsewhere))
    zones = calendar.walk("VTIMEZONE")
    assert [str(zone["TZID"]) for zone in zones] == ["America/New_York", "Europe/Berlin"]
    assert zones[1].walk("STANDARD")[0]["DTSTART"].dt == datetime(2025, 1, 1, 1)  # noqa: DTZ001 - a time on the wall
    assert [event["DTSTART"].dt.astimezone(UTC) for event in calendar.walk("VEVENT")] == [
        *(later.start, ENTRY.start, elsewhere.start)
    ]


@pytest.mark.parametrize("zone", ["Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "UTC"])
@pytest.mark.parametrize("hours", range(4))
def test_times_on_the_nights_when_clocks_change_are_exact(zone: str, hours: int) -> None:
    for night in (datetime(2026, 10, 25, tzinfo=UTC), datetime(2027, 3, 28, tzinfo=UTC)):
        entry = replace(ENTRY, zone=zone, start=night + timedelta(hours=hours), end=night + timedelta(hours=hours + 1))
        receiver = received([entry])
        (found,) = receiver.appointments.values()
        assert (found.start, found.end) == (entry.start, entry.end)


# --- What the client's calendar makes of the mails -------------------------------------------------


def received(entries: list[CalendarEntry]) -> ItipReceiver:
    receiver = ItipReceiver(CLIENT.address)
    for entry in entries:
        receiver.receive(part(entry), entry.method)
    return receiver


def history(moves: list[int], *, ends_cancelled: bool) -> list[CalendarEntry]:
    """The mails of one appointment: booked, moved by so many hours each, perhaps cancelled; all within one second."""
    entries = [ENTRY]
    for hours in moves:
        span = {"start": ENTRY.start + timedelta(hours=hours), "end": ENTRY.end + timedelta(hours=hours)}
        entries.append(replace(entries[-1], sequence=len(entries), **span))
    if ends_cancelled:
        entries.append(replace(entries[-1], sequence=len(entries), is_cancelled=True))
    return entries


@st.composite
def deliveries(draw: st.DrawFn) -> tuple[list[CalendarEntry], list[CalendarEntry]]:
    """Mails as they were made, and as they arrive: each at least once, in any order."""
    made = history(draw(st.lists(st.integers(-100, 100), max_size=4)), ends_cancelled=draw(st.booleans()))
    again = draw(st.lists(st.sampled_from(made), max_size=4))
    return made, draw(st.permutations([*made, *again]))


@pytest.mark.slow
@given(deliveries())
@settings(max_examples=200, deadline=None)
def test_mails_that_arrive_twice_and_in_any_order_leave_the_same_calendar(
    mails: tuple[list[CalendarEntry], list[CalendarEntry]],
) -> None:
    made, arrived = mails
    last = made[-1]
    expected = {last.uid: Appointment(last.start, last.end, last.summary, last.location)}
    assert received(arrived).appointments == ({} if last.is_cancelled else expected)
    assert received(made).appointments == received(arrived).appointments


def test_a_mail_of_the_same_version_that_was_made_later_wins() -> None:
    later = replace(ENTRY, stamp=ENTRY.stamp + timedelta(seconds=1), location="Room 2")
    assert received([later, ENTRY]).appointments == received([ENTRY, later]).appointments
    assert [one.location for one in received([later, ENTRY]).appointments.values()] == ["Room 2"]


def test_two_appointments_do_not_touch_each_other() -> None:
    other = replace(ENTRY, uid="other", start=ENTRY.start.astimezone(ZoneInfo("Asia/Tokyo")))
    receiver = received([ENTRY, other, replace(ENTRY, sequence=1, is_cancelled=True)])
    assert list(receiver.appointments) == ["other"]
