"""The errors of the CalDAV client. Each class stands for one reaction of the caller."""

from __future__ import annotations

from collections.abc import Collection
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from caldav.lib import error

MAX_RETRY_AFTER = 24 * 3600.0


class DavError(error.DAVError):
    """A request failed.

    ``status`` is the HTTP status or None, ``path`` the path of the request, ``detail`` a short sentence
    for logs. None of them ever contains a credential or the body of an answer.
    """

    # A tuple instead of the library's list, because an error should not change.
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
    """401: the server does not accept the password, which is in every request."""


class NoPassword(Unauthorized):
    """There is no password, so no request was sent."""


class Forbidden(DavError):
    """403; ``preconditions`` are the Clark names in the DAV:error body (RFC 4918 16), often none."""


class NotFound(DavError):
    """404 or 410."""


class Conflict(DavError):
    """409 or 412, or the account already has a resource with this UID.

    ``location`` is the path of that resource if the server named it, else "".
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
    """The server no longer accepts this sync token."""


class Unavailable(DavError):
    """A temporary failure: network, timeout, deadline, 408, 421, 429 or 5xx.

    ``retry_after`` is the pause in seconds that the server asked for, or None.
    """

    def __init__(
        self, detail: str, *, status: int | None = None, path: str = "", retry_after: float | None = None
    ) -> None:
        super().__init__(detail, status=status, path=path)
        self.retry_after = retry_after


class TimedOut(Unavailable):
    """No answer arrived in time."""


class Untrusted(Unavailable):
    """The server has a certificate that this machine does not trust. Nothing was sent there."""

    def __init__(self, host: str, *, path: str = "") -> None:
        super().__init__(f"the certificate of {host} is not trusted", path=path)
        self.host = host


class ForeignHost(DavError):
    """The server pointed to a host that may not have the password. Nothing was sent there."""

    def __init__(self, host: str, *, path: str = "") -> None:
        super().__init__(f"the server pointed to {host}, which may not have the password", path=path)
        self.host = host


class Unencrypted(DavError):
    """The password would cross a network in clear. Nothing was sent."""

    def __init__(self, host: str, *, path: str = "") -> None:
        super().__init__(f"{host} is asked over https only", path=path)
        self.host = host


class Downgraded(Unencrypted):
    """The server pointed from https to http. Nothing was sent there."""


class RefusedAddress(DavError):
    """The host is, or leads to, an address that is not asked. Nothing was sent there."""

    words = "an address that is not asked"

    def __init__(self, host: str) -> None:
        super().__init__(f"{host} leads to {self.words}")
        self.host = host


class LinkLocal(RefusedAddress):
    """A link-local address, or one at which a cloud tells the secrets of a machine."""

    words = "a link-local address"


class PrivateAddress(RefusedAddress):
    """An address in a private network or of this machine, and the host is not among the allowed private hosts."""

    words = "a private address"


class SpecialAddress(RefusedAddress):
    """An address that no server has: for many at once, for documentation, reserved."""

    words = "an address that no server has"


class LeadsElsewhere(DavError):
    """What was typed leads to the service of another host. The password was sent nowhere.

    ``host`` is what to type for that: with the port and the path that a service record names.
    """

    def __init__(self, host: str) -> None:
        super().__init__(f"the address leads to {host}, another host")
        self.host = host


class AppleAddress(DavError):
    """The address is one of Apple's, whose accounts are connected as iCloud. Nothing was looked up."""

    def __init__(self) -> None:
        super().__init__("an address at Apple")


class UserInfo(DavError):
    """The address names a user or a password, which belong elsewhere. Nothing was sent."""

    def __init__(self) -> None:
        super().__init__("an address with a user name in it")


class NotCalDav(DavError):
    """The answer is not that of a CalDAV server: HTML with status 200, malformed XML, another root element."""


class BrokenFile(NotCalDav):
    """A calendar file that ends in the middle. Nothing in it is believed, because what it lacks is not deleted."""


class TooLarge(DavError):
    """The answer exceeds our limit, or the request exceeds that of the server (413)."""


def retry_after(value: str | None, date: str | None, *, now: datetime) -> float | None:
    """The seconds in a Retry-After header, None if it cannot be read.

    Both forms of RFC 9110 10.2.3: seconds, or an HTTP date. The date is compared with the ``date`` of the answer,
    because clocks differ, or without one with ``now``. The result is between zero and one day.
    """
    if not value:
        return None
    if value.strip().isascii() and value.strip().isdigit():
        return min(float(value), MAX_RETRY_AFTER)
    until = _http_date(value)
    if until is None:
        return None
    seconds = (until - (_http_date(date or "") or now)).total_seconds()
    return min(max(seconds, 0.0), MAX_RETRY_AFTER)


def _http_date(value: str) -> datetime | None:
    try:
        parsed = parsedate_to_datetime(value)
    except (ValueError, IndexError, TypeError):
        return None
    return parsed.replace(tzinfo=UTC) if parsed.tzinfo is None else parsed
