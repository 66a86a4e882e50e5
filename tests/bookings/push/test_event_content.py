"""Whoever chooses that less is to be shown on the iPhone means the bookings that are there already, too."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from availability.models import BlockedSlot
from bookings.models import Booking, Service
from bookings.push import mirrored_slots
from connections.models import Calendar, CalendarConfiguration
from practice.models import Practice as PracticeSettings
from practice.models import User
from tests.bookings.practice import HOUR, Practice
from tests.factories import NOW, START, UserFactory

pytestmark = pytest.mark.time_machine(NOW, tick=False)
URL = "/calendars/settings/configuration/"


def choose(practice: Practice, client: Client, **changed: str) -> None:
    """Save the configuration with something else in it."""
    home, work = (Calendar.objects.get(name=name) for name in ("Home", "Work"))
    form = {
        "linked_calendar": home.pk,
        "conflict_calendars": [home.pk, work.pk],
        "time_zone": "Europe/Berlin",
        "stale_policy": "pending",
        "detail": "name",
        "title_template": "",
    }
    client.force_login(practice.user)
    assert client.post(URL, form | changed).status_code == 302


def title(practice: Practice, booking: Booking) -> str:
    return practice.text(booking).partition("SUMMARY:")[2].partition("\r\n")[0]


def test_only_busy_is_shown_of_bookings_made_before_as_well(practice: Practice, client: Client) -> None:
    booking, moved = practice.booked(), practice.booked(START + 2 * HOUR)
    choose(practice, client, detail="busy")
    assert practice.push() == ["pushed", "pushed"]
    assert [title(practice, one) for one in (booking, moved)] == ["Busy", "Busy"]
    assert "Carla" not in practice.text(booking)
    practice.poll_later(2)
    assert (practice.proposals(), practice.push()) == ([], [])


def test_another_title_comes_to_bookings_made_before_but_not_over_one_the_phone_gave(
    practice: Practice, client: Client
) -> None:
    booking, renamed = practice.booked(), practice.booked(START + 2 * HOUR)
    practice.phone.rename(practice.href(renamed), "Carla, the difficult case")
    practice.poll_later()
    choose(practice, client, title_template="{service}: {client}")
    practice.push()
    assert [title(practice, one) for one in (booking, renamed)] == ["Talk: Carla Client", "Carla\\, the difficult case"]


def test_another_alarm_comes_to_bookings_made_before_but_not_over_one_the_phone_set(
    practice: Practice, client: Client
) -> None:
    bookings = booking, own, without = [practice.booked(START + hours * HOUR) for hours in (0, 2, 4)]
    practice.phone.alarm(practice.href(own), 10)
    practice.poll_later()
    choose(practice, client, alarm_minutes="30")
    practice.push()
    practice.phone.alarm(practice.href(without), None)
    practice.poll_later()
    choose(practice, client, alarm_minutes="45", detail="busy")
    practice.push()

    def alarms(one: Booking) -> list[str]:
        return [line for line in practice.text(one).split("\r\n") if line.startswith("TRIGGER")]

    assert [alarms(one) for one in bookings] == [["TRIGGER:-PT45M"], ["TRIGGER:-PT10M"], []]
    assert "Carla" not in practice.text(booking)  # an alarm has words of its own


def test_what_was_saved_without_another_choice_sends_nothing(practice: Practice, client: Client) -> None:
    booking = practice.booked()
    choose(practice, client)
    booking.refresh_from_db()
    assert (practice.push(), booking.revision) == ([], 1)


def change_service(practice: Practice, client: Client, **changed: object) -> None:
    """Save the service with something else in it."""
    address = f"/calendars/settings/services/{practice.service.slug}/"
    client.force_login(practice.user)
    form = client.get(address).context["form"]
    given = {name: form[name].value() for name in form.fields if form[name].value() is not None}
    assert client.post(address, given | changed).status_code == 302


def test_a_service_that_moves_is_shown_in_its_new_place_for_bookings_made_before(
    practice: Practice, client: Client
) -> None:
    booking, own = practice.booked(), practice.booked(START + 2 * HOUR)
    practice.phone.place(practice.href(own), "at Carla’s")
    practice.poll_later()
    change_service(practice, client, location="New street 5", neutral_title="Appointment")
    assert practice.push() == ["pushed", "pushed"]
    assert title(practice, booking) == "Appointment"
    assert ["LOCATION:New street 5\r\n" in practice.text(one) for one in (booking, own)] == [True, False]
    practice.poll_later(2)
    assert (practice.proposals(), practice.push()) == ([], [])


def test_the_event_has_the_room_of_its_booking(practice: Practice) -> None:
    Service.objects.update(location_kind="video", location="https://meet.example.org/{room}")
    booking, other = practice.booked(), practice.booked(START + 2 * HOUR)
    rooms = [f"LOCATION:https://meet.example.org/{one.room}\r\n" in practice.text(one) for one in (booking, other)]
    assert rooms == [True, True]


def test_a_service_changed_by_support_is_shown_as_well(practice: Practice, client: Client) -> None:
    booking = practice.booked()
    client.force_login(UserFactory(is_staff=True, is_superuser=True, configuration=None))
    address = reverse("admin:bookings_service_change", args=[practice.service.pk])
    form = client.get(address).context["adminform"].form
    given = {name: form[name].value() for name in form.fields if form[name].value() is not None}
    assert client.post(address, given | {"neutral_title": "Appointment"}).status_code == 302
    practice.push()
    assert title(practice, booking) == "Appointment"


def test_the_event_loses_the_name_when_the_owner_no_longer_works_alone(practice: Practice) -> None:
    User.objects.update(role=User.Role.OWNER)
    PracticeSettings.objects.create(calendar_limit="initials")
    booking = practice.booked()
    before = title(practice, booking)
    UserFactory.create()
    assert practice.push() == ["pushed"]
    assert (before, title(practice, booking)) == ("Carla Client", "C. C.")
    assert practice.push() == []


def test_of_a_service_only_what_events_say_sends_anything(practice: Practice, client: Client) -> None:
    practice.booked()
    change_service(practice, client, notice_minutes=90)
    assert practice.push() == []


def test_the_note_of_a_blocked_slot_follows_too(practice: Practice, client: Client) -> None:
    CalendarConfiguration.objects.update(mirror_blocked_slots=True)
    BlockedSlot.objects.create(user=practice.user, start=START, end=START + HOUR, note="Doctor")
    mirrored_slots.follow_slots(practice.now)
    practice.push()
    choose(practice, client, detail="busy", mirror_blocked_slots="on")
    assert practice.push() == ["pushed"]
    [href] = practice.events()
    assert b"SUMMARY:Busy\r\n" in practice.account.calendar("Home").resources[href].data


def test_what_is_written_into_a_calendar_is_in_the_language_of_whose_it_is(practice: Practice, client: Client) -> None:
    User.objects.update(language="de")
    booking = practice.booked()
    choose(practice, client, detail="busy")
    practice.push()
    assert title(practice, booking) == "Beschäftigt"
    assert (practice.proposals(), practice.push()) == ([], [])
