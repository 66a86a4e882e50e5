"""Records the mails that iCloud would have sent in the owner's name (RFC 6638 3.2)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from sandbox.ical import ics
from sandbox.server.store.accounts import Account
from sandbox.server.store.calendars import Owner

Kind = Literal["invitation", "update", "cancellation", "reply"]
_ATTENDEE = re.compile(rb"^ATTENDEE(?![^:\r\n]*SCHEDULE-STATUS)", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class SchedulingMail:
    """One mail that iCloud would have sent."""

    kind: Kind
    recipient: str
    uid: str
    path: str


class Recorder(list[SchedulingMail]):
    """Every mail that iCloud would have sent because of a PUT or a DELETE."""

    def written(self, account: Account, path: str, new: bytes, old: bytes | None, *, honours_agent: bool) -> bytes:
        """Record the mails for a PUT; returns what the server stores, with SCHEDULE-STATUS on the attendees."""
        kind: Kind = "update" if old else "invitation"
        before = len(self)
        self.extend(_mails(account, path, new, kind, honours_agent=honours_agent))
        return _ATTENDEE.sub(b"ATTENDEE;SCHEDULE-STATUS=1.2", new) if len(self) > before else new

    def deleted(self, account: Account, path: str, old: bytes, *, honours_agent: bool) -> None:
        """Record the mails for a DELETE."""
        self.extend(_mails(account, path, old, "cancellation", honours_agent=honours_agent))


def _mails(account: Account, path: str, data: bytes, kind: Kind, *, honours_agent: bool) -> Iterator[SchedulingMail]:
    events = [event for event in ics.parse(data).named("VEVENT") if event.all("ATTENDEE") or event.all("ORGANIZER")]
    for event in events:
        organizers = [line for line in event.all("ORGANIZER") if not (honours_agent and _is_silenced(line))]
        if any(is_own(line, account) for line in event.all("ORGANIZER")) or not event.all("ORGANIZER"):
            others = (line for line in event.all("ATTENDEE") if not is_own(line, account))
            recipients = [line for line in others if not (honours_agent and _is_silenced(line))]
        else:
            kind, recipients = "reply", organizers
        yield from (SchedulingMail(kind, address_of(line), event.value("UID"), path) for line in recipients)


def _is_silenced(line: ics.Line) -> bool:
    return line.parameters.get("SCHEDULE-AGENT", "SERVER").upper() in {"CLIENT", "NONE"}


def address_of(line: ics.Line) -> str:
    """The mail address, which is in EMAIL when the value is a relay address or a principal path."""
    return line.parameters.get("EMAIL") or line.value.removeprefix("mailto:").removeprefix("MAILTO:")


def is_own(line: ics.Line, account: Owner) -> bool:
    """Whether an ORGANIZER or ATTENDEE is the owner of the account."""
    own = {address.casefold() for address in [account.apple_id, *account.addresses]}
    return address_of(line).casefold() in own or account.principal_path.rstrip("/") in line.value
