"""What a log line may say of what happened. Logging is set up before the apps: nothing of them here.

Our own messages name rows by their keys and errors by their class. Those of libraries may have anything in their
values: an address that was not found, a line of a calendar file. Of these only the fixed part is kept, which is the
text before values are put into it; where a library has put them in itself, the place in its code is named instead.
"""

from __future__ import annotations

import logging
import re
import traceback
from http import HTTPStatus
from types import TracebackType

OURS = frozenset({"practice", "connections", "availability", "bookings", "operations", "config", "sandbox", "kalends"})
QUEUE = "django-q"
_EMAIL = re.compile(r"[^\s<>\"'(),;:=]+@[^\s<>\"'(),;:=]+")
_WARNING = re.compile(r"[^\n]+?:\d+: \w+(?=:)")  # where in the code, and its class
_FRAME = re.compile(r'^\s*File "[^"]+", line \d+, in .+$', re.MULTILINE)
_CLASS = re.compile(r"^([A-Za-z_][\w.]*)(?=:|$)", re.MULTILINE)
ExcInfo = tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None]


def safe_message(record: logging.LogRecord) -> str:
    """The message of a record without anything that may be personal."""
    if record.name.partition(".")[0] in OURS:
        return _EMAIL.sub("…", record.getMessage())
    if record.name == QUEUE:
        return _of_queue(record.getMessage())
    if record.name == "py.warnings" and (found := _WARNING.match(record.getMessage())):
        return found[0]
    if record.name == "gunicorn.error" and record.levelno <= logging.INFO:
        return record.getMessage()  # which address it listens at, and the ids of its workers
    if (status := getattr(record, "status_code", None)) in set(HTTPStatus):
        return HTTPStatus(status).phrase  # what Django logs of an answer, with the path in its values
    place = f"{record.module}:{record.lineno}"
    return f"{record.msg} ({place})" if record.args else f"see {place}"


def _of_queue(message: str) -> str:
    """What the queue says. Where a task failed, its traceback is in the message."""
    if "Traceback (most recent call last)" not in message:
        return _EMAIL.sub("…", message.partition("\n")[0].partition(" - ")[0])
    frames = [frame.strip() for frame in _FRAME.findall(message)]
    classes = [name for name in _CLASS.findall(message) if name != "Traceback"]
    return " | ".join([message.partition(" - ")[0].partition("\n")[0], *frames, *classes[-1:]])


def traceback_without_values(error: BaseException) -> str:
    """Where each error of the chain was raised and its class: no message, no line of source, no local variables."""
    lines: list[str] = []
    for one in _chain(error):
        frames = traceback.extract_tb(one.__traceback__)
        lines += [f'  File "{frame.filename}", line {frame.lineno}, in {frame.name}' for frame in frames]
        lines.append(_name(type(one)))
    return "\n".join(["Traceback (most recent call last):", *lines])


def _chain(error: BaseException) -> list[BaseException]:
    """The error after those that led to it, the first cause first."""
    found: list[BaseException] = []
    current: BaseException | None = error
    while current is not None and current not in found:
        found.insert(0, current)
        current = current.__cause__ or (None if current.__suppress_context__ else current.__context__)
    return found


def _name(kind: type[BaseException]) -> str:
    return kind.__qualname__ if kind.__module__ == "builtins" else f"{kind.__module__}.{kind.__qualname__}"
