"""What forms of all pages share: what was posted, days and clock times, and durations as a number and its unit."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.db.models import IntegerChoices
from django.http import HttpRequest, QueryDict
from django.utils.translation import gettext_lazy as _


def posted(request: HttpRequest) -> QueryDict | None:
    """The data for a form: what was posted, even if it is empty; None for a GET."""
    return request.POST if request.method == "POST" else None


class DateInput(forms.DateInput):
    """A day, as the browser lets people choose it."""

    input_type = "date"

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs, format="%Y-%m-%d")


class TimeInput(forms.TimeInput):
    """A clock time, as the browser lets people choose it."""

    input_type = "time"

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs, format="%H:%M")


class Unit(IntegerChoices):
    """A unit of durations, in minutes."""

    MINUTES = 1, _("minutes")
    HOURS = 60, _("hours")
    DAYS = 24 * 60, _("days")
    WEEKS = 7 * 24 * 60, _("weeks")


class DurationWidget(forms.MultiWidget):
    """A number, posted under the name of the field, and a list of units, posted as `NAME_unit`."""

    use_fieldset = False  # the label is that of the number

    def __init__(self, units: Sequence[Unit]) -> None:
        self.units = units
        number = forms.NumberInput(attrs={"min": 0, "inputmode": "numeric"})
        choices = [(unit.value, unit.label) for unit in units]
        super().__init__({"": number, "unit": forms.Select(attrs={"aria-label": _("Unit")}, choices=choices)})

    def id_for_label(self, id_: str) -> str:
        return f"{id_}_0" if id_ else id_

    def decompress(self, value: int | None) -> list[int | None]:
        """The number and its unit: the largest that divides the duration into at least two."""
        stored = self.units[0]
        if value is None:
            return [None, stored]
        minutes = value * stored
        unit = max((one for one in self.units if minutes >= 2 * one and minutes % one == 0), default=stored)
        return [minutes // unit, unit]


class DurationField(forms.MultiValueField):
    """A duration as a whole number of the first of its units, which also counts if no unit is posted; None if empty."""

    default_error_messages = {"required": _("Enter a number.")}

    def __init__(self, *, units: Sequence[Unit], required: bool = True, **kwargs: Any) -> None:
        self.units = units
        number = forms.IntegerField(
            min_value=0,
            required=required,
            error_messages={
                "incomplete": self.default_error_messages["required"],
                "min_value": _("Enter a number that is not negative."),
            },
        )
        unit = forms.TypedChoiceField(choices=[(unit.value, unit.label) for unit in units], coerce=int, required=False)
        super().__init__(
            fields=(number, unit),
            widget=DurationWidget(units),
            required=required,
            require_all_fields=False,
            **kwargs,
        )

    def compress(self, data_list: Sequence[int | None]) -> int | None:
        number, unit = data_list or (None, None)
        return None if number is None else number * (unit or self.units[0]) // self.units[0]


def without_placeholders(form: forms.BaseForm) -> None:
    """Remove what libraries write into empty fields: the labels say it already."""
    for field in form.fields.values():
        field.widget.attrs.pop("placeholder", None)
