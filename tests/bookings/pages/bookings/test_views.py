"""The list of bookings and the page of one: what it says, and what can be done from it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from bookings.models import Booking, BookingChange, Claim
from bookings.notifications.client_notice import UNDO_WINDOW
from practice.models import User
from tests.factories import (
    NOW,
    START,
    BookingChangeFactory,
    BookingFactory,
    CalendarFactory,
    ClientFactory,
    LinkedEventFactory,
    MailFactory,
    ProposalFactory,
    ServiceFactory,
    cancelled,
)
from tests.pages import find, headings_and_buttons, links, texts

pytestmark = [pytest.mark.django_db, pytest.mark.time_machine(NOW, tick=False)]
URL = "/bookings/"
HTMX = {"HX-Request": "true", "HX-Target": "live"}
HOUR = timedelta(hours=1)


@pytest.fixture
def booking(anna: User) -> Booking:
    return made(anna, client=ClientFactory(name="Clara Winter", email="clara@example.org", phone="+49 30 1"))


def made(anna: User, **given: Any) -> Booking:
    return BookingFactory(staff=anna, **{"service": ServiceFactory(name="Massage"), **given})


def rows(client: Client, **query: str) -> list[str]:
    return texts(client.get(URL, query), "//tbody/tr")


# --- the list --------------------------------------------------------------------------------------


NOT_LINKED = (
    "No linked calendar In Kalends only. Choose a linked calendar to see bookings on your iPhone. "
    "Choose a linked calendar"
)


def test_bookings_are_listed_by_what_they_are(anna_client: Client, anna: User) -> None:
    for name, given in {
        "Now": {"start": NOW - HOUR / 2},
        "Later": {"start": START},
        "Over": {"start": NOW - 2 * HOUR},
        "Not": {"start": START + HOUR, "status": "cancelled"},
        "Perhaps": {"start": START + 2 * HOUR, "status": "pending"},
    }.items():
        made(anna, client=ClientFactory(name=name), **given)
    assert rows(anna_client) == [
        f"Mon 30 Nov 2026, 08:30–09:30 Now Massage Confirmed {NOT_LINKED}",
        f"Tue 1 Dec 2026, 10:00–11:00 Later Massage Confirmed {NOT_LINKED}",
        f"Tue 1 Dec 2026, 12:00–13:00 Perhaps Massage Pending The calendar could not be read {NOT_LINKED}",
    ]
    assert rows(anna_client, show="past") == ["Mon 30 Nov 2026, 07:00–08:00 Over Massage Confirmed No linked calendar"]
    assert rows(anna_client, show="cancelled") == [
        "Tue 1 Dec 2026, 11:00–12:00 Not Massage Cancelled No linked calendar"
    ]


def test_a_row_links_to_its_booking(anna_client: Client, booking: Booking) -> None:
    page = anna_client.get(URL)
    assert links(page, "//tbody/tr/th//a") == [("Tue 1 Dec 2026, 10:00–11:00", f"/bookings/{booking.pk}/")]


def test_bookings_of_colleagues_are_not_listed(anna_client: Client) -> None:
    BookingFactory()
    assert rows(anna_client) == []


@pytest.mark.parametrize(("query", "found"), [("winter", 1), ("clara@", 1), ("+49", 1), ("massage", 1), ("ben", 0)])
def test_bookings_are_searched_by_client_and_service(
    anna_client: Client, booking: Booking, query: str, found: int
) -> None:
    assert len(rows(anna_client, q=query)) == found


@pytest.mark.parametrize("query", ["öztürk", "ÖZTÜRK", "o\u0308ztu\u0308rk"])
def test_bookings_are_found_whatever_the_capitals_and_the_form_of_the_letters(
    anna_client: Client, anna: User, query: str
) -> None:
    made(anna, client=ClientFactory(name="Öztürk"))
    assert len(rows(anna_client, q=query)) == 1


@pytest.mark.parametrize(
    ("query", "words"),
    [
        (
            {},
            "No upcoming bookings A booking made here appears on your iPhone once a linked calendar is chosen. "
            "New booking",
        ),
        ({"show": "past"}, "No past bookings"),
        ({"show": "cancelled"}, "No cancelled bookings"),
        ({"q": "x"}, "No booking found Nothing here matches the search."),
    ],
)
def test_empty_lists_say_so(anna_client: Client, query: dict[str, str], words: str) -> None:
    assert texts(anna_client.get(URL, query), "//div[@class='empty']") == [words]


def test_long_lists_are_paginated_and_keep_their_filter(anna_client: Client, anna: User) -> None:
    for day in range(31):
        made(anna, start=START + timedelta(days=day))
    page = anna_client.get(URL, {"q": "Massage"})
    assert (len(rows(anna_client)), len(rows(anna_client, page="2"))) == (30, 1)
    assert links(page, "//nav[@aria-label='Pages']/a") == [("Next", "?q=Massage&page=2")]


def test_the_list_stays_current(anna_client: Client, anna: User, booking: Booking) -> None:
    address = find(anna_client.get(URL), "//div[@id='live']")[0].get("hx-get")
    assert anna_client.get(address, headers=HTMX).status_code == 204
    cancelled(Booking.objects.get())
    part = anna_client.get(address, headers=HTMX)
    assert (part.status_code, texts(part, "//h2")) == (200, ["No upcoming bookings"])


def test_thirty_bookings_cost_as_many_queries_as_one(
    anna_client: Client, anna: User, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    def grow(number: int) -> None:
        LinkedEventFactory(booking=made(anna, start=START + timedelta(days=number)))

    grow(0)
    anna_client.get(URL)
    with django_assert_num_queries(13):
        anna_client.get(URL)
    for number in range(1, 30):
        grow(number)
    with django_assert_num_queries(13):
        anna_client.get(URL)


# --- one booking -----------------------------------------------------------------------------------


def facts(client: Client, booking: Booking) -> dict[str, str]:
    page = client.get(f"{URL}{booking.pk}/")
    return dict(zip(texts(page, "//dl/dt"), texts(page, "//dl/dd"), strict=True))


def test_a_booking_says_when_what_and_who(anna_client: Client, booking: Booking) -> None:
    Booking.objects.update(note="Left shoulder")
    Claim.objects.update(overlap_allowed=True)
    page = anna_client.get(f"{URL}{booking.pk}/")
    assert texts(page, "//div[@class='page-head']/div[1]") == ["Clara Winter Massage"]
    assert facts(anna_client, booking) == {
        "When": "Tue 1 Dec 2026, 10:00–11:00",
        "Status": "Confirmed Booked anyway",
        "Client": "Clara Winter clara@example.org +49 30 1",
        "Note": "Left shoulder",
        "Calendar": "No linked calendar In Kalends only. Choose a linked calendar to see bookings on your iPhone. "
        "Choose a linked calendar",
    }


def test_a_note_is_escaped(anna_client: Client, booking: Booking) -> None:
    Booking.objects.update(note="<img src=x>\nsecond line")
    assert b"<img" not in anna_client.get(f"{URL}{booking.pk}/").content
    assert facts(anna_client, booking)["Note"] == "<img src=x>second line"


@pytest.mark.parametrize("page", ["", "reschedule/", "cancel/"])
def test_a_booking_of_a_colleague_is_not_found(anna_client: Client, page: str) -> None:
    assert anna_client.get(f"{URL}{BookingFactory().pk}/{page}").status_code == 404


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"pushed": True}, "On the calendar In your “Work” calendar at Nextcloud."),
        (
            {"state": "retrying", "error_code": "unavailable"},
            "Trying again Reaches “Work” when Nextcloud answers. Try now",
        ),
        (
            {"state": "waiting_for_decision"},
            "Needs your decision Changed in “Work”. The booking stays as it is until you decide. Decide",
        ),
    ],
)
def test_of_a_calendar_elsewhere_it_is_not_said_that_it_is_on_the_iphone(
    anna_client: Client, anna: User, booking: Booking, given: dict[str, Any], words: str
) -> None:
    account = {"connection__provider": "nextcloud", "connection__url": "https://cloud.example.org/remote.php/dav/"}
    LinkedEventFactory(
        booking=booking, calendar=CalendarFactory(connection__user=anna, name="Work", **account), **given
    )
    assert facts(anna_client, booking)["Calendar"] == words


@pytest.mark.parametrize(
    ("given", "words", "action"),
    [
        ({}, "Waiting to be sent Will be sent to “Work” in a moment. Try now", "push/"),
        ({"pushed": True}, "On the calendar In your “Work” calendar, on your iPhone.", None),
        (
            {"state": "retrying", "error_code": "unavailable"},
            "Trying again Reaches your iPhone when iCloud answers. Try now",
            "push/",
        ),
        (
            {"state": "retrying"},
            "Trying again Could not be sent to “Work” yet. Kalends keeps trying. Try now",
            "push/",
        ),
        (
            {"state": "waiting_for_decision"},
            "Needs your decision Changed on your iPhone. The booking stays as it is until you decide. Decide",
            "/bookings/proposals/",
        ),
        (
            {"state": "changed_on_both_sides"},
            "Needs your decision Changed on your iPhone and in Kalends. The booking stays as it is until you decide. "
            "Decide",
            "/bookings/proposals/",
        ),
        (
            {"state": "needs_reconnect"},
            "Reconnect iCloud Waits until iCloud is connected again. Reconnect",
            "/calendars/settings/connections/{connection}/reconnect/",
        ),
        (
            {"state": "no_linked_calendar", "error_code": "read_only"},
            "No linked calendar The linked calendar became read-only. Choose another linked calendar. "
            "Choose a linked calendar",
            "/calendars/settings/configuration/",
        ),
    ],
)
def test_the_push_state_is_a_sentence_with_a_button_that_does_what_it_says(
    anna_client: Client, anna: User, booking: Booking, given: dict[str, Any], words: str, action: str | None
) -> None:
    calendar = CalendarFactory(connection__user=anna, name="Work")
    LinkedEventFactory(booking=booking, calendar=calendar, **given)
    assert facts(anna_client, booking)["Calendar"] == words
    page = anna_client.get(f"{URL}{booking.pk}/")
    offered = find(page, "//dl//form/@action") + find(page, "//dl//a[contains(@class, 'button')]/@href")
    address = action and action.format(connection=calendar.connection_id)
    expected = [] if address is None else [f"{URL}{booking.pk}/push/" if address == "push/" else address]
    assert offered == expected
    listed = anna_client.get(URL)
    cell = "//tbody//td[@data-label='Calendar']"
    assert texts(listed, cell) == [words if action else "On the calendar"]
    assert find(listed, f"{cell}//form/@action") + find(listed, f"{cell}//a/@href") == expected


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"removed_at": NOW, "state": "pushed"}, "Removed from the calendar Its event was removed from iCloud."),
        ({"etag": '"1"'}, "Being removed Its event will be removed from “Work” in a moment. Try now"),
    ],
)
def test_the_event_of_a_cancelled_booking_is_on_its_way_or_gone(
    anna_client: Client, anna: User, given: dict[str, Any], words: str
) -> None:
    booking = made(anna, status="cancelled")
    calendar = CalendarFactory(connection__user=anna, name="Work")
    LinkedEventFactory(booking=booking, calendar=calendar, wanted="absent", **given)
    assert facts(anna_client, booking)["Calendar"] == words


def test_try_now_pushes_and_comes_back(anna_client: Client, booking: Booking) -> None:
    LinkedEventFactory(booking=booking, calendar=None, account="", calendar_path="/gone/")  # no wire is touched
    response = anna_client.post(f"{URL}{booking.pk}/push/", follow=True)
    assert response.redirect_chain == [(f"{URL}{booking.pk}/", 302)]
    assert texts(response, "//div[@id='messages']") == ["Kalends is trying again now."]


def test_pushing_is_for_the_owner_and_by_post(anna_client: Client, booking: Booking) -> None:
    answers = [
        anna_client.get(f"{URL}{booking.pk}/push/").status_code,
        anna_client.post(f"{URL}{BookingFactory().pk}/push/").status_code,
    ]
    assert answers == [405, 404]


def test_the_history_says_what_happened_who_did_it_and_what_the_client_knows(
    anna_client: Client, anna: User, booking: Booking
) -> None:
    made_by_anna = BookingChangeFactory(booking=booking, actor=anna)
    MailFactory(seat=booking.seat, change=made_by_anna, state="sent", sent_at=NOW)
    followed = BookingChangeFactory(
        booking=booking,
        at=NOW + HOUR,
        kind="moved",
        source="phone",
        old_start=START - HOUR,
        old_end=START,
        undo_until=NOW + HOUR + UNDO_WINDOW,
    )
    MailFactory(seat=booking.seat, change=followed, due_at=NOW + HOUR + UNDO_WINDOW)
    page = anna_client.get(f"{URL}{booking.pk}/")
    assert texts(page, "//ol[@class='history']/li") == [
        "Moved on the iPhone: from Tue 1 Dec 2026, 09:00–10:00 to Tue 1 Dec 2026, 10:00–11:00 "
        "Mon 30 Nov, 10:00 · the client is told at 10:10 Undo",
        "Booked by staff (Anna): Tue 1 Dec 2026, 10:00–11:00 Mon 30 Nov, 09:00 · the client was told at 09:00",
    ]


def test_who_has_no_address_is_not_said_to_be_told(anna_client: Client, booking: Booking) -> None:
    booking.client.name, booking.client.email = "Kim", ""
    booking.client.save()
    moved(booking)
    page = anna_client.get(f"{URL}{booking.pk}/")
    assert texts(page, "//p[@id='no-address']") == ["Kim has no e-mail address: tell them yourself."]
    assert texts(page, "//ol[@class='history']/li/p[@class='hint']") == [
        "Mon 30 Nov, 09:00 · Kim has no e-mail address: tell them yourself"
    ]


def moved(booking: Booking, **given: Any) -> BookingChange:
    values = {"kind": "moved", "source": "phone", "old_start": START - HOUR, "old_end": START}
    change = BookingChangeFactory(booking=booking, **{**values, "undo_until": NOW + UNDO_WINDOW, **given})
    MailFactory(seat=booking.seat, change=change, kind="moved_by_practice", due_at=NOW + UNDO_WINDOW)
    return change


def test_a_move_is_undone_while_the_client_has_not_been_told(anna_client: Client, booking: Booking) -> None:
    response = anna_client.post(f"{URL}changes/{moved(booking).pk}/undo/", follow=True)
    booking.refresh_from_db()
    assert (booking.start, texts(response, "//div[@id='messages']")) == (
        START - HOUR,
        ["Undone. The booking is back at its old time."],
    )


def test_a_move_that_the_client_knows_is_not_undone(anna_client: Client, booking: Booking) -> None:
    change = moved(booking, undo_until=None)
    change.mails.update(state="sent", sent_at=NOW)
    assert find(anna_client.get(f"{URL}{booking.pk}/"), "//ol//form") == []
    response = anna_client.post(f"{URL}changes/{change.pk}/undo/", follow=True)
    booking.refresh_from_db()
    assert (booking.start, texts(response, "//div[@id='messages']")) == (
        START,
        ["The client has been told already. Reschedule the booking instead."],
    )


def test_undoing_is_for_the_owner_and_by_post(anna_client: Client, booking: Booking) -> None:
    answers = [
        anna_client.post(f"{URL}changes/{moved(BookingFactory()).pk}/undo/").status_code,
        anna_client.get(f"{URL}changes/{moved(booking).pk}/undo/").status_code,
    ]
    assert answers == [404, 405]


def test_a_proposal_is_said_at_its_booking(anna_client: Client, booking: Booking) -> None:
    ProposalFactory(booking=booking, reason="Its event is gone.")
    page = anna_client.get(f"{URL}{booking.pk}/")
    assert texts(page, "//div[@id='live']//div[contains(@class, 'notice')]") == [
        "Deleted on the iPhone. Its event is gone. Decide"
    ]


def test_a_cancelled_booking_can_only_be_made_again(anna_client: Client, anna: User) -> None:
    page = anna_client.get(f"{URL}{made(anna, status='cancelled').pk}/")
    assert [words for words, _address in links(page, "//div[@class='page-head']//a")] == ["Book again"]


def test_the_page_stays_current_although_it_has_forms(anna_client: Client, booking: Booking) -> None:
    moved(booking)
    address = find(anna_client.get(f"{URL}{booking.pk}/"), "//div[@id='live']")[0].get("hx-get")
    assert anna_client.get(address, headers=HTMX).status_code == 204


# --- cancelling ------------------------------------------------------------------------------------


def test_cancelling_is_asked_first_and_says_who_is_told(anna_client: Client, booking: Booking) -> None:
    page = anna_client.get(f"{URL}{booking.pk}/cancel/")
    assert texts(page, "//main//form//p") == [
        "Clara Winter · Massage Tue 1 Dec 2026, 10:00–11:00",
        "The time becomes free again, the event is removed from the calendar, and clara@example.org is told by e-mail.",
    ]
    booking.refresh_from_db()
    assert booking.status == "confirmed"


def test_a_client_without_mail_must_be_told_by_staff(anna_client: Client, anna: User) -> None:
    booking = made(anna, client=ClientFactory(name="Kim", email="", phone="+49 30 1"))
    assert texts(anna_client.get(f"{URL}{booking.pk}/cancel/"), "//main//form//p")[1] == (
        "The time becomes free again and the event is removed from the calendar. "
        "Kim has no e-mail address: tell them yourself. +49 30 1"
    )


@pytest.mark.parametrize(("answer", "told_at"), [({}, []), ({"tell_client": "on"}, [NOW])])
def test_cancelling_what_is_over_tells_the_client_only_if_asked_to(
    anna_client: Client, anna: User, answer: dict[str, str], told_at: list[object]
) -> None:
    over = made(anna, start=NOW - 3 * HOUR, client=ClientFactory(email="clara@example.org"))
    MailFactory(seat=over.seat, state="sent", sent_at=NOW - 4 * HOUR)
    url = f"{URL}{over.pk}/cancel/"
    page = anna_client.get(url)
    assert texts(page, "//label[@for='tell_client']") == ["Tell clara@example.org that it is cancelled"]
    assert find(page, "//input[@name='tell_client'][@checked]") == []
    anna_client.post(url, answer)
    change = over.changes.get()
    assert (change.kind, [mail.due_at for mail in change.mails.all()]) == ("cancelled", told_at)


def test_a_cancelled_booking_stays_as_history(anna_client: Client, booking: Booking) -> None:
    response = anna_client.post(f"{URL}{booking.pk}/cancel/", follow=True)
    booking.refresh_from_db()
    assert (booking.status, texts(response, "//div[@id='messages']")) == (
        "cancelled",
        ["Cancelled: Clara Winter · Massage."],
    )
    assert texts(response, "//ol[@class='history']/li/p[1]") == [
        f"Cancelled by staff ({booking.staff.get_full_name()}): Tue 1 Dec 2026, 10:00–11:00"
    ]


def test_the_list_is_in_german_for_who_reads_german(german_client: Client, booking: Booking) -> None:
    page = german_client.get(URL)
    assert headings_and_buttons(page) == (["Buchungen"], ["Neue Buchung", "Suchen", "Verknüpften Kalender wählen"])
    assert texts(page, "//tbody/tr/th") == ["Di., 1. Dez. 2026, 10:00–11:00"]


def test_a_booking_is_in_german_for_who_reads_german(german_client: Client, booking: Booking) -> None:
    headings, buttons = headings_and_buttons(german_client.get(booking.get_absolute_url()))
    assert headings == [booking.client.name, "Seite des Kunden", "Verlauf"]
    assert buttons == [
        "Noch einmal buchen",
        "Verschieben",
        "Absagen",
        "Verknüpften Kalender wählen",
        "Neuen Link schicken",
    ]


# --- why this person ------------------------------------------------------------------------------------------------


def test_the_page_says_why_first_available_chose_the_person(anna_client: Client, booking: Booking) -> None:
    assert find(anna_client.get(f"{URL}{booking.pk}/"), "//dd[@id='why-staff']") == []
    booking.why_staff = {"rule": "minutes", "minutes": 180, "credit": 60, "share": 240}
    booking.save()
    assert texts(anna_client.get(f"{URL}{booking.pk}/"), "//dd[@id='why-staff']") == [
        "Anna: 180 of 240 minutes When this was booked, Anna had 180 minutes of “Massage” in the 28 days around the "
        "date, and a fair share was 240. Of these, 60 minutes make up for days on which Anna was away or had not "
        "joined yet. Of those who were free, Anna had the fewest minutes relative to the fair share."
    ]
