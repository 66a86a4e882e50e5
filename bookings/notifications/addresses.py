"""Addresses of mails: who is meant, and domains as they are written on the wire."""

from __future__ import annotations

from dataclasses import dataclass
from smtplib import SMTPRecipientsRefused

import idna

from bookings.contacts.written import ascii_domain


@dataclass(frozen=True, slots=True)
class Mailbox:
    """A person or practice and their e-mail address; the name may be empty."""

    name: str
    address: str


def encode_domain(address: str) -> str:
    """The address with its domain in ASCII.

    Django encodes by IDNA 2003, where “ß” becomes “ss”: another domain, which may be somebody else's. Raises
    SMTPRecipientsRefused for a domain that cannot exist.
    """
    user, at, domain = address.rpartition("@")
    if domain.isascii():
        return address
    try:
        return f"{user}{at}{ascii_domain(domain)}"
    except idna.IDNAError as error:
        raise SMTPRecipientsRefused({address: (553, str(error).encode())}) from error


def is_same_mailbox(one: str, other: str) -> bool:
    """Do mails to both addresses arrive at the same place? No provider tells upper from lower case."""
    return encode_domain(one).casefold() == encode_domain(other).casefold()
