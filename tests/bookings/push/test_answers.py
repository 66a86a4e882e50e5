"""What a client answered stays in Kalends, whatever the calendar may show."""

from __future__ import annotations

import pytest

from bookings import actions
from connections.models import CalendarConfiguration
from tests.bookings.practice import Practice
from tests.factories import START

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("detail", list(CalendarConfiguration.Detail))
def test_no_event_has_an_answer(practice: Practice, detail: str) -> None:
    CalendarConfiguration.objects.filter(user=practice.user).update(detail=detail)
    said = actions.SeatDetails(answers={"since": "Maybe-May"}, asked={"since": "Since when?"})
    booking = practice.book(START, seat=said)
    assert practice.push() == ["pushed"]
    text = practice.text(booking)
    assert [word in text for word in ("BEGIN:VEVENT", "Maybe-May", "Since when")] == [True, False, False]
    assert booking.seat.answered == [("Since when?", "Maybe-May")]
