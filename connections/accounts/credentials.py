"""What may be sent where: how start addresses and passwords are written, and which of them are refused unsent."""

from __future__ import annotations

import re
import socket
import unicodedata
from ipaddress import IPv6Address, ip_address
from urllib.parse import urlsplit

from django.core.exceptions import ValidationError
from django.core.validators import validate_email

from connections import dav
from connections.accounts.refusals import ConnectFailed
from connections.problems import Problem
from connections.providers import CALDAV, ICLOUD, is_apples, is_icloud, provider_at, provider_words

UNSEEN = ("Cc", "Cf", "Zs", "Zl", "Zp")  # control and format characters, and blanks
QUOTES = "\"'`´“”„‟‘’‚‛«»‹›"
NO_DASHES = dict.fromkeys(map(ord, "-\u2010\u2011\u2012\u2013\u2014\u2015\u2043\u2212\ufe58\ufe63\uff0d"))
APP_PASSWORD = re.compile(r"[a-z]{4}(?:-?[a-z]{4}){3}", re.IGNORECASE)


def clean_password(text: str) -> str:
    """An app-specific password as Apple writes it, from what a person pasted: no blanks, four groups with dashes.

    Dashes of any kind, quotes around it and characters that nobody sees do not matter. Anything else comes back without
    the blanks around it, untouched.
    """
    seen = (one for one in text if unicodedata.category(one) not in UNSEEN)
    letters = "".join(seen).strip(QUOTES).translate(NO_DASHES)
    if len(letters) == 16 and letters.isascii() and letters.isalpha():
        return "-".join(letters[at : at + 4] for at in range(0, 16, 4)).lower()
    return text.strip()


def looks_like_app_password(text: str) -> bool:
    """Is it shaped like `abcd-efgh-ijkl-mnop`, with or without dashes and blanks?"""
    return APP_PASSWORD.fullmatch(clean_password(text)) is not None


def clean_url(url: str) -> str:
    """The start address in the one spelling that is stored: scheme, host and path only. Raises ConnectFailed."""
    try:
        parts = urlsplit(url.strip())
        host, port = parts.hostname, parts.port
    except ValueError:
        host, port = None, None
    if not host or parts.scheme not in ("http", "https"):
        raise ConnectFailed(Problem("no_caldav"))
    _check_host(parts.scheme, host)
    host = f"[{host}]" if ":" in host else host
    place = host if port in (None, {"http": 80, "https": 443}[parts.scheme]) else f"{host}:{port}"
    return f"{parts.scheme}://{place}{dav.path_of(parts.path)}"


def _check_host(scheme: str, host: str) -> None:
    """Raises ConnectFailed if the password would cross a network in clear, or for a link-local address.

    What answers there is no calendar server, but for example the metadata of a cloud machine.
    """
    if scheme == "http" and not dav.is_loopback(host):
        words = provider_words(ICLOUD if is_apples(host) else CALDAV)
        raise ConnectFailed(Problem("unencrypted", words=words))
    if _is_link_local(host):
        raise ConnectFailed(Problem("link_local"))


def _dotted(host: str) -> str:
    """An IPv4 address in its usual form: systems also take `2852039166` and `0xa9fea9fe` for one."""
    try:
        return socket.inet_ntoa(socket.inet_aton(host))
    except OSError:
        return host


def _is_link_local(host: str) -> bool:
    try:
        address = ip_address(_dotted(host.partition("%")[0].rstrip(".")))
    except ValueError:
        return False
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    return (mapped or address).is_link_local


def clean_username(username: str, url: str) -> str:
    """The user name without blanks around it. Raises ConnectFailed for none, and for an Apple ID that is no address."""
    username = username.strip()
    if not username:
        raise ConnectFailed(Problem("no_username", words=provider_words(provider_at(url))), "apple_id")
    if is_icloud(url):
        try:
            validate_email(username)
        except ValidationError:
            raise ConnectFailed(Problem("not_an_apple_id"), "apple_id") from None
    return username


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
