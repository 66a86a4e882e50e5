"""What must change, as plain values: the same plan from a delta and from a complete listing. No network, no tables."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from connections.dav import Changes

MAX_TOKEN_LENGTH = 500  # a longer one cannot be stored, so it is as if there were none
MIN_SUSPICIOUS = 10  # in a calendar of at least so many events, losing more than half is suspicious
CONFIRM_DELETION_AFTER = timedelta(seconds=60)  # the next complete listing comes not before this
BACKLOG_HOLDS_FRESHNESS = timedelta(hours=24)
FIRST_PAUSE = timedelta(seconds=10)
MAX_PAUSE = timedelta(hours=1)
READ_INTERRUPTED = "read_interrupted"  # the problem of an event that may have ended the process that read it


@dataclass(frozen=True, slots=True)
class Known:
    """An event in the tables: its row, the ETag that was applied, the listed ETag that is not read yet ("" none).

    `alone`: it may have ended the process that read it, so it is never asked for together with others.
    """

    pk: int
    etag: str
    pending_etag: str = ""
    alone: bool = False


@dataclass(frozen=True, slots=True)
class Plan:
    """What a listing asks for: hrefs with ETags to fetch, hrefs to remove, and how much of that is not believed.

    `alone`: changed events that are not fetched with the others.
    """

    fetch: dict[str, str]
    alone: dict[str, str]
    remove: frozenset[str]
    suspected: int = 0  # how many removals are not believed yet
    digest: str = ""


def plan(changes: Changes, known: Mapping[str, Known], *, believed_digest: str = "", is_file: bool = False) -> Plan:
    """Hold a listing against what is known.

    `known` has all events of the calendar if the listing is complete, else at least those it names. A complete listing
    that would remove everything, or more than half of ten or more, is not believed and removes nothing, unless
    `believed_digest` is the digest of exactly this removal, seen before.

    Some programs give every event of a file a new UID in each answer. So of a file (`is_file`) an event that replaces
    another is no loss, and the second file is believed whatever it has lost.
    """
    fetch = {href: etag for href, etag in changes.changed.items() if _differs(known.get(href), etag)}
    alone = {href: etag for href, etag in changes.changed.items() if _is_other_version(known.get(href), etag)}
    if not changes.complete:
        return Plan(fetch, alone, frozenset(changes.removed & known.keys()))
    missing = frozenset(known.keys() - changes.changed.keys())
    digest = _digest(missing)
    lost = len(known) - len(changes.changed) if is_file else len(missing)
    believed = bool(believed_digest) if is_file else digest == believed_digest
    if _implausible(lost, len(known)) and not believed:
        return Plan(fetch, alone, frozenset(), suspected=lost, digest=digest)
    return Plan(fetch, alone, missing)


def _differs(row: Known | None, etag: str) -> bool:
    return row is None or not (row.alone or (same_etag(row.etag, etag) and not row.pending_etag))


def _is_other_version(row: Known | None, etag: str) -> bool:
    """Of an event that is asked for alone: is another version listed than the one that could not be read?"""
    return row is not None and row.alone and bool(etag) and not same_etag(row.pending_etag, etag)


def same_etag(one: str, other: str) -> bool:
    """Do two ETags name the same version? Some servers list a strong one and serve it as weak (RFC 9110 8.8.3.2)."""
    return one.removeprefix("W/") == other.removeprefix("W/")


def _implausible(missing: int, known: int) -> bool:
    return missing > 0 and (missing == known or (known >= MIN_SUSPICIOUS and missing * 2 > known))


def _digest(hrefs: Collection[str]) -> str:
    return hashlib.sha256("\n".join(sorted(hrefs)).encode()).hexdigest()


def pending_pause(attempts: int) -> timedelta:
    """How long an event that could not be read waits before it is asked for again, after `attempts` failures."""
    return min(FIRST_PAUSE * (1 << min(attempts, 20)), MAX_PAUSE)


def back_off(interval: timedelta, failures: int, jitter: float) -> timedelta:
    """The pause of a connection after `failures` in a row: it doubles up to an hour; `jitter` in [0, 1) spreads it."""
    pause = min(interval * (1 << min(max(failures - 1, 0), 20)), max(MAX_PAUSE, interval))
    return pause * (1 + jitter / 4)


def window(now: datetime, *, past_days: int, horizon_days: int) -> tuple[datetime, datetime]:
    """The span in which occurrences are kept, half-open, on UTC midnights around `now`."""
    midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
    return midnight - timedelta(days=past_days), midnight + timedelta(days=horizon_days + 2)
