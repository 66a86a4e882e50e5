"""For which service and whom a series is, and the date of each appointment."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any, cast
from zoneinfo import ZoneInfo

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from availability.wall_clock import exists, instant
from bookings.models import Question, Service
from bookings.models.questions.forms import QuestionsForm
from bookings.openings.series.forms import MOST_DATES, WishForm
from bookings.pages.times.forms import ClientFields, PersonChoice, ServiceField
from practice.forms import DateInput, TimeInput
from practice.models import User
from practice.times import DAYS, parse_instant

PREFIX = "dates"


class SeriesWishForm(WishForm):
    """What is wished for which service, and with whom; without a person the first available."""

    staff = PersonChoice(
        User.objects.none(), label=gettext_lazy("With"), empty_label=gettext_lazy("First available"), required=False
    )
    service = ServiceField(label=gettext_lazy("Service"))

    field_order = ("staff", "service", *WishForm.field_order)

    def __init__(self, people: QuerySet[User], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.bookable = people
        services = Service.objects.bookable().filter(staff__in=people).distinct()
        cast(ServiceField, self.fields["service"]).offer(services)
        cast(PersonChoice, self.fields["staff"]).queryset = people
        if len(people) < 2:
            del self.fields["staff"]

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        service, staff, count = data.get("service"), data.get("staff"), data.get("count")
        if service and staff and not service.staff.filter(pk=staff.pk).exists():
            self.add_error("staff", _("%(person)s does not offer this service.") % {"person": staff.get_full_name()})
        if service and count and count > service.max_in_series:
            most = _("A series of this service has at most %(most)s appointments.")
            self.add_error("count", most % {"most": service.max_in_series})
        return data

    @property
    def people(self) -> list[User]:
        """With whom it may be; valid forms only."""
        staff = self.cleaned_data.get("staff")
        return [staff] if staff else list(self.bookable.filter(services=self.cleaned_data["service"].pk))


class AppointmentForm(forms.Form):
    """The date of one appointment: one of those offered, none, or any other that is typed: `moment`.

    `gone` is the time that was chosen and is not open any more.
    """

    start = forms.CharField(required=False)
    offered = forms.CharField(required=False, widget=forms.HiddenInput)
    day = forms.DateField(label=gettext_lazy("Another day"), required=False, widget=DateInput, validators=DAYS)
    time = forms.TimeField(label=gettext_lazy("Another time"), required=False, widget=TimeInput)
    gone: datetime | None = None

    def __init__(self, *args: Any, zone: ZoneInfo, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.zone = zone

    def clean_start(self) -> datetime | None:
        return next(iter(instants(self.cleaned_data["start"])), None)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        clock, day = data.get("time"), data.get("day")
        if day and clock is None and "time" not in self.errors:
            self.add_error("time", _("Enter the time too."))
        if clock is None:
            data["moment"] = data.get("start")
            return data
        day = day or self._usual_day(data)
        if day is None:
            self.add_error("day", _("Enter the day too."))
            return data
        wall = datetime.combine(day, clock)
        data["moment"] = instant(wall, self.zone) if exists(wall, self.zone) else None
        if data["moment"] is None:
            self.add_error("time", _("The clocks go forward then: this time does not exist on that day."))
        return data

    @property
    def moment(self) -> datetime | None:
        """The time that is meant; None if it is left out. Valid forms only."""
        return self.cleaned_data.get("moment")

    def _usual_day(self, data: dict[str, Any]) -> date | None:
        """The day that is meant where only a time was typed: that of the chosen or else of the first offered time."""
        chosen = data.get("start") or next(iter(self.offers), None)
        return chosen.astimezone(self.zone).date() if chosen else None

    @property
    def offers(self) -> list[datetime]:
        """The times among which one is chosen, in their order."""
        return instants(str(self["offered"].value() or ""))

    @property
    def options(self) -> list[tuple[datetime, str, bool]]:
        """Each with what the form sends for it, and whether it is chosen."""
        chosen = instants(str(self["start"].value() or ""))
        return [(one, one.isoformat(), one in chosen) for one in sorted(self.offers)]

    @property
    def is_left_out(self) -> bool:
        """Is no time chosen?"""
        return not self["start"].value()


class AppointmentFormSet(forms.BaseFormSet[AppointmentForm]):
    """The dates of all appointments."""

    @property
    def moments(self) -> list[datetime]:
        """The chosen times; valid forms only."""
        return [one.moment for one in self.forms if one.moment]


AppointmentForms = forms.formset_factory(
    AppointmentForm, formset=AppointmentFormSet, extra=0, absolute_max=MOST_DATES, max_num=MOST_DATES
)


class SeriesClientForm(QuestionsForm, ClientFields):
    """For whom the series is, and what they say when asked. With `anyway` the times that were `refused` are booked."""

    anyway = forms.BooleanField(required=False)

    def __init__(self, questions: Iterable[Question], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.ask(questions, must_answer=False)


def instants(text: str) -> list[datetime]:
    """The instants of a text, with blanks between them; what is none is left out."""
    found = []
    for word in text.split():
        try:
            found.append(parse_instant(word))
        except ValueError:
            continue
    return found
