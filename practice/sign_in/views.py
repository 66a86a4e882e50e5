"""Who is slowed down by the pages that take a password, a code or a passkey."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from allauth.account.internal.stagekit import get_pending_stage
from allauth.account.views import LoginView
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils import timezone

from practice.sign_in import throttle
from practice.sign_in.names import username_of
from practice.sign_in.receivers import SIGNED_IN
from practice.sign_in.tries import wait_page

View = Callable[..., HttpResponseBase]
Account = Callable[[HttpRequest], str]
"""The user name that a request is about; empty if that is unknown."""


def throttled(account: Account, *, password: bool = True) -> Callable[[View], View]:
    """Decorate a view that checks who somebody is: tries that come too early get 429, and devices are remembered.

    `password` says whether the page takes a password; the answer names it.
    """

    def decorate(view: View) -> View:
        @wraps(view)
        def wrapped(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if request.method == "POST" and (
                seconds := throttle.seconds_to_wait(request, account(request), timezone.now())
            ):
                return wait_page(request, seconds, password=password)
            response = view(request, *args, **kwargs)
            if username := getattr(request, SIGNED_IN, ""):
                throttle.KnownDevice.of(request).remember(response, username)
            return response

        return wrapped

    return decorate


def typed_account(request: HttpRequest) -> str:
    """Whose name or address was typed."""
    return username_of(request.POST.get("username", ""))


def pending_account(request: HttpRequest) -> str:
    """Who gave the password already and is asked for a second factor."""
    stage = get_pending_stage(request)
    return stage.login.user.get_username() if stage and stage.login.user else ""


def own_account(request: HttpRequest) -> str:
    """Who is signed in."""
    return request.user.get_username()


def unknown_account(request: HttpRequest) -> str:
    """Nobody yet: a passkey tells who somebody is, so only the address counts."""
    return ""


sign_in = throttled(typed_account)(LoginView.as_view(template_name="registration/login.html"))
