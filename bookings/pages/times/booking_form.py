"""A booking made by staff, and a booking moved."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from bookings.models import Client, Service
from bookings.pages.times.forms import DateInput, TimeForm
from practice.models import User
from practice.times import DAYS


def bookable(user: User) -> Any:
    """The services that can be booked with the user."""
    return Service.objects.filter(staff=user, active=True)


class WhatForm(forms.Form):
    """Which service on which day; sent by GET, so that a day can be looked at and linked to."""

    service = forms.ModelChoiceField(Service.objects.none(), label=_("Service"), empty_label=None)
    date = forms.DateField(label=_("Day"), widget=DateInput, validators=DAYS)

    def __init__(self, user: User, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["service"].queryset = bookable(user)  # type: ignore[attr-defined]


class BookingForm(TimeForm):
    """A booking: when, what and who."""

    service = forms.ModelChoiceField(Service.objects.none(), widget=forms.HiddenInput)
    name = forms.CharField(
        label=_("Client’s name"), max_length=200, widget=forms.TextInput(attrs={"autocomplete": "off"})
    )
    email = forms.EmailField(label=_("E-mail"), required=False)
    phone = forms.CharField(
        label=_("Phone"), required=False, max_length=40, widget=forms.TextInput(attrs={"type": "tel"})
    )
    note = forms.CharField(label=_("Note, for staff only"), required=False, widget=forms.Textarea(attrs={"rows": 3}))

    field_order = ("name", "email", "phone", "note")

    def __init__(self, user: User, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["service"].queryset = bookable(user)  # type: ignore[attr-defined]


def client_details(client: Client) -> dict[str, str]:
    """A known client's details, as initial values."""
    return {"name": client.name, "email": client.email, "phone": client.phone}
