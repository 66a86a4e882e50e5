"""A practice in Berlin that clients can book, with Anna at work, and a client without a session."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import time_machine
from pytest_django import Settings

from bookings.models import Service
from practice.models import Practice, User
from tests.factories import NOW, ServiceFactory, UserFactory, office_hours


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    """It is Monday 30 November 2026, 9:00 in Berlin."""
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


@pytest.fixture
def practice_of_clients(db: None, settings: Settings, clock: time_machine.Traveller) -> Practice:
    """The practice with all that clients need; its mails are received, as in the demo."""
    settings.DEMO = True
    return Practice.objects.create(
        name="Praxis Winter",
        country="DE",
        time_zone="Europe/Berlin",
        language="en",
        phone="030 1234567",
        email="praxis@example.com",
        imprint="Anna Winter, Berlin",
        privacy_notice="We keep your name.",
    )


@pytest.fixture
def anna(db: None) -> User:
    """Anna Winter works Monday to Friday, nine to five, without calendars."""
    anna = UserFactory.create(username="anna-signs-in", first_name="Anna", last_name="Winter")
    office_hours(anna)
    return anna


@pytest.fixture
def massage(anna: User, practice_of_clients: Practice) -> Service:
    """An hour with Anna, every hour, listed."""
    return ServiceFactory.create(
        name="Massage", slug="massage", visibility="public", slot_minutes=60, notice_minutes=60, staff=[anna]
    )
