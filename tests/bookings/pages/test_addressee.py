"""In which language and zone the addressee of an e-mail reads a page."""

from __future__ import annotations

import pytest
from django.utils import timezone, translation

from bookings.pages.addressee import read_by
from practice.models import User
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def anna() -> User:
    """She is in Chicago."""
    return UserFactory.create(configuration__time_zone="America/Chicago")


@pytest.mark.parametrize(("chosen", "spoken"), [("", "de"), ("en", "en")])
def test_the_language_of_the_request_counts_for_who_has_chosen_none(anna: User, chosen: str, spoken: str) -> None:
    anna.language = chosen
    with translation.override("de"), read_by(anna):
        assert translation.get_language() == spoken


def test_times_are_in_the_zone_of_the_addressee(anna: User) -> None:
    with translation.override(None), read_by(anna):
        assert timezone.get_current_timezone_name() == "America/Chicago"
    assert timezone.get_current_timezone_name() == "UTC"
