"""What can go wrong on the wire, named by what the caller has to do about it."""

from __future__ import annotations

from collections.abc import Collection
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from caldav.lib import error

LONGEST_RETRY_AFTER = 24 * 3600.0


class DavError(error.DAVError):
    """A request that did not give what it was sent for.

    ``status`` is the HTTP status or None, ``path`` the path that was asked, ``detail`` a short
    sentence for logs. None of them ever holds a credential, a body or a host's answer in full.
    """

    # The library keeps a list; an error that is passed around had better not change.
    preconditions: tuple[str, ...]  # type: ignore[assignment]

    def __init__(
        self, detail: str, *, status: int | None = None, path: str = "", preconditions: Collection[str] = ()
    ) -> None:
        super().__init__(url=path, reason=detail, status=status)
        self.preconditions = tuple(preconditions)
        self.path = path
        self.detail = detail

    def __str__(self) -> str:
        return f"{self.detail} ({self.path})" if self.path else self.detail


class Unauthorized(DavError):
    """401 to a request of ours, which always carries Authorization: the password is not accepted."""


class NoPassword(Unauthorized):
    """There is no password to send, so nothing was asked."""


class Forbidden(DavError):
    """403; ``preconditions`` are the Clark names in the DAV:error body (RFC 4918 16), often none."""


class NotFound(DavError):
    """404 or 410."""


class Conflict(DavError):
    """409 or 412, or a UID that the account already holds.

    ``location`` is the path of the resource that holds the UID, if the server named it, else "".
    """

    def __init__(
        self,
        detail: str,
        *,
        status: int | None = None,
        path: str = "",
        preconditions: Collection[str] = (),
        location: str = "",
    ) -> None:
        super().__init__(detail, status=status, path=path, preconditions=preconditions)
        self.location = location


class TokenExpired(DavError):
    """The server does not honour this sync token any more, in whichever of its ways it says so."""


class Unavailable(DavError):
    """Nobody's fault but time's: network, timeout, deadline, 408, 421, 429 or 5xx.

    ``retry_after`` is the server's wish in seconds from its answer, or None.
    """

    def __init__(
        self, detail: str, *, status: int | None = None, path: str = "", retry_after: float | None = None
    ) -> None:
        super().__init__(detail, status=status, path=path)
        self.retry_after = retry_after


class TimedOut(Unavailable):
    """Unavailable because no answer came in time."""


class ForeignHost(DavError):
    """The way led to a host that may not have the password; nothing was sent there."""

    def __init__(self, host: str, *, path: str = "") -> None:
        super().__init__(f"the server pointed to {host}, which may not have the password", path=path)
        self.host = host


class NotCalDav(DavError):
    """An answer, but not one of a CalDAV server: HTML with 200, broken XML, another root."""


class TooLarge(DavError):
    """More than we are ready to read, or more than the server is ready to take (413)."""


def retry_after(value: str | None, date: str | None, *, now: datetime) -> float | None:
    """Seconds that a Retry-After header asks for, or None if it asks for nothing readable.

    Both forms of RFC 9110 10.2.3: seconds, or an HTTP date, which is held against the answer's own
    ``date`` (clocks differ) and only without one against ``now``. Never negative; a wish beyond a
    day is taken for a day.
    """
    if not value:
        return None
    if value.strip().isascii() and value.strip().isdigit():
        return min(float(value), LONGEST_RETRY_AFTER)
    until = _http_date(value)
    if until is None:
        return None
    seconds = (until - (_http_date(date or "") or now)).total_seconds()
    return min(max(seconds, 0.0), LONGEST_RETRY_AFTER)


def _http_date(value: str) -> datetime | None:
    try:
        parsed = parsedate_to_datetime(value)
    except (ValueError, IndexError, TypeError):
        return None
    return parsed.replace(tzinfo=UTC) if parsed.tzinfo is None else parsed
