"""How the age of the calendars is worded: for each policy, with the day where that is not today."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from bookings.openings.freshness_words import freshness_sentence
from connections.freshness import freshness
from practice.models import User
from tests.factories import NOW, CalendarFactory, UserFactory

pytestmark = pytest.mark.django_db

MINUTES = timedelta(minutes=1)
SILENT = "iCloud has not answered since 08:48."


def sentence(user: User, age: timedelta) -> str:
    """What is said of the user's only calendar, read this long ago."""
    CalendarFactory(connection__user=user, fresh_at=NOW - age)
    with timezone.override(user.calendar_configuration.zone):
        return freshness_sentence(user, freshness(user, now=NOW), now=NOW)


@pytest.mark.parametrize(
    ("policy", "text"),
    [
        ("pending", f"{SILENT} Bookings are confirmed until 09:03, then wait for your OK."),
        ("no_openings", f"{SILENT} Bookings are confirmed until 09:03; after that no times are offered."),
        ("trust", f"{SILENT} As you chose, bookings are confirmed all the same."),
    ],
)
def test_what_follows_a_copy_that_is_still_trusted_depends_on_the_policy(policy: str, text: str) -> None:
    assert sentence(UserFactory(configuration__stale_policy=policy), 12 * MINUTES) == text


def test_a_moment_of_another_day_is_told_with_its_day() -> None:
    text = sentence(UserFactory(configuration__stale_policy="no_openings"), timedelta(days=1))
    since = "The calendars could not be read completely since Sun 29 Nov 2026, 09:00"
    assert text == f"{since}, so no times can be booked."


def test_a_moment_of_today_is_told_by_the_clock_of_the_staff_member() -> None:
    assert sentence(UserFactory(configuration__time_zone="Asia/Tokyo"), MINUTES) == "Calendars last checked: 16:59."
