"""Which time a staff member asks about, and for which service."""

from __future__ import annotations

from datetime import datetime
from typing import Any, cast
from zoneinfo import ZoneInfo

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from availability.wall_clock import instant, next_hour
from bookings.models import Service
from bookings.pages.times.forms import bookable_services
from practice.models import User
from practice.times import YEARS, parse_instant


class MomentInput(forms.TextInput):
    """A date and a clock time, as the browser lets people choose them."""

    input_type = "datetime-local"


class WhyForm(forms.Form):
    """`cleaned_data["at"]` is an instant in UTC: the one named with its offset, or a wall time in `zone`.

    `exact` is the instant that the form showed. In the hour that the clocks show twice it says which one is asked for.
    """

    at = forms.CharField(required=False, label=gettext_lazy("When"), widget=MomentInput, strip=True)
    exact = forms.CharField(required=False, widget=forms.HiddenInput)
    service = forms.ModelChoiceField(
        Service.objects.none(),
        to_field_name="slug",
        required=False,
        label=gettext_lazy("For"),
        empty_label=gettext_lazy("No service: is the hour free?"),
        error_messages={"invalid_choice": gettext_lazy("Choose one of your own services that can be booked.")},
    )

    field_order = ("exact", "at", "service")

    def __init__(self, user: User, zone: ZoneInfo, now: datetime, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.zone, self.now = zone, now
        cast("forms.ModelChoiceField[Service]", self.fields["service"]).queryset = bookable_services(user)

    def clean_exact(self) -> datetime | None:
        try:
            return parse_instant(self.cleaned_data["exact"])
        except ValueError:
            return None

    def clean_at(self) -> datetime:
        text = self.cleaned_data["at"]
        return self._moment(text) if text else next_hour(self.now, self.zone)

    def _moment(self, text: str) -> datetime:
        try:
            wall = datetime.fromisoformat(text)
        except ValueError:
            wall = None
        if wall is not None and wall.tzinfo is None:
            return self._asked_for(wall)
        try:
            return parse_instant(text.replace(" ", "+"))  # what a plus in an address becomes
        except ValueError as error:
            raise ValidationError(str(error)) from None

    def _asked_for(self, wall: datetime) -> datetime:
        shown: datetime | None = self.cleaned_data.get("exact")
        if shown is not None and shown.astimezone(self.zone).replace(tzinfo=None, fold=0) == wall:
            return shown
        if wall.year not in YEARS:
            raise ValidationError(_("Choose a time nearer to today."))
        return instant(wall, self.zone)


def initial_values(at: datetime, zone: ZoneInfo, service: Service | None) -> dict[str, Any]:
    """A question as initial values of its form."""
    wall = at.astimezone(zone).strftime("%Y-%m-%dT%H:%M")
    return {"at": wall, "exact": at.isoformat(), "service": service.slug if service else None}
