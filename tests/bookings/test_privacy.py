"""Which providers get data of clients, for the privacy notice."""

from __future__ import annotations

from typing import Any

import pytest

from bookings.privacy import privacy_facts
from connections.models import CalendarConfiguration
from practice.profile.privacy import PrivacyFacts
from tests.factories import CalendarConfigurationFactory, CalendarFactory, FeedFactory, QuestionFactory

pytestmark = pytest.mark.django_db
APPLE = ("Apple (iCloud)",)


@pytest.mark.parametrize(
    ("details", "facts"),
    [
        ([], PrivacyFacts()),
        (["name"], PrivacyFacts(names_at=APPLE)),
        (["full"], PrivacyFacts(contacts_at=APPLE)),
        (["busy"], PrivacyFacts(times_at=APPLE)),
        (["busy", "name"], PrivacyFacts(names_at=APPLE)),
        (["busy", "name", "full"], PrivacyFacts(contacts_at=APPLE)),
    ],
)
def test_a_provider_is_named_once_for_the_most_it_gets(details: list[str], facts: Any) -> None:
    for detail in details:
        calendar = CalendarFactory()
        CalendarConfigurationFactory(user=calendar.connection.user)
        configuration = calendar.connection.user.calendar_configuration
        configuration.detail, configuration.linked_calendar = detail, calendar
        configuration.save()
    assert privacy_facts() == facts


def test_a_server_without_a_name_of_its_own_is_named_by_its_host() -> None:
    calendar = CalendarFactory(connection__provider="caldav", connection__url="https://dav.example.org/anna/")
    CalendarConfigurationFactory(user=calendar.connection.user)
    configuration = calendar.connection.user.calendar_configuration
    configuration.detail, configuration.linked_calendar = "name", calendar
    configuration.save()
    assert privacy_facts() == PrivacyFacts(names_at=("dav.example.org",))


def test_it_is_said_that_services_have_questions() -> None:
    QuestionFactory.create()
    assert privacy_facts() == PrivacyFacts(asks_questions=True)


def test_a_calendar_that_is_only_read_gets_nothing() -> None:
    CalendarFactory()
    assert privacy_facts() == PrivacyFacts()


def test_a_calendar_by_web_address_is_nobody_who_gets_data() -> None:
    linked, feed = CalendarFactory(), FeedFactory()
    for calendar in (linked, feed):
        CalendarConfigurationFactory(user=calendar.connection.user)
    assert privacy_facts() == PrivacyFacts()
    CalendarConfiguration.objects.filter(user=linked.connection.user).update(linked_calendar=linked, detail="name")
    assert privacy_facts() == PrivacyFacts(names_at=APPLE)
