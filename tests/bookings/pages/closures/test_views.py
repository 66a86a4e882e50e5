"""The tab Time off: closures of a person and of the practice, and public holidays."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from pytest_django import DjangoAssertNumQueries

from availability.models import Closure
from practice.models import Practice, User
from tests.factories import NOW, BookingFactory, UserFactory
from tests.pages import headings_and_buttons, links, texts

pytestmark = pytest.mark.django_db
URL = "/calendars/settings/closures/"
MONDAY = date(2026, 12, 7)
ROWS = "//tbody/tr"


@pytest.fixture(autouse=True)
def frozen() -> object:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def owner_client(anna: User, client: Client) -> Client:
    anna.is_superuser = True
    anna.save()
    Practice.objects.update_or_create(defaults={"country": "DE", "language": "de"})
    client.force_login(anna)
    return client


def sent(first: date = MONDAY, last: date | None = None, **more: str) -> dict[str, str]:
    return {"first": first.isoformat(), "last": last.isoformat() if last else "", "name": "Break", **more}


def test_one_day_off_needs_no_last_day_and_is_the_persons_own(anna_client: Client, anna: User) -> None:
    page = anna_client.post(URL, sent(), follow=True)
    closure = Closure.objects.get()
    assert (closure.user, closure.first, closure.last, closure.kind) == (anna, MONDAY, MONDAY, "closed")
    assert texts(page, "//div[@id='messages']") == ["Saved. No booking lies on these days."]
    assert texts(page, ROWS) == ["Mon 7 Dec 2026 Break Anna"]


@pytest.mark.parametrize(
    ("first", "last", "error"),
    [
        (MONDAY, MONDAY - timedelta(days=1), "The last day must not be before the first."),
        (date(2026, 11, 1), date(2026, 11, 2), "These days are over."),
        (MONDAY, MONDAY + timedelta(days=366), "This is more than a year. Enter a shorter time."),
    ],
)
def test_odd_dates_are_refused_at_the_last_day(anna_client: Client, first: date, last: date, error: str) -> None:
    page = anna_client.post(URL, sent(first, last))
    assert texts(page, "//ul[@class='field__error']/li") == [error]
    assert not Closure.objects.exists()


def test_bookings_inside_are_listed_with_ways_to_move_or_cancel_them(anna_client: Client, anna: User) -> None:
    start = datetime(2026, 12, 8, 9, tzinfo=UTC)
    inside = BookingFactory(staff=anna, start=start, end=start + timedelta(hours=1))
    for outside in (start - 2 * timedelta(days=1), start + timedelta(days=1)):
        BookingFactory(staff=anna, start=outside, end=outside + timedelta(hours=1))
    page = anna_client.post(URL, sent(MONDAY, MONDAY + timedelta(days=1)), follow=True)
    pk = inside.pk
    assert [address for _text, address in links(page, f"{ROWS}//a")] == [
        f"/bookings/{pk}/",
        f"/bookings/{pk}/reschedule/",
        f"/bookings/{pk}/cancel/",
    ]


def test_staff_close_only_their_own_days(anna_client: Client, anna: User) -> None:
    anna_client.post(URL, sent(whose="practice"))
    assert Closure.objects.get().user == anna
    Closure.objects.update(user=None)
    closure = Closure.objects.get()
    assert texts(anna_client.get(f"{URL}{closure.pk}/"), "//button[@type='submit']").count("Remove this time off") == 0
    anna_client.post(f"{URL}{closure.pk}/remove/")
    assert Closure.objects.count() == 1
    assert anna_client.post(f"{URL}holidays/", {"year": "2027"}).status_code == 403


def test_time_off_of_somebody_else_is_not_shown(anna_client: Client) -> None:
    closure = Closure.objects.create(user=UserFactory(), first=MONDAY, last=MONDAY)
    assert texts(anna_client.get(URL), ROWS) == []
    assert anna_client.get(f"{URL}{closure.pk}/").status_code == 404
    assert anna_client.post(f"{URL}{closure.pk}/remove/").status_code == 404


def test_the_owner_closes_the_practice_and_sees_the_bookings_of_all(owner_client: Client) -> None:
    start = datetime(2026, 12, 7, 9, tzinfo=UTC)
    bookings = [BookingFactory(start=start, end=start + timedelta(hours=1)) for _ in range(2)]
    page = owner_client.post(URL, sent(whose="practice"), follow=True)
    assert Closure.objects.get().user is None
    shown = [address for _text, address in links(page, f"{ROWS}/th/a")]
    assert sorted(shown) == [f"/bookings/{booking.pk}/" for booking in bookings]


def test_a_booking_late_in_the_evening_lies_on_the_day_of_its_staffs_clock(anna_client: Client, anna: User) -> None:
    late = datetime(2026, 12, 6, 23, 30, tzinfo=UTC)  # half past midnight on Monday in Berlin
    booking = BookingFactory(staff=anna, start=late, end=late + timedelta(minutes=30))
    page = anna_client.post(URL, sent(), follow=True)
    assert [address for _text, address in links(page, f"{ROWS}/th/a")] == [f"/bookings/{booking.pk}/"]


def test_public_holidays_of_a_year_close_the_practice_with_one_press(owner_client: Client) -> None:
    page = owner_client.get(URL, {"year": "2027", "region": "BE"})
    assert texts(page, "//section[@aria-labelledby='holidays-title']//li")[1] == "Mon 8 Mar 2027 · Frauentag"
    answer = owner_client.post(f"{URL}holidays/", {"year": "2027", "region": "BE"}, follow=True)
    assert texts(answer, "//div[@id='messages']") == ["The practice is closed on 10 more days."]
    again = owner_client.post(f"{URL}holidays/", {"year": "2027", "region": "BE"}, follow=True)
    assert texts(again, "//div[@id='messages']") == ["The practice is closed on 0 more days."]
    assert Closure.objects.filter(kind="holiday", user=None).count() == 10


def test_a_year_and_a_region_that_no_list_has_close_nothing(owner_client: Client) -> None:
    answer = owner_client.post(f"{URL}holidays/", {"year": "1999", "region": "BE"}, follow=True)
    assert texts(answer, "//div[@id='messages']") == ["Choose a year and a region from the lists."]
    assert not Closure.objects.exists()


def test_time_off_that_is_removed_no_longer_closes(anna_client: Client, anna: User) -> None:
    closure = Closure.objects.create(user=anna, first=MONDAY, last=MONDAY)
    page = anna_client.post(f"{URL}{closure.pk}/remove/", follow=True)
    assert texts(page, "//div[@id='messages']") == ["Removed. The usual hours count again."]
    assert not Closure.objects.exists()


def test_the_number_of_queries_does_not_grow(
    owner_client: Client, anna: User, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    closure = Closure.objects.create(first=MONDAY, last=MONDAY)
    start = datetime(2026, 12, 7, 9, tzinfo=UTC)
    BookingFactory(start=start, end=start + timedelta(hours=1))
    with CaptureQueriesContext(connection) as few:
        owner_client.get(f"{URL}{closure.pk}/")
    for _ in range(5):
        BookingFactory(start=start, end=start + timedelta(hours=1))
    with django_assert_num_queries(len(few)):
        owner_client.get(f"{URL}{closure.pk}/")


def test_the_page_is_in_german_for_who_reads_german(german_client: Client) -> None:
    page = german_client.get(URL)
    assert headings_and_buttons(page) == (
        ["Kalendereinstellungen", "Abwesenheit", "Abwesenheit planen"],
        ["Speichern"],
    )
    assert texts(page, "//p[@class='empty']") == ["Es ist keine Abwesenheit geplant."]


def test_what_was_saved_is_said_in_german(german_client: Client) -> None:
    page = german_client.post(URL, sent(), follow=True)
    assert texts(page, "//*[@role='status']") == ["Gespeichert. An diesen Tagen gibt es keine Buchungen."]
