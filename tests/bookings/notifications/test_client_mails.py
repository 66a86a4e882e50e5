"""What clients are told, in English and German, on the clock that they read."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from bookings.notifications import client_mails
from bookings.notifications.facts import AppointmentFacts, Offer
from practice.mails.content import Content
from tests.bookings.notifications.appointments import FACTS, WINTER
from tests.bookings.notifications.entries import CLIENT, PRACTICE

Mail = Callable[[AppointmentFacts], Content]
DAY_BEFORE = FACTS.start - timedelta(days=1)
ANSWER_BY = datetime(2026, 12, 3, 17, tzinfo=UTC)
RELEASE_AT = datetime(2026, 11, 28, 8, 40, tzinfo=UTC)

OFFERS = (
    Offer(start=datetime(2026, 12, 10, 9, tzinfo=UTC), link="https://kalends.example/first/"),
    Offer(start=datetime(2026, 12, 10, 13, tzinfo=UTC), link="https://kalends.example/second/", other_staff="Tom Berg"),
)

MAILS: dict[str, Mail] = {
    "confirmation": client_mails.confirmation,
    "confirmed": client_mails.confirmed_after_pending,
    "change": lambda facts: client_mails.change(facts, before=DAY_BEFORE),
    "moved": lambda facts: client_mails.moved_by_practice(facts, before=DAY_BEFORE),
    "handed over": client_mails.handed_over,
    "asked new time": lambda facts: client_mails.asked_new_time(facts, offers=OFFERS),
    "cancellation": client_mails.cancellation,
    "not confirmed": client_mails.not_confirmed,
    "reminder": lambda facts: client_mails.reminder(facts, stop_link="https://kalends.example/stop/"),
    "new link": client_mails.new_link,
    "pending": lambda facts: client_mails.pending(facts, answer_by=ANSWER_BY),
    "address": lambda facts: client_mails.address_to_confirm(
        facts, confirm_link="https://kalends.example/confirm/", release_at=RELEASE_AT
    ),
}

SUBJECTS = {
    "confirmation": "Your appointment on Tue 8 December, 10:00 · Praxis Winter",
    "confirmed": "Confirmed: your appointment on Tue 8 December, 10:00 · Praxis Winter",
    "change": "Your appointment has been moved to Tue 8 December, 10:00 · Praxis Winter",
    "moved": "Your appointment has been moved to Tue 8 December, 10:00 · Praxis Winter",
    "handed over": "Your appointment on Tue 8 December, 10:00 is now with Anna Winter · Praxis Winter",
    "asked new time": "Please choose another time: Anna Winter cannot see you on Tue 8 December, 10:00 · Praxis Winter",
    "cancellation": "Cancelled: your appointment on Tue 8 December, 10:00 · Praxis Winter",
    "not confirmed": "Could not be confirmed: your appointment on Tue 8 December, 10:00 · Praxis Winter",
    "reminder": "Reminder: your appointment on Tue 8 December, 10:00 · Praxis Winter",
    "new link": "New link for your appointment on Tue 8 December, 10:00 · Praxis Winter",
    "pending": "Not confirmed yet: your appointment on Tue 8 December, 10:00 · Praxis Winter",
    "address": "One step is missing: your appointment on Tue 8 December, 10:00 · Praxis Winter",
}

GERMAN_SUBJECTS = {
    "confirmation": "Ihr Termin am Di., 8. Dezember, 10:00 Uhr · Praxis Winter",
    "confirmed": "Bestätigt: Ihr Termin am Di., 8. Dezember, 10:00 Uhr · Praxis Winter",
    "change": "Ihr Termin wurde auf Di., 8. Dezember, 10:00 Uhr verschoben · Praxis Winter",
    "moved": "Ihr Termin wurde auf Di., 8. Dezember, 10:00 Uhr verschoben · Praxis Winter",
    "handed over": "Ihr Termin am Di., 8. Dezember, 10:00 Uhr ist jetzt bei Anna Winter · Praxis Winter",
    "asked new time": "Bitte wählen Sie einen anderen Termin: Anna Winter kann Ihren Termin am Di., 8. Dezember, "
    "10:00 Uhr nicht wahrnehmen · Praxis Winter",
    "cancellation": "Abgesagt: Ihr Termin am Di., 8. Dezember, 10:00 Uhr · Praxis Winter",
    "not confirmed": "Konnte nicht bestätigt werden: Ihr Termin am Di., 8. Dezember, 10:00 Uhr · Praxis Winter",
    "reminder": "Erinnerung: Ihr Termin am Di., 8. Dezember, 10:00 Uhr · Praxis Winter",
    "new link": "Neuer Link zu Ihrem Termin am Di., 8. Dezember, 10:00 Uhr · Praxis Winter",
    "pending": "Noch nicht bestätigt: Ihr Termin am Di., 8. Dezember, 10:00 Uhr · Praxis Winter",
    "address": "Ein Schritt fehlt noch: Ihr Termin am Di., 8. Dezember, 10:00 Uhr · Praxis Winter",
}

GERMAN = replace(FACTS, language="de", note="Bitte bringen Sie ein Handtuch mit.")
STANDS = ("confirmation", "confirmed", "change", "handed over", "reminder")


def said(content: Content, *beginnings: str) -> list[str]:
    """The lines of the plain text that begin so."""
    return [line for line in content.as_text().splitlines() if line.startswith(beginnings)]


@pytest.mark.parametrize("kind", MAILS)
def test_the_subject_says_when_and_with_which_practice(kind: str) -> None:
    assert MAILS[kind](FACTS).subject == SUBJECTS[kind]
    assert MAILS[kind](GERMAN).subject == GERMAN_SUBJECTS[kind]


def test_a_confirmation_says_everything_once() -> None:
    assert client_mails.confirmation(FACTS).as_text() == (
        "Your appointment is confirmed.\n\n"
        "When: Tuesday 8 December 2026, 10:00–10:45 (Berlin time)\n"
        "Where: Lindenstraße 1, 10969 Berlin\n"
        "With: Anna Winter\n\n"
        "Please bring a towel.\n\n"
        "You can change or cancel online until Mon 7 December, 10:00. After that please call 030 123456.\n\n"
        "Change or cancel:\nhttps://kalends.example/booking/abc/\n\n"
        "Praxis Winter · Lindenstraße 1, 10969 Berlin · 030 123456\n\n"
        "Imprint: https://kalends.example/imprint/ Privacy: https://kalends.example/privacy/\n"
    )


def test_a_confirmation_says_everything_in_german() -> None:
    assert client_mails.confirmation(GERMAN).as_text() == (
        "Ihr Termin ist bestätigt.\n\n"
        "Wann: Dienstag, 8. Dezember 2026, 10:00–10:45 Uhr (Ortszeit Berlin)\n"
        "Wo: Lindenstraße 1, 10969 Berlin\n"
        "Bei: Anna Winter\n\n"
        "Bitte bringen Sie ein Handtuch mit.\n\n"
        "Sie können den Termin bis Mo., 7. Dezember, 10:00 Uhr online ändern oder absagen. "
        "Danach rufen Sie uns bitte an: 030 123456.\n\n"
        "Ändern oder absagen:\nhttps://kalends.example/booking/abc/\n\n"
        "Praxis Winter · Lindenstraße 1, 10969 Berlin · 030 123456\n\n"
        "Impressum: https://kalends.example/imprint/ Datenschutz: https://kalends.example/privacy/\n"
    )


@pytest.mark.parametrize("kind", MAILS)
def test_every_mail_says_when_whose_time_that_is_and_with_whom(kind: str) -> None:
    assert said(MAILS[kind](FACTS), "When", "With:") == [
        "When: Tuesday 8 December 2026, 10:00–10:45 (Berlin time)",
        "With: Anna Winter",
    ]


@pytest.mark.parametrize("kind", MAILS)
def test_a_client_who_is_called_reads_their_own_clock(kind: str) -> None:
    abroad = replace(FACTS, zone=ZoneInfo("America/New_York"), place="We call you", call_link="https://video.example/1")
    assert said(MAILS[kind](abroad), "When") == ["When: Tuesday 8 December 2026, 04:00–04:45 (New York time)"]
    assert said(MAILS[kind](abroad), "Video call") == (
        [] if kind in ("cancellation", "not confirmed") else ["Video call: https://video.example/1"]
    )


@pytest.mark.parametrize("kind", MAILS)
def test_the_service_is_named_only_if_it_may_be(kind: str) -> None:
    assert said(MAILS[kind](FACTS), "What") == []
    named = MAILS[kind](replace(FACTS, service="Massage"))
    assert (said(named, "What"), named.subject) == (["What: Massage"], SUBJECTS[kind])


DEADLINE = FACTS.cancel_until
EARLIER = datetime(2026, 12, 6, 9, tzinfo=UTC)


@pytest.mark.parametrize(
    ("reschedule_until", "cancel_until", "sentence"),
    [
        (
            DEADLINE,
            DEADLINE,
            "You can change or cancel online until Mon 7 December, 10:00. After that please call 030 123456.",
        ),
        (
            EARLIER,
            DEADLINE,
            "You can choose another time online until Sun 6 December, 10:00. "
            "You can cancel online until Mon 7 December, 10:00. After that please call 030 123456.",
        ),
        (None, DEADLINE, "You can cancel online until Mon 7 December, 10:00. After that please call 030 123456."),
        (
            DEADLINE,
            None,
            "You can choose another time online until Mon 7 December, 10:00. After that please call 030 123456.",
        ),
        (None, None, "To change or cancel, please call 030 123456."),
        (FACTS.written_at, FACTS.written_at, "To change or cancel, please call 030 123456."),
    ],
)
@pytest.mark.parametrize("kind", STANDS)
def test_a_client_is_told_until_when_they_can_change_or_cancel(
    kind: str, reschedule_until: datetime | None, cancel_until: datetime | None, sentence: str
) -> None:
    content = MAILS[kind](replace(FACTS, reschedule_until=reschedule_until, cancel_until=cancel_until))
    assert said(content, "You can", "To change") == [sentence]
    can_change = sentence.startswith("You can")
    assert said(content, "Change or cancel:", "See your") == [
        "Change or cancel:" if can_change else "See your appointment:"
    ]


def test_a_practice_without_a_phone_is_written_to() -> None:
    silent = replace(FACTS, practice=replace(WINTER, phone=""))
    assert said(client_mails.confirmation(silent), "You can") == [
        "You can change or cancel online until Mon 7 December, 10:00. After that please reply to the e-mail."
    ]
    closed = replace(silent, reschedule_until=None, cancel_until=None)
    assert said(client_mails.confirmation(closed), "To change") == ["To change or cancel, please reply to the e-mail."]


def test_a_reminder_names_the_deadline_by_its_weekday_and_can_be_stopped() -> None:
    content = MAILS["reminder"](replace(FACTS, written_at=datetime(2026, 12, 5, 9, tzinfo=UTC)))
    assert said(content, "You can", "Get no") == [
        "You can change or cancel online until Mon 10:00. After that please call 030 123456.",
        "Get no more reminders: https://kalends.example/stop/",
    ]


def test_only_a_reminder_can_be_stopped() -> None:
    assert [kind for kind, mail in MAILS.items() if said(mail(FACTS), "Get no more reminders")] == ["reminder"]


def test_a_move_by_the_practice_offers_another_time_even_after_the_deadline() -> None:
    content = MAILS["moved"](replace(FACTS, reschedule_until=None, cancel_until=None))
    assert said(content, "Your app", "Previous", "If this", "Choose", "https") == [
        "Your appointment has been moved to Tue 8 December, 10:00.",
        "Previous time: Mon 7 December, 10:00",
        "If this does not suit you, choose another time or call 030 123456.",
        "Choose another time:",
        "https://kalends.example/booking/abc/",
    ]


def test_who_is_asked_for_another_time_is_offered_some_even_after_the_deadline() -> None:
    content = MAILS["asked new time"](replace(FACTS, reschedule_until=None, cancel_until=None))
    assert content.as_text().split("\n\n")[:5] == [
        "Anna Winter cannot see you on Tue 8 December, 10:00.",
        "Please choose another time, or call 030 123456.",
        "Thu 10 December, 10:00:\nhttps://kalends.example/first/",
        "Thu 10 December, 14:00, with Tom Berg:\nhttps://kalends.example/second/",
        "All other times:\nhttps://kalends.example/booking/abc/reschedule/",
    ]


def test_where_no_time_is_free_the_client_is_asked_all_the_same() -> None:
    silent = replace(GERMAN, practice=replace(WINTER, phone=""))
    assert client_mails.asked_new_time(silent, offers=()).as_text().split("\n\n")[:3] == [
        "Anna Winter kann Ihren Termin am Di., 8. Dezember, 10:00 Uhr leider nicht wahrnehmen.",
        "Bitte wählen Sie einen anderen Termin.",
        "Anderen Termin wählen:\nhttps://kalends.example/booking/abc/reschedule/",
    ]


def test_a_pending_client_is_told_that_nothing_is_confirmed_and_when_they_will_know() -> None:
    assert said(MAILS["pending"](FACTS), "Your request") == [
        "Your request for Tue 8 December, 10:00",
        "Your request has arrived. It is not confirmed yet. We will e-mail you by Thu 18:00.",
    ]
    assert said(MAILS["pending"](GERMAN), "Ihre Anfrage") == [
        "Ihre Anfrage für Di., 8. Dezember, 10:00 Uhr",
        "Ihre Anfrage ist angekommen. Der Termin ist noch nicht bestätigt. "
        "Wir schreiben Ihnen bis Do., 18:00 Uhr eine E-Mail.",
    ]


def test_an_address_is_confirmed_by_a_link_in_time() -> None:
    assert said(MAILS["address"](FACTS), "Please", "https://kalends.example/c") == [
        "Please confirm that you want this appointment. Without this the time is released at 09:40.",
        "https://kalends.example/confirm/",
    ]


def test_a_cancelled_appointment_can_be_booked_again_and_names_no_place() -> None:
    content = MAILS["cancellation"](FACTS)
    assert said(content, "Your app", "Where", "Book", "https://kalends.example/book/") == [
        *("Your appointment is cancelled.", "Book another appointment:", "https://kalends.example/book/")
    ]


@pytest.mark.parametrize("kind", MAILS)
def test_a_name_of_a_practice_cannot_add_a_header(kind: str) -> None:
    odd = replace(FACTS, practice=replace(WINTER, name="Praxis\r\nBcc: x@example.com"))
    assert MAILS[kind](odd).subject == SUBJECTS[kind].replace("Praxis Winter", "Praxis Bcc: x@example.com")


@pytest.mark.parametrize(
    ("facts", "lines"),
    [
        (
            FACTS,
            (
                "With Anna Winter",
                "Please bring a towel.",
                "Deleting this entry does not cancel the appointment.",
                "Change or cancel here: https://kalends.example/booking/abc/ or call 030 123456.",
            ),
        ),
        (
            replace(GERMAN, practice=replace(WINTER, phone=""), staff="", call_link="https://video.example/1"),
            (
                "https://video.example/1",
                "Bitte bringen Sie ein Handtuch mit.",
                "Wenn Sie diesen Eintrag löschen, ist der Termin damit nicht abgesagt.",
                "Hier können Sie den Termin ändern oder absagen: https://kalends.example/booking/abc/",
            ),
        ),
    ],
)
def test_the_entry_in_the_calendar_says_how_to_cancel(facts: AppointmentFacts, lines: tuple[str, ...]) -> None:
    entry = client_mails.calendar_entry(facts, uid="1@x", sequence=2, organizer=PRACTICE, attendee=CLIENT)
    assert entry.description == lines
    assert entry.summary == client_mails.confirmation(facts).subject
    assert (entry.start, entry.end, entry.stamp, entry.zone, entry.location, entry.sequence) == (
        *(facts.start, facts.end, facts.written_at, "Europe/Berlin", facts.place, 2),
    )
