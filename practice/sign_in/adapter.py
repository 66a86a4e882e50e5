"""What allauth's accounts take from Kalends: who may sign in, what is said and mailed, and where a client is."""

from __future__ import annotations

import time
from typing import Any, Final, cast

from allauth.account import app_settings
from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.internal.flows.login import get_authentication_records
from django.contrib import messages
from django.contrib.auth.models import AbstractBaseUser
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, resolve_url
from django.utils.translation import gettext_lazy as _

from practice.client_address import client_address
from practice.mails.notices import tell
from practice.models import User

UNKNOWN_ADDRESS: Final = "0.0.0.0"  # noqa: S104 - no address to listen at: the column must have one
"""Stands for an address that Kalends does not know."""


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc] # the library has no types
    """Named in ACCOUNT_ADAPTER."""

    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "username_password_mismatch": _("Please enter a correct username or e-mail address and password."),
        "enter_current_password": _("Your old password was entered incorrectly. Please enter it again."),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Nobody signs up: the first run, a command or an invitation makes users."""
        return False

    def get_client_ip(self, request: HttpRequest) -> str:
        return str(client_address(request) or UNKNOWN_ADDRESS)

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        return resolve_url("practice:account")

    def respond_user_inactive(self, request: HttpRequest, user: AbstractBaseUser) -> HttpResponse:
        """The answer to somebody who was deactivated and knows the password."""
        messages.error(request, _("This account was deactivated. Ask the owner of the practice."))
        return redirect("account_login")

    def is_reauthentication_required(self, *, app: str, **kwargs: Any) -> bool:
        """Was it too long ago that this user signed in or confirmed who they are? Not asked where nothing could be."""
        user = self.request.user
        at = [record["at"] for record in get_authentication_records(self.request, user)]
        if at and time.time() - at[-1] < app_settings.REAUTHENTICATION_TIMEOUT:
            return False
        return bool(self.get_reauthentication_methods(user))

    def send_notification_mail(
        self,
        template_prefix: str,
        user: AbstractBaseUser,
        context: dict[str, Any] | None = None,
        email: str | None = None,
    ) -> None:
        """Tell the user what happened to their account."""
        somebody, address = cast(User, user), client_address(self.request)
        facts = {"from": str(address)} if address else {}
        tell(somebody, email or somebody.email, template_prefix, **facts, **(context or {}))
