"""Addresses of feeds as people type them."""

from __future__ import annotations

import hashlib
from urllib.parse import SplitResult, quote, urlsplit, urlunsplit

from connections.dav.urls import host_of, is_loopback, origin_of

MAX_ADDRESS_LENGTH = 2000
MAX_HOST_IN_LABEL = 200
_SCHEMES = {"webcal": "https", "webcals": "https", "http": "http", "https": "https"}
# Characters that stay as they are: those of RFC 3986 2.2 and 2.3, and the sign of what is escaped already.
_KEPT = "%/?:@!$&'()*+,;=~[]"


class UnusableAddress(ValueError):
    """No feed can be at this address. ``code`` says why; `clean_address` lists the codes."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def clean_address(typed: str) -> str:
    """The address as it is asked: with https, without blanks, angle brackets and fragment.

    ``webcal://`` means https here, and so does an address without a scheme. Raises UnusableAddress with one of these
    codes: ``no_address`` (empty, or not an address of the web), ``too_long``, ``unencrypted`` (http beyond this
    machine), ``user_info`` (a user name or password before the host), and for pages that only people can read
    ``google_page``, ``outlook_page`` and ``icloud_page``.
    """
    parts = _parts("".join(typed.split()).strip("<>"))
    if parts.username is not None or parts.password is not None:
        raise UnusableAddress("user_info")
    if parts.scheme == "http" and not is_loopback(parts.hostname or ""):
        raise UnusableAddress("unencrypted")
    if page := _page(parts.hostname or "", parts.path.lower()):
        raise UnusableAddress(page)
    host = parts.netloc.lower()
    return urlunsplit((parts.scheme, host, quote(parts.path or "/", safe=_KEPT), quote(parts.query, safe=_KEPT), ""))


def _parts(text: str) -> SplitResult:
    """The parts of the address, its scheme http or https."""
    if len(text) > MAX_ADDRESS_LENGTH:
        raise UnusableAddress("too_long")
    scheme, mark, rest = text.partition("://")
    scheme = _SCHEMES.get(scheme.lower() if mark else "https", "")
    address = f"{scheme}://{rest if mark else text}"
    # Programs disagree about what a backslash separates, so nobody could say which host is meant.
    if not scheme or "\\" in text or not text.isprintable() or not origin_of(address):
        raise UnusableAddress("no_address")
    return urlsplit(address)


def _page(host: str, path: str) -> str:
    """The code for an address at which people look at a calendar, "" for any other."""
    if host in ("calendar.google.com", "www.google.com") and "/ical/" not in path:
        return "google_page"
    if host.startswith("outlook.") and path.endswith((".html", "/calendar", "/calendar/")):
        return "outlook_page"
    return "icloud_page" if host in ("icloud.com", "www.icloud.com") else ""


def site(address: str) -> str:
    """The start page of the address’s host, which is no secret: `https://host/`."""
    parts = urlsplit(address)
    return f"{parts.scheme}://{parts.netloc}/"


def label(address: str) -> str:
    """What names an address without telling it: its host and eight digits of its digest."""
    digest = hashlib.sha256(address.encode()).hexdigest()
    return f"{host_of(address)[:MAX_HOST_IN_LABEL]}…{digest[:8]}"
