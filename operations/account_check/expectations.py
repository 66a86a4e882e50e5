"""What an iCloud account is expected to answer: a table. No Django, no network.

`source` is the section of the collection of facts about iCloud's CalDAV from which a row comes. The words are those of
the protocols and are not translated: what is found is read by the people who develop Kalends.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Final

NOT_ASKED: Final = "not asked"
"""What is found where an earlier answer left nothing to ask about."""
WITH_ETAG: Final = "with an ETag"


class Outcome(StrEnum):
    """How what was found compares with what is expected. `OPEN`: nobody knows what to expect."""

    SAME = "same"
    DIFFERENT = "different"
    OPEN = "open"


@dataclass(frozen=True, slots=True)
class Expectation:
    """One question, and the answers that are expected: any of them. None are expected where nobody knows."""

    key: str
    asks: str
    source: str
    expected: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Finding:
    """One row of the result."""

    key: str
    asks: str
    source: str
    expected: tuple[str, ...]
    found: str
    outcome: Outcome

    def as_json(self) -> dict[str, object]:
        return asdict(self) | {"expected": list(self.expected), "outcome": self.outcome.value}


EXPECTATIONS: Final = (
    Expectation("principal", "PROPFIND / names the principal", "1.1", ("207, a path",)),
    Expectation("home", "The principal names the home", "1.1", ("207, a URL with its port",)),
    Expectation("entry", "The host that is asked first", "1.1", ("answers itself", "redirects to another host")),
    Expectation("principal-depth-1", "PROPFIND of the principal with Depth 1", "1.1", ("400",)),
    Expectation("allprop", "allprop and resourcetype", "1.1", ("left out",)),
    Expectation("server", "The Server header", "2.2", ("AppleHttpServer",)),
    Expectation("request-id", "The X-Apple-Request-UUID header", "2.2", ("there",)),
    Expectation("home-ctag", "The ctag of the home", "1.3", ("there",)),
    Expectation("ctag", "ctag and sync-token of the calendar", "3.1", ("the same",)),
    Expectation("reports", "supported-report-set", "1.3", ("all four reports",)),
    Expectation("sync-all", "sync-collection without a token", "3.2", ("207, the calendar itself, a token",)),
    Expectation("create", "PUT of a new event, If-None-Match: *", "4.1, 3.3", ("201 with an ETag",)),
    Expectation("etag", "The form of the ETag", "3.3", ("8 characters of base 36", "C=n@U=id")),
    Expectation("schedule-tag", "Schedule-Tag", "3.3", ("none",)),
    Expectation("create-again", "PUT of an event that exists, If-None-Match: *", "4.1", ("412",)),
    Expectation("ctag-moves", "The ctag after a write", "3.1", ("another",)),
    Expectation("sync-delta", "sync-collection with a token, Depth 0", "3.2", ("207, the event, the calendar itself",)),
    Expectation(
        "sync-depth-1", "sync-collection with a token, Depth 1", "3.2", ("207, the event, the calendar itself",)
    ),
    Expectation("sync-limit", "sync-collection with DAV:limit 1", "3.2", ("ignored",)),
    Expectation(
        "sync-bad-token",
        "sync-collection with a token that is none",
        "3.2",
        (
            "403 valid-sync-token",
            "403",
            "409",
            "410",
            "412",
            "412 valid-sync-token",
            "507",
            "207, everything",
            "207 valid-sync-token",
        ),
    ),
    Expectation("get", "GET of the event", "4.2", ("200, as sent",)),
    Expectation("kept", "X-APPLE-TRAVEL-DURATION, CATEGORIES, PRIORITY", "4.2", ("kept",)),
    Expectation("multiget", "calendar-multiget of the event", "3.5, 4.2", ("207, as sent",)),
    Expectation("multiget-missing", "calendar-multiget of an event that is not there", "3.5", ("404 inside 207",)),
    Expectation("query", "calendar-query for the day of the event", "3.4", ("207, found",)),
    Expectation("query-all", "calendar-query without VEVENT", "3.4", ("400",)),
    Expectation("free-busy", "free-busy-query", "1.3", ("400",)),
    Expectation("head", "HEAD of the event", "added 2026-11-28", ("400",)),
    Expectation("stale", "PUT with a stale If-Match", "4.1", ("412",)),
    Expectation("wildcard", "PUT with If-Match: * of an event that exists", "4.1", ("412",)),
    Expectation("move", "PUT with If-Match that moves the event", "4.1", ("204 with an ETag",)),
    Expectation("etag-moves", "The ETag after a change", "3.3", ("another",)),
    Expectation("query-moved", "calendar-query for the day it was moved to", "3.4", ("207, found",)),
    Expectation("no-end", "PUT of an event without an end", "4.1", ("404", "403")),
    Expectation("uid-twice", "PUT of the same UID under another name", "4.1"),
    Expectation("no-zone", "PUT of a TZID without its VTIMEZONE", "4.1"),
    Expectation("repeat", "PUT that makes it a series", "4.1", ("204 with an ETag",)),
    Expectation("repeat-get", "GET of the series", "4.2", ("200, as sent",)),
    Expectation("move-one", "PUT that moves one of the series (RECURRENCE-ID)", "5", ("204 with an ETag",)),
    Expectation("move-one-get", "calendar-multiget of the series", "3.5, 4.2", ("207, as sent",)),
    Expectation("query-new-day", "calendar-query for the new day of the one moved", "3.4", ("207, not found",)),
    Expectation("query-old-day", "calendar-query for its old day", "3.4", ("207, found",)),
    Expectation("query-marks", "X-RECURRENCE-EXCEPTION in answers to calendar-query", "3.4"),
    Expectation("delete-stale", "DELETE with a stale If-Match", "4.1", ("412",)),
    Expectation("delete", "DELETE with If-Match", "4.1", ("204",)),
    Expectation("gone", "GET after DELETE", "4.1", ("404",)),
    Expectation("delete-again", "DELETE of what is gone", "4.1", ("404",)),
    Expectation("sync-deleted", "sync-collection after DELETE", "3.2", ("207, 404 for the event",)),
)


def compared(found: Mapping[str, str], table: Iterable[Expectation] = EXPECTATIONS) -> list[Finding]:
    """Each row of the table with what was found, by key; what is missing in `found` was not asked."""
    return [_finding(row, found.get(row.key, NOT_ASKED)) for row in table]


def _finding(row: Expectation, found: str) -> Finding:
    return Finding(row.key, row.asks, row.source, row.expected, found, _outcome(row, found))


def _outcome(row: Expectation, found: str) -> Outcome:
    if not row.expected:
        return Outcome.OPEN
    return Outcome.SAME if found in row.expected else Outcome.DIFFERENT
