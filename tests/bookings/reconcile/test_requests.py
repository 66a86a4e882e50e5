"""Events of requests, which stand as TENTATIVE: the iPhone moves, deletes and edits them like any other."""

from __future__ import annotations

from datetime import timedelta

from bookings import actions
from bookings.models import Booking, Mail, Proposal
from connections.models import CalendarConfiguration
from tests.bookings.actions.test_approval import request, standing, status_there
from tests.bookings.practice import HOUR, Practice
from tests.factories import START


def seen_by_kalends(practice: Practice) -> None:
    practice.poll_later(3)


def test_a_status_that_was_changed_on_the_iphone_approves_nothing(practice: Practice) -> None:
    booking = request(practice)
    home, href = practice.account.calendar("Home"), practice.href(booking)
    home.put(home.name_of(href), home.resources[href].data.replace(b"STATUS:TENTATIVE", b"STATUS:CONFIRMED"))
    seen_by_kalends(practice)
    assert status_there(practice, booking) == "CONFIRMED"
    assert (standing(booking), practice.proposals()) == (("pending", "approval"), [("approval", "")])
    actions.refuse(booking, now=practice.now)
    practice.push()
    assert practice.events() == []


def test_a_request_that_was_moved_on_the_iphone_follows_and_stays_pending(practice: Practice) -> None:
    booking = request(practice)
    practice.mails()
    practice.phone.move(practice.href(booking), START + HOUR)
    seen_by_kalends(practice)
    assert (standing(booking), booking.start) == (("pending", "approval"), START + HOUR)
    assert practice.client_mails() == ["Not confirmed yet: your appointment on Tue 1 December, 10:00"]
    actions.approve(booking, now=practice.now)
    practice.push()
    assert status_there(practice, booking) == "CONFIRMED"
    assert practice.client_mails()[1:] == ["Confirmed: your appointment on Tue 1 December, 11:00"]


def test_a_request_that_was_deleted_on_the_iphone_is_refused_or_put_back(practice: Practice) -> None:
    booking = request(practice)
    practice.phone.delete(practice.href(booking))
    seen_by_kalends(practice)
    deleted = Proposal.objects.open().get(kind="deleted")
    assert [choice.label for choice in deleted.choices] == ["Refuse", "Put it back"]
    actions.decide(deleted, choice="refuse", now=practice.now, actor=practice.user)
    assert (standing(booking), practice.proposals()) == (("cancelled", ""), [])
    assert booking.seat.mails.order_by("-pk")[0].kind == Mail.Kind.NOT_CONFIRMED


def test_a_request_that_is_put_back_is_tentative_again(practice: Practice) -> None:
    booking = request(practice)
    practice.phone.delete(practice.href(booking))
    seen_by_kalends(practice)
    deleted = Proposal.objects.open().get(kind="deleted")
    actions.decide(deleted, choice="put_back", now=practice.now, actor=practice.user)
    practice.push()
    assert (standing(booking), status_there(practice, booking)) == (("pending", "approval"), "TENTATIVE")
    assert practice.proposals() == [("approval", "")]


def test_where_deleting_cancels_a_request_counts_as_refused(practice: Practice) -> None:
    CalendarConfiguration.objects.update(when_deleted="cancel")
    booking = request(practice)
    practice.mails()
    practice.phone.delete(practice.href(booking))
    seen_by_kalends(practice)
    assert (standing(booking), booking.changes.first().kind) == (("cancelled", ""), "refused")
    assert practice.client_mails()[-1] == "Could not be confirmed: your appointment on Tue 1 December, 10:00"


def test_a_request_that_was_moved_to_an_earlier_time_is_decided_before_its_start(practice: Practice) -> None:
    booking = request(practice, hours=14 * 24)
    practice.phone.move(practice.href(booking), START - HOUR)
    seen_by_kalends(practice)
    booking.refresh_from_db()
    assert booking.approval_due_at == START - HOUR


def test_deletions_of_a_day_are_decided_together_whether_requests_or_bookings(practice: Practice) -> None:
    booking, other = request(practice), practice.book(START + 2 * HOUR)
    practice.push()
    practice.sync()
    for one in (booking, other):
        practice.phone.delete(practice.href(one))
    seen_by_kalends(practice)
    asked = list(Proposal.objects.open().filter(kind="deleted").with_details())
    assert actions.decide_all(asked, choice="cancel", now=practice.now, actor=practice.user) == (2, [])
    kinds = {one.pk: one.changes.first().kind for one in Booking.objects.all()}
    assert kinds == {booking.pk: "refused", other.pk: "cancelled"}


def test_a_request_that_ends_while_its_event_is_asked_about_leaves_nothing_behind(practice: Practice) -> None:
    booking = request(practice)
    practice.phone.make_all_day(practice.href(booking))
    seen_by_kalends(practice)
    assert sorted(kind for kind, _reason in practice.proposals()) == ["approval", "reshaped"]
    practice.later(timedelta(hours=25))
    practice.sync()
    assert actions.expire_undecided(practice.now) == 1
    practice.push()
    assert (practice.events(), practice.proposals()) == ([], [])
