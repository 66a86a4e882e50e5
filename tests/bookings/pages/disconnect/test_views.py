"""Disconnecting: what it says beforehand, and what goes and stays."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client

from bookings.models import Booking, LinkedEvent
from bookings.push import outbox
from connections.models import Calendar, CalendarConfiguration, Connection, Event
from practice.models import User
from tests.bookings.practice import Practice
from tests.factories import (
    NOW,
    START,
    BookingFactory,
    CalendarFactory,
    ConnectionFactory,
    FeedFactory,
    LinkedEventFactory,
    OccurrenceFactory,
)
from tests.pages import find, headings_and_buttons, texts

pytestmark = pytest.mark.time_machine(NOW, tick=False)
DAY = timedelta(days=1)


@pytest.fixture
def work(anna: User) -> Calendar:
    connection = ConnectionFactory(user=anna, username="anna@icloud.com")
    calendar = CalendarFactory(connection=connection, name="Work")
    CalendarConfiguration.objects.update(linked_calendar=calendar)
    return calendar


def address(connection: Connection) -> str:
    return f"/calendars/settings/connections/{connection.pk}/disconnect/"


def test_the_page_says_what_will_happen_and_offers_to_remove_events(
    anna_client: Client, anna: User, work: Calendar
) -> None:
    CalendarFactory(connection=work.connection)
    OccurrenceFactory(calendar=work)
    for day in range(-2, 2):
        booking = BookingFactory(staff=anna, start=START + day * DAY)
        LinkedEventFactory(booking=booking, calendar=work, pushed=True)
    page = anna_client.get(address(work.connection))
    assert texts(page, "//main//form//p") == ["iCloud · anna@icloud.com"]
    assert texts(page, "//main//form//li") == [
        "Its app-specific password is deleted. You can revoke it at account.apple.com as well.",
        "1 event that was read from it is deleted from Kalends. It stays in iCloud.",
        "2 calendars no longer block your time: you can be booked over their events.",
        "Your linked calendar is in this account: new bookings stay in Kalends until you link another.",
        "Your bookings stay. If you connect the same account again, Kalends knows its own events.",
    ]
    assert texts(page, "//main//form//label") == ["First remove the events of 3 upcoming bookings from iCloud"]


def test_what_does_not_concern_the_account_is_not_said(anna_client: Client, anna: User) -> None:
    connection = ConnectionFactory(user=anna)
    page = anna_client.get(address(connection))
    assert texts(page, "//main//form//li") == [
        "Its app-specific password is deleted. You can revoke it at account.apple.com as well.",
        "0 events that were read from it are deleted from Kalends. They stay in iCloud.",
        "Your bookings stay. If you connect the same account again, Kalends knows its own events.",
    ]
    assert find(page, "//main//form//label") == []


def test_an_account_that_needs_a_person_cannot_remove_events(anna_client: Client, anna: User, work: Calendar) -> None:
    Connection.objects.update(needs_attention=True)
    LinkedEventFactory(booking=BookingFactory(staff=anna), calendar=work, pushed=True)
    page = anna_client.get(address(work.connection))
    assert find(page, "//input[@name='remove']/@disabled") == ["disabled"]
    assert texts(page, "//p[@class='hint']") == [
        "That needs a working password. Reconnect first, or delete them in your calendar yourself."
    ]


def test_password_events_and_calendars_go_and_bookings_stay(anna_client: Client, anna: User, work: Calendar) -> None:
    OccurrenceFactory(calendar=work)
    placed = LinkedEventFactory(booking=BookingFactory(staff=anna), calendar=work, pushed=True)
    response = anna_client.post(address(work.connection), follow=True)
    assert response.redirect_chain == [("/calendars/settings/connections/", 302)]
    assert texts(response, "//div[@id='messages']") == [
        "iCloud · anna@icloud.com is disconnected and its password deleted."
    ]
    assert (Connection.objects.count(), Event.objects.count(), Booking.objects.count()) == (0, 0, 1)
    placed.refresh_from_db()
    assert (placed.calendar, placed.account, placed.uid) == (None, "anna@icloud.com", placed.uid)


def test_a_get_disconnects_nothing_and_a_colleague_neither(anna_client: Client, work: Calendar) -> None:
    theirs = ConnectionFactory()
    answers = [
        anna_client.get(address(work.connection)).status_code,
        anna_client.get(address(theirs)).status_code,
        anna_client.post(address(theirs)).status_code,
    ]
    assert (answers, Connection.objects.count()) == ([200, 404, 404], 2)


# --- with iCloud -----------------------------------------------------------------------------------


def events_in_icloud(practice: Practice) -> int:
    return len(practice.account.calendar("Home").resources)


def test_upcoming_events_are_removed_first_when_asked(client: Client, practice: Practice) -> None:
    practice.booked()
    before = events_in_icloud(practice)
    client.force_login(practice.user)
    client.post(address(practice.connection), {"remove": "on"})
    assert (before - events_in_icloud(practice), Connection.objects.count(), Booking.objects.live().count()) == (
        1,
        0,
        1,
    )


def test_events_are_left_when_not_asked(client: Client, practice: Practice) -> None:
    practice.booked()
    before = events_in_icloud(practice)
    client.force_login(practice.user)
    client.post(address(practice.connection))
    assert (events_in_icloud(practice), Connection.objects.count()) == (before, 0)


def test_while_icloud_does_not_answer_nothing_is_disconnected(client: Client, practice: Practice) -> None:
    practice.booked()
    practice.icloud.faults.status(503, method="DELETE")
    client.force_login(practice.user)
    page = client.post(address(practice.connection), {"remove": "on"})
    assert texts(page, "//div[@id='messages']") == [
        "1 event could not be removed from iCloud yet. Nothing was disconnected; try again."
    ]
    assert Connection.objects.count() == 1
    client.post(address(practice.connection), {"remove": "on"})
    assert (Connection.objects.count(), practice.events()) == (0, [])


def test_what_could_not_be_removed_is_wanted_in_icloud_as_before(client: Client, practice: Practice) -> None:
    booking = practice.booked()
    practice.icloud.faults.status(503, method="DELETE")
    client.force_login(practice.user)
    client.post(address(practice.connection), {"remove": "on"})
    practice.later()
    practice.push()
    practice.poll_later(3)
    assert practice.events() == [practice.href(booking)]
    assert (outbox.push_state(booking), practice.proposals()) == ("pushed", [])


def test_a_removal_that_was_heard_without_an_answer_is_not_taken_for_the_phones(
    client: Client, practice: Practice
) -> None:
    CalendarConfiguration.objects.update(when_deleted="cancel")
    booking = practice.booked()
    practice.icloud.faults.lost(method="DELETE", times=2)
    client.force_login(practice.user)
    client.post(address(practice.connection), {"remove": "on"})
    practice.push()
    practice.poll_later(3)
    booking.refresh_from_db()
    assert (booking.status, practice.events()) == ("confirmed", [practice.href(booking)])


def test_an_event_that_another_worker_is_just_writing_keeps_the_account(client: Client, practice: Practice) -> None:
    booking = practice.booked()
    unheard = {"etag": "", "pushed_revision": 0, "agreed_start": None, "agreed_end": None, "agreed_text": b""}
    LinkedEvent.objects.update(**unheard, state="queued", claimed_until=NOW + outbox.LEASE)
    client.force_login(practice.user)
    page = client.post(address(practice.connection), {"remove": "on"})
    assert texts(page, "//div[@id='messages']") == [
        "1 event could not be removed from iCloud yet. Nothing was disconnected; try again."
    ]
    practice.later()
    assert practice.push() == ["pushed"]
    assert (Connection.objects.count(), practice.events()) == (1, [practice.href(booking)])


def test_the_page_is_in_german_for_who_reads_german(german_client: Client, work: Calendar) -> None:
    page = german_client.get(address(work.connection))
    assert headings_and_buttons(page) == (["Diesen Account trennen?"], ["Trennen", "Verbunden lassen"])


def test_of_a_calendar_by_web_address_the_page_says_what_goes(anna_client: Client, anna: User, work: Calendar) -> None:
    feed = FeedFactory(connection__user=anna, connection__username="club.example…0123abcd")
    OccurrenceFactory(calendar=feed)
    page = anna_client.get(address(feed.connection))
    assert (texts(page, "//main//h1"), texts(page, "//main//form//li")) == (
        ["Remove this calendar?"],
        [
            "Its web address is deleted.",
            "1 event that was read from it is deleted from Kalends. Nothing changes where it is published.",
            "1 calendar no longer blocks your time: you can be booked over its events.",
        ],
    )
    done = anna_client.post(address(feed.connection), follow=True)
    assert "“Club fixtures” is removed and its web address deleted." in (
        " ".join(texts(done, "//*[contains(@class, 'notice')]"))
    )
    assert list(Connection.objects.all()) == [work.connection]
