"""What follows when somebody signed in, or could not: failures are counted or forgotten, and the session is listed."""

from __future__ import annotations

from typing import Any

from allauth.mfa.signals import authentication_failed
from allauth.usersessions.models import UserSession
from django.contrib.auth.models import AbstractBaseUser
from django.contrib.auth.signals import user_logged_in, user_login_failed
from django.dispatch import receiver
from django.http import HttpRequest
from django.utils import timezone

from practice.sign_in import throttle

SIGNED_IN = "kalends_signed_in"
"""The attribute of a request that has just signed somebody in: their user name."""


@receiver(user_login_failed)
def _note_wrong_password(credentials: dict[str, Any], request: HttpRequest | None = None, **kwargs: Any) -> None:
    if request is not None:
        throttle.note_failure(request, str(credentials.get("username") or ""), timezone.now())


@receiver(authentication_failed)
def _note_wrong_code(request: HttpRequest, user: AbstractBaseUser, **kwargs: Any) -> None:
    throttle.note_failure(request, user.get_username(), timezone.now())


@receiver(user_logged_in)
def _forget_failures(request: HttpRequest | None, user: AbstractBaseUser, **kwargs: Any) -> None:
    if isinstance(request, HttpRequest) and request.method == "POST":
        throttle.forget_failures(request, user.get_username())
        setattr(request, SIGNED_IN, user.get_username())


@receiver(user_logged_in)
def _list_session(request: HttpRequest | None, user: AbstractBaseUser, **kwargs: Any) -> None:
    """However somebody signed in, the list of their sessions has it, and signing out everywhere ends it."""
    if isinstance(request, HttpRequest):
        UserSession.objects.create_from_request(request, user=user, session=request.session)
