"""While forms are under attack: a solved challenge counts once, and what is true of a browser that solves none."""

from __future__ import annotations

import json
from base64 import b64encode
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from altcha import Challenge, Payload, create_challenge, solve_challenge
from django.test import Client

from bookings.models import Booking, LinkRequest, Service
from bookings.public import proof
from practice.models import Practice
from tests.bookings.public.steps import details_address, sent_fields, typed
from tests.pages import find, texts

pytestmark = pytest.mark.django_db
CHECK_AGAIN = "Please check what you typed, and send it again."
CALL = "Your browser could not prove that it is not a robot. Please call us."
GIVE_AN_ADDRESS = "Your browser could not prove that it is not a robot. Please give an e-mail address too, or call us."


@pytest.fixture
def attacked(massage: Service, monkeypatch: pytest.MonkeyPatch) -> Service:
    """The service of a practice whose forms are under attack; the challenges are easy."""
    Practice.objects.update(under_attack=True)
    monkeypatch.setattr(proof, "MAX_TRIES", 4)
    return massage


def challenge_of(page: Any) -> dict[str, Any]:
    [field] = find(page, "//input[@name='altcha']")
    return dict(json.loads(field.get("data-challenge")))


def solved(challenge: dict[str, Any]) -> str:
    """What a browser sends that has solved it."""
    given = Challenge.from_dict(challenge)
    solution = solve_challenge(given)
    assert solution is not None
    return Payload(given, solution).to_base64()


def alerts(page: Any) -> list[str]:
    return texts(page, "//div[contains(@class, 'notice')]/p")


def test_forms_ask_for_nothing_while_nobody_attacks_them(client: Client, massage: Service) -> None:
    pages = [client.get(details_address(client)), client.get("/booking/find/")]
    assert [(find(page, "//input[@name='altcha']"), b"proof.js" in page.content) for page in pages] == [([], False)] * 2


def test_whoever_solves_the_challenge_books_as_always(client: Client, attacked: Service) -> None:
    address = details_address(client)
    page = client.get(address)
    client.post(address, typed(altcha=solved(challenge_of(page))))
    booking = Booking.objects.get()
    assert (booking.status, booking.address_due_at) == ("confirmed", None)
    assert b"proof.js" in page.content


def test_a_phone_number_is_enough_with_a_solution(client: Client, attacked: Service) -> None:
    address = details_address(client)
    solution = solved(challenge_of(client.get(address)))
    client.post(address, typed(altcha=solution, email="", phone="030 555666"))
    assert Booking.objects.get().status == "confirmed"


def test_without_a_solution_the_booking_waits_until_its_address_is_confirmed(client: Client, attacked: Service) -> None:
    address = details_address(client)
    page = client.get(address)
    assert texts(page, "//*[@data-unproven]") == [
        "Your browser cannot prove that it is not a robot. Please give an e-mail address: we send you a link with "
        "which you confirm the appointment."
    ]
    page = client.post(address, sent_fields(page) | typed(), follow=True)
    booking = Booking.objects.get()
    assert (booking.status, booking.cause) == ("pending", Booking.Cause.UNCONFIRMED_ADDRESS)
    assert "One step is missing" in page.content.decode()


def test_without_a_solution_and_an_address_nothing_is_booked_and_nothing_is_lost(
    client: Client, attacked: Service
) -> None:
    page = client.post(details_address(client), typed(email="", phone="030 555666"), follow=True)
    assert (alerts(page), Booking.objects.count()) == ([GIVE_AN_ADDRESS], 0)
    assert sent_fields(page)["phone"] == "030 555666"


def test_a_solution_is_used_up_when_it_is_sent(client: Client, attacked: Service) -> None:
    address = details_address(client)
    solution = solved(challenge_of(client.get(address)))
    Service.objects.update(notice_minutes=60 * 24 * 30)  # the time cannot be booked just now
    client.post(address, typed(altcha=solution))
    Service.objects.update(notice_minutes=60)
    page = client.post(address, typed(altcha=solution), follow=True)
    assert (alerts(page), Booking.objects.count()) == ([CHECK_AGAIN], 0)
    client.post(address, typed(altcha=solved(challenge_of(page))))
    assert Booking.objects.count() == 1


def test_what_has_to_be_put_right_uses_no_solution_up(client: Client, attacked: Service) -> None:
    address = details_address(client)
    solution = solved(challenge_of(client.get(address)))
    client.post(address, typed(altcha=solution, name=""))
    client.post(address, typed(altcha=solution))
    assert Booking.objects.count() == 1


def test_a_form_that_is_sent_twice_leads_to_the_same_booking(client: Client, attacked: Service) -> None:
    address = details_address(client)
    fields = typed(altcha=solved(challenge_of(client.get(address))))
    assert client.post(address, fields)["Location"] == client.post(address, fields)["Location"]
    assert Booking.objects.count() == 1


def test_a_solution_counts_for_its_own_form_alone(client: Client, attacked: Service) -> None:
    of_find = solved(challenge_of(client.get("/booking/find/")))
    page = client.post(details_address(client), typed(altcha=of_find), follow=True)
    assert (alerts(page), Booking.objects.count()) == ([CHECK_AGAIN], 0)


def test_a_solution_that_is_too_old_is_asked_for_again(
    client: Client, attacked: Service, clock: time_machine.Traveller
) -> None:
    address = details_address(client)
    solution = solved(challenge_of(client.get(address)))
    clock.shift(proof.VALID + timedelta(seconds=2))
    page = client.post(address, typed(altcha=solution), follow=True)
    assert (alerts(page), Booking.objects.count()) == ([CHECK_AGAIN], 0)
    client.post(address, typed(altcha=solved(challenge_of(page))))
    assert Booking.objects.get().status == "confirmed"


def test_a_solution_is_remembered_longer_than_it_is_valid(
    client: Client, attacked: Service, clock: time_machine.Traveller
) -> None:
    solution = solved(challenge_of(client.get("/booking/find/")))
    client.post("/booking/find/", {"email": "clara@example.org", "altcha": solution})
    clock.shift(proof.VALID - timedelta(seconds=2))
    page = client.post("/booking/find/", {"email": "clara@example.org", "altcha": solution})
    assert (alerts(page), LinkRequest.objects.count()) == ([CHECK_AGAIN], 1)


def forged() -> str:
    """The solution of a challenge that somebody else has signed."""
    made = create_challenge(
        proof.ALGORITHM, 1, counter=0, data={"form": "find"}, hmac_secret="other", hmac_key_secret="other"
    )
    return solved(made.to_dict())


def encoded(value: object) -> str:
    return b64encode(json.dumps(value).encode()).decode()


@pytest.mark.parametrize(
    "solution",
    [
        "x",
        "é",
        "A" * 5000,
        encoded(None),
        encoded([]),
        encoded({"challenge": {"parameters": None}}),
        encoded({"challenge": {"parameters": {"data": {"form": "find"}}}}),
        b64encode(b"[" * 1400).decode(),
        forged(),
    ],
    ids=["letter", "not ASCII", "long", "null", "list", "no parameters", "no solution", "deep", "forged"],
)
def test_what_is_no_solution_of_ours_mails_nobody(client: Client, attacked: Service, solution: str) -> None:
    page = client.post("/booking/find/", {"email": "clara@example.org", "altcha": solution})
    assert (page.status_code, alerts(page), LinkRequest.objects.count()) == (200, [CHECK_AGAIN], 0)


def test_a_wrong_answer_to_a_challenge_of_ours_is_no_solution(client: Client, attacked: Service) -> None:
    wrong = {"challenge": challenge_of(client.get("/booking/find/")), "solution": {"counter": 0, "derivedKey": "00"}}
    page = client.post("/booking/find/", {"email": "clara@example.org", "altcha": encoded(wrong)})
    assert (alerts(page), LinkRequest.objects.count()) == ([CHECK_AGAIN], 0)


def test_links_are_mailed_to_whoever_solves_the_challenge(client: Client, attacked: Service) -> None:
    solution = solved(challenge_of(client.get("/booking/find/")))
    client.post("/booking/find/", {"email": "clara@example.org", "altcha": solution})
    assert LinkRequest.objects.count() == 1


def test_without_a_solution_links_are_told_by_phone_alone(client: Client, attacked: Service) -> None:
    page = client.post("/booking/find/", {"email": "clara@example.org"})
    assert (alerts(page), LinkRequest.objects.count()) == ([CALL], 0)
    assert find(page, "//input[@name='email']")[0].get("value") == "clara@example.org"


def test_a_service_that_needs_approval_waits_for_both(client: Client, attacked: Service) -> None:
    Service.objects.update(approval_hours=24)
    client.post(details_address(client), typed())
    booking = Booking.objects.get()
    assert (booking.status, booking.address_due_at is None, booking.approval_due_at is None) == (
        "pending",
        False,
        False,
    )
