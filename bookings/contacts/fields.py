"""Form fields for a person's name, e-mail address and phone number."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from bookings.contacts.phones import display_phone, parse_phone
from bookings.contacts.written import tidy_email, tidy_name
from practice.models import Practice


class NameField(forms.CharField):
    """A name; one of invisible characters alone is empty."""

    def to_python(self, value: Any) -> Any:
        return super().to_python(tidy_name(str(value or "")))


class AddressField(forms.EmailField):
    """An e-mail address; what was pasted with it unseen is left out."""

    def to_python(self, value: Any) -> Any:
        return super().to_python(tidy_email(str(value or "")))


class PhoneField(forms.CharField):
    """A phone number as the practice's country writes it, or an international one; E.164 when cleaned."""

    widget = forms.TextInput(attrs={"type": "tel", "autocomplete": "off"})

    def to_python(self, value: Any) -> Any:
        try:
            return parse_phone(super().to_python(value) or "", Practice.current().country)
        except ValueError as error:
            raise ValidationError(str(error)) from None

    def prepare_value(self, value: Any) -> Any:
        return display_phone(value, Practice.current().country) if value else value
