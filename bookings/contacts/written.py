"""Names and e-mail addresses: what is kept of them, and the keys under which equal ones are found, however written."""

from __future__ import annotations

import re
import unicodedata

import idna

from practice.mails.addresses import ascii_domain

MAX_KEY_LENGTH = 320
_CONTROLS = re.compile(r"[\s\x00-\x1f\x7f-\x9f\u2028\u2029]+")
_JOINERS = "\u200c\u200d"  # these change how the letters around them look
_INVISIBLE = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u180b\u180c\u180d\u3164\uffa0") | {
    chr(code) for code in range(0xFE00, 0xFE10)
}
"""Characters without a width that Unicode does not count as format characters (its “default ignorable” ones)."""
_DASHES = re.compile(r"[\u2010-\u2015\u2212\ufe58\ufe63\uff0d]")
_APOSTROPHES = re.compile(r"[\u0060\u00b4\u02b9\u02bb\u02bc\u2018\u2019\u201b\u2032]")


def one_line(text: str) -> str:
    """The text without line ends and other control characters, because it may become part of a mail's header."""
    return _CONTROLS.sub(" ", text).strip()


def without_invisible(text: str, *, keep: str = "") -> str:
    """The text without zero-width blanks, soft hyphens, marks of direction and the like, but for those in `keep`."""
    return "".join(one for one in text if one in keep or not _is_invisible(one))


def _is_invisible(character: str) -> bool:
    return unicodedata.category(character) == "Cf" or character in _INVISIBLE


def tidy_name(text: str) -> str:
    """A name as it is kept: composed (NFC), in one line, blanks collapsed, without invisible characters."""
    return one_line(unicodedata.normalize("NFC", without_invisible(text, keep=_JOINERS)))


def tidy_email(text: str) -> str:
    """An address as it is kept: composed (NFC), without blanks around it and without invisible characters."""
    return one_line(unicodedata.normalize("NFC", without_invisible(text)))


def name_key(name: str) -> str:
    """Equal for two names that differ in capitals, blanks, composition, or the shape of dashes and apostrophes."""
    # The apostrophes come first, because NFKC makes a blank and an accent of U+00B4.
    text = _APOSTROPHES.sub("'", without_invisible(name))
    text = _DASHES.sub("-", unicodedata.normalize("NFKC", text))
    return one_line(_folded(text))[:MAX_KEY_LENGTH]


def email_key(email: str) -> str:
    """Equal for two addresses that differ in capitals, composition, or how the domain is written (IDNA, final dot)."""
    user, at, domain = unicodedata.normalize("NFKC", tidy_email(email)).rpartition("@")
    try:
        domain = ascii_domain(domain)
    except idna.IDNAError:  # no domain that can exist; it is equal to itself
        domain = _folded(domain)
    return f"{_folded(user)}{at}{domain.rstrip('.')}"[:MAX_KEY_LENGTH]


def _folded(text: str) -> str:
    """The text without capitals, composed (NFKC). The Turkish letters “İ” and “ı” become “i”, as “I” does."""
    folded = unicodedata.normalize("NFKC", text.casefold())
    return folded.replace("i\u0307", "i").replace("\u0131", "i")
