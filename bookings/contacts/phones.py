"""Phone numbers: read as people write them, kept in E.164 (ITU-T), shown as people read them.

`country` is the practice's, in two letters, or empty where it is not known. Numbers without a country code are read
and shown as in that country.
"""

from __future__ import annotations

import re
import unicodedata

import phonenumbers
from django.utils.translation import gettext as _
from phonenumbers import NumberParseException, PhoneNumber, PhoneNumberFormat, ValidationResult

from bookings.contacts.written import one_line, without_invisible

MIN_SEARCHED_DIGITS = 3
_WRITTEN = re.compile(r"[+\d\s()/.\-\u2010-\u2015\u2212]+")
"""What a number is written with. phonenumbers would read letters as digits and drop an extension."""
_PREFIX = re.compile(r"tel[.:\s]*(?://)?(?=.)", re.IGNORECASE)
"""How links (RFC 3966) and letterheads begin a number."""
_SLASHES = re.compile(r"[\u2044\u2215]")
_BLANKS = re.compile(r"[·•∙‧_'\u2019]")
"""Separators that phonenumbers does not know."""
_E164 = re.compile(r"\+\d{2,15}")
_NEITHER_DIGIT_NOR_PLUS = re.compile(r"[^\d+]")
_EXAMPLE = phonenumbers.parse("+49301234567")


def parse_phone(text: str, country: str) -> str:
    """The number in E.164; an empty text stays empty.

    Raises ValueError with a sentence for what is no number: letters, an extension, too few or too many digits, no area
    code, no country code where the practice's country is not known.
    """
    written = _tidy(text)
    if not written:
        return ""
    try:
        number = phonenumbers.parse(written, country or None)
    except NumberParseException:
        raise ValueError(_how_to_write(country)) from None
    if not _WRITTEN.fullmatch(written) or not phonenumbers.is_possible_number(number) or _lacks_area(number, written):
        raise ValueError(_how_to_write(country))
    return _format(number, PhoneNumberFormat.E164)


def display_phone(phone: str, country: str) -> str:
    """A number in E.164 as it is written within the practice's country, or internationally.

    What has another form, because somebody is typing it, comes back unchanged.
    """
    try:
        number = phonenumbers.parse(phone if _E164.fullmatch(phone) else "")
    except NumberParseException:
        return phone
    is_national = country in phonenumbers.region_codes_for_country_code(number.country_code or 0)
    return _format(number, PhoneNumberFormat.NATIONAL if is_national else PhoneNumberFormat.INTERNATIONAL)


def searched_digits(text: str) -> str:
    """The part of E.164 that somebody looks for who typed a number or some of it; empty for any other text."""
    written = _tidy(text).replace("(0)", "")
    digits = _NEITHER_DIGIT_NOR_PLUS.sub("", written) if _WRITTEN.fullmatch(written) else ""
    digits = digits if digits.startswith("+") else digits.lstrip("0")
    return digits if len(digits) >= MIN_SEARCHED_DIGITS else ""


def _lacks_area(number: PhoneNumber, written: str) -> bool:
    """Can it be called only from within its own area? Such a number has no form in E.164."""
    is_local = phonenumbers.is_possible_number_with_reason(number) == ValidationResult.IS_POSSIBLE_LOCAL_ONLY
    return is_local and not written.startswith("+")


def _tidy(text: str) -> str:
    written = one_line(unicodedata.normalize("NFKC", without_invisible(text)))
    number = written[prefix.end() :] if (prefix := _PREFIX.match(written)) else written
    return one_line(_BLANKS.sub(" ", _SLASHES.sub("/", number)))


def _how_to_write(country: str) -> str:
    """What to do about a number that cannot be read, with an example from the practice's country."""
    if not country:
        return _("Write the number with its country code: +49 30 1234567.")
    example = _EXAMPLE if country == "DE" else phonenumbers.example_number(country) or _EXAMPLE
    return _("Write the number as %(national)s or %(international)s.") % {
        "national": _format(example, PhoneNumberFormat.NATIONAL),
        "international": _format(example, PhoneNumberFormat.INTERNATIONAL),
    }


def _format(number: PhoneNumber, style: int) -> str:
    return phonenumbers.format_number(number, style)
