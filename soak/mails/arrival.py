"""A mail that has arrived, as the program of its recipient reads it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import NamedTuple

CLIENTS = "example.org"
"""The domain of all clients in the soak test; staff have others."""
_LINK = re.compile(r"/booking/([\w-]{60,})/")


class CalendarPart(NamedTuple):
    """The text, and the method that the content type names."""

    text: str
    method: str


@dataclass(frozen=True, slots=True)
class Arrival:
    """A mail that the server has accepted. `recipient` is the address on its envelope."""

    recipient: str
    message: EmailMessage

    @classmethod
    def of(cls, recipient: str, data: bytes) -> Arrival:
        """The arrival of a mail as it was sent."""
        return cls(recipient, message_from_bytes(data, EmailMessage, policy=policy.default))

    @property
    def message_id(self) -> str:
        return str(self.message["Message-ID"])

    @property
    def is_to_client(self) -> bool:
        return self.recipient.endswith(f"@{CLIENTS}")

    @property
    def calendar_part(self) -> CalendarPart | None:
        """What the mail asks of the recipient's calendar, if anything."""
        for part in self.message.walk():
            if part.get_content_type() == "text/calendar":
                return CalendarPart(part.get_content(), str(part["Content-Type"].params["method"]))
        return None

    @property
    def link_token(self) -> str:
        """The token of the client's page, if the mail has a link to it."""
        body = self.message.get_body(preferencelist=("plain",))
        found = _LINK.search(str(body.get_content())) if body else None
        return found[1] if found else ""
