"""One switch for each behaviour on which sources disagree, that tests need to change, or that other servers lack.

The default is what iCloud most likely does. A switch refuses unknown values.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any, Literal, get_args, get_origin, get_type_hints

from sandbox.server.store.contents import TokenForm


@cache
def _choices() -> dict[str, tuple[Any, ...]]:
    hints = get_type_hints(Switches)
    return {name: get_args(hint) if get_origin(hint) is Literal else () for name, hint in hints.items()}


@dataclass
class Switches:
    """The switches; any of them may be set at any time: `icloud.switches.expired_token = "410"`."""

    # --- hosts -------------------------------------------------------------------------------------------
    home_on_pod: bool = True
    """calendar-home-set is absolute and names the pod, port included; off: a path only."""
    entry_redirects: Literal["never", "calendars", "always"] = "never"
    """Which requests the entry host redirects to the pod, without reading Authorization."""
    redirect_status: Literal[301, 302, 307, 308] = 301
    """The status of those redirects."""
    hrefs_on: Literal["path", "entry", "pod"] = "path"
    """hrefs of members are paths, or URLs on the entry host or on the pod, whichever host gets the request."""
    home_known: bool = True
    """The principal has calendar-home-set; iCloud sometimes omits it under load."""
    removed_calendar: Literal["404", "403", "410"] = "404"
    """The status of a calendar that was removed or is no longer shared."""
    escaped_hrefs: bool = False
    """hrefs contain `%40` instead of `@`."""
    gzip: bool = True
    """Compress answers over 1 KB for clients that accept it."""
    # --- signing in -------------------------------------------------------------------------------------
    joined_challenges: bool = False
    """The two challenges of a 401 in one header line instead of two."""
    dashes_optional: bool = False
    """Accept an app-specific password without its dashes."""
    locked_account: Literal["401", "403", "503"] = "401"
    """The status for a locked account."""
    wrong_passwords: int | None = None
    """After so many wrong passwords within half an hour, every request gets 429, as on Nextcloud."""
    requests_per_minute: int | None = None
    """Above this rate, an account gets 503 with Retry-After: 1, which is too short to help."""
    # --- listing -----------------------------------------------------------------------------------------
    principal_depth_one: Literal["400", "207"] = "400"
    """The status of PROPFIND Depth 1 on the principal."""
    short_principal_href: bool = False
    """The href of the principal in its own answer is `/principal/`."""
    home_addresses: bool = True
    """The principal has calendar-user-address-set."""
    cdata: bool = True
    """calendar-data is wrapped in CDATA; off: escaped."""
    content_type: str = "text/xml;charset=UTF-8"
    """Content-Type of XML answers; those of real servers are not reliable."""
    # --- sync --------------------------------------------------------------------------------------------
    token_form: TokenForm = "base64"  # noqa: S105
    """`HwoQEgwAA...` or the older `FT=-@RU=<uuid>@S=<n>`; `data:,<n>-<n>` as Cyrus, or a URL as sabre/dav."""
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
    """The maximum of members in one answer, with 507 for the rest (RFC 6578 3.6); iCloud has none."""
    honours_limit: bool = False
    """Apply DAV:limit like `sync_page`; iCloud ignores it."""
    sync_on_home: bool = True
    """The home collection answers sync-collection with its new, changed and removed calendars."""
    # --- reading -----------------------------------------------------------------------------------------
    lag_seconds: float = 0
    """For this long after a write, reads return the state before it, although the change is listed."""
    lag_shows: Literal["missing", "old"] = "missing"
    """During the lag, a changed member is 404 or has its old text; a new one is always 404."""
    multiget_missing: Literal["404", "404-propstat", "left-out", "empty-status"] = "404"
    """How multiget reports a member that does not exist."""
    query_without_component: Literal["400", "207"] = "400"
    """The status of calendar-query without a VEVENT filter."""
    home_report: Literal["400", "500"] = "400"
    """The status of calendar-query and multiget on the home."""
    moved_occurrences: Literal["by-original", "by-both"] = "by-original"
    """Whether a time-range also finds a moved occurrence at its new time; iCloud does not."""
    marks_exceptions: bool = True
    """Time-range answers add X-RECURRENCE-EXCEPTION to overrides, so their bytes differ from multiget."""
    doubles_dtstamp: bool = False
    """Overrides are served with a second DTSTAMP: the time of the answer."""
    # --- writing -----------------------------------------------------------------------------------------
    etag_on_put: bool = True
    """PUT answers with the new ETag."""
    etag_if_changed: bool = True
    """PUT answers with it also if the server stored something else than it was sent."""
    no_end: Literal["404", "403", "201"] = "404"
    """The status of a PUT of an event with neither DTEND nor DURATION."""
    uid_conflict: Literal["403", "403-precondition", "409", "412", "400-in-calendar", "accepted"] = "403"
    """The answer to a PUT of a UID that exists elsewhere in the account; all but 403 and 400 name no-uid-conflict.

    400 is without a reason, and only if the UID exists in the same calendar.
    """
    uid_lag_seconds: float = 0
    """For this long after a DELETE, the UID still counts as used."""
    wildcard_if_match: Literal["backwards", "proper"] = "backwards"
    """`If-Match: *` is refused for existing members and accepted for others; "proper": as in RFC 9110."""
    move: Literal["412", "201"] = "412"
    """The status of a MOVE between calendars."""
    strict_content_type: bool = False
    """A PUT whose type is not text/calendar gets 403."""
    strict_line_ends: bool = False
    """A PUT with LF instead of CRLF gets 403."""
    strict_time_zones: bool = False
    """A PUT with a TZID but without its VTIMEZONE gets 403."""
    odd_names: Literal["403", "accepted"] = "403"
    """The answer to a PUT with spaces or non-ASCII characters in the file name or the UID."""
    honours_schedule_agent: bool = False
    """With SCHEDULE-AGENT=CLIENT or NONE the server sends no mail (RFC 6638 7.1); nobody has observed that."""
    calendar_limit: int = 100
    """The maximum of calendars and lists in an account."""

    def __setattr__(self, name: str, value: Any) -> None:
        choices = _choices()
        if name not in choices:
            raise AttributeError(f"there is no switch {name}")
        if choices[name] and value not in choices[name]:
            raise ValueError(f"{name} is one of {', '.join(map(str, choices[name]))}")
        object.__setattr__(self, name, value)
