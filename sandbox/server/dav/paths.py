"""What a path means: the root, a principal, a home, a calendar, a resource, or one of the boxes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from sandbox.server.store.accounts import Account
from sandbox.server.store.calendars import Calendar

BOXES = ("inbox", "outbox", "notification")
Kind = Literal["root", "principal", "home", "calendar", "resource", "box", "foreign", "nowhere"]


@dataclass(frozen=True, slots=True)
class Place:
    """Where a request goes. `name` is the resource's file name or the box."""

    kind: Kind
    account: Account
    calendar: Calendar | None = None
    name: str = ""

    @property
    def shelf(self) -> Calendar:
        """The calendar of a place that has one."""
        if self.calendar is None:
            raise LookupError(self.kind)
        return self.calendar


def locate(path: str, account: Account) -> Place:
    """Find the place of a decoded path, as seen by the account that signed in."""
    parts = [part for part in path.split("/") if part]
    if not parts:
        return Place("root", account)
    if parts == ["principal"] or parts == [account.dsid, "principal"]:
        return Place("principal", account)
    if parts[0] != account.dsid:
        # Somebody else's path, whether that account exists or not.
        return Place("foreign" if parts[0].isdigit() else "nowhere", account)
    if parts[1:2] != ["calendars"]:
        return Place("nowhere", account)
    return _in_home(parts[2:], account)


def _in_home(parts: list[str], account: Account) -> Place:
    if not parts:
        return Place("home", account)
    if parts[0] in BOXES:
        return Place("box", account, name=parts[0]) if len(parts) == 1 else Place("nowhere", account)
    calendar = account.calendars.get(parts[0])
    if calendar is None or len(parts) > 2:
        return Place("nowhere", account, name=parts[0] if len(parts) == 1 else "")
    if len(parts) == 1:
        return Place("calendar", account, calendar)
    return Place("resource", account, calendar, parts[1])
