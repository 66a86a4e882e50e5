"""What may be sent where: how start addresses and passwords are written, and which of them are refused unsent."""

from __future__ import annotations

import re
import unicodedata
from urllib.parse import urlsplit

from django.core.exceptions import ValidationError
from django.core.validators import validate_email

from connections import dav
from connections.accounts.refusals import ConnectFailed
from connections.private_hosts import private_hosts
from connections.problems import Problem, classify_connecting
from connections.providers import CALDAV, ICLOUD, PasswordShape, Provider, is_apples, provider_words

UNSEEN = ("Cc", "Cf", "Zs", "Zl", "Zp")  # control and format characters, and blanks
VARIATION_SELECTORS = re.compile("[\u180b-\u180d\u180f\ufe00-\ufe0f\U000e0100-\U000e01ef]")
AROUND = "\"'`´“”„‟‘’‚‛«»‹›<>()[]{}.,:;"
DASHES = ("Pd", "Pc")  # with underscores
OTHER_DASHES = "\u02d7\u2022\u2027\u2043\u2212\u2219\u22c5\u00b7\u30fb"
APP_PASSWORD = re.compile(r"[a-z]{4}(?:-?[a-z]{4}){3}", re.IGNORECASE)


def clean_password(text: str) -> str:
    """An app-specific password as Apple writes it, from what a person pasted: no blanks, four groups with dashes.

    Dashes and dots of any kind between the groups, quotes, brackets and punctuation around it, full-width letters and
    characters that nobody sees do not matter. Anything else comes back without the blanks around it, untouched.
    """
    seen = "".join(one for one in VARIATION_SELECTORS.sub("", text) if unicodedata.category(one) not in UNSEEN)
    usual = unicodedata.normalize("NFKC", seen.strip(AROUND)).strip(AROUND)  # NFKC makes a blank of the accent U+00B4
    letters = "".join(one for one in usual if not _is_dash(one))
    if len(letters) == 16 and letters.isascii() and letters.isalpha():
        return "-".join(letters[at : at + 4] for at in range(0, 16, 4)).lower()
    return text.strip()


def _is_dash(character: str) -> bool:
    return unicodedata.category(character) in DASHES or character in OTHER_DASHES


def looks_like_app_password(text: str) -> bool:
    """Is it shaped like `abcd-efgh-ijkl-mnop`, with or without dashes and blanks?"""
    return APP_PASSWORD.fullmatch(clean_password(text)) is not None


def clean_url(url: str) -> str:
    """The start address in the one spelling that is stored: scheme, host and path only. Raises ConnectFailed."""
    try:
        parts = urlsplit(url.strip())
        host, port = dav.host_name(parts.hostname or ""), parts.port
    except ValueError:
        host, port = "", None
    if not host or parts.scheme not in ("http", "https"):
        raise ConnectFailed(Problem("no_caldav"))
    if "@" in parts.netloc:
        raise ConnectFailed(Problem("user_info"))
    _check_host(parts.scheme, host)
    host = f"[{host}]" if ":" in host else host
    place = host if port in (None, {"http": 80, "https": 443}[parts.scheme]) else f"{host}:{port}"
    return f"{parts.scheme}://{place}{dav.path_of(parts.path)}"


def _check_host(scheme: str, host: str) -> None:
    """Raises ConnectFailed if the password would cross a network in clear, or for an address that is not asked.

    A name that leads to such an address is refused when the connection is opened.
    """
    if scheme == "http" and not dav.is_loopback(host):
        words = provider_words(ICLOUD if is_apples(host) else CALDAV)
        raise ConnectFailed(Problem("unencrypted", words=words))
    try:
        dav.check_host(host, private_hosts())
    except dav.RefusedAddress as error:
        raise ConnectFailed(classify_connecting(error, right_address=False)) from None


def clean_username(username: str, provider: Provider) -> str:
    """The user name without blanks around it.

    Raises ConnectFailed for none, and for one that is no e-mail address where the provider's user names are addresses.
    """
    username = username.strip()
    if not username:
        raise ConnectFailed(Problem("no_username", words=provider.words), provider.username_field)
    if provider.username_is_email:
        try:
            validate_email(username)
        except ValidationError:
            raise ConnectFailed(Problem("not_an_email", words=provider.words), provider.username_field) from None
    return username


def spellings(password: str, provider: Provider) -> list[str]:
    """The password as it will be tried. What is shaped like a normal Apple password is never sent to iCloud."""
    if not password.strip():
        raise ConnectFailed(Problem("no_password"), "app_password")
    shaped = looks_like_app_password(password)
    if provider.password_shape is PasswordShape.APPLE:
        if not shaped:
            raise ConnectFailed(Problem("not_app_password"), "app_password")
        return [clean_password(password)]
    typed = password.strip("\r\n")
    return list(dict.fromkeys([typed, clean_password(password)] if shaped else [typed]))
