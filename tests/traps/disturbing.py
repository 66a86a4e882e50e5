"""Faults between Kalends and iCloud by name, and what is to be said of them."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

WELL_AGAIN = ("", "", 300, "fresh")
PASSWORD = (
    "unauthorized",
    "Apple no longer accepts the app-specific password of anna@example.com. Make a new one at account.apple.com and "
    "reconnect.",
    None,
    "trusted",
)
SILENT = "iCloud does not answer just now. Kalends tries again by itself."
THROTTLED = "iCloud asks Kalends to wait. It tries again by itself."
STRANGER = (
    "foreign_host",
    "The server led to 127.0.0.2, which is not one of its own hosts, so nothing was sent there. Kalends tries again. "
    "If this stays, check the address.",
    300,
    "trusted",
)
WAITS = ("unavailable", SILENT, 300, "trusted")
PORTAL = (
    "not_caldav",
    "The answer was not a calendar listing (perhaps a sign-in page of a network). Kalends tries again.",
    300,
    "trusted",
)
NO_HOME = ("no_home", "The server did not say where the calendars are. Kalends will try again.", 300, "trusted")
NOT_FOUND = (
    "calendar_not_found",
    "“Work”: iCloud lists this calendar but says that it is not there. Its last known times stay blocked, and Kalends "
    "tries again by itself.",
    300,
    "trusted",
)
GONE = (
    "calendar_gone",
    "“Work”: This calendar is no longer in the account. Choose another, or untick it.",
    300,
    "trusted",
)
WITHDRAWN = (
    "calendar_withdrawn",
    "“Work”: This calendar is no longer shared with this account. Ask its owner, or untick it. Until then its last "
    "known times stay blocked.",
    300,
    "trusted",
)
FORBIDDEN = (
    "forbidden",
    "“Work”: The server does not allow reading this. Check on the device that the calendar is still shared.",
    300,
    "trusted",
)
DOUBTED = (
    "mass_deletion_suspected",
    "“Work”: iCloud suddenly listed far fewer events (2 of 2 gone). Nothing was removed; it is asked again shortly.",
    60,
    "stale",
)
OWED = ("", "", 10, "stale")
OLD, BOTH = ["01 14:00-15:00"], ["01 12:00-13:00", "01 14:00-15:00"]
REDIRECTS = (301, 302, 307, 308)

Fault = Callable[..., object]
Impatient = Callable[[], AbstractContextManager[None]]
Outcome = tuple[str, str, int | None, str]


def of_work(outcome: Outcome) -> Outcome:
    """The same, said of the calendar Work and not of the account."""
    code, said, seconds, believed = outcome
    return code, f"“Work”: {said}", seconds, believed


def home_refused(code: int) -> Outcome:
    said = f"The server refuses to list the calendars ({code}). Kalends tries again by itself."
    return "home_refused", said, 300, "trusted"


def throttled(seconds: int = 300) -> Outcome:
    return "throttled", THROTTLED, seconds, "trusted"


def unread(expected: Outcome) -> Outcome:
    """The same where the home had said that something changed: the last copy is known to be wrong and not trusted."""
    return expected if expected == WELL_AGAIN else (*expected[:3], "stale")


def status(code: int, times: int | None = None, **more: Any) -> Fault:
    return lambda faults, **where: faults.status(code, times=times, **more, **where)


def fault(name: str, *arguments: Any, times: int | None = None, **more: Any) -> Fault:
    return lambda faults, **where: getattr(faults, name)(*arguments, times=times, **more, **where)
