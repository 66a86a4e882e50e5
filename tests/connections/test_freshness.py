"""How far a staff member's calendars can be believed, and what follows for bookings."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from connections.freshness import Freshness, freshness
from connections.models import Calendar, CalendarConfiguration
from practice.models import User
from tests.factories import NOW, CalendarFactory, ConnectionFactory, UserFactory

pytestmark = pytest.mark.django_db
MINUTE = timedelta(minutes=1)


def calendar(user: User, minutes: float | None = 1, **facts: Any) -> Calendar:
    """A chosen calendar that is known as of so many minutes ago."""
    at = None if minutes is None else NOW - minutes * MINUTE
    connection = user.connections.first() or ConnectionFactory(user=user)
    return CalendarFactory(**{"connection": connection, "fresh_at": at, "read_at": at, **facts})


def test_without_a_connection_the_hours_decide(user: User) -> None:
    assert freshness(user, now=NOW) == Freshness("none")


def test_until_the_choice_is_saved_there_are_no_openings(user: User) -> None:
    calendar(user)
    CalendarConfiguration.objects.update(saved_at=None)
    assert freshness(user, now=NOW) == Freshness("unconfigured", bookable=False)
    CalendarConfiguration.objects.all().delete()
    assert freshness(user, now=NOW) == Freshness("unconfigured", bookable=False)


def test_who_chose_no_calendar_has_openings_by_hours_alone(user: User) -> None:
    calendar(user, is_conflict_calendar=False)
    assert freshness(user, now=NOW) == Freshness("none")


@pytest.mark.parametrize("policy", CalendarConfiguration.StalePolicy.values)
def test_without_one_completed_read_there_are_no_openings_whatever_the_policy(user: User, policy: str) -> None:
    calendar(user)
    calendar(user, minutes=None)
    CalendarConfiguration.objects.update(stale_policy=policy)
    assert freshness(user, now=NOW) == Freshness("never_read", bookable=False)


def test_the_oldest_chosen_calendar_counts_over_all_connections(user: User) -> None:
    calendar(user, 1)
    calendar(user, 7, connection=ConnectionFactory(user=user))
    calendar(user, 30, is_conflict_calendar=False)
    calendar(UserFactory(), 40)
    assert freshness(user, now=NOW) == Freshness("fresh", NOW - 7 * MINUTE)


@pytest.mark.parametrize(
    ("minutes", "state"), [(0, "fresh"), (10, "fresh"), (10.1, "trusted"), (15, "trusted"), (15.1, "stale")]
)
def test_two_intervals_are_fresh_and_trust_lasts_a_quarter_of_an_hour(user: User, minutes: float, state: str) -> None:
    calendar(user, minutes)
    assert freshness(user, now=NOW).state == state


@pytest.mark.parametrize(("trust", "state"), [(60, "trusted"), (2, "trusted"), (1, "stale"), (0, "stale")])
@pytest.mark.parametrize("failing", ["connection", "calendar"])
def test_where_the_last_try_failed_a_copy_is_not_fresh_but_trusted(
    user: User, settings: Any, failing: str, trust: int, state: str
) -> None:
    settings.TRUST_MINUTES = trust
    row = calendar(user, 2)
    (row.connection if failing == "connection" else row).error_code = "unavailable"
    row.connection.save()
    row.save()
    assert freshness(user, now=NOW).state == state


@pytest.mark.parametrize(("minutes", "trust", "state"), [(0, 0, "fresh"), (2, 60, "trusted"), (2, 0, "stale")])
def test_who_asked_and_was_not_answered_has_a_copy_as_old_as_it_is(
    user: User, settings: Any, minutes: int, trust: int, state: str
) -> None:
    settings.TRUST_MINUTES = trust
    calendar(user, minutes)
    assert (freshness(user, now=NOW).state, freshness(user, now=NOW, asked=True).state) == ("fresh", state)


@pytest.mark.parametrize(
    ("policy", "bookable", "pending"), [("pending", True, True), ("no_openings", False, False), ("trust", True, False)]
)
def test_when_trust_is_over_the_staff_members_choice_decides(
    user: User, policy: str, bookable: bool, pending: bool
) -> None:
    calendar(user, 61)
    CalendarConfiguration.objects.update(stale_policy=policy)
    expected = Freshness("stale", NOW - 61 * MINUTE, bookable=bookable, pending=pending)
    assert freshness(user, now=NOW) == expected


def test_a_calendar_that_is_gone_grows_stale_and_is_never_taken_for_empty(user: User) -> None:
    calendar(user, 61, gone_at=NOW, error_code="calendar_gone")
    assert freshness(user, now=NOW) == Freshness("stale", NOW - 61 * MINUTE, pending=True)


@pytest.mark.parametrize("policy", CalendarConfiguration.StalePolicy.values)
def test_a_copy_that_was_never_complete_because_events_are_owed_is_no_copy(user: User, policy: str) -> None:
    calendar(user, fresh_at=None)
    CalendarConfiguration.objects.update(stale_policy=policy)
    assert freshness(user, now=NOW) == Freshness("never_read", bookable=False)


@pytest.mark.parametrize("failing", ["connection", "calendar", "neither, but it is old"])
@pytest.mark.parametrize(("listed", "state"), [("1", "trusted"), ("2", "stale")])
def test_a_copy_is_not_trusted_where_a_change_was_listed_and_not_read(
    user: User, failing: str, listed: str, state: str
) -> None:
    row = calendar(user, 12, probe_token="1", listed_token=listed)
    if failing == "connection":
        row.connection.error_code = "throttled"
        row.connection.save()
    elif failing == "calendar":
        Calendar.objects.update(error_code="unavailable")
    assert freshness(user, now=NOW).state == state


def test_a_change_that_a_poll_has_just_found_leaves_the_calendar_fresh_until_its_sync_comes(user: User) -> None:
    calendar(user, 5, probe_token="1", listed_token="2")
    assert freshness(user, now=NOW).state == "fresh"


# --- calendars by web address -----------------------------------------------------------------------------------


def feed(user: User, minutes: float | None = 1, *, refresh: int = 60, **facts: Any) -> Calendar:
    """The calendar of a feed that answered so many minutes ago, and wants to be asked every `refresh` minutes."""
    seconds = refresh * 60
    named = {"url": "https://club.example/", "username": "club.example…01234567", "refresh_seconds": seconds}
    connection = ConnectionFactory(user=user, provider="ics", **named)
    return calendar(user, minutes, connection=connection, path="/", writable=False, **facts)


@pytest.mark.parametrize(("minutes", "state"), [(0, "fresh"), (74.9, "fresh"), (75, "fresh"), (75.1, "stale")])
@pytest.mark.parametrize("failing", ["", "connection", "calendar"])
def test_a_feed_is_fresh_until_its_interval_and_the_minutes_of_trust_are_over(
    user: User, minutes: float, state: str, failing: str
) -> None:
    row = feed(user, minutes)
    if failing:
        (row.connection if failing == "connection" else row).error_code = "unavailable"
    row.connection.save()
    row.save()
    assert freshness(user, now=NOW).state == state
    assert freshness(user, now=NOW, asked=True).state == state


@pytest.mark.parametrize(
    ("policy", "bookable", "pending"), [("pending", True, True), ("no_openings", False, False), ("trust", True, False)]
)
def test_beyond_that_the_policy_decides_though_the_other_calendars_are_fresh(
    user: User, policy: str, bookable: bool, pending: bool
) -> None:
    calendar(user, 1)
    feed(user, 76)
    CalendarConfiguration.objects.update(stale_policy=policy)
    expected = Freshness("stale", NOW - MINUTE, bookable=bookable, pending=pending)
    assert freshness(user, now=NOW) == expected


def test_what_is_known_as_of_is_that_of_the_two_way_calendars(user: User) -> None:
    feed(user, 70)
    assert freshness(user, now=NOW) == Freshness("fresh", NOW - 70 * MINUTE)
    calendar(user, 2, connection=ConnectionFactory(user=user))
    assert freshness(user, now=NOW) == Freshness("fresh", NOW - 2 * MINUTE)


def test_a_feed_leaves_the_trust_in_other_calendars_as_it_is(user: User) -> None:
    feed(user, 70)
    calendar(user, 12, connection=ConnectionFactory(user=user))
    expected = Freshness("trusted", NOW - 12 * MINUTE, trusted_until=NOW + 3 * MINUTE)
    assert freshness(user, now=NOW) == expected


def test_before_a_feed_was_read_there_are_no_openings(user: User) -> None:
    calendar(user)
    feed(user, None)
    assert freshness(user, now=NOW) == Freshness("never_read", bookable=False)
