"""A client's details, as staff edit them."""

from __future__ import annotations

from typing import Any, cast

from django import forms
from django.utils.translation import gettext_lazy as _

from bookings.clients import possible_duplicates
from bookings.contacts.fields import AddressField, NameField, PhoneField
from bookings.models import Client, Service
from practice.models import client_languages
from practice.zones import zone_choices


class ClientForm(forms.ModelForm[Client]):
    """A client's own details, and what staff note about them. E-mails give times in the client's time zone."""

    name = NameField(label=_("Name"), max_length=200)
    email = AddressField(label=_("E-mail"), required=False)
    phone = PhoneField(label=_("Phone"), required=False, max_length=40)
    language = forms.ChoiceField(required=False, label=_("Language"), choices=lambda: [("", "—"), *client_languages()])
    time_zone = forms.ChoiceField(required=False, label=_("Time zone"), choices=lambda: [("", "—"), *zone_choices()])

    class Meta:
        model = Client
        fields = ("name", "email", "phone", "language", "time_zone", "note")
        widgets = {"note": forms.Textarea(attrs={"rows": 3})}
        labels = {"note": _("Note, for staff only")}

    def __init__(self, *args: Any, with_note: bool = True, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not with_note:
            del self.fields["note"]


class MergeForm(forms.Form):
    """Which possible duplicates to merge into a client."""

    duplicates = forms.ModelMultipleChoiceField(
        Client.objects.none(), error_messages={"required": _("Choose which clients are the same person.")}
    )

    def __init__(self, client: Client, *args: Any) -> None:
        super().__init__(*args)
        field = cast("forms.ModelMultipleChoiceField[Client]", self.fields["duplicates"])
        field.queryset = possible_duplicates(client)


class LinkForm(forms.Form):
    """For which service a client gets a link: for any, or for one that clients can book."""

    link = forms.ModelChoiceField(
        Service.objects.none(), to_field_name="slug", required=False, label=_("Service"), empty_label=_("All services")
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        cast("forms.ModelChoiceField[Service]", self.fields["link"]).queryset = Service.objects.for_clients()

    @property
    def slug(self) -> str:
        """The slug of the service; "" for any."""
        service = self.cleaned_data.get("link") if self.is_valid() else None
        return service.slug if service else ""
