"""In which language, clock and zone the addressee of an e-mail reads a page."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from django.utils import timezone, translation

from bookings.pages.addressee import read_by
from practice import time_format
from practice.models import Practice, User
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def anna() -> User:
    """She is in Chicago."""
    return UserFactory.create(configuration__time_zone="America/Chicago")


@pytest.mark.parametrize(("chosen", "spoken"), [("", "de"), ("en", "en")])
def test_who_has_chosen_no_language_reads_that_of_the_practice_as_in_the_mail(
    anna: User, chosen: str, spoken: str
) -> None:
    Practice.objects.create(language="de")
    anna.language = chosen
    with translation.override("en"), read_by(anna):
        assert translation.get_language() == spoken


def test_times_are_on_the_clock_and_in_the_zone_of_the_addressee(anna: User) -> None:
    anna.clock = User.Clock.TWELVE_HOURS
    with translation.override("en"), read_by(anna):
        assert time_format.clock(datetime(2026, 12, 1, 20, 30, tzinfo=UTC)) == "2:30 PM"
    assert timezone.get_current_timezone_name() == "UTC"
