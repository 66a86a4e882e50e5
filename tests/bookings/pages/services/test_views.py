"""The tab Services: what can be booked with the person signed in."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from bookings.models import Service
from practice.models import User
from tests.factories import ServiceFactory, UserFactory
from tests.pages import links, texts

pytestmark = pytest.mark.django_db
URL = "/calendars/settings/services/"


def sent(**changed: Any) -> dict[str, Any]:
    form = {"name": "Deep Tissue Massage", "minutes": 60, "slot_minutes": 15, "buffer_before_minutes": 0}
    form |= {"buffer_after_minutes": 10, "notice_minutes": 60, "horizon_days": 60, "visibility": "staff"}
    return form | changed


def test_services_are_listed_with_what_cuts_up_the_day(anna_client: Client, anna: User) -> None:
    ServiceFactory(name="Massage", slug="massage", buffer_after_minutes=10, staff=[anna])
    ServiceFactory(name="Advice", slug="advice", visibility="off", staff=[anna])
    ServiceFactory(name="Of Berta", staff=[UserFactory()])
    page = anna_client.get(URL)
    assert texts(page, "//tbody/tr") == [
        "Massage 60 min 15 min 0 min before, 10 min after Only staff, for clients who call",
        "Advice 60 min 15 min 0 min before, 0 min after Nobody at the moment",
    ]
    assert links(page, "//tbody//a") == [("Massage", f"{URL}massage/"), ("Advice", f"{URL}advice/")]


def test_without_services_the_page_says_what_one_is_and_offers_to_make_it(anna_client: Client) -> None:
    page = anna_client.get(URL)
    assert texts(page, "//div[@class='empty']") == [
        "What can be booked with you? A service says how long a booking takes and when it can start. Without "
        "one, nothing can be booked. New service"
    ]
    assert links(page, "//div[@class='empty']//a") == [("New service", f"{URL}new/")]


def test_a_new_service_is_booked_with_its_maker_and_named_after_itself(anna_client: Client, anna: User) -> None:
    response = anna_client.post(f"{URL}new/", sent(), follow=True)
    service = Service.objects.get()
    assert (service.slug, list(service.staff.all())) == ("deep-tissue-massage", [anna])
    assert texts(response, "//div[@id='messages']") == ["“Deep Tissue Massage” can be booked now."]


@pytest.mark.parametrize(
    ("name", "slug"),
    [("Massage", "massage-2"), ("New", "new-2"), ("按摩", "service"), ("Fußpflege", "fupflege")],
)
def test_addresses_are_unique_and_never_empty_or_taken_by_the_form(anna_client: Client, name: str, slug: str) -> None:
    ServiceFactory(slug="massage")
    anna_client.post(f"{URL}new/", sent(name=name))
    assert Service.objects.get(name=name).slug == slug


def test_a_service_that_takes_no_time_is_refused_at_its_field(anna_client: Client) -> None:
    page = anna_client.post(f"{URL}new/", sent(minutes=0, slot_minutes=0))
    assert texts(page, "//ul[@class='field__error']") == ["Ensure this value is greater than or equal to 1."] * 2
    assert Service.objects.count() == 0


def test_a_new_service_can_be_booked_as_far_ahead_as_kalends_looks(anna_client: Client, settings: Any) -> None:
    settings.BOOKING_HORIZON_DAYS = 90
    assert anna_client.get(f"{URL}new/").context["form"]["horizon_days"].value() == 90


def test_numbers_without_measure_are_refused_at_their_fields(anna_client: Client) -> None:
    page = anna_client.post(f"{URL}new/", sent(minutes="9" * 14, slot_minutes=1441, horizon_days="9" * 5000))
    assert texts(page, "//ul[@class='field__error']") == [
        "Enter at most 10080 minutes (one week).",
        "Enter at most 1440 minutes (one day).",
        "Enter a whole number.",
    ]
    assert Service.objects.count() == 0


def test_a_renamed_service_keeps_its_address(anna_client: Client, anna: User) -> None:
    ServiceFactory(slug="massage", staff=[anna])
    anna_client.post(f"{URL}massage/", sent(name="Relaxation", minutes=45))
    assert list(Service.objects.values_list("slug", "name", "minutes")) == [("massage", "Relaxation", 45)]


def test_a_service_of_somebody_else_is_not_found(anna_client: Client) -> None:
    ServiceFactory(slug="theirs", name="Theirs", staff=[UserFactory()])
    answers = [anna_client.get(f"{URL}theirs/").status_code, anna_client.post(f"{URL}theirs/", sent()).status_code]
    assert (answers, Service.objects.get().name) == ([404, 404], "Theirs")


def test_thirty_services_cost_as_many_queries_as_one(
    anna_client: Client, anna: User, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    ServiceFactory(staff=[anna])
    anna_client.get(URL)
    with django_assert_num_queries(8):
        anna_client.get(URL)
    ServiceFactory.create_batch(29, staff=[anna])
    with django_assert_num_queries(8):
        anna_client.get(URL)


def test_changing_a_service_that_others_offer_says_so_and_asks(anna_client: Client, anna: User) -> None:
    ServiceFactory(name="Massage", slug="massage", staff=[anna, UserFactory(first_name="Berta", last_name="Blum")])
    url = f"{URL}massage/"
    asked = "//div[@class='field field--check'][.//input[@name='for_others']]"
    said = "Change it for Berta Blum too Also offered by Berta Blum. It is one service, so it changes for everybody."
    assert texts(anna_client.get(url), asked) == [said]
    refused = anna_client.post(url, sent(name="Rest"))
    assert texts(refused, f"{asked}//*[contains(@class, 'error')]")[:1] == [
        "Others offer this service too. Say that you mean to change it for them."
    ]
    assert Service.objects.get().name == "Massage"
    anna_client.post(url, sent(name="Rest", for_others="on"))
    assert Service.objects.get().name == "Rest"


def test_the_form_says_that_buffers_add_up(anna_client: Client) -> None:
    hint = "//p[@id='id_buffer_after_minutes_helptext']"
    assert texts(anna_client.get(f"{URL}new/"), hint) == [
        "Buffers add up: the one after a booking and the one before the next booking are both kept free."
    ]
