"""The buttons of the week that say that somebody is away today or tomorrow."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from availability.models import BlockedSlot
from bookings.models import CoveredDay, Proposal
from bookings.proposals import mail_links
from practice.models import Practice, User
from tests.factories import NOW, START, BookingFactory, UserFactory, office_hours
from tests.pages import find, texts

pytestmark = [pytest.mark.django_db, pytest.mark.time_machine(NOW, tick=False)]
URL = "/calendars/away/"
WEEK = "/calendars/"
BUTTONS = "//form[@class='week-away']/button"
MESSAGES = "//div[@id='messages']"


def press(client: Client, page: Any, number: int) -> Any:
    """Press a button of the week, with what its form has."""
    form = find(page, "//form[@class='week-away']")[number]
    fields = {name: value for name, value in form.form_values() if name != "csrfmiddlewaretoken"}
    return client.post(form.get("action"), fields, follow=True)


def test_the_week_says_away_and_leads_to_the_bookings_of_the_day(anna_client: Client, anna: User) -> None:
    office_hours(anna)
    for hour in (9, 12):
        BookingFactory.create(staff=anna, start=START.replace(hour=hour))
    page = anna_client.get(WEEK)
    assert texts(page, BUTTONS) == ["Away today", "Away tomorrow"]
    asked = press(anna_client, page, 1)
    day = CoveredDay.objects.get()
    assert asked.redirect_chain == [(f"/bookings/proposals/day/{day.pk}/", 302)]
    assert texts(asked, "//section[starts-with(@aria-labelledby, 'covered-')]/h2") == [
        "You are away on Tue 1 Dec and have 2 bookings then."
    ]


def test_what_is_asked_about_a_single_booking_names_no_event(anna_client: Client, anna: User) -> None:
    office_hours(anna)
    booking = BookingFactory.create(staff=anna)
    asked = press(anna_client, anna_client.get(WEEK), 1)
    heading = "Away at the time of the booking"
    assert texts(asked, "//section[starts-with(@aria-labelledby, 'proposal-')]/h2") == [heading]
    of_booking = anna_client.get(booking.get_absolute_url())
    assert f"{heading}. You are away then." in texts(of_booking, "//p[strong]")
    mailed = anna_client.get(f"/bookings/proposals/mail/{mail_links.token_of(Proposal.objects.get())}/")
    assert texts(mailed, "//h1") == [heading]


def test_it_can_be_taken_back_in_the_week(anna_client: Client, anna: User) -> None:
    away = press(anna_client, anna_client.get(WEEK), 0)
    assert texts(away, MESSAGES) == ["Mon 30 Nov 2026 cannot be booked. No booking is to be decided about."]
    assert texts(away, BUTTONS) == ["Here today after all", "Away tomorrow"]
    assert texts(away, "//*[starts-with(@id, 'slot-')]")[0].startswith("Away")
    back = press(anna_client, away, 0)
    assert texts(back, MESSAGES) == ["Mon 30 Nov 2026 can be booked again."]
    assert (texts(back, BUTTONS), BlockedSlot.objects.count()) == (["Away today", "Away tomorrow"], 0)


def test_the_front_desk_says_it_for_others_and_returns_to_their_week(client: Client, anna: User) -> None:
    client.force_login(UserFactory.create(role=User.Role.FRONT_DESK, configuration=None))
    page = client.get(WEEK, {"staff": anna.pk})
    away = press(client, page, 0)
    assert away.redirect_chain == [(f"/calendars/?staff={anna.pk}", 302)]
    assert list(BlockedSlot.objects.values_list("user", "is_away")) == [(anna.pk, True)]


def test_a_front_desk_that_does_not_decide_has_no_buttons(client: Client, anna: User) -> None:
    Practice.objects.create(name="Praxis", front_desk_decides=False)
    client.force_login(UserFactory.create(role=User.Role.FRONT_DESK, configuration=None))
    assert texts(client.get(WEEK, {"staff": anna.pk}), BUTTONS) == []
    refused = client.post(URL, {"staff": anna.pk, "date": "2026-11-30"})
    assert (refused.status_code, BlockedSlot.objects.count()) == (403, 0)


def test_nobody_says_it_for_a_colleague(client: Client, anna: User) -> None:
    client.force_login(UserFactory.create(role=User.Role.STAFF))
    refused = client.post(URL, {"staff": anna.pk, "date": "2026-11-30"})
    assert (refused.status_code, BlockedSlot.objects.count()) == (404, 0)


@pytest.mark.parametrize("day", ["2026-11-29", "2026-12-02", "", "tomorrow"])
def test_only_today_and_tomorrow_can_be_said_here(anna_client: Client, anna: User, day: str) -> None:
    page = anna_client.post(URL, {"date": day}, follow=True)
    assert texts(page, MESSAGES) == ["This day is over, or later than tomorrow. Enter it under “Time off”."]
    assert (BlockedSlot.objects.count(), Proposal.objects.count()) == (0, 0)


def test_the_buttons_are_german_for_who_reads_german(german_client: Client, anna: User) -> None:
    assert texts(german_client.get(WEEK), BUTTONS) == ["Heute abwesend", "Morgen abwesend"]
