"""The pages that take a password."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.models import AbstractBaseUser
from django.contrib.auth.signals import user_logged_in, user_login_failed
from django.dispatch import receiver
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils import timezone

from practice.sign_in import throttle
from practice.sign_in.tries import wait_page

View = Callable[..., HttpResponseBase]
SIGNED_IN = "kalends_signed_in"
"""The attribute of a request that has just signed somebody in: their name."""


def throttled(view: View) -> View:
    """Decorate a view that signs people in: tries that come too early get 429, and devices are remembered."""

    @wraps(view)
    def wrapped(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.method == "POST":
            username = request.POST.get("username", "")
            if seconds := throttle.seconds_to_wait(request, username, timezone.now()):
                return wait_page(request, seconds, password=True)
        response = view(request, *args, **kwargs)
        if username := getattr(request, SIGNED_IN, ""):
            throttle.KnownDevice.of(request).remember(response, username)
        return response

    return wrapped


@receiver(user_login_failed)
def _note_failure(credentials: dict[str, Any], request: HttpRequest | None = None, **kwargs: Any) -> None:
    if request is not None:
        throttle.note_failure(request, str(credentials.get("username") or ""), timezone.now())


@receiver(user_logged_in)
def _forget_failures(request: HttpRequest | None, user: AbstractBaseUser, **kwargs: Any) -> None:
    if isinstance(request, HttpRequest) and request.method == "POST":
        throttle.forget_failures(request, user.get_username())
        setattr(request, SIGNED_IN, user.get_username())
