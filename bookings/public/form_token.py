"""The signed token of a form for clients, in place of a session: for which hold it was shown, and when.

A form without a token is accepted, because its address has a secret already; one whose token is forged or too old is
shown again.
"""

from __future__ import annotations

from datetime import timedelta

from django.core import signing

FIELD = "token"
VALID = timedelta(hours=12)
_SALT = "kalends form of a client"


def make_token(hold: str) -> str:
    """The token of a form about the hold with this public id."""
    return signing.TimestampSigner(salt=_SALT).sign(hold)


def is_acceptable(token: str, hold: str) -> bool:
    """May a form with this token be processed?"""
    if not token:
        return True
    try:
        return signing.TimestampSigner(salt=_SALT).unsign(token, max_age=VALID) == hold
    except signing.BadSignature:
        return False
