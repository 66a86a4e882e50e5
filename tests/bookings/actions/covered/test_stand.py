"""An appointment stands after all: who was asked and has not chosen hears of it once; until then it can be undone."""

from __future__ import annotations

import pytest
from django.core import mail

from bookings import actions
from bookings.models import Booking, BookingChange, CoveredDay, Mail, Proposal, Seat
from bookings.notifications.client_notice import UNDO_WINDOW
from bookings.notifications.mails import calls, delivery, reminders, wording
from bookings.proposals import covered_days
from practice.models import User
from tests.bookings.practice import HOUR, Practice, berlin, utc
from tests.factories import MailFactory

pytestmark = pytest.mark.django_db
SUBJECT = "Your appointment on Tue 1 December, {} stands"


@pytest.fixture
def asked(practice: Practice, bookings: list[Booking], ill: list[Proposal]) -> list[Booking]:
    """The clients of these bookings have been asked; only the third has no e-mail address."""
    actions.decide_day(ill, choice="ask_all", now=practice.now, actor=practice.user)
    practice.later(UNDO_WINDOW)
    practice.mails()
    return list(Booking.objects.order_by("start"))


def stand(practice: Practice, day: CoveredDay) -> actions.DayDecided:
    waiting = covered_days.waiting_bookings(day, practice.now)
    return actions.let_all_stand(waiting, now=practice.now, actor=practice.user)


def told(practice: Practice) -> list[tuple[str, list[str]]]:
    return [(subject, to) for subject, to in practice.mails() if "stands" in subject]


def test_each_client_who_has_not_chosen_gets_one_mail_when_it_cannot_be_undone_any_more(
    practice: Practice, asked: list[Booking], day: CoveredDay, ben: User
) -> None:
    actions.choose_time(asked[0], start=utc(3, 8), people=[practice.user], now=practice.now)
    before = (stand(practice, day).decided, told(practice))
    practice.later(UNDO_WINDOW)
    first = told(practice)
    practice.later(HOUR)
    assert (before, first) == ((2, []), [(SUBJECT.format("11:00"), ["client2@example.org"])])
    assert told(practice) == first
    assert list(Mail.objects.filter(kind="stands").values_list("state", flat=True)) == ["sent"]


def test_the_mail_says_so_plainly(practice: Practice, asked: list[Booking]) -> None:
    actions.let_stand(asked[0], now=practice.now)
    practice.later(UNDO_WINDOW)
    delivery.send_due(practice.now)
    assert str(mail.outbox[-1].body).split("\n\n")[:3] == [
        "Your appointment on Tue 1 December, 09:00 stands after all.",
        "You do not need to choose another time.",
        "When: Tuesday 1 December 2026, 09:00–10:00 (Berlin time)\nWith: Anna",
    ]
    assert "BEGIN:VCALENDAR" not in mail.outbox[-1].message().as_string()


def test_who_has_no_address_is_called_about_it_if_they_were_called_before(
    practice: Practice, asked: list[Booking]
) -> None:
    question = Mail.objects.get(kind="asked_new_time", seat__booking=asked[2])
    calls.note_told(question, practice.user, practice.now)
    actions.let_stand(asked[2], now=practice.now)
    practice.later(UNDO_WINDOW)
    [to_say] = calls.to_call(practice.user, practice.now).filter(kind="stands")
    words = wording.sentence_to_say([wording.News(to_say, None)])
    assert words == f"{SUBJECT.format('14:00')}. {asked[2].seat.link}"


def test_nobody_is_called_who_was_not_called_before(practice: Practice, asked: list[Booking]) -> None:
    actions.let_stand(asked[2], now=practice.now)
    practice.later(UNDO_WINDOW)
    kinds = calls.to_call(practice.user, practice.now).values_list("kind", flat=True)
    assert list(kinds) == ["confirmation"]


def test_it_stays_as_it_was_and_its_event_is_acknowledged(practice: Practice, asked: list[Booking]) -> None:
    change = actions.let_stand(asked[0], now=practice.now, actor=practice.user)
    practice.poll_later(2)
    booking = Booking.objects.get(pk=asked[0].pk)
    assert (booking.status, booking.start, booking.new_time_asked_at) == ("confirmed", utc(1, 8), None)
    assert (str(change), change.actor) == ("The appointment stands after all by staff", practice.user)
    assert (Proposal.objects.open().count(), booking.proposals.get().choice) == (0, "stand")


def test_reminders_are_sent_again(practice: Practice, asked: list[Booking]) -> None:
    Seat.objects.update(reminders=True)
    reminder = MailFactory.create(seat=asked[0].seat, kind="reminder", due_at=practice.now)
    before = reminders.is_wanted(Mail.objects.with_details().get(pk=reminder.pk))
    actions.let_stand(asked[0], now=practice.now)
    assert (before, reminders.is_wanted(Mail.objects.with_details().get(pk=reminder.pk))) == (False, True)


def test_undone_in_time_the_client_is_still_asked_and_hears_nothing(practice: Practice, asked: list[Booking]) -> None:
    change = actions.let_stand(asked[0], now=practice.now)
    practice.later(UNDO_WINDOW / 2)
    actions.undo(change, now=practice.now, actor=practice.user)
    practice.later(UNDO_WINDOW)
    practice.mails()
    booking = Booking.objects.get(pk=asked[0].pk)
    assert (booking.new_time_asked_at is not None, Mail.objects.filter(kind="asked_new_time").count()) == (True, 3)
    assert list(Mail.objects.filter(kind="stands").values_list("state", flat=True)) == ["dropped"]
    assert [one.kind for one in booking.changes.all()] == ["undone", "stands", "asked", "made"]


def test_what_was_told_cannot_be_undone(practice: Practice, asked: list[Booking], day: CoveredDay) -> None:
    change = actions.let_stand(asked[0], now=practice.now)
    practice.later(UNDO_WINDOW)
    practice.mails()
    with pytest.raises(actions.Refused, match="The client has been told already"):
        actions.undo(change, now=practice.now)
    assert actions.undo_standing(day, now=practice.now).decided == 0


def test_who_was_not_asked_yet_hears_nothing_and_undone_they_are_asked(
    practice: Practice, bookings: list[Booking], ill: list[Proposal], day: CoveredDay
) -> None:
    actions.decide_day(ill[:1], choice="ask_all", now=practice.now)
    actions.let_stand(ill[0].booking, now=practice.now)
    practice.later(UNDO_WINDOW / 2)
    assert actions.undo_standing(day, now=practice.now).decided == 1
    practice.later(UNDO_WINDOW)
    practice.mails()
    states = Mail.objects.filter(kind__in=("asked_new_time", "stands")).order_by("pk")
    assert list(states.values_list("kind", "state")) == [("asked_new_time", "dropped"), ("asked_new_time", "sent")]


def test_a_client_who_has_chosen_or_cancelled_is_not_told(
    practice: Practice, asked: list[Booking], day: CoveredDay
) -> None:
    waiting = covered_days.waiting_bookings(day, practice.now)
    actions.choose_time(asked[0], start=utc(3, 8), people=[practice.user], now=practice.now)
    actions.cancel(asked[1], now=practice.now, source=BookingChange.Source.CLIENT)
    result = actions.let_all_stand(waiting, now=practice.now)
    assert (result.decided, result.refused) == (
        1,
        [
            "Client 1 · Talk: This client is no longer asked to choose another time. Look again.",
            "Client 2 · Talk: This booking is cancelled.",
        ],
    )


def test_a_client_who_chooses_meanwhile_hears_of_the_new_time_only(practice: Practice, asked: list[Booking]) -> None:
    actions.let_stand(asked[0], now=practice.now)
    actions.choose_time(asked[0], start=utc(3, 8), people=[practice.user], now=practice.now)
    practice.later(UNDO_WINDOW)
    practice.mails()
    assert list(Mail.objects.filter(kind="stands").values_list("state", flat=True)) == ["dropped"]


def test_a_booking_that_has_begun_is_left_alone(practice: Practice, asked: list[Booking]) -> None:
    practice.later(berlin(1, 9, 5) - practice.now)
    with pytest.raises(actions.Refused, match="This booking has begun"):
        actions.let_stand(asked[0], now=practice.now)
