"""E-mail addresses as clients type them: which can exist, and which are likely mistyped."""

from __future__ import annotations

from difflib import get_close_matches

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from email_validator import EmailNotValidError, validate_email

from bookings.contacts.written import tidy_email

COMMON_DOMAINS = (
    "gmail.com",
    "googlemail.com",
    "icloud.com",
    "outlook.com",
    "hotmail.com",
    "yahoo.com",
    "yahoo.de",
    "gmx.de",
    "gmx.net",
    "gmx.at",
    "gmx.ch",
    "web.de",
    "t-online.de",
    "freenet.de",
    "posteo.de",
    "mailbox.org",
    "bluewin.ch",
)
OTHER_DOMAINS = frozenset(
    [
        "mail.com",
        "email.com",
        "ymail.com",
        "rocketmail.com",
        "aol.com",
        "me.com",
        "mac.com",
        "live.com",
        "live.de",
        "msn.com",
        "proton.me",
        "outlook.de",
        "outlook.fr",
        "outlook.es",
        "outlook.it",
        "hotmail.de",
        "hotmail.fr",
        "hotmail.es",
        "hotmail.it",
        "hotmail.co.uk",
        "yahoo.at",
        "yahoo.fr",
        "yahoo.es",
        "yahoo.it",
        "yahoo.co.uk",
        "yahoo.ca",
        "gmx.com",
        "gmx.eu",
        "gmx.fr",
        "gmx.li",
        "gmx.org",
        "posteo.net",
        "posteo.eu",
        "posteo.org",
        "mailbox.com",
        "t-online.at",
        "bluemail.ch",
        "sunrise.ch",
    ]
)
"""They exist too, and look like one of the common ones."""
SIMILAR = 0.86


def read_address(text: str) -> str:
    """The address as it is kept, "" for nothing. Raises ValidationError; no name server is asked."""
    address = tidy_email(text)
    if not address:
        return ""
    try:
        return validate_email(address, check_deliverability=False).normalized
    except EmailNotValidError:
        raise ValidationError(_("Enter an e-mail address like name@example.com.")) from None


def likely_address(address: str) -> str:
    """The address that was probably meant, "" if this one is as good as any."""
    user, at, domain = address.rpartition("@")
    if not at or domain in COMMON_DOMAINS or domain in OTHER_DOMAINS:
        return ""
    close = get_close_matches(domain, COMMON_DOMAINS, n=1, cutoff=SIMILAR)
    return f"{user}@{close[0]}" if close else ""
