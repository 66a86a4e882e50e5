"""What may be sent where: how start addresses and passwords are written, and which of them are refused unsent."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from django.conf import settings

from connections import dav
from connections.accounts.refusals import ConnectFailed
from connections.problems import Problem

APP_PASSWORD = re.compile(r"[a-z]{4}(?:-?[a-z]{4}){3}", re.IGNORECASE)


def clean_password(text: str) -> str:
    """An app-specific password as Apple writes it, from what a person pasted: no blanks, four groups with dashes.

    Anything else comes back without the blanks around it, untouched.
    """
    bare = "".join(text.split())
    letters = bare.replace("-", "").replace("‐", "").replace("–", "").replace("—", "")
    if len(letters) == 16 and letters.isascii() and letters.isalpha():
        return "-".join(letters[at : at + 4] for at in range(0, 16, 4)).lower()
    return text.strip()


def looks_like_app_password(text: str) -> bool:
    """Is it shaped like `abcd-efgh-ijkl-mnop`, with or without dashes and blanks?"""
    return APP_PASSWORD.fullmatch(clean_password(text)) is not None


def is_icloud(url: str) -> bool:
    """Does this start address belong to the configured iCloud, so that its password rules hold?"""
    return _origin(url) == _origin(settings.ICLOUD_CALDAV_URL) or _is_apples(urlsplit(url).hostname or "")


def _is_apples(host: str) -> bool:
    return f".{host.rstrip('.')}".endswith(".icloud.com")


def goes_unencrypted(url: str) -> bool:
    """Does a password for this start address cross a network in clear?"""
    parts = urlsplit(url)
    return parts.scheme == "http" and not dav.is_loopback(parts.hostname or "")


def _origin(url: str) -> tuple[str, str | None, int | None]:
    parts = urlsplit(url)
    return parts.scheme, parts.hostname, parts.port or {"http": 80, "https": 443}.get(parts.scheme)


def clean_url(url: str) -> str:
    """The start address in the one spelling that is stored: scheme, host and path only. Raises ConnectFailed."""
    try:
        parts = urlsplit(url.strip())
        host, port = parts.hostname, parts.port
    except ValueError:
        host, port = None, None
    if not host or parts.scheme not in ("http", "https"):
        raise ConnectFailed(Problem("no_caldav"))
    if parts.scheme == "http" and _is_apples(host):
        raise ConnectFailed(Problem("unencrypted"))
    host = f"[{host}]" if ":" in host else host
    place = host if port in (None, {"http": 80, "https": 443}[parts.scheme]) else f"{host}:{port}"
    return f"{parts.scheme}://{place}{dav.path_of(parts.path)}"


def spellings(password: str, url: str) -> list[str]:
    """The password as it will be tried. What is shaped like a normal Apple password is never sent to iCloud."""
    if not password.strip():
        raise ConnectFailed(Problem("no_password"), "app_password")
    shaped = looks_like_app_password(password)
    if is_icloud(url):
        if not shaped:
            raise ConnectFailed(Problem("not_app_password"), "app_password")
        return [clean_password(password)]
    typed = password.strip("\r\n")
    return list(dict.fromkeys([typed, clean_password(password)] if shaped else [typed]))
