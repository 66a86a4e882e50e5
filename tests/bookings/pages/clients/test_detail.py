"""The page of a client: notes, language, what was mailed when, and what colleagues see of it."""

from __future__ import annotations

from datetime import timedelta
from urllib.parse import parse_qs

import pytest
from django.conf import settings
from django.test import Client

from bookings import actions
from bookings.models import Client as Person
from bookings.models import Service
from practice.models import User
from tests.factories import NOW, START, BookingFactory, ClientFactory, MailFactory, ServiceFactory, UserFactory
from tests.pages import find, texts

pytestmark = [pytest.mark.django_db, pytest.mark.time_machine(NOW, tick=False)]
LINK = "//div[@id='client-link']//button/@data-copy"


@pytest.fixture
def clara(anna: User) -> Person:
    clara = ClientFactory.create(name="Clara Winter", email="clara@example.org", phone="")
    booking = BookingFactory.create(staff=anna, client=clara, service=ServiceFactory.create(name="Massage"))
    MailFactory.create(seat=booking.seat, state="sent", sent_at=NOW)
    MailFactory.create(seat=booking.seat, kind="reminder", due_at=NOW + timedelta(hours=2))
    MailFactory.create(seat=booking.seat, kind="change", state="dropped")
    MailFactory.create(seat=booking.seat, kind="staff_booked", recipient="anna@example.com")
    return clara


@pytest.fixture
def owner(client: Client) -> Client:
    client.force_login(UserFactory.create(username="ida", role=User.Role.OWNER))
    return client


def massage(anna: User) -> None:
    """Something that clients can book."""
    Service.objects.update(visibility="public", slug="massage")
    Service.objects.get().staff.add(anna)


def mails(client: Client, person: Person) -> list[str]:
    return texts(client.get(f"/clients/{person.pk}/"), "//section[@aria-labelledby='mails']//li")


def test_language_and_note_are_kept(anna_client: Client, clara: Person) -> None:
    sent = {"name": clara.name, "email": clara.email, "language": "de", "note": "Prefers mornings.\nTea."}
    assert anna_client.post(f"/clients/{clara.pk}/", sent).status_code == 302
    clara.refresh_from_db()
    assert (clara.language, clara.note) == ("de", "Prefers mornings.\nTea.")
    [note] = find(anna_client.get(f"/clients/{clara.pk}/"), "//textarea[@name='note']")
    assert note.text.strip() == "Prefers mornings.\nTea."


def test_it_says_what_was_mailed_when(anna_client: Client, clara: Person) -> None:
    assert mails(anna_client, clara) == [
        "Reminder · Tue 1 Dec 2026 Mon 30 Nov, 11:00 · clara@example.org · the client is told at 11:00",
        "Confirmation · Tue 1 Dec 2026 Mon 30 Nov, 09:00 · clara@example.org · the client was told at 09:00",
    ]


def test_what_was_mailed_about_a_colleagues_booking_is_the_owners_to_see(
    anna_client: Client, anna: User, clara: Person
) -> None:
    theirs = BookingFactory.create(client=clara, start=START + timedelta(days=1), staff__first_name="Ben")
    MailFactory.create(seat=theirs.seat, state="sent", sent_at=NOW)
    assert len(mails(anna_client, clara)) == 2
    User.objects.filter(pk=anna.pk).update(role=User.Role.OWNER)
    page = anna_client.get(f"/clients/{clara.pk}/")
    assert len(mails(anna_client, clara)) == 3
    assert texts(page, "//section[@aria-labelledby='bookings']//li/a") == ["Tue 1 Dec 2026, 10:00–11:00"]
    assert len(texts(page, "//section[@aria-labelledby='bookings']//li")) == 2


def test_the_owner_opens_any_client(owner: Client, clara: Person) -> None:
    page = owner.get(f"/clients/{clara.pk}/")
    assert (page.status_code, texts(page, "//h1")) == (200, ["Clara Winter"])


def test_merging_keeps_the_notes_of_both(anna: User, clara: Person) -> None:
    clara.note = "Tea."
    clara.save()
    double = ClientFactory.create(name="Clara Winter", note="Prefers mornings.")
    actions.merge_clients(clara, [double], now=NOW, actor=anna)
    assert Person.objects.get().note == "Tea.\nPrefers mornings."


def test_the_link_is_for_the_service_and_names_nobody(anna_client: Client, anna: User, clara: Person) -> None:
    Person.objects.filter(pk=clara.pk).update(language="de")
    massage(anna)
    [address] = find(anna_client.get(f"/clients/{clara.pk}/", {"link": "massage"}), LINK)
    path, _sign, query = address.partition("?")
    assert (path, sorted(parse_qs(query))) == (f"{settings.BASE_URL}/book/massage/", ["lang", "prefill"])
    assert ("Clara" in address, "example.org" in address) == (False, False)


def test_the_link_is_for_any_service_until_one_is_chosen(anna_client: Client, anna: User, clara: Person) -> None:
    massage(anna)
    for query in ({}, {"link": "gone"}):
        [address] = find(anna_client.get(f"/clients/{clara.pk}/", query), LINK)
        assert address.partition("?")[0] == f"{settings.BASE_URL}/book/"


def test_there_is_no_link_where_clients_can_book_nothing(anna_client: Client, clara: Person) -> None:
    assert find(anna_client.get(f"/clients/{clara.pk}/"), LINK) == []
