"""The preview of next week on Calendar Configuration: it follows the form, and saves nothing."""

from __future__ import annotations

from datetime import date

import pytest
import time_machine
from django.test import Client

from bookings.pages.configuration.preview import next_week
from connections.models import Calendar
from tests.bookings.pages.configuration.test_views import sent
from tests.bookings.practice import Practice, berlin
from tests.pages import texts

URL = "/calendars/settings/configuration/preview/"


@pytest.mark.parametrize(
    ("today", "first_weekday", "first"),
    [(28, 1, 30), (22, 1, 23), (23, 1, 30), (22, 0, 29), (28, 0, 29), (27, 6, 28), (28, 6, 35)],
)
def test_next_week_begins_after_the_week_of_the_reader(today: int, first_weekday: int, first: int) -> None:
    november = date(2026, 11, 1).toordinal() - 1
    assert next_week(date(2026, 11, today), first_weekday).toordinal() - november == first


def preview(practice: Practice, client: Client, *names: str, **changed: object) -> list[str]:
    """The days of the preview with these calendars ticked, and what could not be read."""
    client.force_login(practice.user)
    chosen = [Calendar.objects.get(name=name) for name in names]
    with time_machine.travel(practice.now, tick=False):
        page = client.post(URL, sent(conflicts=chosen, **changed))
    return texts(page, "//ol[@class='week-preview']/li") + texts(page, "//p[contains(@class, 'notice')]")


def test_a_calendar_that_is_ticked_is_read_and_shown_beside_the_others(practice: Practice, client: Client) -> None:
    practice.phone.add(practice.account.calendar("Work"), "Choir", berlin(8, 10), berlin(8, 11))
    practice.phone.add(practice.account.calendar("Team"), "Dentist", berlin(8, 9), berlin(8, 10))
    practice.phone.add(practice.account.calendar("Team"), "Night", berlin(9, 23), berlin(10, 1))
    practice.poll_later()
    before = list(Calendar.objects.values_list("is_conflict_calendar", "read_at"))
    assert preview(practice, client, "Work", "Team") == [
        "Mon 7 Dec Nothing",
        "Tue 8 Dec 09:00–10:00 Team 10:00–11:00 Work",
        "Wed 9 Dec 23:00–00:00 Team",
        "Thu 10 Dec 00:00–01:00 Team",
        *("Fri 11 Dec Nothing", "Sat 12 Dec Nothing", "Sun 13 Dec Nothing"),
    ]
    assert preview(practice, client, "Work")[1] == "Tue 8 Dec 10:00–11:00 Work"
    assert list(Calendar.objects.values_list("is_conflict_calendar", "read_at")) == before


def test_the_linked_calendar_blocks_though_its_box_is_not_ticked(practice: Practice, client: Client) -> None:
    practice.phone.add(practice.account.calendar("Work"), "Choir", berlin(8, 10), berlin(8, 11))
    practice.poll_later()
    work = Calendar.objects.get(name="Work")
    assert preview(practice, client, linked=work)[1] == "Tue 8 Dec 10:00–11:00 Work"


def test_the_rule_and_the_zone_of_the_form_count(practice: Practice, client: Client) -> None:
    practice.phone.add(practice.account.calendar("Work"), "Crete", berlin(8, 0).date())
    practice.phone.add(practice.account.calendar("Work"), "Choir", berlin(9, 10), berlin(9, 11))
    practice.poll_later()
    rule = {f"calendar-{Calendar.objects.get(name='Work').pk}-all_day_rule": "always"}
    assert preview(practice, client, "Work", time_zone="Asia/Tokyo", **rule)[1:3] == [
        "Tue 8 Dec All day Work",
        "Wed 9 Dec 18:00–19:00 Work",
    ]


def test_bookings_of_kalends_are_no_events_that_block(practice: Practice, client: Client) -> None:
    practice.booked(berlin(8, 10))
    assert preview(practice, client, "Work")[1] == "Tue 8 Dec Nothing"


def test_a_full_day_is_cut_and_says_so(practice: Practice, client: Client) -> None:
    for minute in range(0, 45, 5):
        start = berlin(8, 9).replace(minute=minute)
        practice.phone.add(practice.account.calendar("Work"), "Call", start, start.replace(minute=minute + 5))
    practice.poll_later()
    assert preview(practice, client, "Work")[1].endswith("09:25–09:30 Work and 3 more")


def test_what_could_not_be_read_is_said(practice: Practice, client: Client) -> None:
    practice.icloud.down()
    assert preview(practice, client, "Work", "Team")[7:] == [
        "“Team” could not be read just now, so its times are missing here. Kalends tries again after you save."
    ]


def test_without_a_calendar_the_hours_alone_decide(practice: Practice, client: Client) -> None:
    client.force_login(practice.user)
    page = client.post(URL, sent())
    assert texts(page, "//p") == ["No calendar blocks: your working hours and blocked slots alone decide."]


def test_the_preview_is_asked_for_by_post_alone(practice: Practice, client: Client) -> None:
    client.force_login(practice.user)
    assert client.get(URL).status_code == 405
