from __future__ import annotations

import json
import logging
import sys

import pytest

from config.logs.formatters import JsonFormatter, TextFormatter
from practice.telemetry.log_context import about_connection, about_request


def record(*, failed: bool = False) -> logging.LogRecord:
    made = logging.LogRecord("connections.guard", logging.WARNING, "", 1, "%s failed", ("x\ny",), None)
    made.created = 0.5
    if failed:
        try:
            raise ValueError("Clara")
        except ValueError:
            made.exc_info = sys.exc_info()
    return made


def test_a_json_line_says_what_it_is_about() -> None:
    with about_request("abc-123"), about_connection(7):
        line = JsonFormatter().format(record())
    assert "\n" not in line
    assert json.loads(line) == {
        "time": "1970-01-01T00:00:00.500+00:00",
        "level": "WARNING",
        "logger": "connections.guard",
        "message": "x\ny failed",
        "request_id": "abc-123",
        "connection": 7,
    }


def test_outside_of_requests_and_syncs_nothing_is_said_of_them() -> None:
    assert list(json.loads(JsonFormatter().format(record()))) == ["time", "level", "logger", "message"]


def test_what_is_not_listed_is_not_written() -> None:
    made = record()
    made.request, made.clients, made.view = "GET /booking/x", ["Clara"], "week:page"
    assert json.loads(JsonFormatter().format(made))["view"] == "week:page"
    assert "Clara" not in JsonFormatter().format(made)


@pytest.mark.parametrize("formatter", [JsonFormatter(), TextFormatter()])
def test_a_traceback_has_no_values(formatter: logging.Formatter) -> None:
    line = formatter.format(record(failed=True))
    assert ("Clara" in line, "ValueError" in line, "test_formatters.py" in line) == (False, True, True)


def test_while_debug_is_on_text_has_the_values() -> None:
    assert "Clara" in TextFormatter(debug=True).format(record(failed=True))


def test_a_text_line_ends_with_what_it_is_about() -> None:
    with about_request("abc-123"), about_connection(7):
        line = TextFormatter().format(record())
    assert line.partition(" [")[2] == "request abc-123, connection 7]"
