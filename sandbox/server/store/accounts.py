"""An Apple Account: its passwords and the calendars in its home."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass, field
from typing import Any, Protocol
from uuid import uuid4

from sandbox.server.store.calendars import Calendar, SharingKeeper
from sandbox.server.store.contents import Contents
from sandbox.server.store.layout import Layout, random_text

MAX_APP_PASSWORDS = 25  # Apple's limit


class AccountKeeper(SharingKeeper, Protocol):
    """What accounts need of the store besides: the server's paths, and room for another calendar."""

    layout: Layout

    def new_contents(self) -> Contents:
        """Contents without members."""


class TooManyPasswords(Exception):
    """The account has 25 app-specific passwords already."""


@dataclass(frozen=True, slots=True)
class AppPassword:
    """One app-specific password. The password itself is shown once and not stored."""

    label: str
    created: str  # ISO 8601
    digest: str = field(repr=False)

    @property
    def number(self) -> str:
        """Identifies the password on pages."""
        return self.digest[:12]


class Account:
    """One Apple Account. `main_password` is for Apple's own pages; CalDAV refuses it."""

    def __init__(self, store: AccountKeeper, dsid: str, apple_id: str, **facts: Any) -> None:
        self.store = store
        self.dsid = dsid
        self.apple_id = apple_id
        self.name: str = facts.get("name") or apple_id.partition("@")[0].title()
        self.addresses: list[str] = facts.get("addresses") or [apple_id]
        self.main_password: str = facts.get("main_password") or _words(3)
        self.app_passwords = [AppPassword(**one) for one in facts.get("app_passwords", [])]
        self.zone: str = facts.get("zone") or "Europe/Berlin"  # of the owner's phone
        self.locked: bool = facts.get("locked", False)
        self.pod: int = facts.get("pod", 42)
        self.revision: int = facts.get("revision", 0)
        self.generation: int = facts.get("generation", 0)
        self.removed: dict[str, int] = facts.get("removed", {})  # calendar ids and the revisions of their removal
        self.calendars: dict[str, Calendar] = {}

    def __repr__(self) -> str:
        return f"<Account {self.dsid} {self.apple_id}>"

    @property
    def principal_path(self) -> str:
        """The path of the principal."""
        return self.store.layout.principal_of(self)

    @property
    def home_path(self) -> str:
        """The path of the collection that holds the calendars."""
        return self.store.layout.home_of(self)

    # --- signing in ---------------------------------------------------------------------------------------

    def new_app_password(self, label: str = "Kalends") -> str:
        """A new app-specific password, on iCloud `abcd-efgh-ijkl-mnop`. Raises TooManyPasswords at the 26th."""
        with self.store.lock:
            if len(self.app_passwords) >= MAX_APP_PASSWORDS:
                raise TooManyPasswords
            password = self.store.layout.new_app_password()
            created = self.store.clock.now().isoformat()
            self.app_passwords.append(AppPassword(label, created, _digest(password)))
            self.save()
            return password

    def revoke(self, password: str) -> None:
        """Revoke the password with this text or label; no error when there is none."""
        with self.store.lock:
            digest = _digest(password)
            kept = [one for one in self.app_passwords if one.digest != digest and one.label != password]
            self.app_passwords = kept
            self.save()

    def revoke_number(self, number: str) -> None:
        """Revoke the password with this number; no error when there is none."""
        with self.store.lock:
            self.app_passwords = [one for one in self.app_passwords if one.number != number]
            self.save()

    def revoke_all(self) -> None:
        """Revoke every app-specific password."""
        with self.store.lock:
            self.app_passwords = []
            self.save()

    def change_main_password(self, password: str = "") -> str:
        """Change the Apple password and revoke every app-specific one; returns the new Apple password."""
        with self.store.lock:
            self.main_password = password or _words(3)
            self.revoke_all()
            return self.main_password

    def lock(self, locked: bool = True) -> None:
        """Lock or unlock the account."""
        with self.store.lock:
            self.locked = locked
            self.save()

    def accepts(self, password: str, *, dashes_optional: bool = False) -> bool:
        """Whether this is one of the app-specific passwords."""
        bare = password.replace("-", "")
        if dashes_optional and len(bare) == 16:
            password = "-".join(bare[i : i + 4] for i in range(0, 16, 4))
        digest = _digest(password)
        return any(secrets.compare_digest(one.digest, digest) for one in self.app_passwords)

    # --- calendars ----------------------------------------------------------------------------------------

    def add_calendar(
        self,
        name: str,
        color: str = "#1BADF8FF",
        id: str = "",  # noqa: A002 - as it is called in paths
        **facts: Any,
    ) -> Calendar:
        """A new calendar. Facts: read_only, shared (to me), components, order.

        Without an id it gets an upper-case UUID, or 64 hexadecimal digits when it is shared.
        """
        shared = facts.pop("shared", False)
        new_id = uuid4().hex + uuid4().hex if shared else str(uuid4()).upper()
        sharing = "guest" if shared else ""
        contents = self.store.new_contents()
        return self.attach(contents, id or new_id, name=name, color=color, sharing=sharing, **facts)

    def add_subscription(self, name: str, source: str) -> Calendar:
        """A subscribed feed: visible on the phone, but not a calendar for CalDAV."""
        return self.add_calendar(name, "#63DA38FF", source=source)

    def attach(self, contents: Contents, calendar_id: str, **facts: Any) -> Calendar:
        """Add a calendar with these contents to the home. Raises ValueError when the id is in use."""
        with self.store.lock:
            if calendar_id in self.calendars:
                raise ValueError(f"there is a calendar {calendar_id} already")
            calendar = Calendar(self, calendar_id, contents, **facts)
            self.calendars[calendar_id] = calendar
            self.removed.pop(calendar_id, None)
            calendar.set_property("name", calendar.name)
            return calendar

    def detach(self, calendar: Calendar) -> None:
        """Remove a calendar from the home."""
        with self.store.lock:
            del self.calendars[calendar.id]
            self.removed[calendar.id] = self.next_revision()
            self.store.storage.delete("calendar", calendar.key)
            self.save()

    def calendar(self, name_or_id: str) -> Calendar:
        """The first calendar with that id, path or name. Raises KeyError."""
        for calendar in self.calendars.values():
            if name_or_id in (calendar.id, calendar.path, calendar.name):
                return calendar
        raise KeyError(name_or_id)

    def events(self) -> list[Calendar]:
        """The calendars that hold events, in their order in the home."""
        return [calendar for calendar in self.calendars.values() if calendar.holds_events]

    def find(self, uid: str) -> str:
        """The path of the resource with that UID in any calendar of the account, or nothing."""
        return next(filter(None, (calendar.find(uid) for calendar in self.calendars.values())), "")

    def forget_tokens(self) -> None:
        """Make all sync tokens of the home and of its calendars invalid that were handed out so far."""
        with self.store.lock:
            self.generation += 1
            for calendar in self.calendars.values():
                calendar.forget_tokens()
            self.save()

    # --- saving ----------------------------------------------------------------------------------------

    def next_revision(self) -> int:
        """Count a change in the home; returns the home's new revision."""
        self.revision += 1
        self.save()
        return self.revision

    def save(self) -> None:
        """Save the account."""
        facts = {
            "apple_id": self.apple_id,
            "name": self.name,
            "addresses": self.addresses,
            "main_password": self.main_password,
            "app_passwords": [_password_facts(one) for one in self.app_passwords],
            "zone": self.zone,
            "locked": self.locked,
            "pod": self.pod,
            "revision": self.revision,
            "generation": self.generation,
            "removed": self.removed,
        }
        self.store.storage.save("account", self.dsid, facts)


def _password_facts(password: AppPassword) -> dict[str, str]:
    """An app-specific password as it is saved: label, time and digest."""
    return {"label": password.label, "created": password.created, "digest": password.digest}


def _words(groups: int) -> str:
    return "-".join(random_text(4) for _ in range(groups))


def _digest(password: str) -> str:
    return hashlib.sha256(password.encode()).hexdigest()
