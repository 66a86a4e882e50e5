"""allauth's forms that take a password, with the words of Kalends, the names of fields that Django uses, and its count
of failures."""

from __future__ import annotations

from typing import Any, ClassVar

from allauth.account.forms import ChangePasswordForm, LoginForm, ReauthenticateForm, ResetPasswordKeyForm
from allauth.core import context
from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from practice.forms import without_placeholders
from practice.sign_in import throttle
from practice.sign_in.names import username_of

HINT = _("At least 8 characters, and not one that is often used.")


class OwnWords:
    """A form without placeholders. `html_names` says what the inputs of fields are called, if not as their fields."""

    html_names: ClassVar[dict[str, str]] = {}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        without_placeholders(self)  # type: ignore[arg-type]

    def add_prefix(self, field_name: str) -> str:
        return str(super().add_prefix(self.html_names.get(field_name, field_name)))  # type: ignore[misc]


class NewPasswordWords(OwnWords):
    """A form that asks for a new password twice."""

    html_names = {"oldpassword": "old_password", "password1": "new_password1", "password2": "new_password2"}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: dict[str, forms.Field] = self.fields  # type: ignore[attr-defined]
        fields["password1"].label, fields["password1"].help_text = _("New password"), HINT
        fields["password2"].label = _("New password again")


class SignInForm(OwnWords, LoginForm):  # type: ignore[misc]
    """User name or e-mail address, and the password."""

    html_names = {"login": "username"}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["login"] = forms.CharField(
            label=_("Username or e-mail"),
            max_length=254,
            widget=forms.TextInput(
                attrs={"autocomplete": "username", "autocapitalize": "none", "spellcheck": "false", "autofocus": True}
            ),
        )
        self.fields["password"].help_text = ""  # the page has the link
        self.order_fields(["login", "password"])

    def clean_login(self) -> str:
        return username_of(self.cleaned_data["login"])


class NewPasswordForm(NewPasswordWords, ChangePasswordForm):  # type: ignore[misc]
    """A new password for somebody who knows the old one; a wrong old one counts as a failure."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["oldpassword"].label = _("Old password")
        self.fields["oldpassword"].help_text = ""

    def clean_oldpassword(self) -> str:
        try:
            return str(super().clean_oldpassword())
        except forms.ValidationError:
            throttle.note_failure(context.request, self.user.get_username(), timezone.now())
            raise


class PasswordFromLinkForm(NewPasswordWords, ResetPasswordKeyForm):  # type: ignore[misc]
    """A new password for somebody who followed a link from a mail."""


class ConfirmPasswordForm(OwnWords, ReauthenticateForm):  # type: ignore[misc]
    """The password again, before something dangerous."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["password"].help_text = ""
        self.fields["password"].widget.attrs["autofocus"] = True
