"""Anna, who takes bookings: as rows alone, or with her iCloud."""

from __future__ import annotations

import pytest
from pytest_django import Settings

from connections.models import Calendar
from practice.models import User
from tests.bookings.practice import DEADLINE
from tests.bookings.practice import practice as practice  # a fixture
from tests.factories import CalendarFactory, UserFactory, office_hours


@pytest.fixture
def anna(db: None) -> User:
    """She has saved her configuration, and has neither working hours nor calendars."""
    return UserFactory.create(username="anna")


@pytest.fixture
def at_work(anna: User) -> None:
    """Anna works Monday to Friday, nine to five."""
    office_hours(anna)


@pytest.fixture
def work(anna: User) -> Calendar:
    """Her calendar Work, which blocks."""
    return CalendarFactory.create(connection__user=anna, name="Work")


@pytest.fixture
def short_deadline(settings: Settings) -> None:
    """The question at the last moment has less than half a second."""
    settings.FRESHNESS_DEADLINE_SECONDS = DEADLINE
