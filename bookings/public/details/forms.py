"""Who books, as they say it themselves."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from bookings import actions
from bookings.contacts.fields import NameField, PhoneField
from bookings.models import Service
from bookings.models.questions import Answer
from bookings.notifications.mails.reminders import CONSENT_COUNTRIES
from bookings.public.details.addresses import likely_address, read_address
from bookings.public.details.questions import AnswerField
from practice.models import Practice

MAX_NOTE = 1000


class DetailsForm(forms.Form):
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
        self.questions = list(service.questions.all())
        self.fields.update({one.field_name: AnswerField(one) for one in self.questions})
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
    def question_fields(self) -> list[forms.BoundField]:
        """The fields of the questions."""
        return [self[one.field_name] for one in self.questions]

    @property
    def answers(self) -> dict[str, Answer]:
        """What was answered, by the keys of the questions; valid forms only."""
        given = {one.key: self.cleaned_data[one.field_name] for one in self.questions}
        return {key: answer for key, answer in given.items() if answer is not None}

    @property
    def asked(self) -> dict[str, str]:
        """The words of the questions that were answered, by their keys; valid forms only."""
        return {one.key: one.words for one in self.questions if one.key in self.answers}

    @property
    def wants_reminders(self) -> bool:
        return bool(self.cleaned_data.get("reminders", "yes") == "yes")
