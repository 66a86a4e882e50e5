"""Several appointments at once: the wish, what is proposed, keeping the times, and the form that books all or none."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from bookings.models import Booking, Claim, Hold, Seat, Series, Service
from practice.models import Practice, User
from tests.bookings.public.series.steps import chosen, details, form_fields, other, page_of, take
from tests.bookings.public.steps import sent_fields, typed
from tests.factories import UserFactory, office_hours
from tests.pages import find, links, texts

pytestmark = pytest.mark.django_db
INSTEAD = "//div[@class='notice']//button[contains(@formaction, '/series/')]"
TUESDAYS = ["2026-12-01", "2026-12-08", "2026-12-15", "2026-12-22"]


@pytest.fixture
def physio(massage: Service) -> Service:
    """A service of which clients may book series, a year ahead."""
    massage.series_allowed = True
    massage.horizon_days = 365
    massage.save()
    return massage


def test_the_page_of_times_leads_there_if_the_service_allows_it(client: Client, physio: Service) -> None:
    words, address = "Book several appointments", "/book/massage/series/?staff=any&lang=en"
    assert (words, address) in links(client.get("/book/massage/?staff=any&lang=en"), "//main//a")
    Service.objects.update(series_allowed=False)
    assert words not in texts(client.get("/book/massage/"), "//main//a")
    assert client.get("/book/massage/series/").status_code == 404


def test_the_form_asks_what_suits(client: Client, physio: Service) -> None:
    page = client.get("/book/massage/series/?lang=de&zone=Europe/Berlin")
    assert texts(page, "//main//label[@for] | //main//legend") == [
        "Wie viele Termine?",
        "Wie oft?",
        "An welchen Tagen? freiwillig",
        "Nicht vor freiwillig",
        "Beginn spätestens freiwillig",
        "Ab welchem Tag?",
    ]
    assert [one.get("value") for one in find(page, "//input[@name='count' or @name='first']")] == ["6", "2026-11-30"]
    assert [one.get("value") for one in find(page, "//form//input[@name='lang']")] == ["de"]


def test_dates_are_proposed_at_the_time_that_fits_most(client: Client, physio: Service) -> None:
    other(physio, "2026-12-15")
    other(physio, "2026-12-08", hour=10)
    page = page_of(client, latest="11:00")
    assert texts(page, "//div[@role='status']/p") == ["3 fit at Tue 10:00; for 15 Dec the nearest is 11:00."]
    assert chosen(page) == [
        "Tue 1 December, 10:00",
        "Tue 8 December, 10:00",
        "Tue 15 December, 11:00",
        "Tue 22 December, 10:00",
    ]


def test_what_cannot_be_wished_is_said(client: Client, physio: Service) -> None:
    page = page_of(client, count="13", earliest="12:00", latest="10:00", first="2028-01-01")
    assert texts(page, "//div[contains(@class, 'notice--bad')]//li") == [
        "Enter at most 12.",
        "This is before the earliest time.",
        "Choose a day until Tuesday 30 November.",
    ]
    assert find(page, "//select[@name='start']") == []


@pytest.mark.parametrize("first", ["", "x", "0001-01-01", "9999-12-31"])
def test_no_first_day_breaks_the_page(client: Client, physio: Service, first: str) -> None:
    assert page_of(client, first=first).status_code == 200


def test_nothing_fits(client: Client, physio: Service) -> None:
    page = page_of(client, weekday="6")
    assert texts(page, "//div[@role='status']/p") == [
        "No time is open as you wish.",
        "Change what suits you, and try again. Or call 030 1234567.",
    ]


def test_the_times_are_kept_and_booked_together(client: Client, physio: Service) -> None:
    address = details(client)
    page = client.get(address)
    assert texts(page, "//ol[@class='dates']/li") == [
        f"Tuesday {day} December 2026, 10:00–11:00" for day in (1, 8, 15, 22)
    ]
    assert Claim.objects.filter(kind=Claim.Kind.HOLD).count() == 4
    page = client.post(address, sent_fields(page) | typed(), follow=True)
    series = Series.objects.get()
    assert [f"{one.start:%Y-%m-%d %H:%M}" for one in series.bookings.order_by("start")] == [
        f"{day} 09:00" for day in TUESDAYS
    ]
    assert (series.count, series.frequency, series.weekdays, series.zone) == (4, "weekly", [1], "Europe/Berlin")
    assert page.redirect_chain[-1][0].startswith("/booking/")
    assert texts(page, "//h1") == ["Your appointment is booked"]


def test_a_date_can_be_changed_and_another_left_out(client: Client, physio: Service) -> None:
    page = page_of(client)
    starts = form_fields(page)[1]["start"]
    starts[1], starts[2] = starts[1].replace("T10:00", "T11:00"), ""
    address = take(client, page, start=starts)["Location"]
    assert texts(client.get(address), "//ol[@class='dates']/li") == [
        "Tuesday 1 December 2026, 10:00–11:00",
        "Tuesday 8 December 2026, 11:00–12:00",
        "Tuesday 22 December 2026, 10:00–11:00",
    ]


@pytest.mark.parametrize(
    ("starts", "sentence"),
    [
        (["2026-12-01T10:00:00+01:00"], "A series has at least two appointments."),
        (
            ["2026-12-01T10:00:00+01:00"] * 2,
            "Two of the appointments are at the same time. Choose another time for one of them.",
        ),
        (
            [f"2026-12-01T10:{minute:02}:00+01:00" for minute in range(13)],
            "A series of “Massage” has at most 12 appointments.",
        ),
    ],
)
def test_what_is_refused_is_said_and_the_choice_stays(
    client: Client, physio: Service, starts: list[str], sentence: str
) -> None:
    page = client.get(take(client, page_of(client), start=starts)["Location"])
    assert texts(page, "//div[@role='status']/p") == [sentence]
    assert Hold.objects.count() == 0


def test_a_time_that_goes_before_it_is_kept_is_replaced(client: Client, physio: Service) -> None:
    page = page_of(client)
    other(physio, "2026-12-08")
    page = client.get(take(client, page)["Location"])
    assert texts(page, "//div[@role='status']/p") == [
        "Some of these times have gone. The nearest are proposed instead."
    ]
    assert texts(page, "//p[@class='field__error']") == ["Tue 8 December, 10:00 has gone."]
    assert (Hold.objects.count(), len(chosen(page))) == (0, 4)
    assert chosen(page)[1] in ("Tue 8 December, 09:00", "Tue 8 December, 11:00")
    address = take(client, page)["Location"]
    assert len(texts(client.get(address), "//ol[@class='dates']/li")) == 4


def lose_one(client: Client, physio: Service) -> Any:
    """The form after one of the times has gone meanwhile."""
    address = details(client)
    page = client.get(address)
    Claim.objects.all().delete()
    other(physio, "2026-12-15")
    return client.post(address, sent_fields(page) | typed(note="", name="Clara Sommer"), follow=True)


def test_if_one_has_gone_nothing_is_booked_and_the_form_stays_filled(client: Client, physio: Service) -> None:
    page = lose_one(client, physio)
    assert (Series.objects.count(), Seat.objects.filter(client__name="Clara Sommer").count()) == (0, 0)
    assert texts(page, "//p[@class='field__error']") == ["Tue 15 December, 10:00 has gone."]
    assert sent_fields(page)["name"] == "Clara Sommer"
    assert chosen(page)[0] == "Tue 1 December, 10:00"


def test_the_times_proposed_instead_lead_back_to_the_filled_form(client: Client, physio: Service) -> None:
    page = lose_one(client, physio)
    [button] = find(
        page, "//button[@formaction and contains(@formaction, '/series/') and ancestor::div[@class='notice']]"
    )
    page = client.post(button.get("formaction"), form_fields(page)[1], follow=True)
    assert sent_fields(page)["email"] == "clara@example.org"
    address = form_fields(page)[0]
    client.post(address, sent_fields(page) | typed())
    assert Series.objects.get().bookings.count() == 4
    assert Series.objects.get().frequency == "weekly"


def test_times_that_go_again_are_replaced_again_and_the_form_stays_filled(client: Client, physio: Service) -> None:
    page = lose_one(client, physio)
    fields = form_fields(page)[1]
    other(physio, "2026-12-01")
    [button] = find(
        page, "//button[@formaction and contains(@formaction, '/series/') and ancestor::div[@class='notice']]"
    )
    page = client.post(button.get("formaction"), fields, follow=True)
    assert texts(page, "//p[@class='field__error']") == ["Tue 1 December, 10:00 has gone."]
    assert sent_fields(page)["email"] == "clara@example.org"


def test_changing_the_times_keeps_what_was_typed(client: Client, physio: Service) -> None:
    page = client.get(details(client))
    [button] = find(page, "//button[text()='Change times']")
    page = client.post(button.get("formaction"), form_fields(page)[1] | {"name": ["Clara Sommer"]})
    assert [one.get("value") for one in find(page, "//form[@id='form']//input[@name='name']")] == ["Clara Sommer"]
    assert chosen(page) == [f"Tue {day} December, 10:00" for day in (1, 8, 15, 22)]
    page = take(client, page)
    assert sent_fields(client.get(page["Location"]))["name"] == "Clara Sommer"
    assert Claim.objects.filter(kind=Claim.Kind.HOLD).count() == 4


def test_changing_the_times_begins_with_those_that_are_kept(client: Client, physio: Service) -> None:
    page = page_of(client)
    starts = form_fields(page)[1]["start"]
    starts[1], starts[3] = starts[1].replace("T10:00", "T11:00"), ""
    page = client.get(take(client, page, start=starts)["Location"])
    [button] = find(page, "//button[text()='Change times']")
    page = client.post(button.get("formaction"), form_fields(page)[1])
    assert chosen(page) == ["Tue 1 December, 10:00", "Tue 8 December, 11:00", "Tue 15 December, 10:00"]


def test_another_wish_keeps_what_was_typed(client: Client, physio: Service) -> None:
    page = client.get(details(client))
    [button] = find(page, "//button[text()='Change times']")
    page = client.post(button.get("formaction"), form_fields(page)[1] | {"name": ["Clara Sommer"]})
    [form] = find(page, "//details//form")
    assert form.get("method") == "post"
    fields = {name: [value for one, value in form.form_values() if one == name] for name, _value in form.form_values()}
    page = client.post(form.get("action"), fields | {"count": "3", "weekday": "2"})
    assert chosen(page) == [f"Wed {day} December, 10:00" for day in (2, 9, 16)]
    page = client.get(take(client, page)["Location"])
    assert sent_fields(page)["name"] == "Clara Sommer"
    client.post(form_fields(page)[0], sent_fields(page) | typed())
    assert (Series.objects.get().weekdays, Booking.objects.count()) == ([2], 3)


def test_another_language_keeps_wish_and_words(client: Client, physio: Service) -> None:
    page = client.get(details(client))
    [button] = find(page, "//button[@lang='de']")
    fields = form_fields(page)[1] | {"name": ["Clara Sommer"], "lang": "de"}
    page = client.post(button.get("formaction"), fields, follow=True)
    assert (texts(page, "//h1"), sent_fields(page)["name"]) == (["Ihre Angaben"], "Clara Sommer")
    assert "count=4" in form_fields(page)[0]


def test_the_series_is_with_whom_the_client_asks_for(client: Client, physio: Service, anna: User) -> None:
    ben = UserFactory.create(first_name="Ben", last_name="Sommer")
    office_hours(ben)
    physio.staff.add(ben)
    page = page_of(client, staff=ben.slug)
    assert [one.get("value") for one in find(page, "//input[@name='person']")] == [ben.slug]
    address = take(client, page)["Location"]
    client.post(address, typed())
    assert {one.staff for one in Booking.objects.all()} == {ben}


def test_a_robot_is_asked_for_one_proof_of_a_series(client: Client, physio: Service) -> None:
    Practice.objects.update(under_attack=True)
    client.post(details(client), typed())
    assert {one.cause for one in Booking.objects.all()} == {Booking.Cause.UNCONFIRMED_ADDRESS}


def test_a_form_that_is_sent_twice_books_one_series(client: Client, physio: Service) -> None:
    address = details(client)
    assert client.post(address, typed())["Location"] == client.post(address, typed())["Location"]
    assert (Series.objects.count(), Booking.objects.count()) == (1, 4)


def test_a_form_about_nobody_is_shown_again(client: Client, physio: Service) -> None:
    page = client.get(take(client, page_of(client), person="nobody")["Location"])
    assert texts(page, "//h1") == ["Book several appointments"]
    assert Hold.objects.count() == 0


def test_an_hour_that_is_wished_is_read_on_the_own_clock(client: Client, physio: Service) -> None:
    Service.objects.update(location_kind="video", location="https://meet.example.org/x")
    page = page_of(client, zone="Europe/London", earliest="09:00", latest="09:00")
    assert chosen(page)[0] == "Tue 1 December, 09:00"
    assert form_fields(page)[1]["start"][0] == "2026-12-01T09:00:00+00:00"
