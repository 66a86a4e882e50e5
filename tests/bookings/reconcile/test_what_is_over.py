"""Nothing of what is over is asked, cancelled or mailed."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core import mail
from django.test import Client

from bookings import actions
from bookings.models import Booking, Proposal
from bookings.notifications import outgoing
from bookings.proposals import mail_links
from bookings.push import outbox
from connections.models import CalendarConfiguration
from tests.bookings.practice import HOUR, Practice
from tests.factories import NOW, START


def attended(practice: Practice) -> Booking:
    """A booking that was over two hours ago."""
    booking = practice.booked()
    practice.mails()
    mail.outbox.clear()
    practice.later(booking.end + 2 * HOUR - practice.now)
    practice.sync()
    return booking


def outcome(practice: Practice, booking: Booking) -> tuple[str, list[tuple[str, str]], int]:
    outgoing.mail_proposals(practice.now)
    outgoing.tell_clients(practice.now)
    return Booking.objects.get(pk=booking.pk).status, practice.proposals(), len(mail.outbox)


@pytest.mark.parametrize("choice", ["ask", "cancel", "put_back"])
@pytest.mark.parametrize("edit", ["delete", "cancel", "make_all_day"])
def test_who_tidies_the_phone_after_an_appointment_changes_nothing(practice: Practice, edit: str, choice: str) -> None:
    booking = attended(practice)
    CalendarConfiguration.objects.update(when_deleted=choice)
    getattr(practice.phone, edit)(practice.href(booking))
    before = practice.events()
    practice.poll_later(3)
    assert outcome(practice, booking) == ("confirmed", [], 0)
    assert (practice.push(), practice.events()) == ([], before)


@pytest.mark.parametrize("choice", ["ask", "follow", "put_back"])
def test_who_notes_how_long_it_took_changes_nothing(practice: Practice, choice: str) -> None:
    booking = attended(practice)
    CalendarConfiguration.objects.update(when_moved=choice)
    practice.phone.lengthen(practice.href(booking), HOUR / 2)
    practice.poll_later()
    assert outcome(practice, booking) == ("confirmed", [], 0)
    assert booking.end == START + HOUR


def test_an_appointment_that_was_missed_and_is_moved_to_a_later_day_is_followed(practice: Practice) -> None:
    booking = attended(practice)
    practice.phone.move(practice.href(booking), START + timedelta(days=1))
    practice.poll_later()
    booking.refresh_from_db()
    assert booking.start == START + timedelta(days=1)


@pytest.mark.time_machine(NOW + timedelta(days=20), tick=False)
@pytest.mark.parametrize(("edit", "choice"), [("delete", "cancel"), ("move", "accept")])
def test_what_nobody_decided_in_time_is_not_carried_out_later(
    practice: Practice, client: Client, edit: str, choice: str
) -> None:
    booking = practice.booked()
    practice.mails()
    CalendarConfiguration.objects.update(when_moved="ask")
    where = [] if edit == "delete" else [START + 2 * HOUR]
    getattr(practice.phone, edit)(practice.href(booking), *where)
    practice.poll_later(3)
    [asked] = Proposal.objects.open()
    mail.outbox.clear()
    practice.later(timedelta(days=20))
    with pytest.raises(actions.Refused, match="There is nothing to decide any more"):
        actions.decide(asked, choice=choice, now=practice.now)
    assert outcome(practice, booking) == ("confirmed", [], 0)
    assert outbox.push_state(booking) == "pushed"
    shown = client.get(f"/bookings/proposals/mail/{mail_links.token_of(asked)}/")
    assert b"This has settled itself" in shown.content
