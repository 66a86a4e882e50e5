"""Several appointments booked by hand: the proposal, other dates, the client, and what happens when a date went."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from bookings.models import Booking, Series, Service
from practice.models import User
from tests.factories import (
    NOW,
    BlockedSlotFactory,
    BookingFactory,
    ClientFactory,
    QuestionFactory,
    ServiceFactory,
    UserFactory,
    office_hours,
)
from tests.pages import find, texts

pytestmark = [pytest.mark.django_db, pytest.mark.time_machine(NOW, tick=False)]
URL = "/bookings/new/series/"
WISH = {"count": "4", "frequency": "weekly", "first": "2026-12-01", "earliest": "10:00", "latest": "12:00"}


@pytest.fixture
def massage(anna: User, at_work: None) -> Service:
    massage: Service = ServiceFactory.create(name="Massage", minutes=60, slot_minutes=60, staff=[anna])
    return massage


def asked(client: Client, service: Service, **changed: Any) -> Any:
    return client.get(URL, WISH | {"service": service.choice} | changed)


def form_values(page: Any) -> dict[str, Any]:
    """What a browser sends of the form with the dates, with everything that is filled in."""
    [form] = find(page, "//main//form[@method='post']")
    sent: dict[str, Any] = {}
    for name, value in form.form_values():
        sent.setdefault(name, []).append(value.removeprefix("\n"))
    return sent


def book(client: Client, page: Any, **typed: Any) -> Any:
    return client.post(URL, form_values(page) | {"name": "Clara Winter", "email": "clara@example.org"} | typed)


def starts() -> list[str]:
    return [f"{one.start:%d %b %H:%M}" for one in Booking.objects.exclude(series=None).order_by("start")]


def chosen(page: Any) -> list[str]:
    return texts(page, "//select[starts-with(@name, 'dates-')]/option[@selected]")


def test_dates_are_proposed_with_a_sentence(anna_client: Client, anna: User, massage: Service) -> None:
    BookingFactory.create(staff=anna, start=NOW.replace(month=12, day=8, hour=9), service__minutes=60)
    page = asked(anna_client, massage, weekday="1", latest="10:00", earliest="10:00")
    assert chosen(page) == ["Tue 1 Dec, 10:00", "Tue 15 Dec, 10:00", "Tue 22 Dec, 10:00", "Tue 29 Dec, 10:00"]
    assert texts(page, "//p[@id='proposal']") == ["All 4 fit at Tue 10:00; the week from 8 Dec has too few openings."]


def test_the_nearest_time_stands_in_where_the_usual_one_is_taken(
    anna_client: Client, anna: User, massage: Service
) -> None:
    BookingFactory.create(staff=anna, start=NOW.replace(month=12, day=8, hour=9), service__minutes=60)
    page = asked(anna_client, massage, weekday="1")
    assert chosen(page) == ["Tue 1 Dec, 11:00", "Tue 8 Dec, 11:00", "Tue 15 Dec, 11:00", "Tue 22 Dec, 11:00"]


def test_without_a_wish_the_page_proposes_the_usual_series(anna_client: Client, massage: Service) -> None:
    page = anna_client.get(URL)
    assert (len(chosen(page)), find(page, "//input[@name='count'][@type='number']/@value")) == (6, ["6"])


def test_all_are_booked(anna_client: Client, anna: User, massage: Service) -> None:
    response = book(anna_client, asked(anna_client, massage), note="Left shoulder", language="de")
    series = Series.objects.get()
    made = list(series.bookings.order_by("start"))
    assert response["Location"] == made[0].get_absolute_url()
    assert starts() == ["01 Dec 09:00", "08 Dec 09:00", "15 Dec 09:00", "22 Dec 09:00"]
    assert {(one.staff, one.client.name, one.note) for one in made} == {(anna, "Clara Winter", "Left shoulder")}
    assert (series.frequency, series.count) == ("weekly", 4)


def test_a_date_is_changed_left_out_or_typed(anna_client: Client, massage: Service) -> None:
    page = asked(anna_client, massage)
    other = "2026-12-01T10:00:00+00:00"
    typed = {"dates-2-day": "2026-12-17", "dates-2-time": "14:00"}
    book(anna_client, page, **{"dates-0-start": other, "dates-1-start": ""}, **typed)
    assert starts() == ["01 Dec 10:00", "17 Dec 13:00", "22 Dec 09:00"]


def test_a_day_alone_is_no_time(anna_client: Client, massage: Service) -> None:
    page = book(anna_client, asked(anna_client, massage), **{"dates-2-day": "2026-12-17"})
    assert (texts(page, "//ul[@id='id_dates-2-time_error']/li"), starts()) == (["Enter the time too."], [])


def test_where_nothing_is_open_the_form_says_so_again_and_nothing_typed_is_lost(
    anna_client: Client, massage: Service
) -> None:
    page = book(anna_client, asked(anna_client, massage, weekday="6"))
    assert (page.status_code, texts(page, "//p[@id='proposal']"), starts()) == (
        200,
        ["No time is open as you wish."],
        [],
    )
    assert [form_values(page)[name] for name in ("name", "weekday")] == [["Clara Winter"], ["6"]]


def test_one_date_alone_is_no_series(anna_client: Client, massage: Service) -> None:
    page = asked(anna_client, massage)
    page = book(anna_client, page, **{f"dates-{number}-start": "" for number in (1, 2, 3)})
    assert (texts(page, "//div[@id='refusal']//strong"), starts()) == (
        ["A series has at least two appointments."],
        [],
    )


def test_a_date_that_went_is_named_and_another_proposed_and_nothing_typed_is_lost(
    anna_client: Client, anna: User, massage: Service
) -> None:
    page = asked(anna_client, massage)
    BookingFactory.create(staff=anna, start=NOW.replace(month=12, day=15, hour=9), service=massage)
    page = book(anna_client, page, note="Left shoulder")
    assert starts() == []
    assert texts(page, "//fieldset/p[contains(@class, 'notice')]") == [
        "Tue 15 Dec, 10:00 is not open. The nearest open time is chosen instead."
    ]
    assert chosen(page) == ["Tue 1 Dec, 10:00", "Tue 8 Dec, 10:00", "Tue 15 Dec, 09:00", "Tue 22 Dec, 10:00"]
    sent = form_values(page)
    assert [sent[name] for name in ("name", "email", "note")] == [
        ["Clara Winter"],
        ["clara@example.org"],
        ["Left shoulder"],
    ]
    anna_client.post(URL, sent)
    assert starts() == ["01 Dec 09:00", "08 Dec 09:00", "15 Dec 08:00", "22 Dec 09:00"]


def test_staff_may_insist(anna_client: Client, anna: User, massage: Service) -> None:
    page = asked(anna_client, massage)
    BlockedSlotFactory.create(user=anna, start=NOW.replace(month=12, day=15, hour=9))
    page = book(anna_client, page)
    assert texts(page, "//div[@id='refusal']//button") == ["Book anyway"]
    anna_client.post(URL, form_values(page) | {"anyway": "on"})
    assert starts() == ["01 Dec 09:00", "08 Dec 09:00", "15 Dec 09:00", "22 Dec 09:00"]


def test_first_available_proposes_with_one_person(client: Client, anna: User, massage: Service) -> None:
    ben = UserFactory.create(first_name="Ben")
    office_hours(ben)
    massage.staff.add(ben)
    BlockedSlotFactory.create(user=anna, start=NOW.replace(month=12, day=1, hour=7), end=NOW.replace(month=12, day=31))
    client.force_login(UserFactory.create(role=User.Role.FRONT_DESK, configuration=None))
    page = asked(client, massage, staff="")
    assert texts(page, "//div[@id='dates']/p/strong") == ["Ben"]
    book(client, page)
    assert set(Booking.objects.values_list("staff__first_name", flat=True)) == {"Ben"}


def test_staff_book_series_with_themselves_alone(anna_client: Client, massage: Service) -> None:
    page = asked(anna_client, massage)
    ben = UserFactory.create(first_name="Ben")
    ServiceFactory.create(name="Talk", staff=[ben])
    assert anna_client.post(URL, form_values(page) | {"name": "Clara", "person": ben.pk}).status_code == 404
    assert texts(page, "//select[@name='service']/option") == ["Massage"]


def test_a_known_client_and_the_questions_are_on_the_page(anna_client: Client, anna: User, massage: Service) -> None:
    QuestionFactory.create(service=massage, key="since", words="Since when?")
    clara = ClientFactory.create(name="Clara Winter")
    BookingFactory.create(staff=anna, client=clara, start=NOW)
    page = anna_client.get(URL, WISH | {"service": massage.choice, "client": clara.pk})
    book(anna_client, page, name=form_values(page)["name"], email="", q_since="May")
    assert {(str(one.client), one.seat.answers["since"]) for one in Series.objects.get().bookings.all()} == {
        ("Clara Winter", "May")
    }


def test_htmx_gets_the_dates_alone(anna_client: Client, massage: Service) -> None:
    headers = {"HX-Request": "true", "HX-Target": "dates"}
    part = anna_client.get(URL, WISH | {"service": massage.choice, "questions_of": massage.pk}, headers=headers)
    assert (b"<html" in part.content, len(chosen(part)), len(find(part, "//div[@id='questions']"))) == (False, 4, 0)


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"count": "13"}, "A series of this service has at most 12 appointments."),
        ({"earliest": "12:00", "latest": "10:00"}, "This is before the earliest time."),
    ],
)
def test_a_wish_that_cannot_be_is_said(
    anna_client: Client, massage: Service, changed: dict[str, str], sentence: str
) -> None:
    page = asked(anna_client, massage, **changed)
    assert (texts(page, "//form[@id='what']//ul[@class='field__error']/li"), chosen(page)) == ([sentence], [])


def test_the_page_for_one_booking_leads_here(anna_client: Client, anna: User, massage: Service) -> None:
    [address] = find(anna_client.get("/bookings/new/"), "//a[@id='several']/@href")
    assert address == f"{URL}?staff={anna.pk}&service={massage.pk}"


def test_the_page_is_in_german_for_who_reads_german(german_client: Client, massage: Service) -> None:
    page = asked(german_client, massage)
    assert texts(page, "//h1 | //p[@id='proposal']") == ["Mehrere Termine", "Alle 4 passen am Di., 10:00 Uhr."]
    assert texts(page, "//legend[contains(., 'Termin')]")[0] == "Termin 1"
