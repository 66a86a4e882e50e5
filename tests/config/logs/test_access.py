from __future__ import annotations

import json
import logging

from gunicorn.glogging import SafeAtoms

from config.logs.access import AccessFields
from config.logs.formatters import JsonFormatter

ATOMS = {
    "h": "192.0.2.7",
    "r": "GET /booking/secret/?name=Clara HTTP/1.1",
    "m": "GET",
    "s": "200",
    "B": 512,
    "D": 2500,
    "a": "Clara's browser",
    "{x-request-id}o": "abc-123-def",
}


def test_a_request_has_neither_its_address_nor_its_sender() -> None:
    record = logging.LogRecord("gunicorn.access", logging.INFO, "", 1, '%(h)s "%(r)s"', (SafeAtoms(ATOMS),), None)
    AccessFields().filter(record)
    fields = json.loads(JsonFormatter().format(record))
    del fields["time"]
    assert fields == {
        "level": "INFO",
        "logger": "kalends.access",
        "message": "access",
        "request_id": "abc-123-def",
        "method": "GET",
        "status": 200,
        "duration": 0.0025,
        "bytes": 512,
    }


def test_a_logger_that_has_the_filter_twice_loses_nothing() -> None:
    record = logging.LogRecord("gunicorn.access", logging.INFO, "", 1, '%(h)s "%(r)s"', (SafeAtoms(ATOMS),), None)
    logger = logging.Logger("gunicorn.access")
    logger.filters = [AccessFields(), AccessFields()]
    assert bool(logger.filter(record))
    fields = json.loads(JsonFormatter().format(record))
    assert (fields["method"], fields["status"], fields["request_id"]) == ("GET", 200, "abc-123-def")
