"""The card of an event: what it is, where it comes from and why it blocks."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client

from connections.models import Calendar
from practice.models import User
from tests.bookings.pages.week.cards.dialog import DIALOG, in_dialog, title
from tests.factories import (
    NOW,
    START,
    BookingFactory,
    CalendarFactory,
    LinkedEventFactory,
    OccurrenceFactory,
    UserFactory,
)
from tests.pages import find, links, texts

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.time_machine(NOW, tick=False),
    pytest.mark.usefixtures("at_work"),
]
HOUR = timedelta(hours=1)


def address(client: Client, event: str, week: str = "2026-W49") -> str:
    """Where the calendar leads from an event."""
    return str(links(client.get("/calendars/", {"week": week}), f"//li//a[text()='{event}']")[0][1])


def test_the_card_says_when_where_and_why(anna_client: Client, work: Calendar) -> None:
    OccurrenceFactory(calendar=work, summary="Dentist", start=START)
    OccurrenceFactory(calendar=work, summary="Another", start=START)
    card = in_dialog(anna_client, address(anna_client, "Dentist"))
    assert title(card) == ["Dentist"]
    assert texts(card, "//section/p")[0] == "Tue 1 Dec 2026, 10:00–11:00 from iCloud, Work"
    assert texts(card, "//li[contains(@class, 'reason')]/p[1]") == [
        "“Dentist” in “Work” (10:00–11:00) is marked Busy, so it blocks."
    ]
    assert links(card, "//a[@id='event-why']") == [
        ("Why is this time free or blocked?", "/calendars/why/?at=2026-12-01T09%3A00%3A00Z")
    ]


def test_it_is_a_page_too(anna_client: Client, work: Calendar) -> None:
    OccurrenceFactory(calendar=work, summary="Dentist", start=START)
    page = anna_client.get(address(anna_client, "Dentist"))
    assert (title(page), texts(page, "//main//p/a")[0]) == (["Dentist"], "← Calendar")


def test_an_event_that_began_in_an_earlier_week_has_a_card(anna_client: Client, work: Calendar) -> None:
    OccurrenceFactory(calendar=work, summary="Fair", start=START - timedelta(days=9), end=START)
    card = in_dialog(anna_client, address(anna_client, "Fair"))
    assert texts(card, "//section/p")[0].startswith("Sun 22 Nov 2026, 10:00 – Tue 1 Dec 2026, 10:00")


def test_a_press_on_the_card_changes_the_rule_and_stays_in_the_dialog(anna_client: Client, work: Calendar) -> None:
    midnight = datetime(2026, 11, 30, 23, tzinfo=UTC)
    OccurrenceFactory(
        calendar=work, summary="Crete", start=midnight, end=midnight + 48 * HOUR, all_day=True, blocks=False
    )
    card = in_dialog(anna_client, address(anna_client, "Crete"))
    assert texts(card, "//section/p")[0] == "Tue 1 Dec 2026 – Wed 2 Dec 2026, all day from iCloud, Work"
    [back] = find(card, "//form[button[@name='all_day_rule']]/input[@name='next']/@value")
    rule = {"all_day_rule": "always", "next": back}
    again = anna_client.post(f"/calendars/settings/events/rules/{work.pk}/", rule, headers=DIALOG, follow=True)
    assert (title(again), len(texts(again, "//p[@role='status']"))) == (["Crete"], 1)
    work.refresh_from_db()
    assert work.all_day_rule == "always"


def test_what_an_event_covers_beside_its_booking_has_a_card(anna_client: Client, anna: User, work: Calendar) -> None:
    placed = LinkedEventFactory(booking=BookingFactory(staff=anna), calendar=work, pushed=True)
    OccurrenceFactory(calendar=work, uid=placed.uid, summary="Clara", end=START + 1.5 * HOUR)
    assert title(in_dialog(anna_client, address(anna_client, "Clara"))) == ["Clara"]


def test_events_of_others_and_unknown_ones_are_not_found(anna_client: Client) -> None:
    theirs = UserFactory()
    OccurrenceFactory(calendar=CalendarFactory(connection__user=theirs), summary="Secret", start=START)
    client = Client()
    client.force_login(theirs)
    assert anna_client.get(address(client, "Secret")).status_code == 404
    assert anna_client.get("/calendars/event/?at=2026-12-01T09:00:00Z").status_code == 404
