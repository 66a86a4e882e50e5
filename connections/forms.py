"""Forms for the credentials of an account. They neither send nor store anything."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from connections.accounts import ConnectFailed, clean_password, looks_like_app_password

_NO_APP_PASSWORD = _(
    "That does not look like an app-specific password: those are 16 letters in four groups, like "
    "abcd-efgh-ijkl-mnop. Your normal password never works here, so nothing was sent. Make an app-specific "
    "one at account.apple.com."
)


class AppPasswordField(forms.CharField):
    """An app-specific password, with or without dashes and blanks; it never comes back in a page."""

    def __init__(self, **kwargs: Any) -> None:
        attrs = {"autocomplete": "off", "autocapitalize": "none", "autocorrect": "off", "spellcheck": "false"}
        super().__init__(
            label=_("App-specific password"),
            max_length=200,
            widget=forms.PasswordInput(attrs=attrs, render_value=False),
            help_text=_("16 letters, like abcd-efgh-ijkl-mnop. With or without the dashes."),
            error_messages={"required": _("Enter the app-specific password that Apple’s page shows.")},
            **kwargs,
        )


class PasswordForm(forms.Form):
    """A new app-specific password for an account; `any_shape` for another server than iCloud."""

    app_password = AppPasswordField()

    def __init__(self, *args: Any, any_shape: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.any_shape = any_shape
        if any_shape:
            field = self.fields["app_password"]
            field.label, field.help_text = _("Password"), ""
            field.error_messages["required"] = _("Enter the password.")

    def clean_app_password(self) -> str:
        text = str(self.cleaned_data["app_password"])
        if self.any_shape:
            return text
        if not looks_like_app_password(text):
            raise forms.ValidationError(_NO_APP_PASSWORD, code="no_app_password")
        return clean_password(text)

    def refuse(self, failure: ConnectFailed) -> None:
        """Show why the provider refused, at the field that it concerns."""
        field = failure.field if failure.field in self.fields else None
        self.add_error(field, failure.problem.sentence)


class FeedForm(forms.Form):
    """The web address of a calendar. What was typed comes back where it was refused, and never again."""

    address = forms.CharField(
        label=_("Web address"),
        max_length=2000,
        widget=forms.TextInput(
            attrs={"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false", "inputmode": "url"}
        ),
        help_text=_("It begins with webcal:// or https://."),
        error_messages={"required": _("Enter the web address of the calendar.")},
    )

    def refuse(self, failure: ConnectFailed) -> None:
        """Show why the address was not taken."""
        self.add_error("address", failure.problem.sentence)


class ICloudForm(PasswordForm):
    """An Apple ID and an app-specific password made under it."""

    username = forms.EmailField(
        label=_("Apple ID"),
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "email", "autocapitalize": "none", "spellcheck": "false"}),
        help_text=_("The e-mail address of your Apple Account."),
        error_messages={
            "required": _("Enter the e-mail address of your Apple Account."),
            "invalid": _("An Apple ID is an e-mail address, like anna@example.com. Check what is missing."),
        },
    )
    field_order = ("username", "app_password")
