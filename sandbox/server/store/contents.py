"""The contents of a calendar: bytes as they were sent, ETags, and the history of changes and deletions.

A shared calendar is in several homes under several paths, but its contents exist once.
"""

from __future__ import annotations

import base64
import struct
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from threading import RLock
from typing import Any, Literal, Protocol

from sandbox.ical import ics
from sandbox.server.store.clock import Clock
from sandbox.server.store.storage import Storage

TokenForm = Literal["base64", "ft", "cyrus", "sabre"]
SABRE = "http://sabre.io/ns/sync/"
CYRUS = "data:,"
_PREFIX = b"\x1f\x0a\x10\x12\x0c\x00\x00"  # why a token begins HwoQEgwAA
_TOKEN = struct.Struct(">7sQQQ17s")


@dataclass(frozen=True, slots=True)
class Resource:
    """One member as it is now, and as it was before its last write."""

    data: bytes
    etag: str  # quoted, strong
    uid: str
    revision: int
    written: datetime
    before: Resource | None = None


@dataclass(frozen=True, slots=True)
class Tombstone:
    """A deleted member, which stays in the history with its UID."""

    revision: int
    uid: str
    deleted: datetime


class Keeper(Protocol):
    """What contents need of the store: one lock, one clock, and a place on disk."""

    lock: RLock
    clock: Clock
    storage: Storage

    def new_etag(self) -> str:
        """An ETag that no resource has had."""


class Contents:
    """The members of one calendar. Every method holds the store's lock, and every write raises the revision."""

    def __init__(self, store: Keeper, serial: int, *, revision: int = 0, generation: int = 0) -> None:
        self.store = store
        self.serial = serial
        self.revision = revision
        self.generation = generation
        self.members: dict[str, Resource] = {}
        self.tombstones: dict[str, Tombstone] = {}
        self.on_change: list[Callable[[], None]] = []  # one for each home with this calendar

    def put(self, name: str, data: bytes) -> Resource:
        """Store `data` under `name`, byte for byte."""
        with self.store.lock:
            old = self.members.get(name)
            before = old and Resource(old.data, old.etag, old.uid, old.revision, old.written)
            now = self.store.clock.now()
            resource = Resource(data, self.store.new_etag(), _uid(data), self._next_revision(), now, before)
            self.members[name] = resource
            self.tombstones.pop(name, None)
            facts = {"uid": resource.uid, "revision": resource.revision, "when": now.isoformat()}
            self._save(name, facts | {"etag": resource.etag}, data)
            self._changed()
            return resource

    def delete(self, name: str) -> None:
        """Remove a member. Raises KeyError when it does not exist."""
        with self.store.lock:
            uid = self.members.pop(name).uid
            tombstone = Tombstone(self._next_revision(), uid, self.store.clock.now())
            self.tombstones[name] = tombstone
            facts = {"uid": uid, "revision": tombstone.revision, "when": tombstone.deleted.isoformat()}
            self._save(name, facts, None)
            self._changed()

    def housekeep(self, name: str) -> str:
        """Give an unchanged member a new ETag, as iCloud sometimes does; returns it."""
        return self.put(name, self.members[name].data).etag

    def forget_tokens(self) -> None:
        """Make all sync tokens invalid that were handed out so far."""
        with self.store.lock:
            self.generation += 1
            self._changed()

    def seen(self, name: str, *, lag: float, shows: Literal["missing", "old"]) -> Resource | None:
        """The member as readers get it, who see writes after `lag` seconds."""
        resource = self.members.get(name)
        if resource is None or not lag or (self.store.clock.now() - resource.written).total_seconds() >= lag:
            return resource
        return resource.before if shows == "old" else None

    def since(self, revision: int) -> list[tuple[str, Resource | Tombstone]]:
        """What changed after `revision`, oldest change first."""
        changed: list[tuple[str, Resource | Tombstone]] = []
        changed += [(name, one) for name, one in self.members.items() if one.revision > revision]
        changed += [(name, one) for name, one in self.tombstones.items() if one.revision > revision]
        return sorted(changed, key=lambda change: change[1].revision)

    def named(self, uid: str) -> str:
        """The name of the member with that UID, or nothing."""
        return next((name for name, resource in self.members.items() if resource.uid == uid), "")

    def remembers(self, uid: str, seconds: float) -> bool:
        """Whether a member with that UID was deleted in the last `seconds`."""
        now = self.store.clock.now()
        gone = (tomb.deleted for tomb in self.tombstones.values() if tomb.uid == uid)
        return any((now - deleted).total_seconds() < seconds for deleted in gone)

    def restore(self, name: str, facts: dict[str, Any], data: bytes | None) -> None:
        """Load a saved member or, without data, a saved tombstone."""
        when = datetime.fromisoformat(facts["when"])
        # The process may have been killed between saving the member and saving the calendar.
        self.revision = max(self.revision, facts["revision"])
        if data is None:
            self.tombstones[name] = Tombstone(facts["revision"], facts["uid"], when)
        else:
            self.members[name] = Resource(data, facts["etag"], facts["uid"], facts["revision"], when)

    def _next_revision(self) -> int:
        self.revision += 1
        return self.revision

    def _changed(self) -> None:
        facts = {"revision": self.revision, "generation": self.generation}
        self.store.storage.save("contents", str(self.serial), facts)
        for callback in self.on_change:
            callback()

    def _save(self, name: str, facts: dict[str, Any], data: bytes | None) -> None:
        self.store.storage.save("member", f"{self.serial}/{name}", facts, data)


def _uid(data: bytes) -> str:
    try:
        return ics.outline(data).uid
    except ics.NotCalendar:
        return ""


def write_token(serial: int, generation: int, revision: int, *, form: TokenForm) -> str:
    """The opaque string for a state; the same state gives the same string."""
    if form == "sabre":
        return f"{SABRE}{serial * 10**9 + generation * 10**6 + revision}"
    if form == "cyrus":
        return f"{CYRUS}{serial * 10**3 + generation}-{revision}"
    if form == "ft":
        return f"FT=-@RU={serial:08x}-0000-4000-8000-{generation:012x}@S={revision}"
    filler = (serial * 7919 + revision * 104729).to_bytes(17, "big")
    return base64.b64encode(_TOKEN.pack(_PREFIX, serial, generation, revision, filler)).decode()


def read_token(token: str) -> tuple[int, int, int]:
    """Serial, generation and revision of a token. Raises ValueError when the sandbox did not write it."""
    if token.startswith("FT=-@RU="):
        identity, _, revision = token.removeprefix("FT=-@RU=").partition("@S=")
        return int(identity[:8], 16), int(identity[-12:], 16), int(revision)
    if token.startswith(SABRE):
        both, revision_number = divmod(int(token.removeprefix(SABRE)), 10**6)
        return *divmod(both, 10**3), revision_number
    if token.startswith(CYRUS):
        identity, _, revision = token.removeprefix(CYRUS).partition("-")
        return *divmod(int(identity), 10**3), int(revision)
    raw = base64.b64decode(token, validate=True)
    if len(raw) != _TOKEN.size or not raw.startswith(_PREFIX):
        raise ValueError("not a token")
    _, serial, generation, revision, _ = _TOKEN.unpack(raw)
    return serial, generation, revision
