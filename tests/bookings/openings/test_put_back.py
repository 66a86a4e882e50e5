"""An event that was removed with its booking, and that a device puts back: it blocks like any other."""

from __future__ import annotations

import pytest

from bookings import actions
from bookings.models import LinkedEvent
from bookings.openings import explain
from bookings.reconcile.audit import audit
from tests.bookings.practice import HOUR, Practice
from tests.factories import START


def put_back(practice: Practice, hours: int = 0) -> str:
    """Cancel a booking, remove its event, and let the device restore it, moved by so many hours. Its href."""
    booking = practice.booked()
    href, text = practice.href(booking), practice.text(booking)
    actions.cancel(booking, now=practice.now)
    assert (practice.push(), practice.events()) == (["pushed"], [])
    practice.poll_later()
    home = practice.account.calendar("Home")
    home.put(home.name_of(href), text.encode())
    if hours:
        practice.phone.move(href, practice.phone.begins(href) + hours * HOUR)
    practice.poll_later()
    return href


def why(practice: Practice, hours: int) -> list[str]:
    reasons = explain.reasons_for(practice.user, START + hours * HOUR, now=practice.now, service=practice.service)
    return [reason.text for reason in reasons if "in “Home”" in reason.text]


@pytest.mark.parametrize("hours", [0, 2])
def test_the_event_blocks_where_the_device_put_it(practice: Practice, hours: int) -> None:
    put_back(practice, hours)
    with pytest.raises(actions.NotOpen, match="An event in “Home”"):
        practice.book(START + hours * HOUR)
    assert [text.rpartition(" is ")[2] for text in why(practice, hours)] == ["marked Busy, so it blocks."]


@pytest.mark.parametrize("hours", [0, 2])
def test_the_event_is_not_removed_again(practice: Practice, hours: int) -> None:
    href = put_back(practice, hours)
    practice.poll_later(3)
    assert (practice.push(), practice.events(), practice.proposals()) == ([], [href], [])


@pytest.mark.parametrize("hours", [0, 2])
def test_the_audit_says_that_it_blocks(practice: Practice, hours: int) -> None:
    put_back(practice, hours)
    words = "Carla Client · Talk: its event was removed, but a device put it back into “Home”. It stays and blocks."
    assert [(one.kind, one.text) for one in audit(practice.user, practice.now)] == [("still_there", words)]


def test_while_the_removal_is_on_its_way_the_event_blocks_nothing(practice: Practice) -> None:
    actions.cancel(practice.booked(), now=practice.now)
    assert LinkedEvent.objects.unremoved().withdrawn().count() == 1
    assert practice.book().status == "confirmed"
