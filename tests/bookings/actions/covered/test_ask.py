"""Clients are asked to choose another time: after the time for undoing, once, and their time is theirs until then."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.core import mail

from bookings import actions
from bookings.models import Booking, BookingChange, CoveredDay, Mail, Proposal, Seat
from bookings.notifications.client_notice import UNDO_WINDOW
from bookings.notifications.mails import calls, delivery, reminders, wording
from bookings.proposals import mail_links
from practice.models import User
from tests.bookings.practice import HOUR, Practice, berlin, utc
from tests.factories import MailFactory

pytestmark = pytest.mark.django_db
SUBJECT = "Please choose another time: Anna cannot see you on Tue 1 December, {}"


def decide(practice: Practice, asked: list[Proposal], choice: str = "ask_all", **more: Any) -> Any:
    return actions.decide_day(asked, choice=choice, now=practice.now, actor=practice.user, **more)


def asked_mails() -> list[tuple[str, list[str]]]:
    return [(str(one.subject), one.to) for one in mail.outbox if "choose another time" in str(one.subject)]


def test_nothing_is_sent_before_the_time_for_undoing_is_over_and_then_one_mail_each(
    practice: Practice, bookings: list[Booking], ill: list[Proposal]
) -> None:
    assert (decide(practice, ill).decided, practice.mails(), asked_mails()) == (3, practice.mails(), [])
    practice.later(UNDO_WINDOW)
    practice.mails()
    practice.later(HOUR)
    practice.mails()
    assert asked_mails() == [
        (SUBJECT.format("09:00"), ["client1@example.org"]),
        (SUBJECT.format("11:00"), ["client2@example.org"]),
    ]


def test_the_mail_says_why_and_offers_the_three_first_times_behind_links(
    practice: Practice, bookings: list[Booking], ill: list[Proposal]
) -> None:
    decide(practice, ill[:1], "ask_all")
    practice.later(UNDO_WINDOW)
    delivery.send_due(practice.now)
    text = str(mail.outbox[-1].body)
    link = bookings[0].seat.link
    assert text.split("\n\n")[:7] == [
        "Anna cannot see you on Tue 1 December, 09:00.",
        "Please choose another time.",
        f"Mon 30 November, 10:15:\n{link}reschedule/?start=2026-11-30T09%3A15%3A00%2B00%3A00&staff=anna",
        f"Mon 30 November, 10:30:\n{link}reschedule/?start=2026-11-30T09%3A30%3A00%2B00%3A00&staff=anna",
        f"Mon 30 November, 10:45:\n{link}reschedule/?start=2026-11-30T09%3A45%3A00%2B00%3A00&staff=anna",
        f"All other times:\n{link}reschedule/",
        "When: Tuesday 1 December 2026, 09:00–10:00 (Berlin time)\nWith: Anna\n",
    ]
    assert "BEGIN:VCALENDAR" not in mail.outbox[-1].message().as_string()


def test_who_has_no_address_is_to_be_called_when_the_others_are_mailed(
    practice: Practice, bookings: list[Booking], ill: list[Proposal]
) -> None:
    decide(practice, ill)

    def to_tell() -> list[str]:
        asked = calls.to_call(practice.user, practice.now).filter(kind=Mail.Kind.ASKED_NEW_TIME)
        return [wording.sentence_to_say([wording.News(one, None)]) for one in asked]

    before = to_tell()
    practice.later(UNDO_WINDOW)
    assert (before, to_tell()) == ([], [f"{SUBJECT.format('14:00')}. {bookings[2].seat.link}"])


def test_the_time_stays_taken_until_the_client_chooses(
    practice: Practice, bookings: list[Booking], ill: list[Proposal], ben: User
) -> None:
    decide(practice, ill)
    practice.later(UNDO_WINDOW)
    practice.mails()
    booking = bookings[0]
    booking.refresh_from_db()
    assert (booking.status, booking.start, booking.new_time_asked_at) == ("confirmed", utc(1, 8), practice.now)
    actions.choose_time(booking, start=utc(3, 8), people=[practice.user, ben], now=practice.now)
    booking.refresh_from_db()
    change = booking.changes.first()
    assert change is not None
    assert (booking.start, booking.new_time_asked_at, change.kind, change.source) == (
        utc(3, 8),
        None,
        "moved",
        "client",
    )
    told = [subject for subject, to in practice.mails() if to == ["client1@example.org"]]
    assert told[-1] == "Your appointment has been moved to Thu 3 December, 09:00"


def test_undo_asks_nobody_and_the_question_is_open_again(
    practice: Practice, ill: list[Proposal], day: CoveredDay
) -> None:
    decide(practice, ill)
    assert Proposal.objects.open().count() == 0
    practice.later(UNDO_WINDOW / 2)
    assert actions.undo_asking(day, now=practice.now, actor=practice.user).decided == 3
    practice.later(UNDO_WINDOW)
    practice.mails()
    assert (asked_mails(), Proposal.objects.open().filter(covered_day=day).count()) == ([], 3)
    assert set(Booking.objects.values_list("new_time_asked_at", flat=True)) == {None}
    assert decide(practice, list(Proposal.objects.open().with_details())).decided == 3


def test_one_question_can_be_undone_like_a_move(practice: Practice, ill: list[Proposal]) -> None:
    decide(practice, ill)
    change = BookingChange.objects.get(kind="asked", booking=ill[0].booking)
    actions.undo(change, now=practice.now, actor=practice.user)
    assert [proposal.booking_id for proposal in Proposal.objects.open()] == [ill[0].booking_id]
    assert [one.kind for one in ill[0].booking.changes.all()] == ["undone", "asked", "made"]


def test_what_was_sent_cannot_be_undone(practice: Practice, ill: list[Proposal], day: CoveredDay) -> None:
    decide(practice, ill)
    practice.later(UNDO_WINDOW)
    practice.mails()
    change = BookingChange.objects.get(kind="asked", booking=ill[0].booking)
    with pytest.raises(actions.Refused, match="The client has been told already"):
        actions.undo(change, now=practice.now)
    assert (actions.undoable(day, practice.now), Proposal.objects.open().count()) == ([], 0)


def test_a_booking_that_begins_soon_is_asked_about_at_once(
    practice: Practice, bookings: list[Booking], ill: list[Proposal]
) -> None:
    practice.later(berlin(1, 8, 55) - practice.now)
    decide(practice, ill[:1])
    assert asked_mails() == [(SUBJECT.format("09:00"), ["client1@example.org"])]


def test_a_booking_that_has_begun_is_not_asked_about(practice: Practice, ill: list[Proposal]) -> None:
    practice.later(berlin(1, 9, 5) - practice.now)
    result = decide(practice, ill[:1])
    assert (result.decided, result.refused) == (
        0,
        ["Client 1 · Talk: This booking has begun. Nobody can choose another time any more."],
    )


def test_an_event_that_grows_does_not_ask_again_about_clients_who_were_asked(
    practice: Practice, ill: list[Proposal]
) -> None:
    decide(practice, ill)
    [occurrence] = [href for href in practice.account.calendar("Work").resources if href]
    practice.phone.lengthen(occurrence, timedelta(days=1))
    practice.poll_later()
    assert Proposal.objects.open().count() == 0


def test_no_reminder_is_sent_to_somebody_who_is_to_choose_another_time(
    practice: Practice, bookings: list[Booking], ill: list[Proposal]
) -> None:
    Seat.objects.update(reminders=True)
    written = MailFactory.create(seat=bookings[0].seat, kind="reminder", due_at=practice.now)
    before = reminders.is_wanted(Mail.objects.with_details().get(pk=written.pk))
    decide(practice, ill)
    written = Mail.objects.with_details().get(pk=written.pk)
    assert (before, written.state, reminders.is_wanted(written)) == (True, "dropped", False)
    assert list(reminders.upcoming(practice.now, until=berlin(2, 0))) == []


def test_staff_who_move_or_cancel_end_the_question(
    practice: Practice, bookings: list[Booking], ill: list[Proposal]
) -> None:
    decide(practice, ill)
    actions.reschedule(bookings[0], start=utc(3, 8), now=practice.now)
    actions.cancel(bookings[1], now=practice.now)
    practice.later(UNDO_WINDOW)
    practice.mails()
    assert asked_mails() == []


def test_keeping_all_acknowledges_the_event(practice: Practice, ill: list[Proposal]) -> None:
    assert decide(practice, ill, "keep_all").decided == 3
    practice.poll_later(2)
    assert (Proposal.objects.open().count(), Booking.objects.filter(status="confirmed").count()) == (0, 3)


def test_only_what_the_page_has_shown_is_decided(practice: Practice, ill: list[Proposal]) -> None:
    shown = [mail_links.stamp_of(ill[0]), "999 - - - -"]
    result = decide(practice, ill, shown=shown)
    assert (result.decided, result.refused) == (
        1,
        ["Something shown here is already settled. Check what is still open."],
    )


def test_no_other_choice_is_taken(practice: Practice, ill: list[Proposal]) -> None:
    with pytest.raises(actions.Refused, match="This choice is not available here"):
        decide(practice, ill, "cancel_all")


def test_an_event_of_one_day_is_a_day_of_the_person(day: CoveredDay, practice: Practice) -> None:
    assert (day.date, day.person, day.title) == (date(2026, 12, 1), practice.user, "Ill")


@pytest.fixture
def waiting(practice: Practice) -> list[Booking]:
    """Two bookings from a time when iCloud did not answer; since it does, it says that Anna is ill."""
    practice.icloud.down()
    practice.later(2 * HOUR)
    made = [practice.book(berlin(1, hour)) for hour in (10, 12)]
    practice.icloud.up()
    practice.phone.add(practice.account.calendar("Work"), "Ill", date(2026, 12, 1), free=False)
    practice.poll_later(2)
    decide(practice, list(Proposal.objects.open().with_details()))
    practice.poll_later(2)
    return made


def statuses() -> list[str]:
    return list(Booking.objects.order_by("start").values_list("status", flat=True))


def test_what_waited_for_icloud_is_not_confirmed_while_its_clients_are_asked(
    practice: Practice, waiting: list[Booking]
) -> None:
    assert statuses() == ["pending", "pending"]
    practice.later(UNDO_WINDOW)
    practice.mails()
    assert (len(asked_mails()), Mail.objects.filter(kind="confirmation").count()) == (2, 0)


def test_it_is_confirmed_once_the_appointment_stands_after_all(practice: Practice, waiting: list[Booking]) -> None:
    practice.later(UNDO_WINDOW)
    practice.mails()
    actions.let_stand(waiting[0], now=practice.now)
    practice.poll_later()
    assert statuses() == ["confirmed", "pending"]
