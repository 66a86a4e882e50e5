"""Forms for the credentials of an account. They neither send nor store anything."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.validators import EmailValidator
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from connections.accounts import ConnectFailed, clean_password, looks_like_app_password
from connections.problems import Problem
from connections.providers import PasswordShape, Provider

_NO_APP_PASSWORD = _(
    "That does not look like an app-specific password: those are 16 letters in four groups, like "
    "abcd-efgh-ijkl-mnop. Your normal password never works here, so nothing was sent. Make an app-specific "
    "one at account.apple.com."
)
_PLAIN = {"autocapitalize": "none", "autocorrect": "off", "spellcheck": "false"}
"""Attributes of a field whose text is not language."""


class PasswordForm(forms.Form):
    """A new password for an account, of the shape that its provider's have. It never comes back in a page."""

    app_password = forms.CharField(
        max_length=200,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "off", **_PLAIN}, render_value=False),
    )

    def __init__(self, *args: Any, provider: Provider, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.provider = provider
        field = self.fields["app_password"]
        field.label = capfirst(str(provider.words.password))
        field.help_text = provider.password_hint
        field.error_messages["required"] = self._sentence("no_password")

    def _sentence(self, code: str) -> str:
        """What is said of the provider for a problem with what was typed."""
        return Problem(code, words=self.provider.words).sentence

    def clean_app_password(self) -> str:
        text = str(self.cleaned_data["app_password"])
        if self.provider.password_shape is PasswordShape.ANY:
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
        widget=forms.TextInput(attrs={"autocomplete": "off", "inputmode": "url", **_PLAIN}),
        help_text=_("It begins with webcal:// or https://."),
        error_messages={"required": _("Enter the web address of the calendar.")},
    )

    def refuse(self, failure: ConnectFailed) -> None:
        """Show why the address was not taken."""
        self.add_error("address", failure.problem.sentence)


class ReconnectForm(PasswordForm):
    """A new password and, where a person typed the address of the server, a new address."""

    url = forms.CharField(
        label=_("Server address"),
        max_length=300,
        widget=forms.TextInput(attrs={"inputmode": "url", "autocomplete": "off", **_PLAIN}),
    )
    field_order: tuple[str, ...] = ("url", "app_password")

    def __init__(self, *args: Any, provider: Provider, **kwargs: Any) -> None:
        super().__init__(*args, provider=provider, **kwargs)
        if not provider.asks_address:
            del self.fields["url"]
            return
        field = self.fields["url"]
        field.help_text = provider.address_hint
        field.widget.attrs["placeholder"] = provider.address_example
        field.error_messages["required"] = self._sentence("no_address")


class AccountForm(ReconnectForm):
    """An account at a provider: the address of its server if there are many, the user name and the password."""

    username = forms.CharField(max_length=254, widget=forms.TextInput(attrs={"autocomplete": "off", **_PLAIN}))

    def __init__(self, *args: Any, provider: Provider, **kwargs: Any) -> None:
        super().__init__(*args, provider=provider, **kwargs)
        field = self.fields[provider.username_field] = self.fields.pop("username")
        self.order_fields(("url", provider.username_field, "app_password"))
        field.label = provider.words.username
        field.help_text = provider.username_hint
        field.error_messages["required"] = provider.username_missing or self._sentence("no_username")
        if provider.username_is_email:
            field.validators.append(EmailValidator(self._sentence("not_an_email")))
            field.widget.input_type = "email"
            field.widget.attrs["autocomplete"] = "email"

    @property
    def user_name(self) -> forms.BoundField:
        """The field for the user name, whatever its name is."""
        return self[self.provider.username_field]
