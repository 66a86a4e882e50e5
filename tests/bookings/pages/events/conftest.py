from __future__ import annotations

import pytest

from connections.models import Calendar
from practice.models import User
from tests.factories import CalendarFactory


@pytest.fixture
def home(anna: User) -> Calendar:
    """Her calendar Home, which blocks."""
    return CalendarFactory.create(connection__user=anna, name="Home")
