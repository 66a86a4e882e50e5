"""Log lines of a practice at work, as JSON, have nothing of its people in them."""

from __future__ import annotations

import io
import json
import logging
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client as Browser

from bookings import tasks
from bookings.models import Booking, Client
from config.logs.configuration import logging_settings
from config.logs.formatters import JsonFormatter
from config.redaction import HideSecretPaths
from connections.models import Calendar, Connection, Event
from connections.tasks import poll_connections, sync_connection
from practice.models import User
from tests.sandbox.demo.test_practice import make  # noqa: F401 - a fixture

pytestmark = pytest.mark.django_db
NOW_AND_LATER = (timedelta(0), timedelta(minutes=7))


@pytest.mark.parametrize(
    ("log_format", "level"),
    [("json", {"django.server": "WARNING", "kalends.request": "INFO"}), ("text", {"django.server": "INFO"})],
)
def test_each_request_is_logged_once(log_format: str, level: dict[str, str]) -> None:
    loggers = logging_settings(log_format, debug=False)["loggers"]
    assert {name: loggers[name]["level"] for name in level} == level


class Lines(logging.StreamHandler[io.StringIO]):
    """Keeps what the handler of a deployment would print, from every logger and of every level."""

    def __init__(self) -> None:
        super().__init__(io.StringIO())
        self.setFormatter(JsonFormatter())
        self.addFilter(HideSecretPaths())


@pytest.fixture
def lines(monkeypatch: pytest.MonkeyPatch) -> Any:
    handler, root = Lines(), logging.getLogger()
    for name in ("django", "kalends.request", "connections", "bookings"):
        monkeypatch.setattr(logging.getLogger(name), "level", logging.INFO)
        logging.getLogger(name).manager._clear_cache()  # type: ignore[attr-defined] # or the old level counts
    root.addHandler(handler)
    yield handler
    root.removeHandler(handler)


def personal() -> set[str]:
    """Every name, title, address and number of the demo that is long enough not to be part of another word."""
    found: set[str] = set()
    for model, fields in (
        (Client, ("name", "email", "phone")),
        (User, ("first_name", "last_name", "email")),
        (Connection, ("username", "url")),
        (Calendar, ("name", "path")),
        (Event, ("summary", "uid", "href")),
    ):
        names = [name for name in fields if name in {one.name for one in model._meta.get_fields()}]
        found |= {str(value) for row in model.objects.values_list(*names) for value in row}
    return {text for text in found if len(text) > 3}


def test_the_log_of_a_practice_at_work_names_nobody(make: Any, lines: Lines, monkeypatch: Any) -> None:  # noqa: F811
    from tests.factories import NOW

    make(NOW)
    for user in User.objects.all():
        browser = Browser(raise_request_exception=False)
        browser.force_login(user)
        with time_machine.travel(NOW, tick=True):
            for path in ("/calendars/", "/bookings/", "/clients/", "/no/such/Clara-Schumann/?name=Clara"):
                browser.get(path)
            for booking in Booking.objects.all()[:5]:
                browser.get(f"/bookings/{booking.pk}/")
    monkeypatch.setattr("bookings.push.event_content.draft", lambda placement: 1 / 0)  # a bug in every push
    for later in NOW_AND_LATER:
        with time_machine.travel(NOW + later, tick=False):
            Booking.objects.update(revision=99)
            poll_connections()
            for key in Connection.objects.values_list("pk", flat=True):
                sync_connection(key)
            tasks.push_events()
    text = lines.stream.getvalue()
    rows = [json.loads(line) for line in text.splitlines()]
    assert sorted(name for name in personal() if name in text) == []
    assert {"kalends.request", "django.request", "connections.guard"} <= {row["logger"] for row in rows}
    assert [row for row in rows if row["logger"] == "kalends.request" and "request_id" not in row] == []
    assert any("ZeroDivisionError" in row.get("traceback", "") for row in rows)
