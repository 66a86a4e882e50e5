"""The factories make rows that the database accepts."""

from __future__ import annotations

import pytest
from factory.django import DjangoModelFactory

from tests import factories

pytestmark = pytest.mark.django_db


FACTORIES = DjangoModelFactory.__subclasses__()


@pytest.mark.parametrize("make", FACTORIES, ids=lambda make: make.__name__)
def test_every_factory_makes_a_valid_row(make: type[DjangoModelFactory]) -> None:
    row = make()
    row.full_clean()
    assert type(row).objects.filter(pk=row.pk).count() == 1


def test_a_user_comes_with_one_configuration() -> None:
    user = factories.UserFactory(configuration__time_zone="Asia/Tokyo")
    assert user.calendar_configuration.time_zone == "Asia/Tokyo"


def test_a_configuration_comes_with_a_user() -> None:
    configuration = factories.CalendarConfigurationFactory(saved_at=None)
    assert configuration.user.calendar_configuration == configuration


def test_an_occurrence_and_its_event_stand_in_the_same_calendar() -> None:
    occurrence = factories.OccurrenceFactory(uid="ABC")
    assert (occurrence.event.calendar, occurrence.event.uid) == (occurrence.calendar, "ABC")
