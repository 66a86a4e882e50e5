"""What may stand in iCloud at most: what the practice starts with, and whom it binds."""

from __future__ import annotations

import pytest
from django.core.management import call_command
from django.test import Client

from bookings.models import LinkedEvent
from bookings.push.event_content import draft, initials
from practice.models import CalendarDetail, Practice, User
from tests.factories import (
    NOW,
    BookingFactory,
    CalendarFactory,
    ClientFactory,
    LinkedEventFactory,
    ServiceFactory,
    UserFactory,
)
from tests.pages import texts

pytestmark = [pytest.mark.django_db, pytest.mark.time_machine(NOW, tick=False)]
FULL, NAME, INITIALS, BUSY = CalendarDetail


@pytest.fixture
def event() -> LinkedEvent:
    """Of a massage of Clara Blum with Anna, who chose to show everything."""
    anna = UserFactory.create(username="anna", role="owner", configuration__detail="full")
    calendar = CalendarFactory.create(connection__user=anna)
    anna.calendar_configuration.linked_calendar = calendar
    anna.calendar_configuration.save()
    client = ClientFactory.create(name="Clara Blum", email="clara@example.org", phone="")
    booking = BookingFactory.create(staff=anna, client=client, service=ServiceFactory.create(name="Massage"))
    return LinkedEventFactory.create(booking=booking, calendar=calendar, pushed=True)


def shown(event: LinkedEvent) -> tuple[str, bool]:
    """The title of the event, and whether the contact is told."""
    written = draft(event)
    return written.summary, "clara@example.org" in written.description


@pytest.mark.parametrize(
    ("limit", "expected"),
    [
        (FULL, ("Clara Blum · Massage", True)),
        (NAME, ("Clara Blum", False)),
        (INITIALS, ("C. B.", False)),
        (BUSY, ("Busy", False)),
    ],
)
def test_the_limit_of_the_practice_caps_what_a_person_chose(
    event: LinkedEvent, limit: CalendarDetail, expected: tuple[str, bool]
) -> None:
    UserFactory.create()
    Practice.objects.create(calendar_limit=limit)
    assert shown(event) == expected


def test_a_person_may_show_less_than_the_limit(event: LinkedEvent) -> None:
    UserFactory.create()
    Practice.objects.create(calendar_limit=NAME)
    event.booking.staff.calendar_configuration.detail = "busy"
    event.booking.staff.calendar_configuration.save()
    assert shown(event) == ("Busy", False)


def test_a_title_of_ones_own_names_the_service_only_without_a_limit(event: LinkedEvent) -> None:
    configuration = event.booking.staff.calendar_configuration
    configuration.title_template = "{service}: {client}"
    configuration.save()
    UserFactory.create()
    practice = Practice.objects.create(calendar_limit=INITIALS)
    assert shown(event)[0] == "C. B."
    practice.calendar_limit = FULL
    practice.save()
    assert shown(event)[0] == "Massage: Clara Blum"


def test_an_owner_who_works_alone_is_free(event: LinkedEvent) -> None:
    Practice.objects.create(calendar_limit=BUSY)
    UserFactory.create(role="", is_staff=True)
    UserFactory.create(is_active=False)
    assert shown(event) == ("Clara Blum · Massage", True)
    User.objects.update(role="staff")
    assert shown(event) == ("Busy", False)


@pytest.mark.parametrize(("country", "limit"), [("DE", INITIALS), ("AT", INITIALS), ("CH", INITIALS), ("FR", FULL)])
def test_the_country_decides_what_a_practice_starts_with(country: str, limit: CalendarDetail) -> None:
    call_command("configure_practice", country=country)
    assert Practice.objects.get().calendar_limit == limit


def test_what_an_owner_decided_stays_when_the_country_changes() -> None:
    Practice.objects.create(country="FR", calendar_limit=NAME)
    call_command("configure_practice", country="DE")
    assert Practice.objects.get().calendar_limit == NAME


def test_a_new_limit_is_written_to_the_events_of_everybody(client: Client, event: LinkedEvent) -> None:
    client.force_login(event.booking.staff)
    before = event.booking.revision
    client.post("/team/settings/", {"time_zone": "UTC", "colour": "#27489b", "calendar_limit": "initials"})
    event.booking.refresh_from_db()
    assert (Practice.objects.get().calendar_limit, event.booking.revision) == ("initials", before + 1)


def test_no_more_than_the_limit_is_offered(client: Client, event: LinkedEvent) -> None:
    UserFactory.create()
    Practice.objects.create(calendar_limit=INITIALS)
    client.force_login(event.booking.staff)
    page = client.get("/calendars/settings/configuration/")
    assert texts(page, "//select[@name='detail']/option") == ["Client’s initials", "Only “Busy”"]
    assert texts(page, "//select[@name='detail']/option[@selected]") == ["Client’s initials"]


@pytest.mark.parametrize(("name", "short"), [("Clara Blum", "C. B."), ("élodie", "É."), ("", "")])
def test_initials_are_the_first_letters_of_a_name(name: str, short: str) -> None:
    assert initials(name) == short
