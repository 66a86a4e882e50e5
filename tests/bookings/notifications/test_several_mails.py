"""What clients are told about several appointments at once, in English and German."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from lxml import html

from bookings.notifications import several_mails
from bookings.notifications.facts import AppointmentFacts
from bookings.notifications.message import as_html
from practice.mails.content import Content
from tests.bookings.notifications.appointments import FACTS, WINTER
from tests.pages import words

Appointments = list[AppointmentFacts]
WEEK = timedelta(days=7)
ANSWER_BY = datetime(2026, 12, 3, 17, tzinfo=UTC)
RELEASE_AT = datetime(2026, 11, 28, 8, 40, tzinfo=UTC)


def weekly(count: int = 3, **changed: object) -> Appointments:
    """So many appointments a week apart, each with a page of its own."""
    return [
        replace(
            FACTS,
            start=FACTS.start + weeks * WEEK,
            end=FACTS.end + weeks * WEEK,
            link=f"https://kalends.example/booking/{'abc'[weeks]}/",
            reschedule_until=FACTS.start + weeks * WEEK - timedelta(days=1),
            cancel_until=FACTS.start + weeks * WEEK - timedelta(days=1),
            **changed,
        )
        for weeks in range(count)
    ]


def day_before(appointments: Appointments) -> list[datetime]:
    return [one.start - timedelta(days=1) for one in appointments]


MAILS: dict[str, Callable[[Appointments], Content]] = {
    "confirmed": several_mails.appointments_confirmed,
    "accepted": several_mails.requests_confirmed,
    "moved": lambda all_: several_mails.appointments_moved(all_, before=day_before(all_)),
    "moved by practice": lambda all_: several_mails.appointments_moved_by_practice(all_, before=day_before(all_)),
    "handed over": several_mails.appointments_handed_over,
    "cancelled": several_mails.appointments_cancelled,
    "refused": several_mails.requests_refused,
    "pending": lambda all_: several_mails.requests_pending(all_, answer_by=ANSWER_BY),
    "address": lambda all_: several_mails.addresses_to_confirm(
        all_, confirm_link="https://kalends.example/confirm/", release_at=RELEASE_AT
    ),
}

SUBJECTS = {
    "confirmed": ("Your 3 appointments", "Ihre 3 Termine"),
    "accepted": ("Confirmed: your 3 appointments", "Bestätigt: Ihre 3 Termine"),
    "moved": ("Your 3 appointments have been moved", "Ihre 3 Termine wurden verschoben"),
    "moved by practice": ("Your 3 appointments have been moved", "Ihre 3 Termine wurden verschoben"),
    "handed over": (
        "Your 3 appointments are now with Anna Winter",
        "Ihre 3 Termine sind jetzt bei Anna Winter",
    ),
    "cancelled": ("Cancelled: your 3 appointments", "Abgesagt: Ihre 3 Termine"),
    "refused": ("Could not be confirmed: your 3 appointments", "Konnten nicht bestätigt werden: Ihre 3 Termine"),
    "pending": ("Not confirmed yet: your 3 appointments", "Noch nicht bestätigt: Ihre 3 Termine"),
    "address": ("One step is missing: your 3 appointments", "Ein Schritt fehlt noch: Ihre 3 Termine"),
}

BELOW = (
    "Praxis Winter · Lindenstraße 1, 10969 Berlin · 030 123456\n\n"
    "Imprint: https://kalends.example/imprint/ Privacy: https://kalends.example/privacy/\n"
)
WHEN = (
    "1. Tuesday 8 December 2026, 10:00–10:45 (Berlin time): https://kalends.example/booking/a/\n"
    "2. Tuesday 15 December 2026, 10:00–10:45 (Berlin time): https://kalends.example/booking/b/\n"
    "3. Tuesday 22 December 2026, 10:00–10:45 (Berlin time): https://kalends.example/booking/c/\n\n"
)


def said(content: Content, *beginnings: str) -> list[str]:
    """The lines of the plain text that begin so."""
    return [line for line in content.as_text().splitlines() if line.startswith(beginnings)]


@pytest.mark.parametrize("kind", MAILS)
def test_the_subject_says_how_many_and_with_which_practice(kind: str) -> None:
    english, german = (f"{words} · Praxis Winter" for words in SUBJECTS[kind])
    assert (MAILS[kind](weekly()).subject, MAILS[kind](weekly(language="de")).subject) == (english, german)


def test_a_confirmation_lists_each_time_and_says_once_what_holds_for_all() -> None:
    assert MAILS["confirmed"](weekly()).as_text() == (
        "Your 3 appointments are confirmed.\n\n"
        f"{WHEN}"
        "Where: Lindenstraße 1, 10969 Berlin\n"
        "With: Anna Winter\n\n"
        "Please bring a towel.\n\n"
        "You can change or cancel each appointment online until 24 hours before it starts. "
        "After that please call 030 123456.\n\n"
        "See your appointments:\nhttps://kalends.example/booking/a/\n\n"
        "All of them for your calendar, in one file: https://kalends.example/booking/a/calendar.ics\n\n"
        f"{BELOW}"
    )


def test_a_confirmation_in_german_says_the_same() -> None:
    german = weekly(language="de", note="Bitte bringen Sie ein Handtuch mit.")
    assert MAILS["confirmed"](german).as_text() == (
        "Ihre 3 Termine sind bestätigt.\n\n"
        "1. Dienstag, 8. Dezember 2026, 10:00–10:45 Uhr (Ortszeit Berlin): https://kalends.example/booking/a/\n"
        "2. Dienstag, 15. Dezember 2026, 10:00–10:45 Uhr (Ortszeit Berlin): https://kalends.example/booking/b/\n"
        "3. Dienstag, 22. Dezember 2026, 10:00–10:45 Uhr (Ortszeit Berlin): https://kalends.example/booking/c/\n\n"
        "Wo: Lindenstraße 1, 10969 Berlin\n"
        "Bei: Anna Winter\n\n"
        "Bitte bringen Sie ein Handtuch mit.\n\n"
        "Sie können jeden Termin bis 24 Stunden vor Beginn online ändern oder absagen. "
        "Danach rufen Sie uns bitte an: 030 123456.\n\n"
        "Termine ansehen:\nhttps://kalends.example/booking/a/\n\n"
        "Alle Termine für Ihren Kalender in einer Datei: https://kalends.example/booking/a/calendar.ics\n\n"
        "Praxis Winter · Lindenstraße 1, 10969 Berlin · 030 123456\n\n"
        "Impressum: https://kalends.example/imprint/ Datenschutz: https://kalends.example/privacy/\n"
    )


def test_what_differs_is_said_of_each_appointment() -> None:
    first, second, third = weekly(service="Massage", note="")
    mixed = [first, replace(second, staff="Mara Winter"), replace(third, call_link="https://video.example/3", place="")]
    assert said(MAILS["confirmed"](mixed), "1.", "2.", "3.", "W") == [
        "1. Tuesday 8 December 2026, 10:00–10:45 (Berlin time): https://kalends.example/booking/a/ "
        "· Where: Lindenstraße 1, 10969 Berlin · With: Anna Winter",
        "2. Tuesday 15 December 2026, 10:00–10:45 (Berlin time): https://kalends.example/booking/b/ "
        "· Where: Lindenstraße 1, 10969 Berlin · With: Mara Winter",
        "3. Tuesday 22 December 2026, 10:00–10:45 (Berlin time): https://kalends.example/booking/c/ "
        "· With: Anna Winter Video call: https://video.example/3",
        "What: Massage",
    ]


def test_a_pending_client_is_told_that_nothing_is_confirmed_and_when_they_will_know() -> None:
    assert MAILS["pending"](weekly()).as_text() == (
        "Your request for 3 appointments\n\n"
        "Your request has arrived. It is not confirmed yet. We will e-mail you by Thu 18:00.\n\n"
        f"{WHEN}"
        "Where: Lindenstraße 1, 10969 Berlin\n"
        "With: Anna Winter\n\n"
        "See your request:\nhttps://kalends.example/booking/a/\n\n"
        f"{BELOW}"
    )


def test_one_link_confirms_the_address_for_all_of_them() -> None:
    assert MAILS["address"](weekly()).as_text() == (
        "One step is missing.\n\n"
        "Please confirm that you want these appointments. Without this the times are released at 09:40.\n\n"
        f"{WHEN}"
        "Where: Lindenstraße 1, 10969 Berlin\n"
        "With: Anna Winter\n\n"
        "Confirm the appointments:\nhttps://kalends.example/confirm/\n\n"
        "If you have not booked anything, ignore this e-mail. You will get no other.\n\n"
        f"{BELOW}"
    )


@pytest.mark.parametrize("kind", ["moved", "moved by practice"])
def test_of_moved_appointments_the_time_that_the_client_knew_is_said(kind: str) -> None:
    assert said(MAILS[kind](weekly()), "Your", "1.") == [
        "Your appointments have been moved.",
        "1. Tuesday 8 December 2026, 10:00–10:45 (Berlin time): https://kalends.example/booking/a/ "
        "· previously Mon 7 December, 10:00",
    ]


def test_a_move_by_the_practice_offers_other_times() -> None:
    offer = "If a time does not suit you, choose another one"
    assert said(MAILS["moved by practice"](weekly()), "If") == [f"{offer} or call 030 123456."]
    silent = weekly(practice=replace(WINTER, phone=""))
    assert said(MAILS["moved by practice"](silent), "If") == [f"{offer}."]


def test_who_has_the_appointments_now_is_named_once() -> None:
    first, second, third = weekly()
    handed = [replace(first, staff="Mara Winter"), second, replace(third, staff="Mara Winter")]
    assert said(MAILS["handed over"](handed), "Your") == ["Your 3 appointments are now with Mara Winter, Anna Winter."]


@pytest.mark.parametrize(
    ("kind", "heading"),
    [
        ("cancelled", "Your 3 appointments are cancelled."),
        ("refused", "Your 3 appointments could not be confirmed."),
    ],
)
def test_what_does_not_take_place_has_no_place_and_no_links_but_can_be_booked_again(kind: str, heading: str) -> None:
    assert MAILS[kind](weekly()).as_text() == (
        f"{heading}\n\n"
        "1. Tuesday 8 December 2026, 10:00–10:45 (Berlin time)\n"
        "2. Tuesday 15 December 2026, 10:00–10:45 (Berlin time)\n"
        "3. Tuesday 22 December 2026, 10:00–10:45 (Berlin time)\n\n"
        "With: Anna Winter\n\n"
        "Book another appointment:\nhttps://kalends.example/book/\n\n"
        f"{BELOW}"
    )


def deadlines(change: timedelta, cancel: timedelta, **changed: object) -> list[str]:
    appointments = [
        replace(one, reschedule_until=one.start - change, cancel_until=one.start - cancel) for one in weekly(**changed)
    ]
    return said(MAILS["confirmed"](appointments), "You can", "To change")


def test_the_deadlines_are_said_by_how_long_before_each_start_they_are() -> None:
    after = "After that please call 030 123456."
    day, hour = timedelta(days=1), timedelta(hours=1)
    assert deadlines(timedelta(0), timedelta(0)) == [
        f"You can change or cancel each appointment online until it starts. {after}"
    ]
    assert deadlines(2 * day, 90 * timedelta(minutes=1)) == [
        "You can choose another time for each appointment online until 2 days before it starts. "
        f"You can cancel each appointment online until 90 minutes before it starts. {after}"
    ]
    assert deadlines(hour, 400 * day) == [
        f"You can choose another time for each appointment online until 1 hour before it starts. {after}"
    ]
    assert deadlines(400 * day, 400 * day) == ["To change or cancel, please call 030 123456."]


@pytest.mark.parametrize("kind", MAILS)
def test_a_list_is_a_list_in_html_too(kind: str) -> None:
    page = html.fromstring(as_html(MAILS[kind](weekly()), WINTER))
    (numbered,) = page.iter("ol")
    assert [words(item)[:24] for item in numbered] == [
        *("Tuesday 8 December 2026,", "Tuesday 15 December 2026", "Tuesday 22 December 2026")
    ]
