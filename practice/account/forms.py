"""What somebody may change about themselves."""

from __future__ import annotations

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from practice.models import User, languages


class AccountForm(forms.ModelForm[User]):
    """Own name and public name, and how pages and mails speak: the language and the clock."""

    language = forms.ChoiceField(
        label=_("Language"),
        choices=lambda: [("", _("As your browser asks")), *languages()],
        required=False,
        help_text=_("Of the pages for staff, and of e-mails to you. Clients read their own language."),
    )

    class Meta:
        model = User
        fields = ("first_name", "last_name", "slug", "language", "clock")
        help_texts = {
            "slug": _(
                "Ends the address of your own booking page, like anna-winter. Old links keep working. "
                "Empty: made from your name."
            )
        }


class EmailForm(forms.ModelForm[User]):
    """Another e-mail address, which nobody else has."""

    class Meta:
        model = User
        fields = ("email",)
        labels = {"email": _("New e-mail address")}
        widgets = {"email": forms.EmailInput(attrs={"autocomplete": "email"})}

    def __init__(self, data: QueryDict | None, *, user: User) -> None:
        self.old = user.email
        super().__init__(data, instance=user, initial={"email": ""})
        self.fields["email"].required = True

    def clean_email(self) -> str:
        email = str(self.cleaned_data["email"])
        if email.casefold() == self.old.casefold():
            raise forms.ValidationError(_("This is your address already."))
        return email
