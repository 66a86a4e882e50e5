"""Addresses of mails, and who is meant by them."""

from __future__ import annotations

from dataclasses import dataclass

from practice.mails.addresses import encode_domain


@dataclass(frozen=True, slots=True)
class Mailbox:
    """A person or practice and their e-mail address; the name may be empty."""

    name: str
    address: str


def is_same_mailbox(one: str, other: str) -> bool:
    """Do mails to both addresses arrive at the same place? No provider tells upper from lower case."""
    return encode_domain(one).casefold() == encode_domain(other).casefold()
