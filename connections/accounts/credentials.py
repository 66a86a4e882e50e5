"""What may be sent where: how start addresses and passwords are written, and which of them are refused unsent."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import replace

from django.core.exceptions import ValidationError
from django.core.validators import validate_email

from connections import dav
from connections.accounts.refusals import ADDRESS_FIELD, PASSWORD_FIELD, ConnectFailed
from connections.dav.discovery.typed import read_typed
from connections.private_hosts import private_hosts
from connections.problems import Problem, classify_connecting
from connections.providers import (
    ICLOUD,
    UNNAMED_SERVER,
    PasswordShape,
    Provider,
    ProviderWords,
    is_apples,
    provider_words,
)

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


def clean_url(url: str, words: ProviderWords = UNNAMED_SERVER) -> str:
    """The start address in the one spelling that is stored: scheme, host and path only.

    Raises ConnectFailed, in these words, for what is no address and for one that is not asked. A name that leads to an
    address that is not asked is refused when the connection is opened.
    """
    if "://" not in url:
        raise ConnectFailed(Problem("no_caldav", words=words), ADDRESS_FIELD)
    try:
        server = read_typed(url)
        dav.check_host(server.host, private_hosts())
    except dav.DavError as error:
        problem = classify_connecting(error, right_address=False)
        is_of_icloud = is_apples(problem.params.get("host", ""))
        words = provider_words(ICLOUD) if is_of_icloud else words
        raise ConnectFailed(replace(problem, words=words), ADDRESS_FIELD) from None
    return server.url


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
        raise ConnectFailed(Problem("no_password"), PASSWORD_FIELD)
    shaped = looks_like_app_password(password)
    if provider.password_shape is PasswordShape.APPLE:
        if not shaped:
            raise ConnectFailed(Problem("not_app_password"), PASSWORD_FIELD)
        return [clean_password(password)]
    typed = password.strip("\r\n")
    return list(dict.fromkeys([typed, clean_password(password)] if shaped else [typed]))
