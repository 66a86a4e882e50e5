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

    @property
    def unfolded(self) -> str:
        """The text with each property in one line (RFC 5545 3.1), as lines end in mails and in Python."""
        return self.text.replace("\r\n", "\n").replace("\n ", "")


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
    def calendar_parts(self) -> list[CalendarPart]:
        """What the mail asks of the recipient's calendar, if anything: of several appointments each in a part."""
        parts = (part for part in self.message.walk() if part.get_content_type() == "text/calendar")
        return [CalendarPart(part.get_content(), str(part["Content-Type"].params["method"])) for part in parts]

    def parts_about(self, uid: str) -> tuple[CalendarPart, ...]:
        """Those about the appointment with this UID."""
        return tuple(part for part in self.calendar_parts if f"UID:{uid}\n" in part.unfolded)

    @property
    def link_token(self) -> str:
        """The token of the client's page, if the mail has a link to it."""
        body = self.message.get_body(preferencelist=("plain",))
        found = _LINK.search(str(body.get_content())) if body else None
        return found[1] if found else ""
