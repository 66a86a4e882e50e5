"""Proposals: what the phone changed, and one click for each thing that can be done about it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from bookings.models import LinkedEvent, Proposal
from bookings.proposals import mail_links
from practice.models import Practice, User
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
            "Deleted on the iPhone Clara Winter · Massage In Kalends Tue 1 Dec 2026, 10:00–11:00 "
            "On your iPhone Deleted Put it back Cancel and tell the client",
        ),
        (
            "moved",
            {"new_start": START + HOUR, "new_end": START + 3 * HOUR, "reason": "It lies outside your hours."},
            "Moved on the iPhone Clara Winter · Massage In Kalends Tue 1 Dec 2026, 10:00–11:00 On your iPhone Tue 1 "
            "Dec 2026, 11:00–13:00 09:00 14:00 It lies outside your hours. Put it back Accept anyway",
        ),
        (
            "reshaped",
            {},
            "Made all-day, without a zone, or repeating on the iPhone Clara Winter · Massage "
            "In Kalends Tue 1 Dec 2026, 10:00–11:00 On your iPhone All day, without a zone, or repeating "
            "Put it back Cancel and tell the client",
        ),
        (
            "collision",
            {"new_start": START, "new_end": START + HOUR},
            "An event now overlaps the booking Clara Winter · Massage In Kalends Tue 1 Dec 2026, 10:00–11:00 "
            "Overlaps Tue 1 Dec 2026, 10:00–11:00 09:00 12:00 Keep the booking Cancel and tell the client Reschedule",
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
        ("choice", "put_back"),
        ("choice", "cancel"),
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
    assert texts(anna_client.get(address, headers=live), "//h3") == ["Deleted on the iPhone"]


def test_thirty_proposals_cost_as_many_queries_as_one(
    anna_client: Client, anna: User, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    proposal(anna)
    proposal(anna, start=START + HOUR, decided_at=NOW, choice="put_back")
    anna_client.get(URL)
    with django_assert_num_queries(14):
        anna_client.get(URL)
    for day in range(1, 30):
        proposal(anna, start=START + timedelta(days=day))
    with django_assert_num_queries(14):
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
    assert texts(page, f"{CARDS}//dt") == ["In Kalends", "Überschneidung"]


def test_the_page_that_a_mail_opens_is_in_the_language_of_its_addressee(client: Client, anna: User) -> None:
    asked = proposal(anna, "moved", new_start=START + HOUR, new_end=START + 2 * HOUR)
    User.objects.filter(pk=anna.pk).update(language="de")
    page = client.get(f"{URL}mail/{mail_links.token_of(asked)}/", headers={"accept-language": "en"})
    assert texts(page, "//dl[@class='sides']/*[self::dt or self::dd]") == [
        "In Kalends",
        "Di., 1. Dez. 2026, 10:00–11:00",
        "Auf Ihrem iPhone",
        "Di., 1. Dez. 2026, 11:00–12:00",
        "09:00 13:00",
    ]


def test_proposals_stand_below_the_day_of_their_booking_earliest_first(anna_client: Client, anna: User) -> None:
    for hours in (50, 2, 26, 0):
        proposal(anna, start=START + hours * HOUR)
    page = anna_client.get(URL)
    assert texts(page, "//h2") == ["Tue 1 Dec 2026", "Wed 2 Dec 2026", "Thu 3 Dec 2026"]
    booked = [words.split(", ")[1] for words in texts(page, f"{CARDS}//dl/dd[1]")]
    assert booked == ["10:00–11:00", "12:00–13:00", "12:00–13:00", "12:00–13:00"]


@pytest.mark.parametrize(
    ("kind", "choice", "given", "words"),
    [
        ("deleted", "put_back", {}, "Done. The booking stands and will be on your iPhone again in a moment."),
        ("deleted", "cancel", {}, "Done. The booking is cancelled."),
        ("collision", "keep", {}, "Done. The booking stands."),
        (
            "moved",
            "accept",
            {"new_start": START + HOUR, "new_end": START + 2 * HOUR},
            "Done. The booking begins on Tue 1 Dec 2026, 11:00 now.",
        ),
    ],
)
def test_the_page_that_a_mail_opens_says_in_the_name_of_the_practice_what_was_done(
    client: Client, anna: User, kind: str, choice: str, given: dict[str, Any], words: str
) -> None:
    Practice.objects.create(name="Praxis Winter")
    asked = proposal(anna, kind, **given)
    page = client.post(f"{URL}mail/{mail_links.token_of(asked)}/", {"choice": choice}, follow=True)
    assert texts(page, "//main//p[@role='status']") == [words]
    assert texts(page, "//p[@class='letterhead']") == ["Praxis Winter"]
    assert "· Praxis Winter ·" in texts(page, "//title")[0]


def test_once_it_is_on_the_iphone_again_the_page_says_so(client: Client, anna: User) -> None:
    asked = proposal(anna, choice="put_back", decided_at=NOW, decided_by=anna)
    LinkedEvent.objects.update(state="pushed")
    address = f"{URL}mail/{mail_links.token_of(asked)}/"
    said = "//main//p[@role='status']"
    assert texts(client.get(address), said) == ["Done. The booking stands and is on your iPhone again."]
    desk = UserFactory.create(role="front_desk", configuration=None)
    address = f"{URL}mail/{mail_links.token_of(asked, to=desk)}/"
    assert texts(client.get(address), said) == ["Done. The booking stands and is on the iPhone of Anna again."]


def test_the_buttons_of_a_mail_about_several_deleted_bookings_speak_of_all_of_them(client: Client, anna: User) -> None:
    first, second = proposal(anna), proposal(anna, start=START + 2 * HOUR)
    page = client.get(f"{URL}mail/{mail_links.token_of(first, second)}/")
    assert texts(page, "//main//button") == ["Put them back", "Cancel and tell the clients"]
