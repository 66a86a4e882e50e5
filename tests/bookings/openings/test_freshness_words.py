"""How the age of the calendars is worded: for each policy, with the day where that is not today."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from bookings.openings.freshness_words import calendar_problem, conflict_calendars, freshness_sentence
from connections.freshness import freshness
from practice.models import User
from tests.factories import NOW, CalendarFactory, FeedFactory, UserFactory, dead_feed

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


# --- calendars by web address -------------------------------------------------------------------------------------

SINCE = "has not answered since Sat 31 Oct 2026, 09:00."
TODO = "Check the web address under Connections, or untick the calendar."


def said(user: User, *, is_own: bool = True) -> str:
    with timezone.override(user.calendar_configuration.zone):
        return freshness_sentence(user, freshness(user, now=NOW), now=NOW, is_own=is_own)


@pytest.mark.parametrize(
    ("policy", "follows"),
    [
        ("pending", "Bookings stay pending until that works again."),
        ("no_openings", "No times can be booked until that works again."),
        ("trust", "As you chose, bookings are confirmed all the same."),
    ],
)
def test_a_calendar_by_web_address_that_does_not_answer_is_named_with_what_follows(policy: str, follows: str) -> None:
    user = UserFactory(configuration__stale_policy=policy)
    CalendarFactory(connection__user=user)
    dead_feed(user)
    assert said(user) == f"The calendar by web address “Club fixtures” {SINCE} {follows} {TODO}"


def test_of_several_all_are_named_since_the_first_of_them() -> None:
    user = UserFactory()
    dead_feed(user)
    dead_feed(user, name="School", fresh_at=NOW - timedelta(days=1))
    text = "The calendars by web address “Club fixtures”, “School” have not answered since Sat 31 Oct 2026, 09:00."
    assert said(user) == f"{text} Bookings stay pending until that works again. {TODO}"


def test_one_that_answers_something_else_is_not_called_silent() -> None:
    user = UserFactory()
    dead_feed(user, connection__error_code="not_caldav")
    assert said(user).startswith("The calendar by web address “Club fixtures” cannot be read since Sat 31 Oct 2026")


def test_nobody_else_learns_of_which_calendars_somebody_reads() -> None:
    user = UserFactory()
    CalendarFactory(connection__user=user)
    dead_feed(user)
    assert said(user, is_own=False) == (
        "The calendars could not be read completely since Sat 31 Oct 2026, 09:00, so bookings stay pending until they "
        "can."
    )


def test_where_an_account_is_as_old_it_is_no_longer_about_the_other_calendar_alone() -> None:
    user = UserFactory()
    CalendarFactory(connection__user=user, fresh_at=NOW - timedelta(hours=1))
    dead_feed(user)
    assert said(user) == (
        "The calendars could not be read completely since 08:00, so bookings stay pending until they can."
    )


def test_an_account_that_is_silent_is_said_to_be_so_whatever_else_is_broken() -> None:
    user = UserFactory()
    FeedFactory(connection__user=user, connection__error_code="not_caldav", connection__failures=1)
    assert sentence(user, 12 * MINUTES) == f"{SILENT} Bookings are confirmed until 09:03, then wait for your OK."


def test_the_times_of_accounts_are_told_where_all_is_well() -> None:
    user = UserFactory()
    FeedFactory(connection__user=user, fresh_at=NOW - timedelta(hours=5), connection__refresh_seconds=86400)
    assert sentence(user, MINUTES) == "Calendars last checked: 08:59."


def test_what_is_wrong_with_a_calendar_by_web_address_says_what_to_do_about_its_address() -> None:
    user = UserFactory()
    dead_feed(user, error_code="")
    assert [calendar_problem(calendar) for calendar in conflict_calendars(user)] == [
        "“Club fixtures”: The web address does not answer just now. Kalends tries again by itself. If this stays, "
        "check the address, or untick the calendar."
    ]
