"""The time of colleagues: who sees it, and how much of it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from connections.models import CalendarConfiguration
from practice.models import Practice, User
from tests.factories import (
    NOW,
    START,
    BlockedSlotFactory,
    BookingFactory,
    CalendarFactory,
    ClientFactory,
    HoldFactory,
    OccurrenceFactory,
    ServiceFactory,
    UserFactory,
    office_hours,
)
from tests.pages import find, links, texts

pytestmark = [pytest.mark.django_db, pytest.mark.time_machine(NOW, tick=False)]
URL = "/calendars/"
SLOTS = "//ol//li[contains(@class, 'slot')]"
HOUR = timedelta(hours=1)


@pytest.fixture
def mara(db: None) -> User:
    """She has a booking from 10 to 11, a dentist until 12, a blocked hour in the afternoon, and a free event."""
    mara = UserFactory.create(username="mara", first_name="Mara", last_name="Winter")
    office_hours(mara)
    service = ServiceFactory.create(name="Massage", staff=[mara])
    BookingFactory.create(staff=mara, service=service, client=ClientFactory.create(name="Clara Blum"))
    calendar = CalendarFactory.create(connection__user=mara, name="Therapy")
    OccurrenceFactory.create(calendar=calendar, summary="Dentist", start=START + HOUR)
    OccurrenceFactory.create(calendar=calendar, summary="Lunch", start=START + 2 * HOUR, blocks=False)
    BlockedSlotFactory.create(user=mara, note="Paperwork", start=START + 5 * HOUR, end=START + 6 * HOUR)
    HoldFactory.create(staff=mara, service=service, start=START + 6 * HOUR)
    return mara


def signed_in(client: Client, role: str, **given: object) -> Client:
    client.force_login(UserFactory.create(username="reader", role=role, **given))
    return client


WITH_BOOKINGS = [
    "Clara Blum 10:00–11:00 Massage",
    "Blocked 11:00–12:00",
    "Blocked 15:00–16:00",
    "Being booked 16:00–17:00 Massage · A client is booking this time right now",
]


@pytest.mark.parametrize("role", ["owner", "front_desk"])
def test_who_handles_bookings_sees_them_and_otherwise_only_blocked(client: Client, mara: User, role: str) -> None:
    page = signed_in(client, role).get(URL, {"staff": mara.pk})
    assert texts(page, SLOTS) == WITH_BOOKINGS
    shown = page.content.decode()
    assert [secret for secret in ("Dentist", "Therapy", "Lunch", "Paperwork") if secret in shown] == []


def test_staff_see_a_colleague_only_if_she_shows_her_week_and_then_only_as_blocked(client: Client, mara: User) -> None:
    colleague = signed_in(client, "staff")
    assert colleague.get(URL, {"staff": mara.pk}).status_code == 404
    mara.calendar_configuration.shown_to_colleagues = True
    mara.calendar_configuration.save()
    page = colleague.get(URL, {"staff": mara.pk})
    assert texts(page, SLOTS) == ["Blocked 10:00–12:00", "Blocked 15:00–17:00"]
    assert find(page, "//*[@id='week-new']") == []


def test_she_chooses_on_her_own_page_whether_colleagues_see_her_week(client: Client, mara: User) -> None:
    client.force_login(mara)
    client.post("/calendars/settings/configuration/", {"shown_to_colleagues": "on"})
    mara.calendar_configuration.refresh_from_db()
    assert mara.calendar_configuration.shown_to_colleagues
    client.post("/calendars/settings/configuration/", {"asked": "shown_to_colleagues"})
    mara.calendar_configuration.refresh_from_db()
    assert not mara.calendar_configuration.shown_to_colleagues


def test_the_front_desk_opens_on_a_day_with_a_column_for_everybody(client: Client, mara: User) -> None:
    ben = UserFactory.create(username="ben", first_name="Ben", last_name="Adler")
    UserFactory.create(username="gone", is_active=False)
    page = signed_in(client, "front_desk", configuration=None).get(URL, {"day": "2026-12-01"})
    assert texts(page, "//h1") == ["Tuesday 1 December"]
    assert texts(page, "//section//h2") == ["Ben Adler", "Mara Winter Book Mara Winter"]
    assert links(page, "//section//h2//a") == [
        ("Ben Adler", f"?view=week&date=2026-12-01&staff={ben.pk}"),
        ("Mara Winter", f"?view=week&date=2026-12-01&staff={mara.pk}"),
        ("Book Mara Winter", f"/bookings/new/?staff={mara.pk}&date=2026-12-01"),
    ]
    assert [word.split()[0] for word in texts(page, SLOTS)] == ["Clara", "Blocked", "Blocked", "Being"]
    assert texts(client.get(URL), "//h1") == ["Monday 30 November"]


def test_owners_and_staff_reach_the_day_from_their_week(client: Client, mara: User) -> None:
    page = signed_in(client, "owner").get(URL)
    assert find(page, "//*[@id='view-day']/@href") == ["?view=day&date=2026-11-30"]
    assert texts(client.get(URL, {"day": "2026-12-01"}), "//section//h2/a[1]") == ["Anna", "Mara Winter"]


def test_a_day_shows_twelve_people_and_leads_to_the_others(client: Client, mara: User) -> None:
    for number in range(13):
        UserFactory.create(first_name=f"A{number:02}")
    first = signed_in(client, "front_desk", configuration=None).get(URL, {"view": "day", "date": "2026-12-01"})
    names = "//section//h2/a[1]"
    assert (len(texts(first, names)), texts(first, "//nav[@aria-label='People']/span")) == (12, ["People 1–12 of 14"])
    second = client.get(URL + links(first, "//*[@id='people-after']")[0][1])
    assert texts(second, names) == ["A12", "Mara Winter"]
    assert find(second, "//*[@id='week-next']/@href") == ["?view=day&date=2026-12-02&columns=2"]
    assert find(second, "//*[@id='people-before']/@href") == ["?view=day&date=2026-12-01"]


def test_who_may_see_colleagues_chooses_whose_calendar(client: Client, mara: User) -> None:
    page = signed_in(client, "owner", first_name="Anna").get(URL)
    assert texts(page, "//select[@name='staff']/option") == ["Anna", "Mara Winter"]
    page = client.get(URL, {"view": "day", "staff": mara.pk})
    assert texts(page, "//select[@name='staff']/option") == ["Everybody", "Anna", "Mara Winter"]
    assert texts(page, "//select[@name='staff']/option[@selected]") == ["Mara Winter"]
    assert texts(page, "//section/h2/a[1]") == ["Mara Winter"]


def test_in_everybodys_day_ones_own_events_have_titles(client: Client, mara: User) -> None:
    client.force_login(mara)
    shown = texts(client.get(URL, {"view": "day", "date": "2026-12-01"}), f"{SLOTS}/a")
    assert shown == ["Clara Blum", "Dentist", "Lunch", "Paperwork", "Being booked"]


def test_the_front_desk_sees_the_first_persons_week(client: Client, mara: User) -> None:
    page = signed_in(client, "front_desk", configuration=None).get(URL, {"view": "week"})
    assert texts(page, "//h1") == ["30 November – 6 December 2026 · Mara Winter"]
    assert find(page, "//*[@id='view-month']/@href") == [f"?view=month&date=2026-11-30&staff={mara.pk}"]


@pytest.mark.parametrize("view", ["day", "week", "month", "list"])
def test_where_nobody_works_every_view_says_so(client: Client, view: str) -> None:
    page = signed_in(client, "front_desk", configuration=None).get(URL, {"view": view})
    assert texts(page, "//h2") == ["Nobody works here yet"]


def test_why_a_time_of_a_colleague_is_blocked_is_told_without_titles(client: Client, mara: User) -> None:
    page = signed_in(client, "front_desk").get("/calendars/why/", {"staff": mara.pk, "at": (START + HOUR).isoformat()})
    assert texts(page, "//*[contains(@class, 'reason--blocks')]") == ["Blocked 11:00–12:00."]
    assert [secret for secret in ("Dentist", "Therapy") if secret in page.content.decode()] == []


def test_why_is_told_on_the_clock_of_the_reader(client: Client, mara: User) -> None:
    CalendarConfiguration.objects.filter(user=mara).update(time_zone="Europe/London")
    page = signed_in(client, "front_desk").get("/calendars/why/", {"staff": mara.pk, "at": (START + HOUR).isoformat()})
    assert texts(page, "//p[@class='hint']") == ["All times are Berlin time."]
    assert texts(page, "//*[contains(@class, 'reason--blocks')]") == ["Blocked 11:00–12:00."]


def test_a_hundred_people_cost_as_many_queries_as_ten(
    client: Client, mara: User, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    Practice.objects.create()
    desk = signed_in(client, "front_desk", configuration=None)
    _more_people(9)
    desk.get(URL, {"day": "2026-12-01"})
    with django_assert_max_num_queries(100) as before:
        desk.get(URL, {"day": "2026-12-01"})
    _more_people(30)
    with django_assert_max_num_queries(len(before)):
        desk.get(URL, {"day": "2026-12-01"})


def _more_people(count: int) -> None:
    for _ in range(count):
        person = UserFactory.create()
        office_hours(person)
        BookingFactory.create(staff=person)
        BlockedSlotFactory.create(user=person)
        HoldFactory.create(staff=person, start=START + 4 * HOUR)
        OccurrenceFactory.create(calendar=CalendarFactory.create(connection__user=person))
