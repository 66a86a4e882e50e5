"""Proposals: what the phone changed, and one click for each thing that can be done about it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from bookings.models import Proposal
from bookings.proposals import mail_links
from practice.models import User
from tests.factories import (
    NOW,
    START,
    BookingFactory,
    ClientFactory,
    LinkedEventFactory,
    ProposalFactory,
    ServiceFactory,
    UserFactory,
)
from tests.pages import find, headings_and_buttons, texts

pytestmark = [pytest.mark.django_db, pytest.mark.time_machine(NOW, tick=False)]
URL = "/bookings/proposals/"
HOUR = timedelta(hours=1)
CARDS = "//section[starts-with(@aria-labelledby, 'proposal-')]"


def proposal(anna: User, kind: str = "deleted", *, start: Any = START, **given: Any) -> Proposal:
    booking = BookingFactory(
        staff=anna, start=start, client=ClientFactory(name="Clara Winter"), service=ServiceFactory(name="Massage")
    )
    return ProposalFactory(booking=booking, linked_event=LinkedEventFactory(booking=booking), kind=kind, **given)


@pytest.mark.parametrize(
    ("kind", "given", "words"),
    [
        (
            "deleted",
            {},
            "Deleted on the iPhone Clara Winter · Massage Booked Tue 1 Dec 2026, 10:00–11:00 "
            "Cancel and tell the client Put it back",
        ),
        (
            "moved",
            {"new_start": START + HOUR, "new_end": START + 3 * HOUR, "reason": "It lies outside your hours."},
            "Moved on the iPhone Clara Winter · Massage Booked Tue 1 Dec 2026, 10:00–11:00 On your iPhone Tue 1 "
            "Dec 2026, 11:00–13:00 It lies outside your hours. Accept anyway Put it back",
        ),
        (
            "reshaped",
            {},
            "Made all-day, floating or repeating on the iPhone Clara Winter · Massage "
            "Booked Tue 1 Dec 2026, 10:00–11:00 Put it back Cancel and tell the client",
        ),
        (
            "collision",
            {"new_start": START, "new_end": START + HOUR},
            "An event now overlaps the booking Clara Winter · Massage Booked Tue 1 Dec 2026, 10:00–11:00 "
            "Overlaps Tue 1 Dec 2026, 10:00–11:00 Keep the booking Cancel and tell the client Reschedule",
        ),
    ],
)
def test_a_proposal_says_what_happened_and_what_can_be_done(
    anna_client: Client, anna: User, kind: str, given: dict[str, Any], words: str
) -> None:
    proposal(anna, kind, **given)
    assert texts(anna_client.get(URL), CARDS) == [words]


@pytest.mark.parametrize(
    ("email", "hints"), [("", ["Clara Winter has no e-mail address: tell them yourself."]), ("c@d.de", [])]
)
def test_who_cannot_be_mailed_must_be_told_by_the_staff_member(
    anna_client: Client, anna: User, email: str, hints: list[str]
) -> None:
    asked = proposal(anna)
    asked.booking.client.email = email
    asked.booking.client.save()
    assert texts(anna_client.get(URL), f"{CARDS}/p[@class='hint']") == hints


def test_what_is_decided_or_withdrawn_or_of_a_colleague_waits_for_nobody_here(anna_client: Client, anna: User) -> None:
    proposal(anna, decided_at=NOW, choice="put_back")
    proposal(anna, withdrawn_at=NOW, start=START + HOUR)
    proposal(UserFactory())
    page = anna_client.get(URL)
    assert texts(page, CARDS) == []
    assert texts(page, "//ul[@class='history']/li") == [
        "Clara Winter · Massage Deleted on the iPhone · Put it back · Mon 30 Nov, 09:00"
    ]


def test_with_nothing_to_decide_the_page_says_what_would_come_here(anna_client: Client) -> None:
    assert texts(anna_client.get(URL), "//div[@class='empty']") == [
        "Nothing to decide When you move a booking on your iPhone, Kalends follows or asks you here, as you chose in "
        "the Calendar Configuration. When you delete one, it asks you too."
    ]


def test_each_choice_is_one_click(anna_client: Client, anna: User) -> None:
    made = proposal(anna)
    buttons = find(anna_client.get(URL), f"{CARDS}//button")
    assert [(button.get("name"), button.get("value")) for button in buttons] == [
        ("choice", "cancel"),
        ("choice", "put_back"),
    ]
    response = anna_client.post(f"{URL}{made.pk}/", {"choice": "cancel"}, follow=True)
    made.refresh_from_db()
    assert (response.redirect_chain, made.choice, made.decided_by, made.booking.status) == (
        [(URL, 302)],
        "cancel",
        anna,
        "cancelled",
    )
    assert texts(response, "//div[@id='messages']") == ["Done: Clara Winter · Massage."]


def test_accepting_moves_the_booking(anna_client: Client, anna: User) -> None:
    made = proposal(anna, "moved", new_start=START + HOUR, new_end=START + 2 * HOUR)
    anna_client.post(f"{URL}{made.pk}/", {"choice": "accept"})
    made.booking.refresh_from_db()
    assert made.booking.start == START + HOUR


@pytest.mark.parametrize("choice", ["accept", "", "everything"])
def test_what_was_not_offered_is_refused(anna_client: Client, anna: User, choice: str) -> None:
    made = proposal(anna)
    response = anna_client.post(f"{URL}{made.pk}/", {"choice": choice}, follow=True)
    made.refresh_from_db()
    assert (made.decided_at, texts(response, "//div[@id='messages']")) == (None, ["This choice is not available here."])


def test_a_second_click_says_that_it_was_decided(anna_client: Client, anna: User) -> None:
    made = proposal(anna)
    anna_client.post(f"{URL}{made.pk}/", {"choice": "put_back"})
    anna_client.get(URL)
    response = anna_client.post(f"{URL}{made.pk}/", {"choice": "cancel"}, follow=True)
    made.refresh_from_db()
    assert (made.choice, texts(response, "//div[@id='messages']")) == ("put_back", ["This was decided already."])


def test_a_get_decides_nothing_and_a_colleague_neither(anna_client: Client, anna: User) -> None:
    mine, theirs = proposal(anna), proposal(UserFactory())
    answers = [
        anna_client.get(f"{URL}{mine.pk}/", {"choice": "cancel"}).status_code,
        anna_client.post(f"{URL}{theirs.pk}/", {"choice": "cancel"}).status_code,
    ]
    assert (answers, Proposal.objects.open().count()) == ([405, 404], 2)


def test_the_page_stays_current(anna_client: Client, anna: User) -> None:
    address = find(anna_client.get(URL), "//div[@id='live']")[0].get("hx-get")
    live = {"HX-Request": "true", "HX-Target": "live"}
    assert anna_client.get(address, headers=live).status_code == 204
    proposal(anna)
    assert texts(anna_client.get(address, headers=live), "//h2") == ["Deleted on the iPhone"]


def test_thirty_proposals_cost_as_many_queries_as_one(
    anna_client: Client, anna: User, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    proposal(anna)
    proposal(anna, start=START + HOUR, decided_at=NOW, choice="put_back")
    anna_client.get(URL)
    with django_assert_num_queries(12):
        anna_client.get(URL)
    for day in range(1, 30):
        proposal(anna, start=START + timedelta(days=day))
    with django_assert_num_queries(12):
        anna_client.get(URL)


@pytest.mark.parametrize(
    ("kind", "safe"),
    [
        ("deleted", "Put it back"),
        ("moved", "Put it back"),
        ("both_sides", "Put it back"),
        ("reshaped", "Put it back"),
        ("collision", "Keep the booking"),
    ],
)
def test_the_primary_button_leaves_the_booking_as_it_is(anna_client: Client, anna: User, kind: str, safe: str) -> None:
    asked = proposal(anna, kind)
    primary = "//main//button[contains(@class, 'button--primary')]"
    assert set(texts(anna_client.get(URL), primary)) == {safe}
    assert texts(anna_client.get(f"{URL}mail/{mail_links.token_of(asked)}/"), primary) == [safe]


def test_the_page_is_in_german_for_who_reads_german(german_client: Client, anna: User) -> None:
    proposal(anna, "collision", new_start=START, new_end=START + HOUR)
    page = german_client.get(URL)
    headings, buttons = headings_and_buttons(page)
    assert (headings[0], buttons[-1]) == ("Rückfragen", "Verschieben")
    assert texts(page, f"{CARDS}//dt") == ["Gebucht", "Überschneidung"]


def test_the_page_that_a_mail_opens_is_in_the_language_of_its_addressee(client: Client, anna: User) -> None:
    asked = proposal(anna, "moved", new_start=START + HOUR, new_end=START + 2 * HOUR)
    User.objects.filter(pk=anna.pk).update(language="de")
    page = client.get(f"{URL}mail/{mail_links.token_of(asked)}/", headers={"accept-language": "en"})
    assert texts(page, "//section//li/p") == ["Auf Ihrem iPhone: Di., 1. Dez. 2026, 11:00–12:00"]
