"""The free times of a service: what is shown first, days and months, people, zones, and keeping a time."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from pytest_django import DjangoAssertNumQueries

from bookings.models import Hold, Service
from connections.models import CalendarConfiguration
from practice.models import Practice, User
from tests.bookings.public.steps import TEN, buttons, details_address, hold, typed
from tests.factories import CalendarFactory, DateOverrideFactory, UserFactory, dead_feed, office_hours
from tests.pages import find, links, texts

pytestmark = pytest.mark.django_db
DAY = "/book/massage/?day=2026-12-09"


@pytest.fixture
def ben(massage: Service) -> User:
    """A colleague who offers the massage on Wednesdays at eight in the evening as well."""
    ben = UserFactory.create(username="ben", first_name="Ben", last_name="Adler")
    DateOverrideFactory.create(user=ben, date="2026-12-09", start="19:00", end="21:00")
    massage.staff.add(ben)
    return ben


def test_the_three_earliest_times_come_first_then_days_then_the_month(client: Client, massage: Service) -> None:
    page = client.get("/book/massage/")
    assert buttons(page) == ["Mon 30 November, 10:00", "Mon 30 November, 11:00", "Mon 30 November, 12:00"]
    assert links(page, "//ul[@class='days']//a")[:2] == [
        ("Monday 30 November, 7 times", "/book/massage/?day=2026-11-30"),
        ("Tuesday 1 December, 8 times", "/book/massage/?day=2026-12-01"),
    ]
    assert links(page, "//div[@class='steps']//a") == [("Show month", "/book/massage/?month=2026-11")]


def test_the_page_opens_on_the_first_day_with_times(client: Client, massage: Service) -> None:
    Service.objects.update(notice_minutes=40 * 24 * 60)
    assert buttons(client.get("/book/massage/"))[0] == "Mon 11 January, 09:00"


def test_a_day_has_its_times_and_a_way_back(client: Client, massage: Service) -> None:
    page = client.get(DAY)
    assert texts(page, "//h2") == ["Wednesday 9 December"]
    assert buttons(page) == ["09:00", "10:00", "11:00", "12:00", "13:00", "14:00", "15:00", "16:00"]
    assert links(page, "//form//a") == [("Other days", "/book/massage/")]


def test_a_month_lists_its_days_and_turns_to_the_months_that_can_be_booked(client: Client, massage: Service) -> None:
    page = client.get("/book/massage/?month=2026-12")
    assert len(links(page, "//ul[@class='days']//a")) == 23
    assert links(page, "//div[@class='steps']//a") == [
        ("November 2026", "/book/massage/?month=2026-11"),
        ("January 2027", "/book/massage/?month=2027-01"),
    ]
    last = client.get("/book/massage/?month=2027-01")
    assert links(last, "//div[@class='steps']//a") == [("December 2026", "/book/massage/?month=2026-12")]


@pytest.mark.parametrize("query", ["?day=x", "?day=0001-01-01", "?month=2026-13", "?month=9999-12", "?staff=nobody"])
def test_an_address_that_makes_no_sense_shows_the_first_times(client: Client, massage: Service, query: str) -> None:
    assert buttons(client.get(f"/book/massage/{query}")) == buttons(client.get("/book/massage/"))


def test_a_day_without_times_says_so_and_offers_others(client: Client, massage: Service) -> None:
    page = client.get("/book/massage/?day=2026-12-05")
    assert texts(page, "//p[@class='notice']") == ["There are no free times on Saturday 5 December."]
    assert len(buttons(page)) == 3


def test_nothing_free_says_until_when_was_searched_and_offers_the_phone(client: Client, massage: Service) -> None:
    Service.objects.update(horizon_days=10, notice_minutes=20 * 24 * 60)
    page = client.get("/book/massage/")
    assert texts(page, "//form//p") == ["We have looked until Thursday 10 December. Please call 030 1234567."]


def test_calendars_that_cannot_be_read_are_not_given_as_the_cause(client: Client, massage: Service, anna: User) -> None:
    CalendarFactory(connection__user=anna, read_at=None, fresh_at=None)
    page = client.get("/book/massage/")
    assert texts(page, "//p[@class='notice']") == [
        "No times can be booked online at the moment. Please call 030 1234567 or try again later."
    ]


def test_with_one_person_nobody_is_asked_for_the_person(client: Client, massage: Service) -> None:
    assert find(client.get("/book/massage/"), "//details") == []


def test_with_several_the_first_available_comes_first_and_offers_the_times_of_all(
    client: Client, massage: Service, ben: User
) -> None:
    page = client.get(DAY)
    assert links(page, "//details//a") == [
        ("First available", "/book/massage/"),
        ("Anna Winter", "/book/massage/?staff=anna-winter"),
        ("Ben Adler", "/book/massage/?staff=ben-adler"),
    ]
    assert buttons(page) == [*(f"{hour:02}:00" for hour in range(9, 17)), "19:00", "20:00"]


def test_the_times_of_one_person_are_theirs_and_the_choice_is_kept(client: Client, massage: Service, ben: User) -> None:
    page = client.get(f"{DAY}&staff=ben-adler")
    assert buttons(page) == ["19:00", "20:00"]
    assert links(page, "//form//a") == [("Other days", "/book/massage/?staff=ben-adler")]
    assert hold(client, "2026-12-09T20:00:00+01:00", staff="ben-adler").status_code == 303
    assert Hold.objects.get().staff == ben


def test_a_link_with_a_former_slug_of_a_person_still_shows_their_times(
    client: Client, massage: Service, ben: User
) -> None:
    former, ben.slug = ben.slug, "benjamin"
    ben.save()
    pages = [client.get(f"/book/massage/?staff={slug}") for slug in (former, "benjamin", "any")]
    assert [buttons(page) == buttons(pages[1]) for page in pages] == [True, True, False]


def test_at_a_place_its_time_counts_whatever_the_client_says(client: Client, massage: Service) -> None:
    page = client.get(f"{DAY}&zone=America/New_York")
    assert (buttons(page)[0], texts(page, "//p[@class='zone']")) == ("09:00", ["All times are Berlin time."])
    assert "Europe/Berlin time" not in page.content.decode()


def test_on_the_phone_the_clients_own_time_counts_and_is_kept(client: Client, massage: Service) -> None:
    Service.objects.update(location_kind="phone")
    page = client.get(f"{DAY}&zone=America/New_York")
    assert (buttons(page)[0], texts(page, "//summary")) == ("03:00", ["All times are New York time. Change"])
    assert links(page, "//form//a") == [("Other days", "/book/massage/?zone=America%2FNew_York")]
    address = details_address(client, zone="America/New_York")
    assert "zone=America" in address
    assert texts(client.get(address), "//dl//dd")[1] == "Tuesday 1 December 2026, 04:00–05:00 (New York time)"


@pytest.mark.parametrize("zone", ["", "Nowhere/City", "../etc/passwd"])
def test_without_a_known_zone_the_places_time_is_shown_and_can_be_changed(
    client: Client, massage: Service, zone: str
) -> None:
    Service.objects.update(location_kind="video")
    page = client.get("/book/massage/", {"day": "2026-12-09", "zone": zone})
    assert (buttons(page)[0], texts(page, "//option[@selected]")) == ("09:00", ["Berlin"])


def test_a_day_of_another_zone_has_the_times_of_that_day_there(client: Client, massage: Service) -> None:
    Service.objects.update(location_kind="video")
    page = client.get(f"{DAY}&zone=Pacific/Auckland")
    assert buttons(page) == ["00:00", "01:00", "02:00", "03:00", "04:00", "21:00", "22:00", "23:00"]


def test_the_hour_that_comes_twice_is_told_apart(client: Client, massage: Service) -> None:
    Practice.objects.update(time_zone="America/New_York")
    CalendarConfiguration.objects.update(time_zone="America/New_York")
    DateOverrideFactory(user=massage.staff.get(), date="2027-11-07", start="00:00", end="04:00")
    Service.objects.update(horizon_days=400)
    page = client.get("/book/massage/?day=2027-11-07")
    assert buttons(page) == ["00:00", "01:00 EDT", "01:00 EST", "02:00", "03:00"]


def test_a_chosen_time_is_kept_and_leads_to_the_form(client: Client, massage: Service) -> None:
    answer = hold(client)
    kept = Hold.objects.get()
    assert (answer.status_code, answer["Location"]) == (
        303,
        f"/book/massage/details/{kept.public_id}/?staff=any&zone=Europe%2FBerlin",
    )
    assert (kept.start.isoformat(), kept.staff) == ("2026-12-01T09:00:00+00:00", massage.staff.get())


def test_a_kept_time_is_hidden_from_others_but_not_from_its_visitor(client: Client, massage: Service) -> None:
    hold(client, visitor="v" * 22)
    day = "/book/massage/?day=2026-12-01"
    assert "10:00" not in buttons(client.get(day))
    assert "10:00" in buttons(client.post(day, {"visitor": "v" * 22}))


def test_a_double_click_keeps_one_time(client: Client, massage: Service) -> None:
    addresses = {hold(client, visitor="v" * 22)["Location"] for _ in range(2)}
    assert (len(addresses), Hold.objects.count()) == (1, 1)


def test_a_time_that_has_gone_offers_the_three_nearest(client: Client, massage: Service) -> None:
    hold(client, visitor="v" * 22)
    page = client.get(hold(client, visitor="w" * 22)["Location"])
    assert texts(page, "//div[@role='status']//p") == ["That time has gone. Nearest:"]
    assert texts(page, "//div[@role='status']//button") == [
        "Tue 1 December, 09:00",
        "Tue 1 December, 11:00",
        "Tue 1 December, 12:00",
    ]


def test_a_time_that_has_gone_is_answered_with_an_address_unless_something_was_typed(
    client: Client, massage: Service
) -> None:
    hold(client, visitor="v" * 22)
    answers = [hold(client, visitor="w" * 22), hold(client, visitor="w" * 22, **typed())]
    assert [answer.status_code for answer in answers] == [303, 200]
    assert answers[0]["Location"] == (
        "/book/massage/?staff=any&zone=Europe%2FBerlin&start=2026-12-01T09%3A00%3A00%2B00%3A00&problem=time"
    )


def test_a_time_that_is_free_again_is_not_called_gone(client: Client, massage: Service) -> None:
    page = client.get("/book/massage/?start=2026-12-01T10:00:00Z&problem=time")
    assert (page.status_code, find(page, "//div[@role='status']")) == (200, [])


@pytest.mark.parametrize("start", ["", "soon", "2026-12-01T10:00:00"])
def test_a_start_that_is_no_time_shows_the_times_again(client: Client, massage: Service, start: str) -> None:
    page = hold(client, start)
    assert (page.status_code, len(buttons(page)), Hold.objects.count()) == (200, 3, 0)


def test_the_address_of_a_step_that_is_shared_leads_to_the_times(client: Client, massage: Service) -> None:
    assert client.get("/book/massage/hold/")["Location"] == "/book/massage/"


def test_what_was_typed_is_carried_through_another_day_to_the_form(client: Client, massage: Service) -> None:
    carried = typed(visitor="v" * 22)
    day = client.post("/book/massage/", carried | {"day": "2026-12-09"})
    hidden = {one.get("name"): one.get("value") for one in find(day, "//input[@type='hidden']")}
    assert {name: hidden[name] for name in ("name", "email", "reminders", "visitor")} == {
        name: carried[name] for name in ("name", "email", "reminders", "visitor")
    }
    assert texts(day, "//button[@name='day']") == ["Other days"]
    form = client.post("/book/massage/hold/", hidden | {"start": "2026-12-09T10:00:00+01:00"}, follow=True)
    assert (form.status_code, find(form, "//input[@name='name']/@value")) == (200, ["Clara Sommer"])
    assert texts(form, "//dl//dd")[1] == "Wednesday 9 December 2026, 10:00–11:00 (Berlin time)"


def test_after_another_choice_the_first_time_is_free_again(client: Client, massage: Service) -> None:
    hold(client, visitor="v" * 22)
    hold(client, "2026-12-09T10:00:00+01:00", visitor="v" * 22)
    assert "10:00" in buttons(client.get("/book/massage/?day=2026-12-01"))


def test_a_kept_time_is_free_again_after_ten_minutes(
    client: Client, massage: Service, clock: time_machine.Traveller
) -> None:
    hold(client, TEN)
    clock.shift(timedelta(minutes=10))
    assert "10:00" in buttons(client.get("/book/massage/?day=2026-12-01"))


def test_the_page_of_three_people_costs_as_many_queries_as_that_of_one(
    client: Client, massage: Service, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    with CaptureQueriesContext(connection) as alone:
        client.get("/book/massage/?month=2026-12")
    for _ in range(2):
        colleague = UserFactory.create()
        office_hours(colleague)
        massage.staff.add(colleague)
    with django_assert_num_queries(len(alone)):
        client.get("/book/massage/?month=2026-12")


@pytest.mark.parametrize("language", ["", "de", "fr"])
def test_a_page_reads_the_practice_once(client: Client, massage: Service, language: str) -> None:
    with CaptureQueriesContext(connection) as queries:
        client.get("/book/massage/?month=2026-12", headers={"accept-language": language})
    assert len([query for query in queries if 'FROM "practice_practice"' in query["sql"]]) == 1


@pytest.mark.parametrize("policy", CalendarConfiguration.StalePolicy.values)
def test_clients_never_learn_which_calendars_by_web_address_somebody_reads(
    client: Client, massage: Service, anna: User, policy: str
) -> None:
    CalendarConfiguration.objects.update(stale_policy=policy)
    feed = dead_feed(anna)
    pages = [client.get("/book/massage/"), client.get(DAY), hold(client), client.get("/book/")]
    bound = [client.get(page["Location"]) for page in pages if page.status_code == 302]
    secrets = (feed.name, feed.connection.username, "club.example", "web address")
    assert [word for page in pages + bound for word in secrets if word in page.content.decode()] == []
