"""Slowing down whoever guesses passwords, without locking anybody out.

Failures are counted by account and address, by account, and by address; practice.sign_in.tries says how long they slow
somebody down.

A device that signed in to an account before has a signed cookie that says so. Only its own failures slow it down.
"""

from __future__ import annotations

import secrets
import unicodedata
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Self

from django.conf import settings
from django.core import signing
from django.http import HttpRequest
from django.http.response import HttpResponseBase

from practice.client_address import address_group
from practice.sign_in import tries
from practice.sign_in.tries import key_of

FREE_TRIES = {"device": 5, "account_and_address": 5, "account": 10, "address": 20}
"""How many failures of each kind do not slow anybody down. Several people may share an address."""

DEVICE_COOKIE = "kalends_device"
DEVICE_COOKIE_AGE = timedelta(days=400)
MAX_ACCOUNTS = 20
"""How many accounts one device is known for."""


@dataclass(frozen=True, slots=True)
class KnownDevice:
    """A browser, and the accounts (by key) that somebody signed in to with it, the latest last."""

    token: str
    accounts: tuple[str, ...]

    @classmethod
    def of(cls, request: HttpRequest) -> Self:
        """The device of the request; a new one if it has no valid cookie."""
        cookie = request.COOKIES.get(DEVICE_COOKIE, "")
        try:
            token, *accounts = signing.loads(cookie, salt=DEVICE_COOKIE, max_age=DEVICE_COOKIE_AGE)
        except signing.BadSignature:
            return cls(secrets.token_urlsafe(16), ())
        return cls(token, tuple(accounts))

    def remember(self, response: HttpResponseBase, username: str) -> None:
        """Let the cookie say that somebody signed in to this account."""
        key = _account_key(username)
        accounts = [*(one for one in self.accounts if one != key), key][-MAX_ACCOUNTS:]
        response.set_cookie(
            DEVICE_COOKIE,
            signing.dumps([self.token, *accounts], salt=DEVICE_COOKIE),
            max_age=DEVICE_COOKIE_AGE,
            secure=settings.SESSION_COOKIE_SECURE,
            httponly=True,
            samesite="Lax",
        )


def seconds_to_wait(request: HttpRequest, username: str, now: datetime) -> int:
    """How many seconds this try to sign in comes too early; 0 if it may go on."""
    return tries.seconds_left(_keys(request, username).values(), now)


def note_failure(request: HttpRequest, username: str, now: datetime) -> None:
    """Count a wrong password, code or passkey, and say from when on the next try is looked at."""
    tries.count(_keys(request, username), FREE_TRIES, now)


def forget_failures(request: HttpRequest, username: str) -> None:
    """Forget the failures of somebody who signed in; those of other addresses still count."""
    keys = _keys(request, username)
    tries.forget(keys[kind] for kind in ("device", "account_and_address") if kind in keys)


def _keys(request: HttpRequest, username: str) -> dict[str, str]:
    """The key of each kind that this try counts for. A passkey that nobody owns counts for the address only."""
    account, address = _account_key(username), address_group(request)
    device = KnownDevice.of(request)
    if account in device.accounts:
        return {"device": key_of("device", account, device.token)}
    keys = {"account": key_of("account", account)} if username else {}
    if address:
        keys["address"] = key_of("address", address)
    if address and username:
        keys["account_and_address"] = key_of("account_and_address", account, address)
    return keys


def _account_key(username: str) -> str:
    return key_of("username", unicodedata.normalize("NFKC", username).casefold().strip())
