"""What is told of how fresh the calendars are."""

from __future__ import annotations

from datetime import timedelta

import pytest

from availability.slots import Shape
from bookings.openings.explain import why_not
from bookings.openings.reasons import ReasonKind, ToldTo
from connections.models import Calendar, CalendarConfiguration, Connection
from practice.models import User
from tests.bookings.openings.told import MINUTES, told, tuesday
from tests.factories import (
    NOW,
    CalendarFactory,
    EventFactory,
    OccurrenceFactory,
    dead_feed,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("at_work")]


@pytest.mark.parametrize(
    ("age", "policy", "blocks", "text"),
    [
        (1, "pending", False, "Calendars last checked: 08:59."),
        (
            12,
            "pending",
            False,
            "iCloud has not answered since 08:48. Bookings are confirmed until 09:03, then wait for your OK.",
        ),
        (
            90,
            "pending",
            False,
            "The calendars could not be read completely since 07:30, so bookings stay pending until they can.",
        ),
        (
            90,
            "no_openings",
            True,
            "The calendars could not be read completely since 07:30, so no times can be booked.",
        ),
        (
            90,
            "trust",
            False,
            "The calendars could not be read completely since 07:30. As you chose, bookings are confirmed all the "
            "same.",
        ),
    ],
)
def test_how_fresh_the_calendars_are_is_always_told(
    anna: User, work: Calendar, age: int, policy: str, blocks: bool, text: str
) -> None:
    Calendar.objects.update(fresh_at=NOW - age * MINUTES)
    CalendarConfiguration.objects.update(stale_policy=policy)
    assert told(anna, tuesday(10), ReasonKind.FRESHNESS) == [("freshness", blocks, text)]


def test_a_calendar_never_read_is_named(anna: User, work: Calendar) -> None:
    Calendar.objects.update(read_at=None, fresh_at=None)
    assert told(anna, tuesday(10), ReasonKind.FRESHNESS) == [
        (
            "freshness",
            True,
            "The calendars are being read for the first time. No times can be booked until that is done.",
        ),
        ("freshness", False, "“Work” has not been read completely yet."),
    ]


def test_calendars_that_were_never_chosen_block_everything(anna: User, work: Calendar) -> None:
    CalendarConfiguration.objects.update(saved_at=None)
    assert told(anna, tuesday(10), ReasonKind.FRESHNESS) == [
        ("freshness", True, "No calendars are chosen yet, so no times can be booked.")
    ]


def test_what_is_wrong_with_a_calendar_is_told_beside_its_age(anna: User, work: Calendar) -> None:
    Calendar.objects.update(error_code="calendar_gone")
    assert told(anna, tuesday(10), ReasonKind.FRESHNESS)[1] == (
        "freshness",
        False,
        "“Work”: This calendar is no longer in the account. Choose another, or untick it.",
    )


def test_trouble_of_one_calendar_is_not_told_of_another(anna: User, work: Calendar) -> None:
    """The account says what is wrong with the first of its calendars that is in trouble."""
    CalendarFactory(connection=work.connection, name="Home")
    Calendar.objects.filter(pk=work.pk).update(error_code="calendar_gone")
    Connection.objects.update(error_code="calendar_gone")
    assert [text for _kind, _blocks, text in told(anna, tuesday(10), ReasonKind.FRESHNESS)[1:]] == [
        "“Work”: This calendar is no longer in the account. Choose another, or untick it."
    ]


@pytest.mark.parametrize("policy", CalendarConfiguration.StalePolicy.values)
def test_events_that_are_owed_since_the_first_read_are_told(anna: User, work: Calendar, policy: str) -> None:
    CalendarConfiguration.objects.update(stale_policy=policy)
    EventFactory(calendar=work, pending_etag='"1"', pending_since=NOW)
    Calendar.objects.update(fresh_at=None)
    assert told(anna, tuesday(10), ReasonKind.FRESHNESS) == [
        (
            "freshness",
            True,
            "The calendars are being read for the first time. No times can be booked until that is done.",
        ),
        (
            "freshness",
            False,
            "“Work”: 1 event is listed but could not be read yet. Kalends keeps trying; what is known of it stays.",
        ),
    ]


@pytest.mark.parametrize("days", [-40, 410])
def test_where_events_are_not_kept_that_is_said(anna: User, work: Calendar, days: int) -> None:
    assert told(anna, NOW + timedelta(days=days), ReasonKind.FRESHNESS)[1] == (
        "freshness",
        False,
        "Events are kept from Mon 26 Oct 2026 to Thu 6 Jan 2028. What iCloud has beyond that is not known here.",
    )


def test_a_calendar_by_web_address_is_named_to_its_reader_alone(anna: User, work: Calendar) -> None:
    dead_feed(anna)
    named = [
        told_to
        for told_to in ToldTo
        if "Club fixtures" in str(told(anna, tuesday(10), ReasonKind.FRESHNESS, told_to=told_to)[0])
    ]
    assert named == [ToldTo.OWNER]


@pytest.mark.parametrize("policy", CalendarConfiguration.StalePolicy.values)
def test_no_refusal_that_clients_may_read_names_a_calendar_by_web_address(
    anna: User, work: Calendar, policy: str
) -> None:
    CalendarConfiguration.objects.update(stale_policy=policy)
    OccurrenceFactory(calendar=dead_feed(anna), start=tuesday(10), summary="Final")
    found = why_not(anna, Shape(timedelta(hours=1), timedelta(hours=1)), tuesday(12), now=NOW)
    since = "The calendars could not be read completely since Sat 31 Oct 2026, 09:00"
    assert found == (f"{since}, so no times can be booked." if policy == "no_openings" else "")
