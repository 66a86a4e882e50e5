"""Invitations as iCloud delivers them, with relay addresses, principal paths and the real address in EMAIL."""

from __future__ import annotations

import base64
from typing import Literal

from sandbox.ical.ics import Component
from sandbox.server.store.accounts import Account
from sandbox.server.store.scheduling import is_own

Spelling = Literal["principal", "relay", "mail", "own-path"]
_ORGANIZER = "ada@icloud.example"


def invite(event: Component, account: Account, *, answer: str, me: Spelling) -> None:
    """Turn the event into an invitation of the account's owner by somebody else."""
    relay = f"mailto:{relay_address(_ORGANIZER)}"
    event.add("ORGANIZER", relay, CN="Ada", EMAIL=_ORGANIZER)
    event.add("ATTENDEE", relay, CN="Ada", PARTSTAT="ACCEPTED", ROLE="CHAIR", EMAIL=_ORGANIZER)
    value, email = _spelling(account, me)
    parameters = {"CN": account.name, "CUTYPE": "INDIVIDUAL", "PARTSTAT": answer, "ROLE": "REQ-PARTICIPANT"}
    event.add("ATTENDEE", value, **parameters, RSVP="TRUE", **({"EMAIL": email} if email else {}))


def set_answer(event: Component, account: Account, partstat: str) -> None:
    """Set the owner's PARTSTAT."""
    for index, line in enumerate(event.lines):
        if line.name == "ATTENDEE" and is_own(line, account):
            given = {key.replace("-", "_"): text for key, text in line.parameters.items()}
            event.add("ATTENDEE", line.value, **(given | {"PARTSTAT": partstat}))
            event.lines[index] = event.lines.pop()


def relay_address(email: str) -> str:
    """The relay address that iCloud writes instead of a real one."""
    encoded = base64.b32encode(email.encode()).decode().rstrip("=")
    return f"2_{encoded}@imip.me.com"


def _spelling(account: Account, me: Spelling) -> tuple[str, str]:
    """How the owner's address is written: the value and the EMAIL parameter."""
    email = account.addresses[0]
    if me == "principal":
        encoded = base64.b64encode(account.dsid.encode()).decode().rstrip("=")
        return f"/a{encoded}/principal/", email
    if me == "relay":
        return f"mailto:{relay_address(email)}", email
    if me == "own-path":
        return account.principal_path, ""
    return f"mailto:{email}", ""
