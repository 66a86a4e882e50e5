"""A form in which several things are wrong says all of them at once, on every page that has one."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from tests.factories import (
    NOW,
    BookingFactory,
    CalendarFactory,
    DateOverrideFactory,
)
from tests.pages import texts

pytestmark = [pytest.mark.django_db, pytest.mark.time_machine(NOW, tick=False)]
SETTINGS = "/calendars/settings/"


REQUIRED = "This field is required."


def not_among(choice: str) -> str:
    return f"Select a valid choice. {choice} is not one of the available choices."


CASES: dict[str, tuple[str, dict[str, Any], list[str]]] = {
    "weekly hours": (
        f"{SETTINGS}availability/hours/",
        {
            "form-TOTAL_FORMS": 4,
            "form-INITIAL_FORMS": 0,
            "form-0-weekday": 0,
            "form-0-start": "12:00",
            "form-0-end": "9:00",
            "form-1-weekday": 1,
            "form-1-start": "noon",
            "form-1-end": "",
            "form-2-weekday": 2,
            "form-2-start": "9:00",
            "form-2-end": "12:00",
            "form-3-weekday": 2,
            "form-3-start": "11:00",
            "form-3-end": "13:00",
        },
        [
            "The end must be after the start. For midnight enter 0:00.",
            "Enter a time like 9:00 or 17:30.",
            "Enter a time.",
            "This overlaps 09:00–12:00.",
        ],
    ),
    "a date override": (
        f"{SETTINGS}availability/overrides/add/",
        {"override-date": "2026-11-01", "override-kind": "hours", "override-start": "noon", "override-end": ""},
        [
            "This date is over.",
            "Enter a time like 9:00 or 17:30.",
            "Enter a time.",
        ],
    ),
    "a date override on a date that has hours": (
        f"{SETTINGS}availability/overrides/add/",
        {"override-date": "2026-12-24", "override-kind": "hours", "override-start": "", "override-end": ""},
        [
            "Enter a time.",
            "Enter a time.",
        ],
    ),
    "a blocked slot": (
        f"{SETTINGS}availability/blocked/add/",
        {"blocked-start": "soon", "blocked-end": "2026-02-30T10:00", "blocked-note": "x" * 201},
        [
            "Enter a date and a time.",
            "Enter a date and a time.",
            "Ensure this value has at most 200 characters (it has 201).",
        ],
    ),
    "a service": (
        f"{SETTINGS}services/{{service}}/",
        {
            "name": "",
            "minutes": "0",
            "slot_minutes": "x",
            "buffer_before_minutes": "-1",
            "buffer_after_minutes": "",
            "notice_minutes": "-5",
            "horizon_days": "9999",
        },
        [
            "Enter a name.",
            "Enter at least 1.",
            "Say where it takes place.",
            "Enter a number that is not negative.",
            "Enter a number.",
            "Say who can book it.",
            "Enter a whole number.",
            "Enter at most 400 days: Kalends does not look further ahead.",
            "Enter a number that is not negative.",
            "Enter a number.",
        ],
    ),
    "a client": (
        "/clients/{client}/",
        {"name": " ", "email": "clara", "phone": "12", "time_zone": "Mars/Olympus"},
        [
            REQUIRED,
            "Enter a valid email address.",
            "Write the number with its country code: +49 30 1234567.",
            not_among("Mars/Olympus"),
        ],
    ),
    "iCloud": (
        f"{SETTINGS}connections/new/icloud/",
        {"apple_id": "anna", "app_password": "Summer2026!"},
        [
            "An Apple ID is an e-mail address, like anna@example.com. Check what is missing; nothing was sent.",
            "That does not look like an app-specific password: those are 16 letters in four groups, like "
            "abcd-efgh-ijkl-mnop. Your normal password never works here, so nothing was sent. Make an "
            "app-specific one at account.apple.com.",
        ],
    ),
    "the configuration": (
        f"{SETTINGS}configuration/",
        {
            "linked_calendar": "0",
            "conflict_calendars": "0",
            "time_zone": "Mars/Olympus",
            "detail": "all",
            "title_template": "{who} {what} }",
            "alarm_minutes": "-1",
            "when_moved": "x",
            "when_deleted": "x",
            "stale_policy": "x",
            "calendar-{calendar}-all_day_rule": "x",
        },
        [
            "Not saved yet. Look at the fields that are marked.",
            "Choose one of your own calendars with writer’s access.",
            "Choose among your own calendars.",
            not_among("x"),
            not_among("Mars/Olympus"),
            not_among("all"),
            "“{who}” is unknown. Use {client}, {service} or {staff}.",
            "“{what}” is unknown. Use {client}, {service} or {staff}.",
            "A brace is missing. Write {client}, {service} or {staff} with both braces.",
            not_among("x"),
            not_among("x"),
            "Enter a number that is not negative.",
            not_among("x"),
        ],
    ),
    "the practice": (
        "/team/settings/",
        {
            "name": "x" * 121,
            "country": "XX",
            "time_zone": "Mars/Olympus",
            "language": "xx",
            "phone": "call me",
            "email": "anna",
            "sender": "anna",
            "colour": "#ffff00",
        },
        [
            "Not saved yet. Look at the fields that are marked.",
            "Ensure this value has at most 120 characters (it has 121).",
            "Enter a phone number like 030 1234567 or +49 30 1234567.",
            "Enter a valid email address.",
            not_among("XX"),
            not_among("Mars/Olympus"),
            not_among("xx"),
            "Enter a valid email address.",
            "White text on #ffff00 cannot be read well: the contrast is 1.1, and 4.5 is needed. Take a "
            "darker colour, such as #7a7a00.",
        ],
    ),
}


@pytest.mark.parametrize(("url", "data", "said"), CASES.values(), ids=CASES)
def test_everything_that_is_wrong_is_said_at_once(
    client: Client, url: str, data: dict[str, Any], said: list[str]
) -> None:
    booking = BookingFactory(staff__role="owner")
    booking.service.staff.add(booking.staff)
    calendar = CalendarFactory(connection__user=booking.staff)
    DateOverrideFactory(user=booking.staff, date="2026-12-24")
    client.force_login(booking.staff)
    names = {"client": booking.client.pk, "service": booking.service.slug, "calendar": calendar.pk}
    page = client.post(url.format(**names), {key.format(**names): value for key, value in data.items()})
    errors = texts(page, "//*[@class='field__error']/li | //div[@role='alert']/p")
    assert (page.status_code, errors) == (200, said)
