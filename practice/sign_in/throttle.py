"""Slowing down whoever guesses passwords, without locking anybody out.

Failures are counted by account and address, by account, and by address. From a number of failures on, the next try must
wait: one second, doubled with every failure, up to a minute. A try that comes too early is not counted.

A device that signed in to an account before has a signed cookie that says so. Only its own failures slow it down.
"""

from __future__ import annotations

import math
import secrets
import unicodedata
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Self

from django.conf import settings
from django.core import signing
from django.db import transaction
from django.db.models import Max
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.crypto import salted_hmac

from practice.client_address import address_group
from practice.models import SignInFailures

MAX_WAIT_SECONDS = 60
FORGOTTEN_AFTER = timedelta(hours=1)
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
    counted = SignInFailures.objects.filter(key__in=_keys(request, username).values())
    until = counted.aggregate(until=Max("wait_until"))["until"]
    return max(0, math.ceil((until - now).total_seconds())) if until else 0


@transaction.atomic
def note_failure(request: HttpRequest, username: str, now: datetime) -> None:
    """Count a wrong password, and say from when on the next try is looked at."""
    SignInFailures.objects.filter(last_at__lt=now - FORGOTTEN_AFTER).delete()
    for kind, key in sorted(_keys(request, username).items()):
        SignInFailures.objects.get_or_create(key=key, defaults={"last_at": now, "wait_until": now})
        row = SignInFailures.objects.select_for_update().get(key=key)
        row.failures += 1
        row.last_at = now
        row.wait_until = now + timedelta(seconds=_wait(row.failures - FREE_TRIES[kind]))
        row.save()


def forget_failures(request: HttpRequest, username: str) -> None:
    """Forget the failures of somebody who signed in; those of other addresses still count."""
    keys = _keys(request, username)
    own = [keys[kind] for kind in ("device", "account_and_address") if kind in keys]
    SignInFailures.objects.filter(key__in=own).delete()


def _wait(failures: int) -> int:
    """The seconds to wait after so many failures that are not free."""
    return 0 if failures <= 0 else int(min(MAX_WAIT_SECONDS, 2 ** min(failures - 1, 10)))


def _keys(request: HttpRequest, username: str) -> dict[str, str]:
    """The key of each kind that this try counts for."""
    account, address = _account_key(username), address_group(request)
    device = KnownDevice.of(request)
    if account in device.accounts:
        return {"device": _key("device", account, device.token)}
    keys = {"account": _key("account", account)}
    if address:
        keys["address"] = _key("address", address)
        keys["account_and_address"] = _key("account_and_address", account, address)
    return keys


def _account_key(username: str) -> str:
    return _key("username", unicodedata.normalize("NFKC", username).casefold().strip())


def _key(*parts: str) -> str:
    """A key that says nothing about its parts: people type passwords into the field for the name."""
    return salted_hmac("practice.sign_in", "\n".join(parts), algorithm="sha256").hexdigest()
