"""The steps of a client who books a series as plain requests."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from django.test import Client

from bookings.models import Booking, Service
from tests.bookings.public.steps import typed
from tests.factories import BookingFactory
from tests.pages import find, words

WISH = {
    "count": "4",
    "frequency": "weekly",
    "weekday": "1",
    "earliest": "10:00",
    "latest": "12:00",
    "first": "2026-12-01",
}


def page_of(client: Client, **changed: Any) -> Any:
    """The page with what is proposed."""
    return client.get("/book/massage/series/", WISH | {"zone": "Europe/Berlin"} | changed)


def chosen(page: Any) -> list[str]:
    """The times that are chosen, on the clock of Berlin."""
    return [words(one) for one in find(page, "//select[@name='start']/option[@selected]")]


def form_fields(page: Any) -> tuple[str, dict[str, Any]]:
    """Where a browser sends the form of the times, and with what."""
    [form] = find(page, "//form[@id='form']")
    fields: dict[str, Any] = {}
    for name, value in form.form_values():
        fields.setdefault(name, []).append(value)
    return str(form.get("action")), fields


def take(client: Client, page: Any, **changed: Any) -> Any:
    """Send the form of the times."""
    address, fields = form_fields(page)
    return client.post(address, fields | changed)


def details(client: Client, **changed: Any) -> str:
    """The address of the form with the details, for a series that is kept."""
    return str(take(client, page_of(client, **changed))["Location"])


def other(service: Service, day: str, hour: int = 9) -> Booking:
    """Somebody else has this hour, in UTC."""
    start = datetime.fromisoformat(f"{day}T{hour:02}:00:00").replace(tzinfo=UTC)
    booking: Booking = BookingFactory.create(service=service, staff=service.staff.get(), start=start)
    return booking


def booked_series(client: Client, **changed: str) -> str:
    """The address of the client's page after booking."""
    return str(client.post(details(client), typed(**changed))["Location"])
