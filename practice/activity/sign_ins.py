"""Sign-ins are written down, however somebody signed in."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.models import AbstractBaseUser
from django.contrib.auth.signals import user_logged_in
from django.dispatch import receiver
from django.http import HttpRequest
from django.utils import timezone

from practice.activity.journal import note
from practice.client_address import client_address
from practice.models import Activity, User


@receiver(user_logged_in)
def _note_sign_in(request: HttpRequest | None, user: AbstractBaseUser, **kwargs: Any) -> None:
    if isinstance(request, HttpRequest) and isinstance(user, User) and request.method == "POST":
        note(Activity.Kind.SIGNED_IN, timezone.now(), actor=user, address=str(client_address(request) or ""))
