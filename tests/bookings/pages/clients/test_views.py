"""Clients: those who booked with the person signed in, and nobody else."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from bookings.models import Booking
from bookings.models import Client as Person
from practice.models import Practice, User
from tests.factories import NOW, START, BookingFactory, ClientFactory, ServiceFactory, UserFactory
from tests.pages import find, headings_and_buttons, links, texts

pytestmark = [pytest.mark.django_db, pytest.mark.time_machine(NOW, tick=False)]
URL = "/clients/"


@pytest.fixture
def clara(anna: User) -> Person:
    clara = ClientFactory(name="Clara Winter", email="clara@example.org", phone="+493012345")
    BookingFactory(staff=anna, client=clara, service=ServiceFactory(name="Massage"))
    return clara


def rows(client: Client, query: str = "") -> list[str]:
    return texts(client.get(URL, {"q": query}), "//tbody/tr")


def test_a_client_is_listed_with_bookings_with_this_staff_member(
    anna_client: Client, anna: User, clara: Person
) -> None:
    BookingFactory(staff=anna, client=clara, start=START + timedelta(days=1))
    BookingFactory(client=clara, start=START + timedelta(days=9))  # with a colleague
    assert rows(anna_client) == ["Clara Winter clara@example.org +49 30 12345 2 Wed 2 Dec 2026"]


def test_clients_of_colleagues_are_not_listed_and_not_found(anna_client: Client) -> None:
    theirs = BookingFactory().client
    assert (rows(anna_client), anna_client.get(f"{URL}{theirs.pk}/").status_code) == ([], 404)


@pytest.mark.parametrize(("query", "found"), [("winter", 1), ("CLARA@", 1), ("+49 30", 1), ("berta", 0)])
def test_clients_are_searched_by_name_mail_and_phone(
    anna_client: Client, clara: Person, query: str, found: int
) -> None:
    assert len(rows(anna_client, query)) == found


def test_empty_pages_say_why(anna_client: Client) -> None:
    empty = "//div[@class='empty']"
    assert texts(anna_client.get(URL), empty) == [
        "No clients yet People who book with you are listed here. Guests of your calendar events are not. New booking"
    ]
    assert texts(anna_client.get(URL, {"q": "x"}), empty) == [
        "No client found Nobody who booked with you matches the search."
    ]


def test_the_page_of_a_client_shows_the_bookings_with_this_staff_member(
    anna_client: Client, anna: User, clara: Person
) -> None:
    BookingFactory(client=clara, start=START + timedelta(days=9))  # with a colleague
    page = anna_client.get(f"{URL}{clara.pk}/")
    assert texts(page, "//section//li") == ["Tue 1 Dec 2026, 10:00–11:00 Massage Confirmed"]
    assert links(page, "//div[@class='page-head']//a") == [
        ("Print slip", f"/clients/{clara.pk}/slip/"),
        ("New booking", f"/bookings/new/?client={clara.pk}"),
    ]


def test_details_are_edited(anna_client: Client, clara: Person) -> None:
    address = f"{URL}{clara.pk}/"
    sent = {"name": "Clara Sommer", "email": "c@example.org", "phone": "", "time_zone": "Asia/Tokyo"}
    response = anna_client.post(address, sent)
    clara.refresh_from_db()
    assert (response["Location"], clara.name, clara.email, clara.phone, clara.time_zone) == (
        address,
        "Clara Sommer",
        "c@example.org",
        "",
        "Asia/Tokyo",
    )


def test_a_wrong_address_is_refused_at_its_field(anna_client: Client, clara: Person) -> None:
    page = anna_client.post(f"{URL}{clara.pk}/", {"name": "", "email": "clara"})
    assert texts(page, "//ul[@class='field__error']") == ["This field is required.", "Enter a valid email address."]
    assert texts(page, "//h1") == ["Clara Winter"]


def test_a_client_of_a_colleague_cannot_be_edited(anna_client: Client) -> None:
    theirs = BookingFactory(client=ClientFactory(name="Theirs")).client
    assert anna_client.post(f"{URL}{theirs.pk}/", {"name": "Mine"}).status_code == 404
    assert Person.objects.get().name == "Theirs"


def test_thirty_clients_cost_as_many_queries_as_one(
    anna_client: Client, anna: User, clara: Person, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    anna_client.get(URL)
    with django_assert_num_queries(12):
        anna_client.get(URL)
    for day in range(1, 30):
        BookingFactory(staff=anna, start=START + timedelta(days=day))
    with django_assert_num_queries(12):
        anna_client.get(URL)


@pytest.mark.parametrize("query", ["öztürk", "ÖZTÜRK", "o\u0308ztu\u0308rk", "Öz", "türk\0"])
@pytest.mark.parametrize("name", ["Öztürk", "O\u0308ztu\u0308rk"])
def test_clients_are_found_whatever_the_capitals_and_the_form_of_the_letters(
    anna: User, anna_client: Client, name: str, query: str
) -> None:
    BookingFactory(staff=anna, client=ClientFactory(name=name))
    BookingFactory(staff=anna, client=ClientFactory(name="Ozturk"), start=START + timedelta(days=1))
    assert (len(rows(anna_client, query)), len(rows(anna_client, "Ozturk"))) == (1, 1)


@pytest.mark.parametrize("url", [URL, "/bookings/", "/calendars/settings/events/"])
def test_a_search_for_a_character_that_no_database_stores_is_answered(anna_client: Client, url: str) -> None:
    assert anna_client.get(url, {"q": "\0"}).status_code == 200


# --- changes and duplicates ------------------------------------------------------------------------


def edited(client: Client, clara: Person, **values: str) -> None:
    sent = {"name": clara.name, "email": clara.email, "phone": clara.phone, "time_zone": ""}
    assert client.post(f"{URL}{clara.pk}/", sent | values).status_code == 302


def news(client: Client, address: str) -> list[str]:
    return texts(client.get(address), "//div[@id='client-news']//p")


def test_the_other_staff_see_a_change_until_they_have_seen_it(anna_client: Client, anna: User, clara: Person) -> None:
    ben = UserFactory(username="ben", first_name="Ben", last_name="Berg")
    booking = BookingFactory(staff=ben, client=clara)
    mine = BookingFactory(staff=anna, client=clara, start=START + timedelta(days=1))
    bens = Client()
    bens.force_login(ben)
    edited(bens, clara, email="new@example.org")
    said = "Ben Berg changed the e-mail on Mon 30 Nov, 09:00. Before: clara@example.org. Now: new@example.org."
    pages = [f"{URL}{clara.pk}/", mine.get_absolute_url()]
    assert [news(anna_client, page) for page in pages] == [[said], [said]]
    assert [news(bens, page) for page in (pages[0], booking.get_absolute_url())] == [[], []]
    latest = clara.changes.get().pk
    response = anna_client.post(f"{URL}{clara.pk}/seen/", {"latest": latest, "booking": mine.pk})
    assert (response["Location"], [news(anna_client, page) for page in pages]) == (pages[1], [[], []])
    assert texts(anna_client.get(pages[0]), "//section[@aria-labelledby='changes']//li/p") == [
        said,
        "The former address is told by e-mail.",
    ]


def test_a_phone_is_shown_as_the_country_writes_it_and_refused_at_its_field(anna_client: Client, clara: Person) -> None:
    Practice.objects.create(country="DE")
    edited(anna_client, clara, phone="030 1234567")
    address = f"{URL}{clara.pk}/"
    assert find(anna_client.get(address), "//input[@name='phone']/@value") == ["030 1234567"]
    page = anna_client.post(address, {"name": "Clara", "phone": "soon"})
    assert texts(page, "//ul[@class='field__error']") == ["Write the number as 030 1234567 or +49 30 1234567."]
    assert find(page, "//input[@name='phone']/@value") == ["soon"]
    clara.refresh_from_db()
    assert (clara.phone, rows(anna_client, "030 123")[0].split(" 030 ")[1][:7]) == ("+49301234567", "1234567")


def test_superusers_merge_duplicates(client: Client, anna: User, clara: Person) -> None:
    double = BookingFactory(client=ClientFactory(name="CLARA  winter", email="old@example.org", phone="")).client
    client.force_login(UserFactory(is_superuser=True, is_staff=True))
    address = f"{URL}{clara.pk}/"
    assert texts(client.get(address), "//section[@aria-labelledby='duplicates']//label") == [
        "CLARA winter, old@example.org (1 booking)"
    ]
    page = client.post(f"{address}merge/", {"duplicates": [double.pk]}, follow=True)
    assert texts(page, "//section[@aria-labelledby='duplicates']") == []
    assert (list(Person.objects.all()), Booking.objects.filter(seats__client=clara).count()) == ([clara], 2)


def test_nobody_else_merges(anna_client: Client, clara: Person) -> None:
    double = ClientFactory(name="Clara Winter")
    address = f"{URL}{clara.pk}/"
    assert texts(anna_client.get(address), "//section[@aria-labelledby='duplicates']") == []
    assert anna_client.post(f"{address}merge/", {"duplicates": [double.pk]}).status_code == 403
    assert Person.objects.count() == 2


def test_who_is_no_possible_duplicate_is_not_merged_by_the_form(client: Client, clara: Person) -> None:
    other = ClientFactory(name="Ida")
    client.force_login(UserFactory(is_superuser=True))
    for chosen in ([], [other.pk], [clara.pk], ["x"]):
        client.post(f"{URL}{clara.pk}/merge/", {"duplicates": chosen})
    assert Person.objects.count() == 2


def test_the_list_is_in_german_for_who_reads_german(german_client: Client, clara: Person) -> None:
    page = german_client.get(URL)
    assert headings_and_buttons(page) == (["Kunden"], ["Suchen"])
    assert texts(page, "//thead//th") == ["Name", "E-Mail", "Telefon", "Buchungen", "Zuletzt"]


def test_a_client_is_in_german_for_who_reads_german(german_client: Client, clara: Person) -> None:
    headings, buttons = headings_and_buttons(german_client.get(f"{URL}{clara.pk}/"))
    assert headings == ["Clara Winter", "Buchungen", "Angaben"]
    assert buttons == ["Terminzettel drucken", "Neue Buchung", "Speichern"]
