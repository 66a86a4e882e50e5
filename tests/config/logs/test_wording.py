from __future__ import annotations

import logging
from typing import Any

import pytest

from config.logs.wording import safe_message, traceback_without_values


def record(name: str, message: str, *args: Any, level: int = logging.WARNING) -> logging.LogRecord:
    return logging.LogRecord(name, level, "/x/place.py", 7, message, args, None)


@pytest.mark.parametrize(
    ("name", "message", "args", "said"),
    [
        ("connections.guard", "%s failed (%s)", ("syncing connection 3", "ValueError"), "syncing connection 3 failed"),
        ("bookings.tasks", "no mail to %s", ("clara@example.com",), "no mail to …"),
        ("icalendar", "Bad line: %s", ("SUMMARY:Clara",), "Bad line: %s (place:7)"),
        ("caldav", "could not read Clara", (), "see place:7"),
        ("gunicorn.error", "Error handling request %s", ("/booking/x",), "Error handling request %s (place:7)"),
        ("py.warnings", "%s", ("/k/a.py:61: UserWarning: No Clara\n  x()",), "/k/a.py:61: UserWarning"),
        ("django-q", "Failed 'bookings.tasks.push_events' (a-b) - Clara", (), "Failed 'bookings.tasks.push_events'"),
    ],
)
def test_only_our_own_messages_have_values(name: str, message: str, args: tuple[Any, ...], said: str) -> None:
    assert safe_message(record(name, message, *args))[: len(said)] == said
    assert "lara" not in safe_message(record(name, message, *args))


def test_what_django_says_of_an_answer_has_no_path() -> None:
    missing = record("django.request", "%s: %s", "Not Found", "/book/clara/")
    missing.status_code = 404
    assert safe_message(missing) == "Not Found"


def test_a_failed_task_says_where_and_of_what_class() -> None:
    text = (
        "Failed 'bookings.tasks.push_events' (a-b) - Clara : Traceback (most recent call last):\n"
        '  File "/k/bookings/tasks.py", line 9, in push_events\n    raise ValueError("Clara")\nValueError: Clara: x\n'
    )
    assert safe_message(record("django-q", text, level=logging.ERROR)) == (
        "Failed 'bookings.tasks.push_events' (a-b) | File \"/k/bookings/tasks.py\", line 9, in push_events | ValueError"
    )


def test_a_traceback_has_the_classes_of_the_chain_and_no_values() -> None:
    try:
        try:
            raise KeyError("Clara")
        except KeyError as error:
            raise ValueError("Clara Schumann") from error
    except ValueError as error:
        lines = traceback_without_values(error).splitlines()
    assert [line for line in lines if not line.startswith("  File")] == [
        "Traceback (most recent call last):",
        "KeyError",
        "ValueError",
    ]
    assert "Clara" not in "".join(lines)
