"""What may stand in iCloud at most: what the practice starts with, and whom it binds."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from bookings.models import Booking, LinkedEvent
from bookings.push.event_content import draft, initials
from bookings.push.outbox import push_due
from connections.models import CalendarConfiguration
from practice.models import CalendarDetail, Practice, User
from tests.factories import (
    NOW,
    START,
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


@pytest.mark.parametrize(
    ("typed", "limit"),
    [
        ({"country": "AT", "calendar_limit": "full"}, INITIALS),
        ({"country": "AT"}, INITIALS),
        ({"country": "AT", "calendar_limit": "name"}, NAME),
        ({"country": "FR", "calendar_limit": "full"}, FULL),
        ({"calendar_limit": "full"}, FULL),
    ],
)
def test_the_country_decides_on_the_page_too_unless_the_owner_does(
    client: Client, typed: dict[str, str], limit: CalendarDetail
) -> None:
    client.force_login(UserFactory.create(role="owner"))
    client.post("/team/settings/", {"time_zone": "UTC", "colour": "#27489b"} | typed)
    assert Practice.objects.get().calendar_limit == limit


def test_a_second_country_decides_nothing_on_the_page(client: Client) -> None:
    Practice.objects.create(country="FR")
    client.force_login(UserFactory.create(role="owner"))
    client.post("/team/settings/", {"time_zone": "UTC", "colour": "#27489b", "country": "DE", "calendar_limit": "full"})
    assert (Practice.objects.get().country, Practice.objects.get().calendar_limit) == ("DE", FULL)


def test_what_an_owner_decided_stays_when_the_country_changes() -> None:
    Practice.objects.create(country="FR", calendar_limit=NAME)
    call_command("configure_practice", country="DE")
    assert Practice.objects.get().calendar_limit == NAME


def revisions(event: LinkedEvent) -> int:
    """How often the booking of the event was to be written."""
    event.booking.refresh_from_db()
    return event.booking.revision


def test_a_new_limit_is_written_to_the_events_of_everybody(client: Client, event: LinkedEvent) -> None:
    UserFactory.create()
    client.force_login(event.booking.staff)
    before = revisions(event)
    client.post("/team/settings/", {"time_zone": "UTC", "colour": "#27489b", "calendar_limit": "initials"})
    assert (Practice.objects.get().calendar_limit, revisions(event)) == ("initials", before + 1)


def test_the_command_has_a_new_limit_written_too(event: LinkedEvent) -> None:
    UserFactory.create()
    before = revisions(event)
    call_command("configure_practice", calendar_limit="name")
    assert revisions(event) == before + 1
    call_command("configure_practice", calendar_limit="name", name="Praxis Winter")
    assert revisions(event) == before + 1


def test_events_are_written_again_when_somebody_joins_and_only_then(event: LinkedEvent) -> None:
    before = revisions(event)
    Practice.objects.create(calendar_limit=INITIALS)
    UserFactory.create(role="", is_staff=True)
    assert revisions(event) == before
    colleague = UserFactory.create(role="front_desk", is_active=False)
    assert revisions(event) == before
    colleague.is_active = True
    colleague.save(update_fields=["is_active"])
    assert (revisions(event), LinkedEvent.objects.get().state) == (before + 1, "queued")
    UserFactory.create()
    colleague.save()
    assert revisions(event) == before + 1


def test_whoever_joins_unnoticed_is_noticed_before_anything_is_pushed(event: LinkedEvent) -> None:
    Practice.objects.create(calendar_limit=INITIALS)
    UserFactory.create(is_active=False)
    before = revisions(event)
    User.objects.update(is_active=True)
    push_due(NOW)
    assert revisions(event) == before + 1


def test_after_somebody_left_the_owner_is_free_until_the_next_joins(event: LinkedEvent) -> None:
    Practice.objects.create(calendar_limit=INITIALS)
    colleague = UserFactory.create()
    with_colleague = revisions(event)
    colleague.delete()
    alone = revisions(event)
    UserFactory.create()
    assert (alone - with_colleague, revisions(event) - alone) == (1, 1)


@pytest.mark.parametrize(("detail", "template", "written"), [("initials", "", 0), ("busy", "", 0), ("name", "", 1)])
def test_only_events_that_show_more_than_the_limit_are_written_again(
    event: LinkedEvent, detail: str, template: str, written: int
) -> None:
    CalendarConfiguration.objects.update(detail=detail, title_template=template)
    before = revisions(event)
    Practice.objects.create(calendar_limit=INITIALS)
    UserFactory.create()
    assert revisions(event) - before == written


def test_a_title_that_names_the_service_is_written_again(event: LinkedEvent) -> None:
    CalendarConfiguration.objects.update(detail="initials", title_template="{service}")
    before = revisions(event)
    Practice.objects.create(calendar_limit=NAME)
    UserFactory.create()
    assert revisions(event) == before + 1


def test_what_is_over_is_not_written_again(event: LinkedEvent) -> None:
    Booking.objects.update(start=NOW - timedelta(hours=2), end=NOW - timedelta(hours=1))
    before = revisions(event)
    Practice.objects.create(calendar_limit=INITIALS)
    UserFactory.create()
    assert revisions(event) == before


def test_thirty_events_take_as_many_queries_as_one(event: LinkedEvent) -> None:
    Practice.objects.create(calendar_limit=INITIALS)
    colleagues = [UserFactory.create(role="") for _ in range(2)]
    counts = [queries_of_joining(colleagues[0])]
    colleagues[0].delete()
    for hour in range(1, 31):
        booking = BookingFactory.create(staff=event.booking.staff, start=START + timedelta(hours=2 * hour))
        LinkedEventFactory.create(booking=booking, calendar=event.calendar, pushed=True)
    counts.append(queries_of_joining(colleagues[1]))
    assert (counts[0] == counts[1], LinkedEvent.objects.filter(state="queued").count()) == (True, 31)


def queries_of_joining(user: User) -> int:
    user.role = User.Role.STAFF
    with CaptureQueriesContext(connection) as queries:
        user.save()
    return len(queries)


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
