"""Forms for weekly hours, date overrides and blocked slots, read in the staff member's zone."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import Any, cast
from zoneinfo import ZoneInfo

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils.dates import WEEKDAYS_ABBR
from django.utils.translation import gettext_lazy as _

from availability.models import BlockedSlot, DateOverride, WorkingHours, refuse_overlap
from availability.slots import Period
from availability.wall_clock import MIDNIGHT, exists, instant
from connections.models import CalendarConfiguration
from practice import time_format
from practice.forms import DateInput, TimeInput
from practice.models import User
from practice.times import YEARS

WALL_FORMAT = "%Y-%m-%dT%H:%M"
MAX_PERIODS = 70
WEEKDAYS = {str(day.value) for day in WorkingHours.Weekday}


class ClockField(forms.TimeField):
    """A time of day; 24:00 is understood as midnight."""

    widget = TimeInput
    default_error_messages = {"invalid": _("Enter a time like 9:00 or 17:30.")}

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(input_formats=["%H:%M", "%H:%M:%S"], **kwargs)

    def to_python(self, value: Any) -> time | None:
        return super().to_python("00:00" if value == "24:00" else value)


class MomentField(forms.Field):
    """A date and time on the clock of ``zone``, which the form sets; gives an instant in UTC.

    A time shown twice means the first; one that is never shown is refused.
    """

    widget = forms.DateTimeInput(format=WALL_FORMAT, attrs={"type": "datetime-local"})
    default_error_messages = {"invalid": _("Enter a date and a time.")}
    zone = ZoneInfo("UTC")

    def prepare_value(self, value: Any) -> Any:
        """An instant is shown as what the clock says, what was typed as it is."""
        return value.astimezone(self.zone).replace(tzinfo=None) if isinstance(value, datetime) else value

    def to_python(self, value: str | None) -> datetime | None:
        if not value:
            return None
        try:
            wall = datetime.fromisoformat(value)
        except ValueError:
            wall = datetime.min.replace(tzinfo=UTC)
        if wall.tzinfo is not None or wall.year not in YEARS:
            raise ValidationError(self.error_messages["invalid"], code="invalid")
        refuse_skipped(wall, self.zone)
        return instant(wall, self.zone)


class PeriodForm(forms.Form):
    """One period of a weekday; an empty row is ignored."""

    weekday = forms.TypedChoiceField(choices=WorkingHours.Weekday, coerce=int, widget=forms.HiddenInput)
    start = ClockField(label=_("From"), required=False)
    end = ClockField(label=_("To"), required=False)

    def clean(self) -> dict[str, Any]:
        times = self.cleaned_data.get("start"), self.cleaned_data.get("end")
        if self.errors or times != (None, None):
            require_times(self)
            refuse_reversed(self)
        return self.cleaned_data

    @property
    def period(self) -> Period | None:
        start, end = self.cleaned_data.get("start"), self.cleaned_data.get("end")
        return None if start is None or end is None else (start, end)


@dataclass(frozen=True)
class Day:
    """One weekday as the page shows it."""

    weekday: int
    name: str
    forms: list[PeriodForm]

    @property
    def short_name(self) -> str:
        """The name where there is little room."""
        return str(WEEKDAYS_ABBR[self.weekday])


class BaseWeekForms(forms.BaseFormSet):  # type: ignore[type-arg]
    """All rows of the week. Hours of one weekday may touch but not overlap."""

    def clean(self) -> None:
        seen: dict[int, list[Period]] = {}
        for form in self.forms:
            period = form.period if form.is_valid() else None
            if period is None:
                continue
            others = seen.setdefault(form.cleaned_data["weekday"], [])
            try:
                refuse_overlap(period, others)
            except ValidationError as error:
                form.add_error("start", error)
            others.append(period)

    @property
    def hours(self) -> list[tuple[int, Period]]:
        """The periods with their weekdays, once valid."""
        return [(form.cleaned_data["weekday"], form.period) for form in self.forms if form.period]

    @property
    def days(self) -> list[Day]:
        return [
            Day(day.value, str(day.label), [form for form in self.forms if _weekday(form) == str(day.value)])
            for day in WorkingHours.Weekday
        ]

    @property
    def rows(self) -> dict[str, dict[str, Any]]:
        """The values of the rows as they were typed, valid or not, by the prefix of the row."""
        return {str(form.prefix): {name: form[name].value() for name in form.fields} for form in self.forms}


_WeekForms = cast(
    type[BaseWeekForms],
    forms.formset_factory(
        PeriodForm,
        formset=BaseWeekForms,
        extra=0,
        max_num=MAX_PERIODS,
        absolute_max=MAX_PERIODS,
        validate_max=True,
    ),
)


def week_of(hours: Mapping[int, Iterable[Period]]) -> BaseWeekForms:
    """The rows for stored hours."""
    return _WeekForms(
        initial=[
            {"weekday": weekday, "start": start, "end": end}
            for weekday, periods in hours.items()
            for start, end in periods
        ]
    )


def copied_week(data: QueryDict) -> BaseWeekForms | None:
    """The rows as posted, with those of one weekday copied to the chosen ones if that button was pressed, else None.

    What the chosen weekdays had is replaced. Nothing is validated.
    """
    source = data.get("copy")
    if source is None:
        return None
    chosen = {day for day in data.getlist(f"copy-{source}") if day in WEEKDAYS and day != source}
    rows = [row for row in posted_week(data).rows.values() if str(row["weekday"]) not in chosen]
    copied = [row for row in rows if str(row["weekday"]) == source]
    return _WeekForms(initial=[*rows, *(row | {"weekday": day} for day in sorted(chosen) for row in copied)])


def posted_week(data: Mapping[str, Any]) -> BaseWeekForms:
    """The rows as posted, to be validated."""
    return _WeekForms(data)


def reshaped_week(data: Mapping[str, Any]) -> BaseWeekForms | None:
    """The rows as posted with one added or removed if that button was pressed, else None; nothing is validated."""
    add, remove = data.get("add", ""), data.get("remove", "")
    if not add and not remove:
        return None
    rows = [row for prefix, row in posted_week(data).rows.items() if prefix != remove]
    if not add:
        return _WeekForms(initial=rows)
    week = _WeekForms(initial=[*rows, {"weekday": add, "start": None, "end": None}])
    week.forms[-1].fields["start"].widget.attrs["autofocus"] = True
    return week


class LimitsForm(forms.ModelForm[CalendarConfiguration]):
    """How often the person can be booked, whatever the service."""

    class Meta:
        model = CalendarConfiguration
        fields = ("max_per_day", "max_per_week")
        labels = {"max_per_day": _("At most a day"), "max_per_week": _("At most a week")}
        help_texts = {"max_per_day": _("Empty: no limit."), "max_per_week": _("Monday to Sunday. Empty: no limit.")}


class DateOverrideForm(forms.ModelForm):  # type: ignore[type-arg]
    """Other hours for one date, or a date on which the staff member does not work."""

    CLOSED, HOURS = "closed", "hours"

    kind = forms.ChoiceField(
        label=_("On this date"),
        choices=[(CLOSED, _("Closed")), (HOURS, _("Other hours"))],
        initial=CLOSED,
        widget=forms.RadioSelect,
    )
    start = ClockField(label=_("From"), required=False)
    end = ClockField(label=_("To"), required=False, help_text=_("0:00 means midnight."))

    class Meta:
        model = DateOverride
        fields = ("date", "start", "end")
        widgets = {"date": DateInput}

    field_order = ("date", "kind", "start", "end")

    def __init__(self, user: User, zone: ZoneInfo, now: datetime, data: Mapping[str, Any] | None = None) -> None:
        super().__init__(data, instance=DateOverride(user=user), prefix="override")
        self.zone, self.today = zone, now.astimezone(zone).date()

    def clean_date(self) -> date:
        day: date = self.cleaned_data["date"]
        if day < self.today:
            raise ValidationError(_("This date is over."))
        if day.year not in YEARS:
            raise ValidationError(_("This date is too far away."))
        return day

    def clean(self) -> dict[str, Any]:
        if self.cleaned_data.get("kind") == self.CLOSED:
            self.cleaned_data |= {"start": None, "end": None}
        else:
            require_times(self)
            refuse_reversed(self)
            self._refuse_skipped("start")
            self._refuse_skipped("end")
        return self.cleaned_data

    def _post_clean(self) -> None:
        # How it fits with other overrides of the date can only be said once its own times are right.
        if not self.errors.keys() & {"start", "end"}:
            super()._post_clean()  # type: ignore[misc]

    def _refuse_skipped(self, name: str) -> None:
        day, clock = self.cleaned_data.get("date"), self.cleaned_data.get(name)
        if day is None or clock is None or (name == "end" and clock == MIDNIGHT):
            return
        try:
            refuse_skipped(datetime.combine(day, clock), self.zone)
        except ValidationError as error:
            self.add_error(name, error)


class BlockedSlotForm(forms.ModelForm):  # type: ignore[type-arg]
    """Time that cannot be booked, typed in the staff member's zone."""

    start = MomentField(label=_("From"))
    end = MomentField(label=_("To"))

    class Meta:
        model = BlockedSlot
        fields = ("start", "end", "note")
        help_texts = {"note": _("Only you see it.")}

    def __init__(
        self,
        user: User,
        zone: ZoneInfo,
        now: datetime,
        data: Mapping[str, Any] | None = None,
        *,
        initial: dict[str, Any] | None = None,
    ) -> None:
        super().__init__(data, instance=BlockedSlot(user=user), prefix="blocked", initial=initial)
        self.now = now
        for name in ("start", "end"):
            self.fields[name].zone = zone  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        start, end = self.cleaned_data.get("start"), self.cleaned_data.get("end")
        if start and end and end <= start:
            self.add_error("end", _("The end must be after the start."))
        elif end and end <= self.now:
            self.add_error("end", _("This time is over."))
        return self.cleaned_data

    def _get_validation_exclusions(self) -> set[str]:
        # The owner is no field of the form, but the constraint against blocking the same time twice includes them.
        exclusions: set[str] = super()._get_validation_exclusions()  # type: ignore[misc]
        return exclusions - {"user"}


def refuse_skipped(wall: datetime, zone: ZoneInfo) -> None:
    """Raise ValidationError for a wall time that the change of clocks skips in this zone."""
    if exists(wall, zone):
        return
    following = instant(wall, zone).astimezone(zone)
    raise ValidationError(
        _("%(time)s does not exist on this day, because the clocks go forward. Choose %(next)s or later."),
        params={"time": time_format.clock(wall.time()), "next": time_format.clock(following.time())},
    )


def require_times(form: forms.BaseForm) -> None:
    """Put an error at the start and at the end where they are missing."""
    for name in ("start", "end"):
        if name not in form.errors and form.cleaned_data.get(name) is None:
            form.add_error(name, _("Enter a time."))


def refuse_reversed(form: forms.BaseForm) -> None:
    """Put an error at the end of a period that does not end after its start."""
    start, end = form.cleaned_data.get("start"), form.cleaned_data.get("end")
    if start is not None and end is not None and end <= start and end != MIDNIGHT:
        form.add_error("end", _("The end must be after the start. For midnight enter 0:00."))


def _weekday(form: PeriodForm) -> str:
    return str(form["weekday"].value())
