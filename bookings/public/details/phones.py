"""Phone numbers as clients type them."""

from __future__ import annotations

import phonenumbers
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _


def read_phone(text: str, country: str) -> str:
    """The number in E.164, "" for nothing; without a country code it is one of `country`. Raises ValidationError."""
    if not text.strip():
        return ""
    try:
        number = phonenumbers.parse(text, country or None)
    except phonenumbers.NumberParseException:
        raise ValidationError(_("Enter a phone number like 030 1234567 or +49 30 1234567.")) from None
    if not phonenumbers.is_possible_number(number):
        raise ValidationError(_("Enter a phone number like 030 1234567 or +49 30 1234567."))
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
