"""What the first run asks: who the owner is, and where the practice is."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib.auth.forms import BaseUserCreationForm
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from practice.models import Practice, User, client_languages
from practice.profile.countries import country_choices
from practice.settings_page.forms import RETENTION_LABEL
from practice.zones import zone_choices


class OwnerForm(BaseUserCreationForm[User]):
    """The owner: how they sign in, and their name."""

    class Meta:
        model = User
        fields = ("first_name", "last_name", "email", "username")
        labels = {"email": _("E-mail"), "username": _("User name, to sign in with")}
        help_texts = {"username": ""}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["email"].required = True
        del self.fields["username"].widget.attrs["autofocus"]  # the practice comes first
        self.fields["password1"].help_text = _("At least 8 characters, and not one that is often used.")
        self.fields["password2"].label = _("Password again")
        self.fields["password2"].help_text = ""


class PlaceForm(forms.ModelForm[Practice]):
    """The practice: its name, where it is, and the language of its clients."""

    country = forms.ChoiceField(label=_("Country"), choices=country_choices)
    time_zone = forms.ChoiceField(
        label=_("Time zone"), choices=zone_choices, widget=forms.Select(attrs={"data-own-zone": ""})
    )
    language = forms.ChoiceField(label=_("Language of your clients"), choices=client_languages)

    class Meta:
        model = Practice
        fields = ("name", "country", "time_zone", "language", "retention_months")
        labels = {"name": _("Name of the practice"), "retention_months": RETENTION_LABEL}
        help_texts = {"retention_months": _("After their last booking. Then they are erased; you are told before.")}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name"].required = True
        self.initial["retention_months"] = self.instance.months_kept
        if not self.instance.language:
            self.initial["language"] = get_language()
        if not self.instance.country:
            self.fields["country"].choices = [("", _("Choose")), *country_choices()]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        self.instance.move_to(cleaned.get("country", ""))
        return cleaned
