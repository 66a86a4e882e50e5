"""Staff decide upon what a page has shown them: what came after is asked anew, not decided along with it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client

from bookings import actions
from bookings.models import Booking, Proposal
from bookings.proposals import mail_links
from connections.models import CalendarConfiguration
from practice.models import User
from tests.bookings.practice import HOUR, Practice, berlin, utc
from tests.factories import NOW, START, BookingFactory, ProposalFactory, UserFactory, office_hours
from tests.pages import fields, texts

pytestmark = pytest.mark.time_machine(NOW, tick=False)
PAGE = "/bookings/proposals/"
CANCEL = "Cancel and tell the client"
CANCEL_ALL = "Cancel and tell the clients"
CHANGED = "This has changed since you opened the page. Check it again, then decide."


@pytest.fixture
def web(practice: Practice, client: Client) -> Client:
    client.force_login(practice.user)
    return client


def deleted(practice: Practice, *bookings: Booking) -> list[Proposal]:
    """What is asked after the events of these bookings were deleted on the phone."""
    for booking in bookings:
        practice.phone.delete(practice.href(booking))
    practice.poll_later(3)
    return list(Proposal.objects.filter(booking__in=bookings).order_by("booking__start"))


def two(practice: Practice) -> tuple[Booking, Booking]:
    first, second = practice.booked(), practice.book(START + 3 * HOUR)
    practice.push()
    practice.sync()
    return first, second


def link(*proposals: Proposal) -> str:
    return f"/bookings/proposals/mail/{mail_links.token_of(*proposals)}/"


def statuses(*bookings: Booking) -> list[str]:
    return [Booking.objects.get(pk=booking.pk).status for booking in bookings]


def said(response: object) -> list[str]:
    return texts(response, "//div[@id='messages']")


@pytest.mark.parametrize("bare", [False, True])
def test_the_page_of_a_mail_decides_nothing_that_was_deleted_later(practice: Practice, web: Client, bare: bool) -> None:
    first, second = two(practice)
    page = link(*deleted(practice, first))
    sent = {"choice": "cancel"} if bare else fields(web.get(page), CANCEL)
    deleted(practice, second)
    shown = web.post(page, sent, follow=True)
    assert statuses(first, second) == ["cancelled", "confirmed"]
    assert texts(shown, "//main//li/strong") == [str(second)]


@pytest.mark.parametrize("bare", [False, True])
def test_the_page_of_what_is_decided_by_now_decides_nothing_else(practice: Practice, web: Client, bare: bool) -> None:
    first, second = two(practice)
    [asked] = deleted(practice, first)
    page = link(asked)
    sent = {"choice": "cancel"} if bare else fields(web.get(page), CANCEL)
    actions.decide(asked, choice="put_back", now=practice.now)
    practice.push()
    practice.sync()
    deleted(practice, second)
    shown = web.post(page, sent, follow=True)
    assert statuses(first, second) == ["confirmed", "confirmed"]
    assert said(shown) == [
        f"{first}: This was decided already."
        if bare
        else "Something shown here is already settled. Check what is still open."
    ]


@pytest.fixture
def ben(practice: Practice) -> User:
    user = UserFactory.create(username="ben", first_name="Ben", slug="ben-berg")
    office_hours(user)
    practice.service.staff.add(user)
    return user


def test_a_link_decides_nothing_about_a_booking_that_a_colleague_has_by_now(
    practice: Practice, web: Client, ben: User
) -> None:
    first = practice.booked()
    [asked] = deleted(practice, first)
    page = link(asked)
    first = actions.hand_over(first, to=ben, now=practice.now)
    of_ben = BookingFactory.create(staff=ben, service=practice.service, start=START + 5 * HOUR)
    again = [ProposalFactory.create(booking=one, kind="deleted") for one in (first, of_ben)]
    shown = [mail_links.stamp_of(one) for one in Proposal.objects.filter(pk__in=[one.pk for one in again])]
    answers = [web.get(page), web.post(page, {"choice": "cancel", "shown": shown}), web.get(link(*again))]
    assert [answer.status_code for answer in answers] == [404, 404, 200]
    assert statuses(first, of_ben) == ["confirmed", "confirmed"]


def test_a_link_still_decides_about_the_bookings_of_a_mail_that_stayed(
    practice: Practice, web: Client, ben: User
) -> None:
    first, second = two(practice)
    page = link(*deleted(practice, first, second))
    actions.hand_over(first, to=ben, now=practice.now)
    assert texts(web.get(page), "//main//strong") == [str(second)]
    web.post(page, {"choice": "cancel"})
    assert statuses(first, second) == ["confirmed", "cancelled"]


def test_all_deletions_of_a_mail_are_decided_from_the_page_behind_it(practice: Practice, web: Client) -> None:
    bookings = two(practice)
    page = link(*deleted(practice, *bookings))
    web.post(page, fields(web.get(page), CANCEL_ALL))
    assert statuses(*bookings) == ["cancelled", "cancelled"]


def test_the_button_for_a_day_decides_those_that_it_spoke_of(practice: Practice, web: Client) -> None:
    first, second = two(practice)
    third = practice.book(START + 5 * HOUR)
    practice.push()
    practice.sync()
    asked = deleted(practice, first, second)
    sent = {"shown": [mail_links.stamp_of(one) for one in asked], "choice": "cancel"}
    deleted(practice, third)
    shown = web.post(f"{PAGE}{asked[0].pk}/together/", sent, follow=True)
    assert statuses(first, second, third) == ["cancelled", "cancelled", "confirmed"]
    assert said(shown) == ["2 proposals decided."]


def asked_about_a_move(practice: Practice) -> Booking:
    booking = practice.booked()
    CalendarConfiguration.objects.update(when_moved="ask")
    practice.phone.move(practice.href(booking), berlin(1, 12))
    practice.poll_later()
    return booking


def test_a_time_that_was_not_on_the_page_is_not_accepted(practice: Practice, web: Client) -> None:
    booking = asked_about_a_move(practice)
    sent = fields(web.get(PAGE), "Accept anyway")
    practice.phone.move(practice.href(booking), berlin(1, 16))
    practice.poll_later()
    page = f"{PAGE}{Proposal.objects.get().pk}/"
    shown = web.post(page, sent, follow=True)
    booking.refresh_from_db()
    assert (booking.start, said(shown)) == (START, [CHANGED])
    web.post(page, fields(shown, "Accept anyway"))
    booking.refresh_from_db()
    assert booking.start == utc(1, 15)


def test_who_sends_a_choice_alone_decides_what_stands(practice: Practice, web: Client) -> None:
    booking = asked_about_a_move(practice)
    practice.phone.move(practice.href(booking), berlin(1, 16))
    asked = Proposal.objects.get()
    practice.poll_later()
    actions.decide(asked, choice="accept", now=practice.now)
    booking.refresh_from_db()
    assert booking.start == utc(1, 15)


def test_an_event_that_was_not_on_the_page_is_not_said_to_be_known(practice: Practice, web: Client) -> None:
    practice.booked()
    work = practice.account.calendar("Work")
    dentist = practice.phone.add(work, "Dentist", START, START + timedelta(minutes=30))
    practice.poll_later()
    sent = fields(web.get(PAGE), "Keep the booking")
    practice.phone.move(dentist, START + timedelta(minutes=30))
    practice.poll_later()
    shown = web.post(f"{PAGE}{Proposal.objects.get().pk}/", sent, follow=True)
    assert (said(shown), [kind for kind, _reason in practice.proposals()]) == ([CHANGED], ["collision"])


def test_links_of_somebody_who_was_deactivated_decide_nothing(practice: Practice, web: Client) -> None:
    first, _second = two(practice)
    page = link(*deleted(practice, first))
    practice.user.is_active = False
    practice.user.save()
    answers = [web.get(page).status_code, web.post(page, {"choice": "cancel"}).status_code]
    assert (answers, statuses(first)) == ([404, 404], ["confirmed"])
