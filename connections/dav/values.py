"""The plain values that the client returns, and what a session offers. Paths are normalised by ``path_of``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from types import TracebackType
from typing import Protocol, Self


@dataclass(frozen=True, slots=True)
class Home:
    """Where an account has its calendars, and the addresses under which it is invited.

    ``addresses`` are the calendar-user-address-set and the path of the principal, in lower case.
    """

    principal: str
    path: str
    addresses: frozenset[str]


@dataclass(frozen=True, slots=True)
class RemoteCalendar:
    """A calendar for events in the home.

    ``color`` is "#RRGGBB" or "". ``shared``: by the account or with it. ``token`` is the sync-token, else the ctag,
    else ""; it may only be compared with that of another listing.
    """

    path: str
    name: str
    color: str
    writable: bool
    shared: bool
    token: str


@dataclass(frozen=True, slots=True)
class HomeListing:
    """The event calendars of a home, and a digest of the answer that said so.

    ``same``: the digest is the known one, so the calendars are those of that answer and are not in this one.
    """

    calendars: list[RemoteCalendar]
    digest: str
    same: bool = False


@dataclass(frozen=True, slots=True)
class Changes:
    """The changed resources (path -> ETag, "" if the server named none) and the removed ones.

    ``complete``: ``changed`` lists the whole calendar. An empty ``token`` means that the next sync has to list it all.
    """

    changed: dict[str, str]
    removed: frozenset[str]
    token: str
    complete: bool


@dataclass(frozen=True, slots=True)
class Resource:
    """One calendar object resource with its bytes. Its line ends are CRLF."""

    href: str
    etag: str
    data: bytes


@dataclass(frozen=True, slots=True)
class Fetched:
    """The resources that could be read. ``missing`` are the others: they are not necessarily deleted."""

    found: dict[str, Resource]
    missing: frozenset[str]


class ReadingSession(Protocol):
    """What a sync needs to read calendars, of an account (`Session`) or of a file at a web address.

    The docstrings of `Session` say what its methods give. All of them raise DavError only.
    """

    @property
    def origin(self) -> str: ...
    @property
    def requests(self) -> int: ...
    @property
    def status(self) -> int | None: ...
    @property
    def answers(self) -> Mapping[str, int]: ...

    def __enter__(self) -> Self: ...
    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None: ...

    def close(self) -> None: ...
    def interrupt(self) -> None: ...
    def lent(self) -> AbstractContextManager[ReadingSession]: ...
    def discover(self) -> Home: ...
    def calendars(self, home: str) -> list[RemoteCalendar]: ...
    def home_listing(self, home: str, known: str = "") -> HomeListing: ...
    def listing(self, path: str) -> Changes: ...
    def changes(self, path: str, token: str) -> Changes: ...
    def fetch(self, path: str, hrefs: Sequence[str]) -> Fetched: ...
    def fetch_at_once(self, path: str, hrefs: Sequence[str]) -> Fetched: ...
    def between(self, path: str, start: datetime, end: datetime) -> list[Resource]: ...
    def get(self, href: str) -> Resource: ...
    def exists(self, path: str) -> bool: ...
