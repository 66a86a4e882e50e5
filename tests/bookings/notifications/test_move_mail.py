"""Staff are mailed a move that their booking followed, with a link to undo it or to tell the client at once."""

from __future__ import annotations

import re

import pytest
from django.core import mail
from django.test import Client
from django.utils import timezone

from bookings.models import Booking, BookingChange
from bookings.notifications import move_mail
from practice.models import User
from tests.bookings.practice import Practice, berlin
from tests.factories import START
from tests.pages import texts

BODY = "Carla Client moved from Tue 1 Dec, 10:00 to Tue 1 Dec, 14:00. Carla Client is told at 09:15."


def followed(practice: Practice) -> Booking:
    """A booking that followed its event from 10:00 to 14:00, of which the client was told before."""
    User.objects.update(email="anna@example.com")
    booking = practice.booked()
    practice.mails()
    mail.outbox.clear()
    practice.phone.move(practice.href(booking), berlin(1, 14))
    practice.poll_later()
    move_mail.mail_moves(practice.now)
    return booking


def link() -> str:
    found = re.search(r"http://\S+(/bookings/changes/mail/\S+)", str(mail.outbox[0].body))
    assert found is not None
    return found[1]


def test_a_move_that_was_followed_is_mailed_to_staff_once(practice: Practice) -> None:
    followed(practice)
    assert move_mail.mail_moves(practice.now) == 0
    assert [(one.subject, one.to) for one in mail.outbox] == [
        ("Moved on your iPhone: Carla Client · Talk", ["anna@example.com"])
    ]
    assert str(mail.outbox[0].body).splitlines()[0] == BODY


@pytest.mark.parametrize(("choice", "start", "told"), [("undo", START, 0), ("tell", berlin(1, 14), 1)])
def test_the_link_shows_the_move_and_a_button_undoes_it_or_tells_the_client(
    practice: Practice, client: Client, monkeypatch: pytest.MonkeyPatch, choice: str, start: object, told: int
) -> None:
    booking = followed(practice)
    monkeypatch.setattr(timezone, "now", lambda: practice.now)
    page = client.get(link())
    assert texts(page, "//main//button") == ["Undo", "Tell now"]
    client.post(link(), {"choice": choice})
    booking.refresh_from_db()
    assert (booking.start, len([one for one in mail.outbox if one.to == ["carla@example.org"]])) == (start, told)
    assert texts(client.get(link()), "//main//button") == []


def test_a_move_made_in_kalends_is_not_mailed_to_staff(practice: Practice) -> None:
    practice.booked()
    assert list(BookingChange.objects.exclude(tell_staff_at=None)) == []


def test_a_move_is_mailed_in_the_language_of_whose_iphone_it_is(practice: Practice) -> None:
    User.objects.update(language="de")
    followed(practice)
    assert mail.outbox[0].subject == "Auf Ihrem iPhone verschoben: Carla Client · Talk"
    assert str(mail.outbox[0].body).splitlines()[:3] == [
        "Carla Client: verschoben von Di., 1. Dez., 10:00 Uhr auf Di., 1. Dez., 14:00 Uhr. "
        "Carla Client wird um 09:15 benachrichtigt.",
        "",
        "Hier machen Sie das rückgängig oder verschicken die Nachricht gleich:",
    ]
