"""Where things are: the account, which hosts may have its password, and paths in one spelling."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from ipaddress import ip_address
from urllib.parse import quote, unquote_to_bytes, urljoin, urlsplit

ICLOUD_ENTRY = "caldav.icloud.com"
ICLOUD_DOMAIN = re.compile(r"(?:[a-z0-9-]+\.)+icloud\.com")
DEFAULT_PORTS = {"http": 80, "https": 443}
# What RFC 3986 3.3 lets stand bare in a path segment; "@" and "%40" become one spelling this way.
BARE = "~!$&'()*+,;=:@"
# A path that is in this spelling already, as nearly all are.
PLAIN = re.compile(r"(?:/(?!\.{1,2}(?:/|$))[A-Za-z0-9_.~!$&'()*+,;=:@-]+)+/?")


@dataclass(frozen=True, slots=True)
class Account:
    """One account at a server. ``origin`` is the scheme://host:port that answered last, "" if none."""

    url: str
    username: str
    password: str = field(repr=False)
    origin: str = ""


def origin_of(url: str) -> str:
    """scheme://host:port of a URL, the port always written; "" for anything else, userinfo dropped."""
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
    """The host name of an origin or URL, for naming it to a person."""
    try:
        return urlsplit(origin).hostname or origin
    except ValueError:
        return origin


def is_loopback(host: str) -> bool:
    """Does the host name or address lead to this very machine?"""
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False


def allowed(entry: str, origin: str) -> bool:
    """May a request for an account that starts at origin ``entry`` go to ``origin``?

    iCloud spreads accounts over pods (p42-caldav.icloud.com), so from its entry host any host under
    icloud.com will do, by https on 443 only. From anywhere else: the same scheme and host name, any
    port. Both are origins as ``origin_of`` writes them.
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
    """The path of an href or URL in the one spelling everything is stored and compared in.

    No host, no query; needless escapes undone and needed ones in upper case (so %40 and @ are the
    same); repeated slashes and dot segments collapsed; a trailing slash stays as it is. An escaped
    slash stays escaped: it is part of a name.
    """
    if PLAIN.fullmatch(href):
        return href
    raw = re.split(r"[?#]", href.strip(), maxsplit=1)[0]
    if not raw.startswith("/"):
        raw = "/" + raw.partition("://")[2].partition("/")[2] if "://" in raw else "/" + raw
    kept: list[str] = []
    for segment in raw.split("/"):
        name = quote(unquote_to_bytes(segment), safe=BARE)
        if name == ".." and kept:
            kept.pop()
        elif name not in ("", ".", ".."):
            kept.append(name)
    return "/" + "/".join(kept) + ("/" if kept and raw.endswith("/") else "")


def resolved(url: str, location: str) -> str:
    """Where a Location leads from ``url``, its path in our spelling; "" if it is no location.

    What is neither http nor https stays as it is written, to be refused by ``allowed``.
    """
    if not location.strip():
        return ""
    try:
        target = urljoin(url, location.strip())
        query = urlsplit(target).query
    except ValueError:
        return ""
    if not origin_of(target):
        return target
    return f"{origin_of(target)}{path_of(target)}" + (f"?{query}" if query else "")


def collection_path(href: str) -> str:
    """``path_of`` of a collection: always with its trailing slash (RFC 4918 5.2)."""
    return path_of(href).rstrip("/") + "/"
