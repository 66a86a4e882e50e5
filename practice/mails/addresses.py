"""E-mail addresses as they are written on the wire. No Django here: calendar parts are built with it too."""

from __future__ import annotations

from smtplib import SMTPRecipientsRefused

import idna


def ascii_domain(domain: str) -> str:
    """The domain as DNS knows it (UTS 46, non-transitional: “ß” stays itself). Raises idna.IDNAError."""
    return idna.encode(domain, uts46=True, transitional=False).decode().lower() if domain else ""


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
