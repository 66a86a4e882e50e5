"""What somebody may change about themselves."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from practice.models import User


class AccountForm(forms.ModelForm[User]):
    """Own name and public name."""

    class Meta:
        model = User
        fields = ("first_name", "last_name", "slug")
        help_texts = {
            "slug": _(
                "Ends the address of your own booking page, like anna-winter. Old links keep working. "
                "Empty: made from your name."
            )
        }
