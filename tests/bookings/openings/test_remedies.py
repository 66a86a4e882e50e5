"""What is advised about an event of a calendar by web address: nothing that nobody here can do."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from bookings.openings.remedies import remedy, remedy_of_problem
from tests.factories import CalendarFactory, EventFactory, FeedFactory

pytestmark = pytest.mark.django_db
ONLY = "Only whoever publishes this calendar can"


@dataclass
class Event:
    reason: str
    blocks: bool
    all_day: bool = False


@pytest.mark.parametrize(
    ("reason", "blocks", "text"),
    [
        ("free", False, f"{ONLY} mark the event Busy."),
        ("busy", True, f"{ONLY} mark the event Free."),
        ("unreadable", True, f"{ONLY} correct the event."),
        ("declined", False, ""),
        ("cancelled", False, ""),
        ("invitation_rule", True, ""),
    ],
)
def test_nobody_is_sent_to_the_iphone(reason: str, blocks: bool, text: str) -> None:
    assert remedy(Event(reason, blocks), FeedFactory()).text == text


def test_the_rules_of_the_calendar_can_be_changed_like_those_of_others() -> None:
    feed = FeedFactory()
    changes = remedy(Event("busy", True, all_day=True), feed).changes
    assert [(one.calendar, one.field, one.value) for one in changes] == [(feed, "all_day_rule", "never")]


def test_an_event_that_cannot_be_read_says_who_can_correct_it() -> None:
    feed = FeedFactory()
    assert remedy(Event("unreadable", True), feed, "too_many_overrides").text == (
        f"This event has so many changed repetitions that each blocks as it stands. {ONLY} correct the event."
    )
    assert remedy_of_problem("zone_unknown", feed) == f"{ONLY} correct the event."
    assert EventFactory(calendar=feed, problem="no_times").sentence == (
        "This event has no readable times, so it cannot block anything. Only whoever publishes the calendar can "
        "correct it."
    )


def test_an_event_of_an_account_is_still_mended_on_the_iphone() -> None:
    calendar = CalendarFactory()
    assert remedy(Event("declined", False), calendar).text == (
        "To make it block, accept the invitation on your iPhone."
    )
    assert EventFactory(calendar=calendar, problem="no_times").sentence == (
        "This event has no readable times, so it cannot block anything. Open it on the iPhone and save it."
    )
