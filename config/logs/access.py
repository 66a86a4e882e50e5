"""The line that gunicorn logs for each request, without its address, its query and who sent it."""

from __future__ import annotations

import logging
from typing import Any, Final

NAME: Final = "kalends.access"


class AccessFields(logging.Filter):
    """Makes fields of what gunicorn knows of a request. Its own message has the address, so that is replaced.

    Where logging is set up twice, as by a command that makes the application, the logger has the filter twice.
    """

    def filter(self, record: logging.LogRecord) -> bool:
        if record.name == NAME:
            return True
        atoms: dict[str, Any] = record.args if isinstance(record.args, dict) else {}
        record.name, record.msg, record.args = NAME, "access", ()
        record.method, record.status = _text(atoms.get("m")), _number(atoms.get("s"))
        record.bytes, microseconds = _number(atoms.get("B")), _number(atoms.get("D"))
        record.duration = None if microseconds is None else microseconds / 1_000_000
        record.request_id = _text(atoms.get("{x-request-id}o"))
        return True


def _text(value: Any) -> str | None:
    return str(value) if value not in (None, "-") else None


def _number(value: Any) -> int | None:
    text = str(value)
    return int(text) if text.isdecimal() else None
