"""Forms for closures: a range of dates, and the public holidays of a year."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from availability.models import Closure
from availability.public_holidays import public_holidays, regions
from practice.forms import DateInput
from practice.models import Practice, User

MAX_DAYS = 366
YEARS_AHEAD = 2


class ClosureForm(forms.ModelForm):  # type: ignore[type-arg]
    """Dates without hours, of the user or, if they may close it, of the whole practice."""

    ME, PRACTICE = "me", "practice"

    whose = forms.ChoiceField(
        label=_("Who is away"),
        choices=[(ME, _("Me")), (PRACTICE, _("The whole practice"))],
        initial=ME,
        widget=forms.RadioSelect,
    )

    class Meta:
        model = Closure
        fields = ("first", "last", "name")
        widgets = {"first": DateInput, "last": DateInput}
        help_texts = {"name": _("For example “Summer break”. Clients do not see it.")}

    field_order = ("whose", "first", "last", "name")

    def __init__(self, user: User, today: date, data: Mapping[str, Any] | None = None, *, for_practice: bool) -> None:
        super().__init__(data)
        self.user, self.today = user, today
        if not for_practice:
            del self.fields["whose"]
        self.fields["last"].required = False
        self.fields["last"].help_text = _("Leave it empty for one day.")

    def clean(self) -> dict[str, Any]:
        first = self.cleaned_data.get("first")
        last = self.cleaned_data["last"] = self.cleaned_data.get("last") or first
        if first and last:
            self._refuse_odd_dates(first, last)
        return self.cleaned_data

    def _refuse_odd_dates(self, first: date, last: date) -> None:
        if last < first:
            self.add_error("last", _("The last day must not be before the first."))
        elif last < self.today:
            self.add_error("last", _("These days are over."))
        elif last - first >= timedelta(days=MAX_DAYS):
            self.add_error("last", _("This is more than a year. Enter a shorter time."))

    def save(self, commit: bool = True) -> Closure:
        whole_practice = self.cleaned_data.get("whose") == self.PRACTICE
        self.instance.user = None if whole_practice else self.user
        closure: Closure = super().save(commit)
        return closure


class HolidaysForm(forms.Form):
    """The year and the region whose public holidays close the practice."""

    year = forms.TypedChoiceField(label=_("Year"), coerce=int)
    region = forms.ChoiceField(label=_("Region"), required=False)

    def __init__(self, practice: Practice, today: date, data: Mapping[str, Any] | None = None) -> None:
        super().__init__(data)
        self.practice, self.today = practice, today
        years = range(today.year, today.year + YEARS_AHEAD)
        self.fields["year"].choices = [(year, str(year)) for year in years]  # type: ignore[attr-defined]
        self.fields["region"].choices = [("", _("The whole country")), *regions(practice.country)]  # type: ignore[attr-defined]

    @property
    def chosen(self) -> dict[str, Any]:
        """The year and the region that were chosen; this year and the whole country where nothing valid was."""
        return self.cleaned_data if self.is_valid() else {"year": self.today.year, "region": ""}

    def holidays(self) -> dict[date, str]:
        """The names of the chosen holidays by date, without days that are over."""
        chosen, language = self.chosen, self.practice.language or "en"
        found = public_holidays(self.practice.country, chosen["region"], chosen["year"], language)
        return {day: name for day, name in found.items() if day >= self.today}

    def close(self) -> int:
        """Close the practice on these days, once valid, where it is not closed yet; gives the number of new days."""
        closed = set(Closure.objects.filter(kind=Closure.Kind.HOLIDAY).values_list("first", flat=True))
        new = [
            Closure(first=day, last=day, name=name[:100], kind=Closure.Kind.HOLIDAY)
            for day, name in self.holidays().items()
            if day not in closed
        ]
        Closure.objects.bulk_create(new, ignore_conflicts=True)
        return len(new)
