"""A client is told what became of the booking in the step that decides it, and never two different times."""

from __future__ import annotations

from datetime import timedelta
from smtplib import SMTPRecipientsRefused
from typing import Any

import pytest
from django.core import mail
from django.core.management import call_command
from django.test import Client

from bookings import actions
from bookings.models import Booking, Mail, Proposal
from bookings.notifications import emails
from bookings.notifications.client_notice import MAIL_LEASE, UNDO_WINDOW
from bookings.notifications.mails import delivery, wording
from bookings.proposals import mail_links
from tests.bookings.practice import HOUR, Practice, berlin, utc
from tests.factories import NOW, START

MINUTE = timedelta(minutes=1)
pytestmark = pytest.mark.time_machine(NOW, tick=False)


def told(practice: Practice) -> list[str]:
    """What clients were written since the last time: what each letter says first, and the times in it."""
    practice.mails()
    letters = [_gist(str(one.body)) for one in mail.outbox if one.to == ["carla@example.org"]]
    mail.outbox.clear()
    return letters


def _gist(body: str) -> str:
    heading, facts, *_rest = body.split("\n\n")
    before = [line for line in facts.splitlines() if line.startswith("Previous time")]
    return " ".join([heading, *before])


def moved(practice: Practice, booking: Booking, hour: int) -> None:
    """The phone moves it to that hour, and a minute later that is read."""
    practice.phone.move(practice.href(booking), berlin(1, hour))
    practice.later(MINUTE)
    practice.sync()


def quiet(practice: Practice) -> None:
    practice.later(UNDO_WINDOW)


BEFORE = "Previous time: Tue 1 December, 10:00"


@pytest.fixture
def booking(practice: Practice) -> Booking:
    """A booking at 10:00, of which the client was told."""
    booking = practice.booked()
    assert len(told(practice)) == 1
    return booking


def test_of_two_moves_within_the_quiet_minutes_only_the_time_the_client_knows_counts_as_before(
    practice: Practice, booking: Booking
) -> None:
    moved(practice, booking, 12)
    moved(practice, booking, 14)
    quiet(practice)
    sentence = "Your appointment has been moved to Tue 1 December, 14:00."
    assert told(practice) == [f"{sentence} {BEFORE}"]


def test_a_move_there_and_back_within_the_quiet_minutes_is_no_news(practice: Practice, booking: Booking) -> None:
    moved(practice, booking, 12)
    moved(practice, booking, 10)
    quiet(practice)
    assert told(practice) == []
    assert Mail.objects.filter(state="due").count() == 0


def test_who_cancels_within_the_quiet_minutes_cancels_the_time_the_client_knows(
    practice: Practice, booking: Booking
) -> None:
    moved(practice, booking, 12)
    actions.cancel(booking, now=practice.now)
    assert practice.client_mails() == ["Cancelled: your appointment on Tue 1 December, 10:00"]


def test_of_a_booking_that_only_lasts_longer_the_end_is_told(practice: Practice, booking: Booking) -> None:
    practice.phone.lengthen(practice.href(booking), HOUR / 2)
    practice.poll_later()
    quiet(practice)
    sentence = "Your appointment has been moved to Tue 1 December, 10:00."
    assert told(practice) == [f"{sentence} {BEFORE}"]


def test_a_move_of_which_the_client_is_being_told_is_not_undone(
    practice: Practice, booking: Booking, monkeypatch: pytest.MonkeyPatch
) -> None:
    moved(practice, booking, 12)
    change = booking.changes.first()
    assert change is not None
    real, refused = wording.message_of, []

    def undo_just_then(*arguments: Any) -> Any:
        with pytest.raises(actions.Refused, match="An e-mail to the client is being sent") as refusal:
            actions.undo(change, now=practice.now)
        refused.append(str(refusal.value))
        return real(*arguments)

    monkeypatch.setattr(wording, "message_of", undo_just_then)
    quiet(practice)
    assert (len(told(practice)), len(refused)) == (1, 1)
    booking.refresh_from_db()
    assert booking.start == utc(1, 11)


def deleted(practice: Practice, booking: Booking) -> Proposal:
    practice.phone.delete(practice.href(booking))
    practice.poll_later(2)
    mail.outbox.clear()
    return Proposal.objects.get()


CANCELLED = [("Cancelled: your appointment on Tue 1 December, 10:00", ["carla@example.org"])]


def sent() -> list[tuple[str, list[str]]]:
    return [(one.subject, one.to) for one in mail.outbox]


def test_the_link_of_a_mail_decides_and_tells_the_client_in_one_step(
    practice: Practice, booking: Booking, client: Client
) -> None:
    proposal = deleted(practice, booking)
    client.post(f"/bookings/proposals/mail/{mail_links.token_of(proposal)}/", {"choice": "cancel"})
    assert sent() == CANCELLED
    assert delivery.send_due(practice.now).sent == 0


@pytest.mark.parametrize("together", ["", "together/"])
def test_the_page_decides_and_tells_the_client_in_one_step(
    practice: Practice, booking: Booking, client: Client, together: str
) -> None:
    proposal = deleted(practice, booking)
    client.force_login(practice.user)
    page = f"/bookings/proposals/{proposal.pk}/"
    client.post(f"{page}{together}" if together else page, {"choice": "cancel"})
    proposal.refresh_from_db()
    assert (sent(), proposal.decided_by) == (CANCELLED, practice.user)


def test_the_command_decides_and_tells_the_client_in_one_step(practice: Practice, booking: Booking) -> None:
    proposal = deleted(practice, booking)
    call_command("decide", proposal=proposal.pk, choice="cancel", verbosity=0)
    assert sent() == CANCELLED


def test_a_decision_stands_though_the_mail_cannot_be_sent_just_then(
    practice: Practice, booking: Booking, client: Client, settings: Any
) -> None:
    proposal = deleted(practice, booking)
    working, settings.EMAIL_BACKEND = settings.EMAIL_BACKEND, "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1
    client.post(f"/bookings/proposals/mail/{mail_links.token_of(proposal)}/", {"choice": "cancel"})
    booking.refresh_from_db()
    assert (booking.status, sent()) == ("cancelled", [])
    settings.EMAIL_BACKEND = working
    delivery.send_due(practice.now + MAIL_LEASE)
    assert sent() == CANCELLED
    assert booking.start == START


def test_who_undoes_the_second_of_two_moves_tells_the_client_of_the_first(practice: Practice, booking: Booking) -> None:
    moved(practice, booking, 11)
    moved(practice, booking, 12)
    undo(practice, booking)
    sentence = "Your appointment has been moved to Tue 1 December, 11:00."
    assert told(practice) == [f"{sentence} {BEFORE}"]


def undo(practice: Practice, booking: Booking) -> None:
    latest = booking.changes.first()
    assert latest is not None
    actions.undo(latest, now=practice.now)


def test_who_undoes_a_move_back_to_the_time_that_the_client_knows_tells_nothing(
    practice: Practice, booking: Booking
) -> None:
    moved(practice, booking, 12)
    undo(practice, booking)
    assert told(practice) == []


def test_undo_swallows_no_time_that_staff_gave_and_no_mail_told_yet(practice: Practice, booking: Booking) -> None:
    actions.reschedule(booking, start=START + HOUR, now=practice.now)
    practice.push()
    practice.sync()
    moved(practice, booking, 14)
    undo(practice, booking)
    sentence = "Your appointment has been moved to Tue 1 December, 11:00."
    assert told(practice) == [f"{sentence} {BEFORE}"]


CONFIRMED = "Your appointment is confirmed."


def test_undo_swallows_no_booking_that_the_client_was_not_told_of(practice: Practice) -> None:
    booking = practice.booked()
    moved(practice, booking, 11)
    undo(practice, booking)
    assert told(practice) == [CONFIRMED]


def test_undo_swallows_no_confirmation(practice: Practice) -> None:
    practice.icloud.faults.status(503, method="PROPFIND")
    practice.later(2 * HOUR)
    booking = practice.book()
    assert (booking.status, len(told(practice))) == ("pending", 1)
    practice.icloud.faults.clear()
    practice.poll_later(2)
    assert practice.push() == ["pushed"]
    practice.sync()
    moved(practice, booking, 11)
    undo(practice, booking)
    assert told(practice) == ["Your appointment is now confirmed."]


def test_the_first_that_a_client_hears_is_a_booking_and_no_new_time(practice: Practice) -> None:
    actions.reschedule(practice.book(), start=START + HOUR, now=practice.now)
    assert told(practice) == [CONFIRMED]


@pytest.mark.parametrize(("old", "near"), [(10, 10), (16, 15)])
def test_a_client_hears_at_once_where_the_old_time_or_the_new_one_is_near(
    practice: Practice, old: int, near: int
) -> None:
    """Moved to 15:00, seven minutes before one of the two."""
    booking = practice.booked(berlin(1, old))
    told(practice)
    practice.later(berlin(1, near) - 8 * MINUTE - practice.now)
    practice.sync()
    moved(practice, booking, 15)
    sentence = "Your appointment has been moved to Tue 1 December, 15:00."
    assert [one.startswith(sentence) for one in told(practice)] == [True]


def test_a_client_is_not_said_to_be_told_while_the_mail_cannot_be_sent(
    practice: Practice, booking: Booking, settings: Any
) -> None:
    moved(practice, booking, 12)
    working, settings.EMAIL_BACKEND = settings.EMAIL_BACKEND, "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1
    quiet(practice)
    assert told(practice) == []
    with pytest.raises(actions.Refused, match="It is too late to undo this"):
        undo(practice, booking)
    settings.EMAIL_BACKEND = working
    practice.later(MAIL_LEASE)
    assert len(told(practice)) == 1
    with pytest.raises(actions.Refused, match="The client has been told already"):
        undo(practice, booking)


@pytest.mark.parametrize(
    ("typed", "sent"),
    [
        ("max@maßanfertigung.example", "max@xn--maanfertigung-cdb.example"),
        ("max@MASSANFERTIGUNG.example", "max@MASSANFERTIGUNG.example"),
        ("max@müller.example", "max@xn--mller-kva.example"),
    ],
)
def test_a_mail_goes_to_the_domain_that_was_typed(typed: str, sent: str) -> None:
    emails.send("Subject", "Body", typed)
    assert mail.outbox[-1].to == [sent]


def test_a_domain_that_cannot_exist_is_refused() -> None:
    with pytest.raises(SMTPRecipientsRefused):
        emails.send("Subject", "Body", "max@\u0300ß.example")
    assert mail.outbox == []
