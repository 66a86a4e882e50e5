"""Every behaviour of iCloud on which the sources disagree, or which a test wants otherwise: one switch each.

The default is what iCloud most likely does. A value that a switch does not know is refused at once.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any, Literal, get_args, get_origin, get_type_hints


@cache
def _choices() -> dict[str, tuple[Any, ...]]:
    hints = get_type_hints(Switches)
    return {name: get_args(hint) if get_origin(hint) is Literal else () for name, hint in hints.items()}


@dataclass
class Switches:
    """Set any of them at any time: `icloud.switches.expired_token = "410"`."""

    # --- hosts -------------------------------------------------------------------------------------------
    home_on_pod: bool = True
    """calendar-home-set is absolute and names the pod, port included; off: a path only."""
    entry_redirects: Literal["never", "calendars", "always"] = "never"
    """What the entry host sends to the pod instead of serving it, before it reads Authorization."""
    redirect_status: Literal[301, 302, 307, 308] = 301
    """The status of those redirects."""
    hrefs_on: Literal["path", "entry", "pod"] = "path"
    """hrefs of members: path only, or absolute on the entry host or on the pod, whichever host was asked."""
    home_known: bool = True
    """The principal has calendar-home-set; now and then iCloud leaves it out when it is busy."""
    removed_calendar: Literal["404", "403", "410"] = "404"
    """What is said of a calendar that was removed, or whose share was withdrawn."""
    escaped_hrefs: bool = False
    """hrefs spell `@` as `%40`."""
    gzip: bool = True
    """Compress answers over 1 KB for a client that offers it."""
    # --- identity ----------------------------------------------------------------------------------------
    joined_challenges: bool = False
    """The two challenges of a 401 in one header line instead of two."""
    dashes_optional: bool = False
    """Accept an app-specific password without its dashes."""
    locked_account: Literal["401", "403", "503"] = "401"
    """What a locked account is told."""
    requests_per_minute: int | None = None
    """Above it an account gets 503 with a Retry-After of one second, far too short to help."""
    # --- listing -----------------------------------------------------------------------------------------
    principal_depth_one: Literal["400", "207"] = "400"
    """PROPFIND Depth 1 on the principal."""
    short_principal_href: bool = False
    """The principal calls itself `/principal/` in its own answer."""
    home_addresses: bool = True
    """The principal has calendar-user-address-set."""
    cdata: bool = True
    """calendar-data wrapped in CDATA; off: escaped."""
    content_type: str = "text/xml;charset=UTF-8"
    """Content-Type of XML answers; real ones cannot be trusted."""
    # --- sync --------------------------------------------------------------------------------------------
    token_form: Literal["base64", "ft"] = "base64"  # noqa: S105
    """`HwoQEgwAA...` or the older `FT=-@RU=<uuid>@S=<n>`."""
    expired_token: Literal[
        "403-precondition",
        "403",
        "409",
        "410",
        "412",
        "500",
        "507",
        "207-everything",
        "207-nothing",
        "207-error",
    ] = "403-precondition"  # noqa: S105
    """The answer to a sync token that is unknown, malformed or forgotten."""
    sync_lists_itself: bool = True
    """sync-collection lists the collection as one of its members."""
    sync_repeats: bool = False
    """sync-collection lists each changed member twice."""
    sync_page: int | None = None
    """At most so many members in one answer, with 507 for the rest (RFC 6578 3.6); iCloud: all."""
    honours_limit: bool = False
    """Obey DAV:limit as `sync_page`; iCloud ignores it."""
    sync_on_home: bool = True
    """The home collection answers sync-collection with its new, changed and removed calendars."""
    # --- reading -----------------------------------------------------------------------------------------
    lag_seconds: float = 0
    """For so long after a write, reads still show what was before, though the member is listed as changed."""
    lag_shows: Literal["missing", "old"] = "missing"
    """During the lag a changed member is 404 or shows its old text; a new one is 404 either way."""
    multiget_missing: Literal["404", "404-propstat", "left-out", "empty-status"] = "404"
    """How multiget speaks of a member that is not there."""
    query_without_component: Literal["400", "207"] = "400"
    """calendar-query without a VEVENT filter."""
    home_report: Literal["400", "500"] = "400"
    """calendar-query and multiget on the home."""
    moved_occurrences: Literal["by-original", "by-both"] = "by-original"
    """Whether a time-range finds a moved occurrence at its new time too; iCloud does not."""
    marks_exceptions: bool = True
    """Time-range answers add X-RECURRENCE-EXCEPTION to overrides, so their bytes differ from multiget."""
    doubles_dtstamp: bool = False
    """Overrides are served with a second DTSTAMP, which is the time of the answer."""
    # --- writing -----------------------------------------------------------------------------------------
    etag_on_put: bool = True
    """PUT answers with the new ETag."""
    no_end: Literal["404", "403", "201"] = "404"
    """PUT of an event with neither DTEND nor DURATION."""
    uid_conflict: Literal["403", "403-precondition", "409", "412", "accepted"] = "403"
    """PUT of a UID that stands elsewhere in the account. All but bare 403 name no-uid-conflict."""
    uid_lag_seconds: float = 0
    """For so long after a delete its UID is still taken."""
    wildcard_if_match: Literal["backwards", "proper"] = "backwards"
    """`If-Match: *`: refused for what exists, accepted for what does not; or as RFC 9110 says."""
    move: Literal["412", "201"] = "412"
    """MOVE between calendars."""
    strict_content_type: bool = False
    """PUT with another type than text/calendar: 403."""
    strict_line_ends: bool = False
    """PUT with bare line feeds: 403."""
    strict_time_zones: bool = False
    """PUT with a TZID that has no VTIMEZONE: 403."""
    odd_names: Literal["403", "accepted"] = "403"
    """PUT with blanks or non-ASCII characters in the file name or the UID."""
    honours_schedule_agent: bool = False
    """SCHEDULE-AGENT=CLIENT or NONE keeps the server from mailing (RFC 6638 7.1); nobody saw it do so."""
    calendar_limit: int = 100
    """Calendars and lists per account."""

    def __setattr__(self, name: str, value: Any) -> None:
        choices = _choices()
        if name not in choices:
            raise AttributeError(f"there is no switch {name}")
        if choices[name] and value not in choices[name]:
            raise ValueError(f"{name} is one of {', '.join(map(str, choices[name]))}")
        object.__setattr__(self, name, value)
