"""Links to the clients' own pages: a random public id of a seat, signed together with the generation of its link.

The keys come from FERNET_KEYS: the first signs, all verify. Nothing is derived from a primary key.
"""

from __future__ import annotations

import hmac
import re
import secrets
from base64 import urlsafe_b64encode
from datetime import datetime, timedelta
from enum import StrEnum
from urllib.parse import urlsplit

from django.conf import settings

VALID_AFTER_END = timedelta(days=30)
PUBLIC_ID_BYTES = 16
PUBLIC_ID_LENGTH = 22  # characters
_LINK_PURPOSE = "kalends seat link"
_TOKEN = re.compile(rf"([\w-]{{{PUBLIC_ID_LENGTH}}})[\w-]{{43}}", re.ASCII)


class LinkState(StrEnum):
    """What a link is worth."""

    VALID = "valid"
    EXPIRED = "expired"
    UNKNOWN = "unknown"


def new_public_id() -> str:
    """128 random bits, safe in a URL."""
    return secrets.token_urlsafe(PUBLIC_ID_BYTES)


def new_calendar_uid() -> str:
    """A UID for an event in a client's calendar. It says nothing about the link."""
    return f"{secrets.token_hex(PUBLIC_ID_BYTES)}@{host()}"


def new_message_id() -> str:
    """A Message-ID."""
    return f"<{new_public_id()}@{host()}>"


def keyed_hash(purpose: str, text: str) -> str:
    """A hash by which texts are compared and counted that are not to be stored; "" for nothing."""
    return hmac.digest(derived_keys(purpose)[0], text.encode(), "sha256").hex() if text else ""


def host() -> str:
    """The host of BASE_URL, which makes an id of ours unique in the world."""
    return urlsplit(settings.BASE_URL).hostname or "localhost"


def page_url(public_id: str, generation: int) -> str:
    """The address of the client's own page."""
    return f"{settings.BASE_URL.rstrip('/')}/booking/{link_token(public_id, generation)}/"


def link_token(public_id: str, generation: int) -> str:
    """The public id followed by its signature, safe in a URL and without padding."""
    return public_id + _signature(derived_keys(_LINK_PURPOSE)[0], public_id, generation)


def public_id_of(token: str) -> str:
    """The public id that a token names, "" if it is no token; whether it is signed is said by `link_state`."""
    shaped = _TOKEN.fullmatch(token)
    return shaped[1] if shaped else ""


def link_state(token: str, generation: int, end: datetime, now: datetime) -> LinkState:
    """What a token is worth for a seat with this generation of link, whose booking ends at `end`."""
    if not _is_signed(token, generation):
        return LinkState.UNKNOWN
    return LinkState.VALID if now < end + VALID_AFTER_END else LinkState.EXPIRED


def derived_keys(purpose: str) -> list[bytes]:
    """A key for this purpose from each of FERNET_KEYS, in their order."""
    return [hmac.digest(key.encode(), purpose.encode(), "sha256") for key in settings.FERNET_KEYS]


def _is_signed(token: str, generation: int) -> bool:
    """Compares with every key, in a time that does not depend on the token."""
    public_id, signature = public_id_of(token), token[PUBLIC_ID_LENGTH:].encode(errors="replace")
    signatures = [_signature(key, public_id, generation).encode() for key in derived_keys(_LINK_PURPOSE)]
    return bool(public_id) and sum(hmac.compare_digest(signature, one) for one in signatures) > 0


def _signature(key: bytes, public_id: str, generation: int) -> str:
    digest = hmac.digest(key, f"{public_id}.{generation}".encode(), "sha256")
    return urlsafe_b64encode(digest).decode().rstrip("=")
