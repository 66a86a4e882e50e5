"""What pages say while iCloud does not answer, and when it answers again."""

from __future__ import annotations

from typing import Any

import pytest
import time_machine
from django.test import Client

from bookings import actions
from bookings.models import Booking
from connections import accounts
from connections.models import Connection
from practice.models import User
from tests.bookings.practice import HOUR, Practice
from tests.factories import START, UserFactory
from tests.pages import texts

SILENT = "iCloud has not answered since 09:00. Bookings are confirmed until 09:15, then wait for your OK."
AMBER = "//*[contains(@class, 'notice--warn') or contains(@class, 'freshness--doubtful')]"


def page(practice: Practice, client: Client, address: str, user: User | None = None) -> Any:
    client.force_login(user or practice.user)
    with time_machine.travel(practice.now, tick=False):
        return client.get(address)


@pytest.mark.parametrize("address", ["/calendars/", "/bookings/", "/clients/", "/bookings/new/"])
def test_each_page_says_once_in_amber_what_the_silence_means(practice: Practice, client: Client, address: str) -> None:
    assert "answered" not in " ".join(texts(page(practice, client, address), AMBER))
    practice.icloud.faults.refuse(times=None)
    practice.poll_later()
    assert [words for words in texts(page(practice, client, address), AMBER) if "answered" in words] == [SILENT]


def test_others_are_not_told_of_a_silence(practice: Practice, client: Client) -> None:
    practice.icloud.faults.refuse(times=None)
    practice.poll_later()
    assert texts(page(practice, client, "/bookings/", UserFactory()), AMBER) == []


def hint(practice: Practice, client: Client, booking: Booking, user: User | None = None) -> str:
    """What the page of a booking says of its event."""
    words = texts(page(practice, client, f"/bookings/{booking.pk}/", user), "//p[@class='hint']")
    [said] = [one for one in words if one.startswith(("Reaches", "In your", "Will be sent", "Could not"))]
    return said


def test_a_booking_made_meanwhile_says_that_it_reaches_the_iphone_later(practice: Practice, client: Client) -> None:
    practice.icloud.faults.refuse(times=None)
    practice.poll_later()
    booking = practice.book()
    assert hint(practice, client, booking) == "Reaches your iPhone when iCloud answers."
    practice.push()
    assert hint(practice, client, booking) == "Reaches your iPhone when iCloud answers."
    owner = UserFactory(role="owner")
    assert hint(practice, client, booking, owner) == "Reaches the calendar of Anna when it answers."

    practice.icloud.faults.clear()
    practice.later(HOUR)
    practice.sync()
    practice.push()
    assert hint(practice, client, booking) == "In your “Home” calendar, on your iPhone."


def reconnected(practice: Practice) -> accounts.ReconnectReport:
    password = practice.account.new_app_password()
    return accounts.reconnect(Connection.objects.get(), password=password, now=practice.now)


def test_after_reconnecting_what_waited_is_on_the_iphone(practice: Practice) -> None:
    practice.booked()
    practice.account.revoke_all()
    practice.poll_later()
    practice.book(START + 2 * HOUR)
    practice.push()
    report = reconnected(practice)
    assert (report.added, report.changed, report.differing, report.complete) == (1, 0, 0, True)


def test_after_reconnecting_without_any_change_everything_matches(practice: Practice) -> None:
    practice.booked()
    practice.account.revoke_all()
    practice.poll_later()
    assert reconnected(practice).matches is True


def test_after_reconnecting_an_event_that_was_changed_meanwhile_is_counted(practice: Practice) -> None:
    work = practice.account.calendar("Work")
    href = practice.phone.add(work, "Choir", START + 3 * HOUR, START + 4 * HOUR)
    practice.poll_later()
    practice.account.revoke_all()
    practice.poll_later()
    practice.phone.move(href, START + 5 * HOUR)
    report = reconnected(practice)
    assert (report.added, report.changed, report.matches) == (0, 1, False)


def test_after_reconnecting_a_booking_that_waits_for_a_decision_does_not_match(practice: Practice) -> None:
    booking = practice.booked()
    practice.account.revoke_all()
    practice.poll_later()
    practice.phone.make_all_day(practice.href(booking))
    practice.phone.add(practice.account.calendar("Work"), "Choir", START + 3 * HOUR, START + 4 * HOUR)
    report = reconnected(practice)
    assert (report.added, report.differing, report.matches) == (1, 1, False)


def test_what_was_cancelled_while_disconnected_differs_until_it_is_pushed(practice: Practice) -> None:
    booking = practice.booked()
    practice.account.revoke_all()
    practice.poll_later()
    actions.cancel(booking, now=practice.now)
    practice.icloud.faults.status(503, method="DELETE", times=None)
    report = reconnected(practice)
    assert (report.differing, report.matches) == (1, False)
