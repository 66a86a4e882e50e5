"""A calendar as one account sees it: path, name, colour, what may be done with it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, Literal
from uuid import uuid4

from sandbox.server.store.contents import Contents, Resource

if TYPE_CHECKING:
    from sandbox.server.store.accounts import Account

Sharing = Literal["", "owner", "guest"]
Fate = Literal["missing", "left-out", "empty", "error"]


class Calendar:
    """One collection in a home. The path is its identity; everything else can change."""

    def __init__(self, account: Account, calendar_id: str, contents: Contents, **facts: Any) -> None:
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
        return f"/{self.account.dsid}/calendars/{self.id}/"

    @property
    def resources(self) -> dict[str, Resource]:
        """Every member by its path: a copy, taken now."""
        with self.account.store.lock:
            return {self.path + name: resource for name, resource in self.contents.members.items()}

    @property
    def holds_events(self) -> bool:
        """Whether it is a calendar of events, and no feed and no list of reminders."""
        return "VEVENT" in self.components and not self.source

    # --- members, as another of the owner's devices would change them -------------------------------------

    def put(self, name: str, data: bytes) -> str:
        """Store a resource without any of the server's checks; returns its path."""
        self.contents.put(name, data)
        return self.path + name

    def delete(self, href: str) -> None:
        """Delete a resource by path or name. Raises KeyError when it is not there."""
        self.contents.delete(self.name_of(href))

    def housekeep(self, hrefs: Iterable[str] = ()) -> None:
        """New ETags without a change, for these members or for all."""
        for name in [self.name_of(href) for href in hrefs] or list(self.contents.members):
            self.contents.housekeep(name)

    def spoil(self, href: str, fate: Fate = "missing") -> None:
        """From now on the member is listed but cannot be read.

        It is 404, left out of the answer, empty, or makes its whole multiget fail with 500.
        """
        self.spoilt[self.name_of(href)] = fate

    def heal(self, href: str) -> None:
        """End `spoil`."""
        self.spoilt.pop(self.name_of(href), None)

    def forget_tokens(self) -> None:
        """No sync token handed out so far is known any more."""
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
        """Take the right to write away, or give it back."""
        self._set(read_only=read_only)

    def share(self) -> None:
        """Mark it as shared by its owner."""
        self._set(sharing="owner")

    def unshare(self) -> None:
        """End sharing: the guests lose it."""
        with self.account.store.lock:
            for guest in self.account.store.guests_of(self):
                guest.remove()
            self._set(sharing="")

    def share_with(self, account: Account, *, read_only: bool = True) -> Calendar:
        """Show the same contents in another home, under a 64-hex id; returns the guest's calendar."""
        self.share()
        facts = {"color": self.color, "read_only": read_only, "sharing": "guest"}
        return account.attach(self.contents, uuid4().hex + uuid4().hex, name=self.name, **facts)

    def remove(self) -> None:
        """Take it out of the home. For its owner that ends it; a guest only stops seeing it."""
        self.contents.on_change.remove(self._touch)
        self.account.detach(self)

    def facts(self) -> dict[str, Any]:
        """What is kept of it besides its contents."""
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
        """What PROPPATCH may change."""
        self._set(**{name: value})

    def _set(self, **facts: Any) -> None:
        with self.account.store.lock:
            for key, value in facts.items():
                setattr(self, key, value)
            self._touch()

    def _touch(self) -> None:
        self.touched = self.account.next_revision()
        self.account.store.storage.save("calendar", self.path, self.facts())
