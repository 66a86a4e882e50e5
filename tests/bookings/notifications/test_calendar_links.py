"""Links to calendars on the web."""

from __future__ import annotations

from dataclasses import replace
from urllib.parse import parse_qs, urlsplit

import pytest

from bookings.notifications.calendar_links import google_link, outlook_link
from tests.bookings.notifications.entries import ENTRY

HOSTILE = replace(ENTRY, summary="a&text=b#c +", location="\r\n<x>")


def fields(link: str) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(urlsplit(link).query, strict_parsing=True).items()}


def test_google_gets_the_appointment() -> None:
    assert fields(google_link(ENTRY)) == {
        "action": "TEMPLATE",
        "text": ENTRY.summary,
        "dates": "20261208T090000Z/20261208T094500Z",
        "ctz": "Europe/Berlin",
        "details": "With Anna Winter\nhttps://kalends.example/booking/abc/",
        "location": ENTRY.location,
    }


def test_outlook_gets_the_appointment() -> None:
    assert fields(outlook_link(ENTRY)) == {
        "path": "/calendar/action/compose",
        "rru": "addevent",
        "subject": ENTRY.summary,
        "startdt": "2026-12-08T09:00:00Z",
        "enddt": "2026-12-08T09:45:00Z",
        "body": "With Anna Winter\nhttps://kalends.example/booking/abc/",
        "location": ENTRY.location,
    }
    assert "+" not in outlook_link(ENTRY)


@pytest.mark.parametrize(("link", "name"), [(google_link, "text"), (outlook_link, "subject")])
def test_a_text_cannot_add_a_field(link: object, name: str) -> None:
    assert callable(link)
    found = fields(link(HOSTILE))
    assert (found[name], found["location"]) == (HOSTILE.summary, HOSTILE.location)
    assert found.keys() == fields(link(ENTRY)).keys()
