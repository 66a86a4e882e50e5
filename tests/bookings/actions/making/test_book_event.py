from __future__ import annotations

from datetime import timedelta

import pytest

from bookings import actions
from bookings.models import Booking, Mail
from connections import ical
from connections.models import Event
from tests.bookings.practice import CARLA, HOUR, Practice
from tests.bookings.practice import practice as practice  # a fixture
from tests.factories import START


def _event(practice: Practice, *, uid: str = "LATER") -> Event:
    """An event of a former copy, as it was read."""
    draft = ical.EventDraft(uid, START, START + HOUR, "Europe/Berlin", "Carla Client", url="http://old.example/")
    practice.phone.add_text(practice.account.calendar("Home"), ical.compose(draft, now=practice.now))
    practice.poll_later()
    return Event.objects.get(uid=uid)


def _book(practice: Practice, event: Event) -> Booking:
    return actions.book_event(event, service=practice.service, client=CARLA, now=practice.now)


def test_the_booking_takes_over_the_event_and_gives_it_the_present_link(practice: Practice) -> None:
    event = _event(practice)
    before = practice.events()
    booking = _book(practice, event)
    assert (practice.push(), practice.events(), practice.href(booking)) == (["pushed"], before, event.href)
    assert booking.get_absolute_url() in practice.text(booking)
    assert "old.example" not in practice.text(booking)


def test_an_event_that_the_iphone_has_written_stays_as_it_is(practice: Practice) -> None:
    event = _event(practice)
    practice.phone.rename(event.href, "Carla brings her sister")
    practice.poll_later()
    booking = _book(practice, Event.objects.get(uid="LATER"))
    assert (practice.push(), "Carla brings her sister" in practice.text(booking)) == ([], True)


def test_the_client_is_not_mailed_but_hears_of_what_follows(practice: Practice) -> None:
    booking = _book(practice, _event(practice))
    assert practice.client_mails() == []
    actions.reschedule(booking, start=START + 2 * HOUR, now=practice.now)
    assert list(Mail.objects.to_clients().values_list("kind", "state")) == [
        ("confirmation", "dropped"),
        ("change", "due"),
    ]


def test_it_is_refused_twice_and_when_the_event_is_gone_or_no_single_time(practice: Practice) -> None:
    event = _event(practice)
    _book(practice, event)
    with pytest.raises(actions.Refused, match="belongs to a booking already"):
        _book(practice, event)
    other = _event(practice, uid="OTHER")
    practice.phone.make_all_day(other.href)
    with pytest.raises(actions.Refused, match="all-day"):
        _book(practice, other)
    practice.phone.delete(other.href)
    with pytest.raises(actions.Refused, match="not there any more"):
        _book(practice, other)
    assert Booking.objects.count() == 1


def test_a_time_that_is_taken_is_booked_all_the_same(practice: Practice) -> None:
    event = _event(practice)
    practice.book(START + timedelta(minutes=30), anyway=True)
    assert _book(practice, event).overlap_allowed is True
