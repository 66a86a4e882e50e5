"""When something shall be: an opening that was picked, or a day with a clock time in the staff member's zone."""

from __future__ import annotations

from datetime import datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from availability.wall_clock import exists, instant
from practice.times import DAYS, parse_instant


class DateInput(forms.DateInput):
    input_type = "date"

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs, format="%Y-%m-%d")


class TimeInput(forms.TimeInput):
    input_type = "time"

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs, format="%H:%M")


class DayForm(forms.Form):
    """Which day to look at."""

    date = forms.DateField(label=gettext_lazy("Day"), widget=DateInput, validators=DAYS)


class TimeForm(forms.Form):
    """Which time. `cleaned_data["moment"]` is an instant in UTC.

    `instead` is an alternative that was offered after a refusal; it counts before the clock time, which counts before
    the opening that is still ticked from before.
    """

    date = forms.DateField(widget=forms.HiddenInput, validators=DAYS)
    opening = forms.CharField(required=False)
    time = forms.TimeField(
        required=False,
        label=gettext_lazy("Another time"),
        widget=TimeInput,
        help_text=gettext_lazy("Any time of that day; you are asked before it is booked over something."),
    )
    instead = forms.CharField(required=False)
    anyway = forms.BooleanField(required=False)

    def __init__(self, zone: ZoneInfo, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.zone = zone

    def clean_opening(self) -> datetime | None:
        return _instant_of(self.cleaned_data["opening"])

    def clean_instead(self) -> datetime | None:
        return _instant_of(self.cleaned_data["instead"])

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        clock, day = data.get("time"), data.get("date")
        if "time" in self.errors:
            return data
        typed = self._typed(datetime.combine(day, clock)) if clock is not None and day is not None else None
        data["moment"] = data.get("instead") or typed or data.get("opening")
        if data["moment"] is None and not self.errors:
            self.add_error("time", _("Choose one of the times, or type another."))
        return data

    def _typed(self, wall: datetime) -> datetime | None:
        if exists(wall, self.zone):
            return instant(wall, self.zone)
        self.add_error("time", _("The clocks go forward then: that day does not have this time."))
        return None


def _instant_of(text: str) -> datetime | None:
    if not text:
        return None
    try:
        return parse_instant(text)
    except ValueError as error:
        raise ValidationError(str(error)) from None


def as_typed(moment: datetime, zone: ZoneInfo) -> dict[str, Any]:
    """The day and clock time of an instant, as initial values."""
    local = moment.astimezone(zone)
    return {"date": local.date(), "time": time(local.hour, local.minute)}
