"""A client's details, as staff edit them."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from bookings.models import Client
from practice.zones import zone_choices


class ClientForm(forms.ModelForm[Client]):
    """A client's own details. E-mails to them give times in their time zone."""

    time_zone = forms.ChoiceField(required=False, label=_("Time zone"), choices=lambda: [("", "—"), *zone_choices()])

    class Meta:
        model = Client
        fields = ("name", "email", "phone", "time_zone")
        widgets = {
            "phone": forms.TextInput(attrs={"type": "tel", "autocomplete": "off"}),
        }
