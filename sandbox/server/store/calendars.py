"""A calendar as one account has it: path, name, colour and permissions."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Literal, Protocol
from uuid import uuid4

from sandbox.server.store.contents import Contents, Keeper, Resource

Sharing = Literal["", "owner", "guest"]
Fate = Literal["missing", "left-out", "empty", "error"]


class SharingKeeper(Keeper, Protocol):
    """What calendars need of the store besides: who else has a calendar."""

    def guests_of(self, calendar: Calendar) -> list[Calendar]:
        """The same contents in the homes of others."""


class Owner(Protocol):
    """What a calendar needs of the account in whose home it is."""

    dsid: str
    apple_id: str
    addresses: list[str]

    @property
    def principal_path(self) -> str:
        """The path of the principal."""

    @property
    def home_path(self) -> str:
        """The path of the collection that holds the calendars."""

    @property
    def store(self) -> SharingKeeper:
        """The store of all accounts."""

    def attach(self, contents: Contents, calendar_id: str, **facts: Any) -> Calendar:
        """Add a calendar with these contents to the home."""

    def detach(self, calendar: Calendar) -> None:
        """Remove a calendar from the home."""

    def next_revision(self) -> int:
        """Raise the revision of the home."""


class Calendar:
    """One collection in a home. It is identified by its path; everything else can change."""

    def __init__(self, account: Owner, calendar_id: str, contents: Contents, **facts: Any) -> None:
        self.account = account
        self.id = calendar_id
        self.contents = contents
        self.name: str = facts.get("name", calendar_id)
        self.color: str = facts.get("color", "#1BADF8FF")
        self.order: str = facts.get("order", "")
        self.read_only: bool = facts.get("read_only", False)
        self.sharing: Sharing = facts.get("sharing", "")
        self.components: tuple[str, ...] = tuple(facts.get("components", ("VEVENT",)))
        self.source: str = facts.get("source", "")  # the address of a subscribed feed
        self.touched: int = facts.get("touched", 0)  # the home's revision at the last change
        self.spoilt: dict[str, Fate] = {}
        contents.on_change.append(self._touch)

    def __repr__(self) -> str:
        return f"<Calendar {self.path} {self.name!r}>"

    @property
    def path(self) -> str:
        """The collection's path, with a slash at its end."""
        return f"{self.account.home_path}{self.id}/"

    @property
    def key(self) -> str:
        """Identifies the calendar in the file of the store, whatever the server's paths are."""
        return f"/{self.account.dsid}/calendars/{self.id}/"

    @property
    def resources(self) -> dict[str, Resource]:
        """A copy of all members, by path."""
        with self.account.store.lock:
            return {self.path + name: resource for name, resource in self.contents.members.items()}

    @property
    def holds_events(self) -> bool:
        """Whether it is a calendar of events: neither a feed nor a list of reminders."""
        return "VEVENT" in self.components and not self.source

    def find(self, uid: str) -> str:
        """The path of the member with that UID, or nothing."""
        name = self.contents.named(uid)
        return self.path + name if name else ""

    # --- members, as another of the owner's devices would change them -------------------------------------

    def put(self, name: str, data: bytes) -> str:
        """Store a resource without the checks of the server; returns its path."""
        self.contents.put(name, data)
        return self.path + name

    def delete(self, href: str) -> None:
        """Delete a resource by path or name. Raises KeyError when it does not exist."""
        self.contents.delete(self.name_of(href))

    def housekeep(self, hrefs: Iterable[str] = ()) -> None:
        """Give these members, or all, new ETags without a change, as iCloud sometimes does."""
        for name in [self.name_of(href) for href in hrefs] or list(self.contents.members):
            self.contents.housekeep(name)

    def spoil(self, href: str, fate: Fate = "missing") -> None:
        """List the member from now on, but do not return it.

        In multiget it is 404, left out or empty, or the whole request fails with 500.
        """
        self.spoilt[self.name_of(href)] = fate

    def heal(self, href: str) -> None:
        """End `spoil`."""
        self.spoilt.pop(self.name_of(href), None)

    def forget_tokens(self) -> None:
        """Make all sync tokens invalid that were handed out so far."""
        self.contents.forget_tokens()

    def name_of(self, href: str) -> str:
        """The file name in a path of this calendar."""
        return href.rstrip("/").rpartition("/")[2]

    # --- the calendar itself ------------------------------------------------------------------------------

    def rename(self, name: str) -> None:
        """Change the display name; the path stays."""
        self._set(name=name)

    def recolor(self, color: str) -> None:
        """Change the colour, `#RRGGBBAA`."""
        self._set(color=color)

    def make_read_only(self, read_only: bool = True) -> None:
        """Remove or restore the permission to write."""
        self._set(read_only=read_only)

    def share(self) -> None:
        """Mark it as shared by its owner."""
        self._set(sharing="owner")

    def unshare(self) -> None:
        """Stop sharing, which removes the calendar from the homes of the guests."""
        with self.account.store.lock:
            for guest in self.account.store.guests_of(self):
                guest.remove()
            self._set(sharing="")

    def share_with(self, account: Owner, *, read_only: bool = True) -> Calendar:
        """Add the same contents to another home, under an id of 64 hexadecimal digits; returns that calendar."""
        self.share()
        facts = {"color": self.color, "read_only": read_only, "sharing": "guest"}
        return account.attach(self.contents, uuid4().hex + uuid4().hex, name=self.name, **facts)

    def remove(self) -> None:
        """Remove it from this home."""
        self.contents.on_change.remove(self._touch)
        self.account.detach(self)

    def facts(self) -> dict[str, Any]:
        """What is saved of it besides its contents."""
        return {
            "id": self.id,
            "contents": self.contents.serial,
            "name": self.name,
            "color": self.color,
            "order": self.order,
            "read_only": self.read_only,
            "sharing": self.sharing,
            "components": list(self.components),
            "source": self.source,
            "touched": self.touched,
        }

    def set_property(self, name: Literal["name", "color", "order"], value: str) -> None:
        """Change a property that PROPPATCH may change."""
        self._set(**{name: value})

    def _set(self, **facts: Any) -> None:
        with self.account.store.lock:
            for key, value in facts.items():
                setattr(self, key, value)
            self._touch()

    def _touch(self) -> None:
        self.touched = self.account.next_revision()
        self.account.store.storage.save("calendar", self.key, self.facts())
