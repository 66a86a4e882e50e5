"""Clients were asked to choose another time, and then the event moves or goes: staff are asked, and nobody is told."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest
from django.core import mail

from bookings import actions
from bookings.models import Booking, Proposal
from bookings.notifications import outgoing
from bookings.notifications.client_notice import UNDO_WINDOW
from tests.bookings.practice import HOUR, Practice, berlin
from tests.bookings.proposals.test_covered_days import booked

pytestmark = pytest.mark.django_db
Ill = tuple[str, list[Booking]]


@pytest.fixture
def ill(practice: Practice) -> Ill:
    """“Ill” from 8:00 to 15:30 over three bookings, whose clients have been asked; a fourth is later that day."""
    bookings = booked(practice, 9, 11, 14, 16)
    href = practice.phone.add(practice.account.calendar("Work"), "Ill", berlin(1, 8), berlin(1, 15, 30))
    practice.poll_later()
    actions.decide_day(list(Proposal.objects.open()), choice="ask_all", now=practice.now, actor=practice.user)
    practice.later(UNDO_WINDOW)
    practice.mails()
    return href, bookings


def to_clients(practice: Practice) -> list[tuple[str, list[str]]]:
    return [(subject, to) for subject, to in practice.mails() if to != ["anna@example.com"]]


def asked(kind: str = "uncovered") -> list[tuple[int, str]]:
    """By hour in Berlin of the booking: why staff are asked."""
    found = Proposal.objects.open().filter(kind=kind).order_by("booking__start")
    return [(one.booking.start.hour + 1, one.reason) for one in found]


def test_bookings_that_the_event_no_longer_covers_are_asked_about_and_nothing_is_sent(
    practice: Practice, ill: Ill
) -> None:
    practice.phone.lengthen(ill[0], -6 * HOUR)
    before = to_clients(practice)
    practice.poll_later(2)
    assert asked() == [
        (11, "“Ill” no longer covers Tue 1 Dec, 11:00."),
        (14, "“Ill” no longer covers Tue 1 Dec, 14:00."),
    ]
    assert Booking.objects.exclude(new_time_asked_at=None).count() == 3
    assert to_clients(practice) == before


def test_an_event_that_is_deleted_covers_nothing_any_more(practice: Practice, ill: Ill) -> None:
    practice.phone.delete(ill[0])
    practice.poll_later(2)
    assert [hour for hour, _reason in asked()] == [9, 11, 14]


def test_one_mail_asks_about_all_of_them(practice: Practice, ill: Ill) -> None:
    practice.phone.delete(ill[0])
    mail.outbox.clear()
    practice.poll_later(2)
    outgoing.mail_proposals(practice.now)
    [sent] = mail.outbox
    assert (sent.subject, str(sent.body).splitlines()[0]) == (
        "Please decide: 3 bookings on Tue 1 Dec",
        "“Ill” no longer covers 3 bookings on Tue 1 Dec. The clients were asked to choose another time.",
    )


@pytest.mark.parametrize(("choice", "left"), [("stand", 0), ("keep_asking", 3)])
def test_each_answer_ends_the_question_for_good(practice: Practice, ill: Ill, choice: str, left: int) -> None:
    practice.phone.delete(ill[0])
    practice.poll_later(2)
    for proposal in Proposal.objects.open():
        actions.decide(proposal, choice=choice, now=practice.now, actor=practice.user)
    practice.poll_later(2)
    assert (asked(), Booking.objects.exclude(new_time_asked_at=None).count()) == ([], left)


def test_an_event_that_is_back_ends_the_question(practice: Practice, ill: Ill) -> None:
    practice.phone.lengthen(ill[0], -6 * HOUR)
    practice.poll_later()
    practice.phone.lengthen(ill[0], 6 * HOUR)
    practice.poll_later()
    assert asked() == []


@pytest.mark.parametrize("answer", ["choose", "cancel", "stand"])
def test_what_the_client_or_staff_do_ends_the_question(practice: Practice, ill: Ill, answer: str) -> None:
    verbs: dict[str, Callable[[Booking], object]] = {
        "choose": lambda one: actions.choose_time(one, start=berlin(3, 9), people=[practice.user], now=practice.now),
        "cancel": lambda one: actions.cancel(one, now=practice.now),
        "stand": lambda one: actions.let_stand(one, now=practice.now),
    }
    practice.phone.delete(ill[0])
    practice.poll_later(2)
    verbs[answer](ill[1][0])
    assert [hour for hour, _reason in asked()] == [11, 14]


def test_a_booking_that_comes_to_be_covered_is_asked_about_with_the_same_answers(practice: Practice, ill: Ill) -> None:
    practice.phone.lengthen(ill[0], 3 * HOUR)
    practice.poll_later()
    [proposal] = Proposal.objects.open()
    assert (proposal.booking, proposal.kind, [str(one) for one in proposal.choices]) == (
        ill[1][3],
        "collision",
        ["keep", "ask", "cancel"],
    )


def test_colleagues_read_no_title(practice: Practice, ill: Ill) -> None:
    practice.phone.delete(ill[0])
    practice.poll_later(2)
    found = Proposal.objects.open().order_by("booking__start")[0]
    assert found.untitled_reason == "No event covers Tue 1 Dec, 09:00 any more."


def test_who_is_there_after_all_is_asked_as_well(practice: Practice) -> None:
    booked(practice, 9)
    actions.note_away(practice.user, date(2026, 12, 1), now=practice.now)
    actions.decide(Proposal.objects.get(), choice="ask", now=practice.now)
    actions.note_back(practice.user, date(2026, 12, 1), now=practice.now)
    assert asked() == [(9, "You are no longer away on Tue 1 Dec, 09:00.")]


def test_the_two_questions_about_a_day_are_not_answered_alike(practice: Practice, ill: Ill) -> None:
    practice.phone.delete(ill[0])
    practice.poll_later(2)
    found = list(Proposal.objects.open())
    for choice in ("ask_all", "hand_over_all", "keep_all"):
        with pytest.raises(actions.Refused, match="This choice is not available here"):
            actions.decide_day(found, choice=choice, now=practice.now)
    assert actions.decide_day(found, choice="keep_asking_all", now=practice.now).decided == 3
