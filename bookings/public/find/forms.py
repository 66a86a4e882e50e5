"""Whose appointments are looked for."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from bookings.public.details.addresses import read_address


class FindForm(forms.Form):
    """An e-mail address; `website` is the field that people do not see."""

    email = forms.CharField(
        label=_("E-mail"),
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
        error_messages={"required": _("Enter your e-mail address.")},
    )
    website = forms.CharField(required=False, max_length=254)

    def clean_email(self) -> str:
        return read_address(self.cleaned_data["email"])
