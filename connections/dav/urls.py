"""Accounts, the hosts that may have their passwords, and normalised paths."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from ipaddress import ip_address
from urllib.parse import quote, unquote_to_bytes, urljoin, urlsplit

from .addresses import LOOPBACK

ICLOUD_ENTRY = "caldav.icloud.com"
ICLOUD_DOMAIN = re.compile(r"(?:[a-z0-9-]+\.)+icloud\.com")
DEFAULT_PORTS = {"http": 80, "https": 443}
# Characters that RFC 3986 3.3 allows unescaped in a path segment, so that "@" and "%40" become equal.
UNESCAPED = "~!$&'()*+,;=:@"
# A path that is normalised already, as nearly all are.
NORMALISED = re.compile(r"(?:/(?!\.{1,2}(?:/|$))[A-Za-z0-9_.~!$&'()*+,;=:@-]+)+/?")


@dataclass(frozen=True, slots=True)
class Credentials:
    """How to sign in to one account. ``origin`` is the scheme://host:port that answered last, "" if none.

    ``provider`` is the slug under which its answers are counted. Of a file at a web address ``validators`` are those of
    the answer that is known: its "etag" and "modified" (RFC 9110 8.8), as far as the server gave them.
    """

    url: str = field(repr=False)  # that of a file at a web address is a secret
    username: str
    password: str = field(repr=False)
    origin: str = ""
    provider: str = "caldav"
    validators: Mapping[str, str] = field(default_factory=dict)
    private_hosts: frozenset[str] = LOOPBACK


@lru_cache(maxsize=4096)
def origin_of(url: str) -> str:
    """scheme://host:port of an http or https URL, always with the port and without userinfo; "" for anything else."""
    try:
        parts = urlsplit(url.strip())
        port = parts.port or DEFAULT_PORTS.get(parts.scheme, 0)
    except ValueError:
        return ""
    if not parts.hostname or not port or parts.scheme not in DEFAULT_PORTS:
        return ""
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    return f"{parts.scheme}://{host}:{port}"


def host_of(origin: str) -> str:
    """The host name of an origin or URL, for a message."""
    try:
        return urlsplit(origin).hostname or origin
    except ValueError:
        return origin


def is_loopback(host: str) -> bool:
    """Is the host name or address this machine itself?"""
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False


def is_encrypted(origin: str) -> bool:
    """Does nobody in a network read what is sent to this origin? By http only this machine is asked."""
    return origin.startswith("https://") or is_loopback(host_of(origin))


def allowed(entry: str, origin: str) -> bool:
    """May a request for an account that starts at origin ``entry`` go to ``origin``?

    iCloud distributes accounts over pods (p42-caldav.icloud.com), so from its entry host any host under
    icloud.com is allowed, by https on port 443. From any other entry: the same scheme and host name, any port.
    Both arguments are origins as ``origin_of`` returns them.
    """
    if not entry or not origin:
        return False
    if entry == f"https://{ICLOUD_ENTRY}:443":
        asked = urlsplit(origin)
        return (
            asked.scheme == "https" and asked.port == 443 and ICLOUD_DOMAIN.fullmatch(asked.hostname or "") is not None
        )
    return entry.rpartition(":")[0] == origin.rpartition(":")[0]


def path_of(href: str) -> str:
    """The normalised path of an href or URL, in which everything is stored and compared.

    Without host and query. Needless escapes are decoded and the others in upper case (%40 and @ become equal),
    repeated slashes and dot segments are collapsed, a trailing slash is kept. An escaped slash stays escaped, because
    it is part of a name.
    """
    if NORMALISED.fullmatch(href):
        return href
    raw = re.split(r"[?#]", href.strip(), maxsplit=1)[0]
    if not raw.startswith("/"):
        raw = "/" + raw.partition("://")[2].partition("/")[2] if "://" in raw else "/" + raw
    kept: list[str] = []
    for segment in raw.split("/"):
        name = quote(unquote_to_bytes(segment), safe=UNESCAPED)
        if name == ".." and kept:
            kept.pop()
        elif name not in ("", ".", ".."):
            kept.append(name)
    return "/" + "/".join(kept) + ("/" if kept and raw.endswith("/") else "")


def resolved(url: str, location: str) -> str:
    """The target of a Location header relative to ``url``, with a normalised path; "" if it has none or names a user.

    A target that is neither http nor https is returned unchanged, and ``allowed`` refuses it.
    """
    if not location.strip():
        return ""
    try:
        target = urljoin(url, location.strip())
        parts = urlsplit(target)
    except ValueError:
        return ""
    if "@" in parts.netloc:
        return ""
    if not origin_of(target):
        return target
    return f"{origin_of(target)}{path_of(target)}" + (f"?{parts.query}" if parts.query else "")


def collection_path(href: str) -> str:
    """``path_of`` of a collection: always with its trailing slash (RFC 4918 5.2)."""
    return path_of(href).rstrip("/") + "/"
