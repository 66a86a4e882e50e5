"""The steps of a client as plain requests, with what a browser sends of each form."""

from __future__ import annotations

from typing import Any

from django.test import Client

from tests.pages import find, words

TEN = "2026-12-01T10:00:00+01:00"


def hold(client: Client, start: str = TEN, *, service: str = "massage", **more: str) -> Any:
    """Choose a time."""
    return client.post(f"/book/{service}/hold/", {"start": start, "staff": "any", "zone": "Europe/Berlin", **more})


def details_address(client: Client, **more: str) -> str:
    """The address of the form for a time that is kept."""
    return str(hold(client, **more)["Location"])


def typed(**changed: str) -> dict[str, str]:
    """What Clara types."""
    return {"name": "Clara Sommer", "email": "clara@example.org", "phone": "", "reminders": "yes"} | changed


def booked(client: Client, *, start: str = TEN, **changed: str) -> str:
    """The address of the client's page after booking."""
    return str(client.post(details_address(client, start=start), typed(**changed))["Location"])


def sent_fields(page: Any) -> dict[str, str]:
    """What a browser sends of the form with the details."""
    form = next(one for one in find(page, "//form") if one.xpath(".//*[@name='name']"))
    return {name: value.removeprefix("\n") for name, value in form.form_values()}  # as HTML says of <textarea>


def buttons(page: Any) -> list[str]:
    """The times that can be chosen."""
    return [words(one) for one in find(page, "//button[@name='start']")]
