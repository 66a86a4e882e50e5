"""What a client wishes for a series."""

from __future__ import annotations

from datetime import date, time
from typing import Any, cast
from zoneinfo import ZoneInfo

from django import forms
from django.core.exceptions import ValidationError
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from bookings.models import Series, Service
from bookings.openings.series.pattern import EVERY_DAY, Wish
from practice.time_format import weekday_and_day

USUAL_COUNT = 6


class _Time(forms.TimeField):
    """A time of day, which browsers let people choose."""

    def __init__(self, **options: Any) -> None:
        widget = forms.TimeInput(format="%H:%M", attrs={"type": "time"})
        super().__init__(required=False, widget=widget, input_formats=["%H:%M", "%H:%M:%S"], **options)


class WhenForm(forms.Form):
    """How often, and which days and hours suit."""

    frequency = forms.ChoiceField(label=gettext_lazy("How often?"), choices=Series.Frequency.choices)
    weekday = forms.TypedMultipleChoiceField(
        label=gettext_lazy("On which days?"),
        help_text=gettext_lazy("Tick none if every day suits."),
        choices=list(WEEKDAYS.items()),
        coerce=int,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    earliest = _Time(label=gettext_lazy("Not before"))
    latest = _Time(label=gettext_lazy("Start no later than"))
    first = forms.DateField(
        label=gettext_lazy("From which day on?"),
        input_formats=["%Y-%m-%d"],
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
    )

    def __init__(self, *args: Any, today: date, last_day: date, zone: ZoneInfo, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today, self.last_day, self.zone = today, last_day, zone
        self.fields["first"].widget.attrs |= {"min": today.isoformat(), "max": last_day.isoformat()}

    def clean_first(self) -> date:
        """No day before today, and none after which nothing can be booked."""
        first = cast(date, self.cleaned_data["first"])
        if first > self.last_day:
            raise ValidationError(_("Choose a day until %(day)s.") % {"day": weekday_and_day(self.last_day)})
        return max(first, self.today)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        earliest, latest = cleaned.get("earliest"), cleaned.get("latest")
        if earliest and latest and latest < earliest:
            self.add_error("latest", _("This is earlier than the time before which none may start."))
        return cleaned

    def wish(self, count: int) -> Wish:
        """The wish for so many appointments; valid forms only."""
        given, frequency = self.cleaned_data, Series.Frequency(self.cleaned_data["frequency"])
        return Wish(
            count=count,
            first=given["first"],
            zone=self.zone,
            weeks=frequency.weeks,
            days=frequency.days,
            weekdays=frozenset(given["weekday"]) or EVERY_DAY,
            earliest=given["earliest"] or time.min,
            latest=given["latest"] or time.max,
        )


class WishForm(WhenForm):
    """The same, and how many appointments."""

    def __init__(self, *args: Any, service: Service, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        most = service.max_in_series
        self.fields["count"] = forms.IntegerField(
            label=_("How many appointments?"),
            min_value=2,
            max_value=most,
            initial=min(USUAL_COUNT, most),
            error_messages={
                "min_value": _("Enter at least %(limit_value)s."),
                "max_value": _("Enter at most %(limit_value)s."),
            },
        )
        self.order_fields(["count", "frequency", "weekday", "earliest", "latest", "first"])

    @property
    def whole_wish(self) -> Wish:
        """What is wished; valid forms only."""
        return self.wish(self.cleaned_data["count"])
