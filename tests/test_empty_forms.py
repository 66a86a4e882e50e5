"""A form that is sent without anything in it says what is missing, on every page that has one."""

from __future__ import annotations

import pytest
from django.test import Client

from tests.factories import BookingFactory, ConnectionFactory
from tests.pages import texts

pytestmark = pytest.mark.django_db
REQUIRED = "This field is required."
NUMBER = "Enter a number."
SERVICE = [
    "Enter a name.",
    NUMBER,
    "Say where it takes place.",
    NUMBER,
    NUMBER,
    "Say who can book it.",
    NUMBER,
    NUMBER,
]


@pytest.mark.parametrize(
    ("url", "errors"),
    [
        (
            "/calendars/settings/connections/new/icloud/",
            [
                "Enter the e-mail address of your Apple Account.",
                "Enter the app-specific password that Apple’s page shows.",
            ],
        ),
        (
            "/calendars/settings/connections/{connection}/reconnect/",
            ["Enter the app-specific password that Apple’s page shows."],
        ),
        ("/clients/{client}/", [REQUIRED]),
        ("/calendars/settings/services/{service}/", SERVICE),
        ("/calendars/settings/services/new/", SERVICE),
        ("/calendars/settings/configuration/", []),  # where nothing was sent, nothing is unlinked
    ],
)
def test_what_is_missing_is_said_at_its_field(client: Client, url: str, errors: list[str]) -> None:
    booking = BookingFactory()
    booking.service.staff.add(booking.staff)
    ids = {"client": booking.client.pk, "service": booking.service.slug}
    client.force_login(booking.staff)
    answer = client.post(url.format(connection=ConnectionFactory(user=booking.staff).pk, **ids))
    assert (answer.status_code, texts(answer, "//*[@class='field__error']/li")) == (200, errors)
