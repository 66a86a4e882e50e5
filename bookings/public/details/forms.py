"""Who books, as they say it themselves."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from bookings import actions
from bookings.contacts.fields import NameField, PhoneField
from bookings.models import Service
from bookings.models.questions.forms import QuestionsForm
from bookings.notifications.mails.reminders import CONSENT_COUNTRIES
from bookings.public.details.addresses import likely_address, read_address
from practice.models import Practice

MAX_NOTE = 1000


class DetailsForm(QuestionsForm):
    """Name, e-mail address, phone number and the questions of the service; a note and reminders where wanted."""

    name = NameField(label=_("Name"), max_length=200, error_messages={"required": _("Enter your name.")})
    email = forms.CharField(label=_("E-mail"), max_length=254, required=False)
    phone = PhoneField(label=_("Phone"), max_length=40, required=False)
    note = forms.CharField(
        label=_("Note"),
        max_length=MAX_NOTE,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Please write nothing about your health here."),
    )
    reminders = forms.ChoiceField(
        label=_("Shall we remind you by e-mail?"),
        choices=[("yes", _("Yes, please")), ("no", _("No, thank you"))],
        widget=forms.RadioSelect,
        error_messages={"required": _("Say whether we shall remind you.")},
    )
    website = forms.CharField(required=False, max_length=254)

    def __init__(self, *args: Any, service: Service, practice: Practice, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.service, self.practice = service, practice
        self.suggested_email = ""
        if not service.note_allowed:
            del self.fields["note"]
        if practice.country not in CONSENT_COUNTRIES:
            del self.fields["reminders"]
        self.ask(service.questions.all(), must_answer=True)
        self.order_fields(["name", "email", "phone", *(one.field_name for one in self.questions)])
        for name, kind, purpose in (
            ("name", "text", "name"),
            ("email", "email", "email"),
            ("phone", "tel", "tel"),
        ):
            self.fields[name].widget.attrs |= {"autocomplete": purpose}
            self.fields[name].widget.input_type = kind
        self.fields["email"].required = self.fields["phone"].required = service.ask_both
        self.fields["email"].error_messages["required"] = _("Enter your e-mail address.")
        self.fields["phone"].error_messages["required"] = _("Enter your phone number.")

    def clean_email(self) -> str:
        return read_address(self.cleaned_data["email"])

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        typed_contact = self.data.get("email", "").strip() or self.data.get("phone", "").strip()
        if not self.service.ask_both and not typed_contact:
            self.add_error("email", _("Enter an e-mail address or a phone number."))
        self._suggest(cleaned.get("email", ""))
        return cleaned

    def _suggest(self, email: str) -> None:
        """Ask once whether the address is mistyped; the client can send it again as it is."""
        self.suggested_email = likely_address(email)
        if self.suggested_email and self.data.get("email_checked", "").strip() != self.data.get("email", "").strip():
            self.add_error(
                "email", ValidationError(_("Did you mean %(address)s?"), params={"address": self.suggested_email})
            )

    @property
    def email_checked(self) -> str:
        """The address about which the client has been asked, as they typed it; "" for none."""
        return str(self["email"].value() if self.suggested_email else self.initial.get("email_checked", ""))

    @property
    def is_from_robot(self) -> bool:
        """Was the field filled that people do not see?"""
        return bool(self.data.get("website"))

    @property
    def client(self) -> actions.ClientDetails:
        """Who books; valid forms only."""
        given = self.cleaned_data
        return actions.ClientDetails(given["name"], given["email"], given["phone"])

    @property
    def wants_reminders(self) -> bool:
        return bool(self.cleaned_data.get("reminders", "yes") == "yes")
