"""What is wished for a series, as a form: for clients and for staff."""

from __future__ import annotations

from datetime import date, time
from typing import Any, cast
from zoneinfo import ZoneInfo

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from bookings.models import Booking, Series
from bookings.openings.series.pattern import EVERY_DAY, Wish
from practice.forms import DateInput, TimeInput
from practice.time_format import weekday_and_day
from practice.times import DAYS

USUAL_COUNT = 6
MOST_DATES = 60
"""How many dates a form may carry, whatever the service allows."""


class RhythmForm(forms.Form):
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
    earliest = forms.TimeField(label=gettext_lazy("Not before"), required=False, widget=TimeInput)
    latest = forms.TimeField(label=gettext_lazy("Start no later than"), required=False, widget=TimeInput)
    first = forms.DateField(label=gettext_lazy("From which day on?"), widget=DateInput, validators=DAYS)

    def __init__(self, *args: Any, today: date, zone: ZoneInfo, last_day: date | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today, self.zone, self.last_day = today, zone, last_day
        self.fields["first"].widget.attrs |= {"min": today.isoformat()}
        if last_day:
            self.fields["first"].widget.attrs |= {"max": last_day.isoformat()}

    def clean_first(self) -> date:
        """No day before today, and none after the last day on which something can be booked."""
        first = cast(date, self.cleaned_data["first"])
        if self.last_day and first > self.last_day:
            raise ValidationError(_("Choose a day until %(day)s.") % {"day": weekday_and_day(self.last_day)})
        return max(first, self.today)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        earliest, latest = data.get("earliest"), data.get("latest")
        if earliest and latest and latest < earliest:
            self.add_error("latest", _("This is before the earliest time."))
        return data

    @property
    def sent(self) -> list[tuple[str, str]]:
        """What is wished, as a form with hidden fields sends it again."""
        data = cast(QueryDict, self.data)
        return [(name, text) for name in self.fields for text in data.getlist(name)]

    def wish(self, count: int) -> Wish:
        """The wish for so many appointments; valid forms only."""
        data, frequency = self.cleaned_data, Series.Frequency(self.cleaned_data["frequency"])
        return Wish(
            count=count,
            first=data["first"],
            zone=self.zone,
            weeks=frequency.weeks,
            days=frequency.days,
            weekdays=frozenset(data["weekday"]) or EVERY_DAY,
            earliest=data["earliest"] or time.min,
            latest=data["latest"] or time.max,
        )


class WishForm(RhythmForm):
    """The same, and how many appointments: at most `most`."""

    field_order: tuple[str, ...] = ("count", "frequency", "weekday", "earliest", "latest", "first")

    def __init__(self, *args: Any, most: int = MOST_DATES, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
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
        self.order_fields(self.field_order)

    @property
    def whole_wish(self) -> Wish:
        """What is wished; valid forms only."""
        return self.wish(self.cleaned_data["count"])


def rhythm_of(booking: Booking, zone: ZoneInfo) -> dict[str, Any]:
    """What the fields have at first when it moves with those that follow: what was wished for the series."""
    series = booking.series or Series()
    return {
        "frequency": series.frequency or Series.Frequency.WEEKLY,
        "weekday": series.weekdays if len(series.weekdays) < len(EVERY_DAY) else [],
        "earliest": series.earliest if series.earliest != time.min else None,
        "latest": series.latest if series.latest != time.max else None,
        "first": booking.start.astimezone(zone).date(),
    }
