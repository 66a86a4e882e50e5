"""Notes and answers: encrypted in the database, found by no search and no filter, and in no dump."""

from __future__ import annotations

from io import StringIO
from typing import Any

import pytest
from django.core.exceptions import FieldError
from django.core.management import call_command
from django.db import connection as database
from django.test import Client

from bookings.models import Booking, BookingChange, Seat
from bookings.models import Client as Person
from practice.models import User
from practice.models.encrypted import encrypted_rows, reencrypt
from tests.connections.keys import Use
from tests.connections.keys import keys as keys  # a fixture
from tests.factories import NOW, BookingChangeFactory, BookingFactory, UserFactory
from tests.pages import texts

pytestmark = [pytest.mark.django_db, pytest.mark.time_machine(NOW, tick=False)]
SECRET = "Herniated disc"


@pytest.fixture
def booking() -> Booking:
    """A booking of which everything that can be written about a person is written."""
    booking = BookingFactory.create(note=SECRET)
    booking.seats.update(note=SECRET, answers={"Complaint": SECRET, "Since": 3})
    Person.objects.update(note=SECRET)
    BookingChangeFactory.create(booking=booking, reason=SECRET)
    return booking


def stored(model: Any, column: str) -> bytes:
    with database.cursor() as cursor:
        cursor.execute(f"SELECT {column} FROM {model._meta.db_table}")
        return bytes(cursor.fetchone()[0])


COLUMNS = [(Booking, "note"), (Seat, "note"), (Seat, "answers"), (Person, "note"), (BookingChange, "reason")]


@pytest.mark.parametrize(("model", "column"), COLUMNS)
def test_the_database_has_no_word_of_it_and_the_row_has_all(booking: Booking, model: Any, column: str) -> None:
    value = getattr(model.objects.get(), column)
    assert (SECRET.encode() in stored(model, column), SECRET in str(value)) == (False, True)


def test_answers_come_back_as_they_were(booking: Booking) -> None:
    assert Seat.objects.get().answers == {"Complaint": SECRET, "Since": 3}


@pytest.mark.parametrize(("model", "column"), COLUMNS)
def test_an_empty_one_is_stored_as_no_bytes(booking: Booking, model: Any, column: str) -> None:
    model.objects.update(**{column: {} if column == "answers" else ""})
    assert (stored(model, column), not getattr(model.objects.get(), column)) == (b"", True)


@pytest.mark.parametrize(("model", "column"), COLUMNS)
@pytest.mark.parametrize("lookup", ["", "__icontains", "__startswith"])
def test_nobody_can_filter_by_it(model: Any, column: str, lookup: str) -> None:
    with pytest.raises(FieldError):
        list(model.objects.filter(**{f"{column}{lookup}": SECRET}))


@pytest.mark.parametrize("form", ["json", "xml"])
def test_dumped_data_has_none_of_it(booking: Booking, form: str) -> None:
    printed = StringIO()
    call_command("dumpdata", "bookings", format=form, stdout=printed)
    assert (SECRET in printed.getvalue(), "Complaint" in printed.getvalue(), "note" in printed.getvalue()) == (
        False,
        False,
        True,
    )


def test_searches_do_not_find_it(client: Client, booking: Booking) -> None:
    client.force_login(booking.staff)
    for url in ("/bookings/", "/clients/"):
        assert texts(client.get(url, {"q": SECRET.split()[0]}), "//tbody/tr") == []


def test_support_does_not_see_it(support: Client, booking: Booking) -> None:
    seen = [
        support.get(f"/admin/bookings/{name}/{row.pk}/change/").content.decode()
        for name, row in (("booking", booking), ("client", booking.client), ("bookingchange", booking.changes.get()))
    ]
    assert [SECRET in page for page in seen] == [False, False, False]


def test_the_page_of_the_booking_shows_what_the_client_wrote(client: Client, booking: Booking) -> None:
    client.force_login(booking.staff)
    page = client.get(f"/bookings/{booking.pk}/")
    assert texts(page, "//*[@id='client-note']") == [SECRET]
    assert texts(page, "//dd[@class='answer']") == [SECRET, "3"]


def test_without_its_key_it_is_empty_and_kept_as_it_is(booking: Booking, keys: Use) -> None:
    keys("another")
    before = [stored(Seat, "note"), stored(Seat, "answers")]
    seat = Seat.objects.get()
    seat.save()
    assert (seat.note, seat.answers) == ("", {})
    assert [stored(Seat, "note"), stored(Seat, "answers")] == before


def test_a_rotation_of_keys_reaches_it(booking: Booking, keys: Use) -> None:
    keys("new", "development-only: never deploy with this")
    assert [reencrypt(model, key) for model, key in encrypted_rows()] == [True] * 4
    keys("new")
    assert (Booking.objects.get().note, Seat.objects.get().answers["Complaint"]) == (SECRET, SECRET)
    keys("lost")
    assert [reencrypt(model, key) for model, key in encrypted_rows()] == [False] * 4


def test_who_has_no_encrypted_fields_has_nothing_to_encrypt(anybody: User) -> None:
    assert list(encrypted_rows()) == []


@pytest.fixture
def anybody() -> User:
    return UserFactory.create()
