"""What becomes of upcoming bookings: a colleague gets them, or they are cancelled, and the client is told."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client

from bookings import actions
from bookings.actions import leaving
from bookings.models import Booking, LinkedEvent
from bookings.push import outbox
from practice.models import Practice as PracticeRow
from practice.models import User
from tests.bookings.actions.leaving.conftest import Colleague
from tests.bookings.practice import HOUR, Practice, berlin
from tests.factories import NOW, START, BookingFactory, ProposalFactory, ServiceFactory, UserFactory, office_hours

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("olga")]


def settle(practice: Practice, booking: Booking, to: User | None) -> dict[int, str]:
    return leaving.settle_bookings(practice.user, {booking.pk: to}, now=practice.now)


# --- who is asked about ----------------------------------------------------------------------------


def test_only_live_bookings_that_have_not_begun_are_asked_about(practice: Practice) -> None:
    anna = practice.user
    BookingFactory.create(staff=anna, start=NOW - HOUR / 2)
    coming = BookingFactory.create(staff=anna, start=START)
    pending = BookingFactory.create(staff=anna, start=START + HOUR, status="pending")
    actions.cancel(BookingFactory.create(staff=anna, start=START + 2 * HOUR), now=practice.now)
    BookingFactory.create(start=START)
    assert list(leaving.bookings_left(anna, practice.now)) == [coming, pending]


def test_colleagues_are_offered_who_do_the_service_and_are_free_then(practice: Practice, ben: Colleague) -> None:
    booking, later = practice.book(), practice.book(START + HOUR)
    others = [UserFactory.create(username=name, first_name=name.title()) for name in ("cleo", "dora", "emil")]
    for user in others:
        office_hours(user)
    practice.service.staff.add(others[0], others[2])
    BookingFactory.create(staff=others[0], service=practice.service, start=START)
    User.objects.filter(pk=others[2].pk).update(is_active=False)
    found = leaving.free_colleagues([booking, later], practice.now)
    assert found == {booking.pk: [ben.user], later.pk: [ben.user, others[0]]}


def test_start_times_and_notice_of_the_service_do_not_count_again(practice: Practice, ben: Colleague) -> None:
    service = ServiceFactory.create(staff=[practice.user, ben.user], slot_minutes=60, notice_minutes=2 * 24 * 60)
    booking = practice.book(START + HOUR / 4, service=service, anyway=True)
    assert leaving.free_colleagues([booking], practice.now) == {booking.pk: [ben.user]}
    assert settle(practice, booking, ben.user) == {}


# --- given to a colleague --------------------------------------------------------------------------


def test_the_event_leaves_the_old_calendar_and_appears_in_the_colleagues(practice: Practice, ben: Colleague) -> None:
    booking = practice.booked()
    leaving.deactivate(practice.user, now=practice.now)
    assert settle(practice, booking, ben.user) == {}
    assert (practice.push(), practice.events(), ben.titles()) == (["pushed", "pushed"], [], ["Carla Client"])
    booking.refresh_from_db()
    assert (booking.staff, booking.claim and booking.claim.staff, booking.start) == (ben.user, ben.user, START)
    assert [change.kind for change in booking.changes.all()] == ["handed_over", "made"]


def test_an_event_that_the_phone_has_just_changed_leaves_too(practice: Practice, ben: Colleague) -> None:
    booking = practice.booked()
    leaving.deactivate(practice.user, now=practice.now)
    practice.phone.annotate(practice.href(booking), "Bring the file")
    assert settle(practice, booking, ben.user) == {}
    practice.push()
    assert (practice.events(), ben.titles(), leaving.disconnect_settled(practice.now)) == ([], ["Carla Client"], 1)


def test_until_the_colleague_has_it_the_old_event_stays(practice: Practice, ben: Colleague) -> None:
    booking = practice.booked()
    leaving.deactivate(practice.user, now=practice.now)
    settle(practice, booking, ben.user)
    practice.icloud.faults.status(503, method="PUT")
    outbox.push_booking(booking.pk, practice.now)
    assert (len(practice.events()), ben.titles(), leaving.disconnect_settled(practice.now)) == (1, [], 0)


def test_the_client_is_mailed_who_it_is_with_now_and_the_link_works(
    practice: Practice, ben: Colleague, client: Client
) -> None:
    booking = practice.book()
    PracticeRow.objects.create(name="Praxis Winter", time_zone="Europe/Berlin")
    practice.mails()
    link = booking.seat.link
    settle(practice, booking, ben.user)
    assert practice.client_mails()[1:] == ["Your appointment on Tue 1 December, 10:00 is now with Ben · Praxis Winter"]
    seat = Booking.objects.get().seat
    assert (seat.link, seat.sequence) == (link, 1)
    page = client.get(link.partition("8000")[2])
    assert (page.status_code, "Ben" in page.content.decode()) == (200, True)


def test_who_was_told_nothing_yet_hears_of_one_booking(practice: Practice, ben: Colleague) -> None:
    booking = practice.book()
    settle(practice, booking, ben.user)
    assert practice.client_mails() == ["Your appointment on Tue 1 December, 10:00"]


def test_a_further_move_is_told_as_a_move(practice: Practice, ben: Colleague) -> None:
    booking = practice.book()
    practice.mails()
    settle(practice, booking, ben.user)
    actions.reschedule(Booking.objects.get(), start=START + HOUR, now=practice.now)
    assert practice.client_mails()[1:] == ["Your appointment has been moved to Tue 1 December, 11:00"]


def test_a_colleague_who_is_not_free_any_more_does_not_get_it(practice: Practice, ben: Colleague) -> None:
    booking = practice.booked()
    BookingFactory.create(staff=ben.user, service=practice.service, start=START)
    refused = settle(practice, booking, ben.user)
    assert refused == {booking.pk: "Another booking is at this time (10:00–11:00)."}
    booking.refresh_from_db()
    assert (booking.staff, LinkedEvent.objects.wanted().get().calendar) == (
        practice.user,
        practice.placement(booking).calendar,
    )


def test_somebody_who_does_not_offer_the_service_does_not_get_it(practice: Practice, ben: Colleague) -> None:
    booking = practice.book()
    practice.service.staff.remove(ben.user)
    assert settle(practice, booking, ben.user) == {booking.pk: "ben does not offer “Talk”."}


def test_it_is_given_once_however_often_that_is_asked(practice: Practice, ben: Colleague) -> None:
    booking = practice.book()
    actions.hand_over(booking, to=ben.user, now=practice.now)
    actions.hand_over(Booking.objects.get(), to=ben.user, now=practice.now)
    with pytest.raises(actions.Refused, match="Somebody else has just changed this booking"):
        actions.hand_over(booking, to=UserFactory.create(), now=practice.now)
    assert [change.kind for change in booking.changes.all()] == ["handed_over", "made"]


def test_a_proposal_about_the_old_event_is_withdrawn(practice: Practice, ben: Colleague) -> None:
    booking = practice.booked()
    proposal = ProposalFactory.create(booking=booking)
    settle(practice, booking, ben.user)
    proposal.refresh_from_db()
    assert proposal.withdrawn_at == practice.now


def test_a_request_whose_address_is_not_confirmed_stays_out_of_calendars(practice: Practice, ben: Colleague) -> None:
    booking = BookingFactory.create(
        staff=practice.user, service=practice.service, status="pending", calendar_unread_since=None,
        address_due_at=practice.now + timedelta(minutes=30),
    )  # fmt: skip
    assert settle(practice, booking, ben.user) == {}
    assert (Booking.objects.get().staff, LinkedEvent.objects.count()) == (ben.user, 0)


# --- cancelled -------------------------------------------------------------------------------------


def test_a_cancelled_one_leaves_the_calendar_and_the_client_is_told(practice: Practice) -> None:
    booking = practice.booked()
    practice.mails()
    leaving.deactivate(practice.user, now=practice.now)
    assert settle(practice, booking, None) == {}
    assert (practice.push(), practice.events()) == (["pushed"], [])
    assert practice.client_mails()[1:] == ["Cancelled: your appointment on Tue 1 December, 10:00"]


def test_what_nobody_chose_stays(practice: Practice, ben: Colleague) -> None:
    first, second = practice.book(), practice.book(berlin(2, 10))
    settle(practice, first, None)
    assert list(leaving.bookings_left(practice.user, practice.now)) == [second]
