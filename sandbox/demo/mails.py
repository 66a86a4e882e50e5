"""The mails that the demo has written to files instead of sending them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.utils import parsedate_to_datetime
from pathlib import Path

from django.conf import settings

MAX_SHOWN = 30
_SEPARATOR = b"\n" + b"-" * 79 + b"\n"  # what Django's file backend writes after each mail


@dataclass(frozen=True, slots=True)
class Mail:
    """One mail, as plain text. `sent` is aware."""

    to: str
    subject: str
    sent: datetime
    text: str


def count() -> int:
    """The number of mails; each is in a file of its own."""
    return len(_files())


def latest() -> list[Mail]:
    """The latest mails, newest first."""
    return [
        _read(data) for file in _files()[:MAX_SHOWN] for data in file.read_bytes().split(_SEPARATOR) if data.strip()
    ]


def _files() -> list[Path]:
    folder = Path(getattr(settings, "EMAIL_FILE_PATH", None) or "/nonexistent")
    return sorted(folder.glob("*.log"), reverse=True)


def _read(data: bytes) -> Mail:
    message = message_from_bytes(data, policy=policy.default)
    body = message.get_body(preferencelist=("plain",))
    return Mail(
        to=str(message["To"]),
        subject=str(message["Subject"]),
        # Django writes -0000 for UTC, which Python reads as a time without a zone.
        sent=parsedate_to_datetime(str(message["Date"])).replace(tzinfo=UTC),
        text=str(body.get_content()) if body else "",
    )
