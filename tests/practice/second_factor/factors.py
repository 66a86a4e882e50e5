"""Second factors for tests: an app with a secret, its codes, and signing in."""

from __future__ import annotations

import time
from typing import Any, Final

from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, generate_totp_secret, hotp_value
from django.test import Client

from practice.models import User
from tests.factories import PASSWORD

SIGN_IN: Final = "/accounts/login/"
SECOND_STEP: Final = "/accounts/login/second-factor/"


def set_up_app(user: User) -> str:
    """Give the user an app with codes, and recovery codes; the secret of the app."""
    secret = generate_totp_secret()
    TOTP.activate(user, secret)
    RecoveryCodes.activate(user)
    return str(secret)


def code(secret: str, *, at: float | None = None) -> str:
    """The code that the app shows now, or at that time."""
    return str(format_hotp_value(hotp_value(secret, int(at or time.time()) // 30)))


def recovery_codes(user: User) -> list[str]:
    """The recovery codes that the user has left."""
    factor = user.authenticator_set.get(type="recovery_codes")  # type: ignore[attr-defined]
    return list(factor.wrap().get_unused_codes())


def sign_in(client: Client, username: str = "anna", password: str = PASSWORD, **more: Any) -> Any:
    """Send the first step of signing in; the answer."""
    return client.post(SIGN_IN, {"username": username, "password": password}, **more)


def send_code(client: Client, sent: str, **more: Any) -> Any:
    """Send the second step of signing in; the answer."""
    return client.post(SECOND_STEP, {"code": sent}, **more)
