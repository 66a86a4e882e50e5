"""Inviting somebody, giving somebody another role, and accepting an invitation."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib.auth.forms import UserCreationForm, UsernameField
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from practice.models import Invitation, User, languages
from practice.roles import Role, role_of
from practice.sign_in.forms import HINT

ROLE_HINTS = {
    Role.OWNER: _("does everything, also people, services and the settings of the practice"),
    Role.STAFF: _("is booked; connects calendars, has hours, sees own bookings and clients"),
    Role.FRONT_DESK: _("books for everybody and sees when they have time; has no calendar"),
}


def _role_choices() -> list[tuple[str, str]]:
    return [(role.value, f"{role.label}: {ROLE_HINTS[role]}") for role in Role]


class RoleForm(forms.Form):
    """What somebody may do here."""

    role = forms.ChoiceField(label=_("Role"), choices=_role_choices, widget=forms.RadioSelect)

    @classmethod
    def of(cls, data: Any, person: User) -> RoleForm:
        """The form for somebody who has a role, or none."""
        return cls(data, initial={"role": role_of(person)})

    @property
    def chosen(self) -> Role:
        """The role, once valid."""
        return Role(self.cleaned_data["role"])


class InviteForm(RoleForm):
    """Whom to invite, and as what."""

    email = forms.EmailField(
        label=_("E-mail"), max_length=254, widget=forms.EmailInput(attrs={"autocomplete": "off", "autofocus": True})
    )

    field_order = ("email", "role")


class AcceptForm(UserCreationForm[User]):
    """Who the invited person is, and how they sign in."""

    language = forms.ChoiceField(label=_("Language"), choices=languages)

    class Meta:
        model = User
        fields = ("first_name", "last_name", "username", "language")
        field_classes = {"username": UsernameField}
        labels = {"username": _("User name, to sign in with")}
        help_texts = {"username": _("Your e-mail address works as well.")}

    def __init__(self, data: Any, invitation: Invitation) -> None:
        user = User(email=invitation.email, role=invitation.role)
        initial = {"username": _proposed_username(invitation.email), "language": get_language()}
        super().__init__(data, instance=user, initial=initial)
        self.fields["first_name"].required = True
        self.fields["username"].widget.attrs.update(autofocus=False, autocapitalize="none", spellcheck="false")
        self.fields["password1"].help_text = HINT
        self.fields["password2"].label = _("Password again")
        self.fields["password2"].help_text = ""

    def clean_username(self) -> str:
        """No name that signs in somebody else, who has it as their address."""
        username: str | None = super().clean_username()
        if username and User.objects.filter(email__iexact=username).exists():
            raise forms.ValidationError(_("This is the e-mail address of somebody else. Choose another user name."))
        return username or ""


def _proposed_username(email: str) -> str:
    """The first part of the address, unless somebody has it as a name."""
    name = email.partition("@")[0].casefold()
    return "" if User.objects.filter(username__iexact=name).exists() else name
