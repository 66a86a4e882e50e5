"""Counting tries by key, and making whoever tries too often wait: longer each time, never for good.

From a number of tries on, the next must wait a second, doubled with every further try. A try that comes too early is
not counted.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Max
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.crypto import salted_hmac

from practice.models import SignInFailures

MAX_WAIT_SECONDS = 60
FORGOTTEN_AFTER = timedelta(hours=1)


def key_of(*parts: str) -> str:
    """A key that says nothing about its parts: people type passwords into the field for the name."""
    return salted_hmac("practice.sign_in", "\n".join(parts), algorithm="sha256").hexdigest()


def seconds_left(keys: Iterable[str], now: datetime) -> int:
    """How many seconds a try with these keys comes too early; 0 if it may go on."""
    until = SignInFailures.objects.filter(key__in=list(keys)).aggregate(until=Max("wait_until"))["until"]
    return max(0, math.ceil((until - now).total_seconds())) if until else 0


@transaction.atomic
def count(
    keys: Mapping[str, str], free: Mapping[str, int], now: datetime, *, max_wait_seconds: int = MAX_WAIT_SECONDS
) -> None:
    """Count a try for the key of each kind; `free` says how many of each kind slow nobody down."""
    SignInFailures.objects.filter(last_at__lt=now - FORGOTTEN_AFTER).delete()
    for kind, key in sorted(keys.items()):
        row = _locked(key) or _made(key, now)
        row.failures += 1
        row.last_at = now
        if seconds := _wait(row.failures - free[kind], max_wait_seconds):
            row.wait_until = now + timedelta(seconds=seconds)
        row.save()


@transaction.atomic
def is_first(key: str, now: datetime) -> bool:
    """Is this the first time in an hour that the key is met? It is remembered."""
    SignInFailures.objects.filter(last_at__lt=now - FORGOTTEN_AFTER).delete()
    return SignInFailures.objects.get_or_create(key=key, defaults={"last_at": now, "wait_until": now})[1]


def _locked(key: str) -> SignInFailures | None:
    return SignInFailures.objects.select_for_update().filter(key=key).first()


def _made(key: str, now: datetime) -> SignInFailures:
    """The row of a key that had none; somebody else may have made it at the same moment.

    Nobody has to wait yet, not even a request that began a little before `now`.
    """
    long_ago = now - FORGOTTEN_AFTER
    SignInFailures.objects.get_or_create(key=key, defaults={"last_at": now, "wait_until": long_ago})
    return SignInFailures.objects.select_for_update().get(key=key)


def forget(keys: Iterable[str]) -> None:
    """Forget the tries with these keys."""
    SignInFailures.objects.filter(key__in=list(keys)).delete()


def wait_page(request: HttpRequest, seconds: int, *, password: bool) -> HttpResponse:
    """The answer to a try that comes too early. It is not logged: some addresses are secret."""
    context = {"seconds": seconds, "password": password}
    response = render(request, "registration/wait.html", context, status=429)
    response.headers["Retry-After"] = str(seconds)
    response._has_been_logged = True  # type: ignore[attr-defined] # Django's own, so that it does not log the address
    return response


def _wait(tries: int, most: int) -> int:
    """The seconds to wait after so many tries that are not free."""
    return 0 if tries <= 0 else min(most, 2 ** min(tries - 1, 12))
