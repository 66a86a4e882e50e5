"""What the wire hands out, as plain values. All paths are in the spelling of ``path_of``."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Home:
    """Where an account keeps its calendars, and the addresses an invitation may know it by.

    ``addresses`` are lower-cased: the calendar-user-address-set and the principal's path.
    """

    principal: str
    path: str
    addresses: frozenset[str]


@dataclass(frozen=True, slots=True)
class RemoteCalendar:
    """A calendar for events in the home.

    ``color`` is "#RRGGBB" or ""; ``shared`` to me or by me; ``token`` the sync-token, else the ctag,
    else "": to be compared only with the next listing's.
    """

    path: str
    name: str
    color: str
    writable: bool
    shared: bool
    token: str


@dataclass(frozen=True, slots=True)
class Changes:
    """What changed: path -> ETag ("" if the server named none), and what is gone.

    ``complete`` says that ``changed`` is everything there is. An empty ``token`` means: list again.
    """

    changed: dict[str, str]
    removed: frozenset[str]
    token: str
    complete: bool


@dataclass(frozen=True, slots=True)
class Resource:
    """One calendar object resource with its bytes, line ends CRLF."""

    href: str
    etag: str
    data: bytes


@dataclass(frozen=True, slots=True)
class Fetched:
    """What of the asked could be read. ``missing`` could not be, now: that is not a deletion."""

    found: dict[str, Resource]
    missing: frozenset[str]
