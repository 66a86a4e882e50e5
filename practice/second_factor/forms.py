"""allauth's forms for second factors, with the words of Kalends and its count of failures."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

from allauth.core import context
from allauth.mfa.adapter import get_adapter
from allauth.mfa.base.forms import AuthenticateForm, ReauthenticateForm
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.forms import ActivateTOTPForm
from allauth.mfa.totp.internal.auth import SECRET_SESSION_KEY
from allauth.mfa.webauthn.forms import (
    AddWebAuthnForm,
    AuthenticateWebAuthnForm,
    LoginWebAuthnForm,
    ReauthenticateWebAuthnForm,
)
from cryptography.fernet import InvalidToken
from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from practice.forms import without_placeholders
from practice.second_factor.encryption import decrypt, encrypt
from practice.sign_in import throttle, tries

CODE_INPUT = {"autocomplete": "one-time-code", "inputmode": "numeric", "autofocus": True}
UNREADABLE = _("No code can be checked: the keys of this server have changed. Ask the person who runs Kalends for you.")


def _not_used_before(user: int, code: str) -> str:
    """The code of an app, remembered from now on. Raises ValidationError if the user has used it already."""
    digits = "".join(filter(str.isdigit, code))
    if not tries.is_first(tries.key_of("used_code", str(user), digits), timezone.now()):
        raise get_adapter().validation_error("incorrect_code")
    return code


class CodeForm:
    """A code of the app, or a recovery code. The code of an app works once, in whatever process it is checked."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["code"].widget = forms.TextInput(attrs=CODE_INPUT)  # type: ignore[attr-defined]

    def clean_code(self) -> str:
        try:
            code = str(super().clean_code())  # type: ignore[misc]
        except InvalidToken:
            raise forms.ValidationError(UNREADABLE) from None
        factor: Authenticator = self.authenticator  # type: ignore[attr-defined]
        return _not_used_before(factor.user_id, code) if factor.type == Authenticator.Type.TOTP else code


class SignInCodeForm(CodeForm, AuthenticateForm):  # type: ignore[misc]
    """The second step of signing in."""


class ConfirmCodeForm(CodeForm, ReauthenticateForm):  # type: ignore[misc]
    """Before something dangerous."""


class AppForm(ActivateTOTPForm):  # type: ignore[misc]
    """The first code of an app that is being set up. Meanwhile its secret lies in the session, encrypted too."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        session = context.request.session
        if encrypted := session.pop(SECRET_SESSION_KEY, ""):
            with suppress(InvalidToken):  # then the library makes a new one
                session[SECRET_SESSION_KEY] = decrypt(encrypted)
        super().__init__(*args, **kwargs)
        session[SECRET_SESSION_KEY] = encrypt(self.secret)
        self.fields["code"].label = _("Code that the app shows")
        self.fields["code"].widget = forms.TextInput(attrs=CODE_INPUT)

    def clean_code(self) -> str:
        return _not_used_before(self.user.pk, str(super().clean_code()))


class CountedPasskey:
    """A passkey that is refused counts as a failure, as a wrong password does."""

    def clean_credential(self) -> Authenticator:
        try:
            return super().clean_credential()  # type: ignore[misc]
        except forms.ValidationError:
            user = self.user  # type: ignore[attr-defined]
            throttle.note_failure(context.request, user.get_username() if user else "", timezone.now())
            raise


class SignInPasskeyForm(CountedPasskey, AuthenticateWebAuthnForm):  # type: ignore[misc]
    """The second step of signing in."""


class PasskeyAloneForm(CountedPasskey, LoginWebAuthnForm):  # type: ignore[misc]
    """Signing in without a password."""


class ConfirmPasskeyForm(CountedPasskey, ReauthenticateWebAuthnForm):  # type: ignore[misc]
    """Before something dangerous."""


class NewPasskeyForm(AddWebAuthnForm):  # type: ignore[misc]
    """A new passkey, and whether it stands for the password too."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("initial", {})["passwordless"] = True
        super().__init__(*args, **kwargs)
        without_placeholders(self)
        self.fields["name"].label = _("Name")
        self.fields["name"].help_text = _("So that you recognise it in the list.")
        self.fields["passwordless"].label = _("I sign in with it alone, without a password")
        self.fields["passwordless"].help_text = _("It must then ask for a fingerprint, your face or a PIN.")
