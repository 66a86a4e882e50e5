"""What is put into a calendar and what is found there, and why an event was not written."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Placement:
    """Where an event stands and what both sides agreed on last: ETag "" before the first push, times in UTC."""

    href: str
    etag: str = ""
    start: datetime | None = None
    end: datetime | None = None
    text: bytes = b""


@dataclass(frozen=True, slots=True)
class Stored:
    """What the calendar has now."""

    href: str
    etag: str
    text: bytes


class ChangedThere(Exception):
    """The iPhone moved or reshaped the event meanwhile; `stored` is what it has. A person or reconciling decides."""

    def __init__(self, stored: Stored) -> None:
        super().__init__("changed on both sides")
        self.stored = stored


class GoneThere(Exception):
    """The event is not where it was put, though its calendar answers. Reconciling decides."""


class UidElsewhere(Exception):
    """The account holds this UID under another href (`location`, "" if the server did not say)."""

    def __init__(self, location: str) -> None:
        super().__init__("the UID is in another calendar")
        self.location = location
