"""The same person is one client."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import transaction

from bookings.clients import client_of, possible_duplicates, tidy_contact
from bookings.models import Client, ClientChange
from connections.models import Event
from practice.models import Practice, User
from tests.bookings.practice import HOUR
from tests.bookings.practice import Practice as Anna
from tests.factories import NOW, START, ClientFactory

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _germany() -> None:
    Practice.objects.create(country="DE")


def booked(name: str, email: str = "", phone: str = "", actor: User | None = None) -> Client:
    with transaction.atomic():
        return client_of(*tidy_contact(name, email, phone), now=NOW, actor=actor)


def changes(client: Client) -> list[tuple[Any, ...]]:
    return [(row.kind, row.before, row.after, row.actor) for row in client.changes.order_by("pk")]


@pytest.mark.parametrize(
    "details",
    [
        ("O\u0308ZTÜRK,  Max", "MAX@Example.org", "030 1234567"),
        ("öztürk,\u200b max", "max@example.org", ""),
        ("Öztürk, Max", "", "+49 (0)30/1234567"),
        ("Öztürk, Max\ufeff", "", "0049301234567"),
    ],
)
def test_one_person_is_one_client_however_they_are_written(details: tuple[str, str, str]) -> None:
    max_ = booked("Öztürk, Max", "max@example.org", "030 1234567")
    assert booked(*details) == max_
    assert (Client.objects.count(), max_.phone, changes(max_)) == (1, "+49301234567", [])


def test_another_name_or_nothing_in_common_is_another_client() -> None:
    clara = booked("Clara", "clara@example.org", "030 1234567")
    others = [booked("Ida", "clara@example.org", "030 1234567"), booked("Clara", "other@example.org"), booked("Clara")]
    assert len({clara, *others}) == 4
    assert booked("CLARA") == others[2]


def test_what_was_missing_is_added_and_recorded(anna: User) -> None:
    clara = booked("Clara", "clara@example.org")
    assert booked("Clara", "clara@example.org", "030 1234567", actor=anna).phone == "+49301234567"
    assert changes(clara) == [("changed", {"phone": ""}, {"phone": "+49301234567"}, anna)]


def test_another_address_is_noted_and_never_taken_over(anna: User) -> None:
    clara = booked("Clara", "clara@example.org", "030 1234567")
    assert booked("Clara", "thief@example.org", "030 1234567", actor=anna).email == "clara@example.org"
    assert changes(clara) == [("not_taken", {"email": "clara@example.org"}, {"email": "thief@example.org"}, anna)]
    assert ClientChange.objects.filter(mail_due_at__isnull=False).count() == 0


def test_the_client_with_address_and_number_comes_before_the_one_with_either() -> None:
    by_phone = booked("Clara", "a@example.org", "030 1234567")
    by_email = booked("Clara", "b@example.org", "030 7654321")
    assert booked("Clara", "b@example.org", "030 1234567") == by_email
    both = ClientFactory(name="Clara", email="b@example.org", phone="+49301234567")
    assert booked("Clara", "b@example.org", "030 1234567") == both
    assert list(possible_duplicates(by_phone)) == [by_email, both]


def test_guests_of_events_in_calendars_do_not_become_clients(practice: Anna) -> None:
    for answer in ("ACCEPTED", "NEEDS-ACTION"):
        practice.phone.receive_invitation(practice.account.calendar("Work"), "Meeting", START + HOUR, answer=answer)
    practice.poll_later()
    assert (Event.objects.count(), Client.objects.count()) == (2, 0)
