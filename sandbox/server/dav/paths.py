"""What a path means: the root, a principal, a home, a calendar, a resource, or one of the boxes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from sandbox.server.store.accounts import Account
from sandbox.server.store.calendars import Calendar

Kind = Literal["root", "principal", "home", "calendar", "resource", "box", "foreign", "nowhere"]


@dataclass(frozen=True, slots=True)
class Target:
    """What a request is for. `name`: the file name of the resource, or the name of the box."""

    kind: Kind
    account: Account
    calendar: Calendar | None = None
    name: str = ""

    @property
    def collection(self) -> Calendar:
        """The calendar of a target that has one. Raises LookupError."""
        if self.calendar is None:
            raise LookupError(self.kind)
        return self.calendar


def locate(path: str, account: Account) -> Target:
    """The target of a decoded path, for the account that signed in."""
    layout = account.store.layout
    place = path.rstrip("/") + "/"
    if place in layout.roots:
        return Target("root", account)
    if place in (account.principal_path, layout.short_principal):
        return Target("principal", account)
    if place.startswith(account.home_path):
        return _in_home([part for part in place.removeprefix(account.home_path).split("/") if part], account)
    # The path of another account, whether it exists or not.
    foreign = layout.owner_in(place) not in ("", account.dsid, account.apple_id)
    return Target("foreign" if foreign else "nowhere", account)


def _in_home(parts: list[str], account: Account) -> Target:
    if not parts:
        return Target("home", account)
    if parts[0] in account.store.layout.boxes:
        return Target("box", account, name=parts[0]) if len(parts) == 1 else Target("nowhere", account)
    calendar = account.calendars.get(parts[0])
    if calendar is None or len(parts) > 2:
        return Target("nowhere", account, name=parts[0] if len(parts) == 1 else "")
    if len(parts) == 1:
        return Target("calendar", account, calendar)
    return Target("resource", account, calendar, parts[1])
